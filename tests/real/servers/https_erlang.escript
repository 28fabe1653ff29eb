#!/usr/bin/env escript
%% Erlang's own httpd: https_erlang.escript PORT CHAIN KEY ROOT
main([Port, Chain, Key, Root]) ->
    {ok, _} = application:ensure_all_started(ssl),
    ok = inets:start(),
    {ok, _} = inets:start(httpd, [
        {port, list_to_integer(Port)}, {bind_address, {127, 0, 0, 1}}, {server_name, "localhost"},
        {server_root, Root}, {document_root, Root}, {directory_index, ["index.html"]},
        {modules, [mod_alias, mod_get, mod_head]},
        {socket_type, {ssl, [{certfile, Chain}, {keyfile, Key}]}}
    ]),
    receive stop -> ok end.
