"""Proxies that bring CORS to a service that knows nothing of it, each as its users write it."""

import os
import shutil
import tempfile
from pathlib import Path

from contract import headers, methods, origins
from plain import behind


def said(defect):
    """What goes into a configuration."""
    (origin,) = origins(defect)
    return origin, ", ".join(methods(defect)), ", ".join(headers(defect))


def become(program, *arguments):
    """Debian keeps servers in /usr/sbin, which may be on no path."""
    program = shutil.which(program) or f"/usr/sbin/{program}"
    os.execv(program, [program, *map(str, arguments)])


def written(name, text) -> Path:
    place = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    place.chmod(0o755)  # some give up root's privileges before they read
    (place / name).write_text(text)
    return place / name


def nginx(defect, port):
    origin, methods, headers = said(defect)
    place = tempfile.mkdtemp(prefix="nginx-")
    conf = written("nginx.conf", f"""
        daemon off; worker_processes 1; error_log stderr warn; pid {place}/pid;
        {"user root;" if os.geteuid() == 0 else ""}
        events {{ }}
        http {{
            access_log off;
            client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f;
            uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;
            map $http_origin $allowed {{ default ""; "{origin}" $http_origin; }}
            map $http_upgrade $hop {{ default upgrade; "" ""; }}
            server {{
                listen 127.0.0.1:{port};
                add_header Access-Control-Allow-Origin $allowed always;
                add_header Vary Origin always;
                location / {{
                    if ($request_method = OPTIONS) {{
                        add_header Access-Control-Allow-Origin $allowed;
                        add_header Vary Origin;
                        add_header Access-Control-Allow-Methods "{methods}";
                        add_header Access-Control-Allow-Headers "{headers}";
                        return 204;
                    }}
                    proxy_pass http://127.0.0.1:{behind(defect)};
                    proxy_http_version 1.1;
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection $hop;
                }}
            }}
        }}
    """)
    become("nginx", "-p", place, "-c", conf, "-e", "stderr")


def apache(defect, port):
    origin, methods, headers = said(defect)
    back, modules = behind(defect), "/usr/lib/apache2/modules"
    place = tempfile.mkdtemp(prefix="apache-")
    pattern = origin.replace(".", r"\.")
    loaded = "\n".join(
        f"LoadModule {name}_module {modules}/mod_{name}.so"
        for name in ("mpm_event", "authz_core", "setenvif", "headers", "rewrite", "proxy", "proxy_http", "proxy_wstunnel")
    )
    conf = written("apache.conf", f"""
        ServerRoot {place}
        ServerName localhost
        PidFile {place}/pid
        ErrorLog {place}/error.log
        {loaded}
        Listen 127.0.0.1:{port}
        User www-data
        Group www-data
        SetEnvIf Origin "^{pattern}$" ALLOWED=$0
        Header always set Access-Control-Allow-Origin "%{{ALLOWED}}e" env=ALLOWED
        Header always merge Vary Origin
        Header always set Access-Control-Allow-Methods "{methods}" "expr=%{{REQUEST_METHOD}} == 'OPTIONS'"
        Header always set Access-Control-Allow-Headers "{headers}" "expr=%{{REQUEST_METHOD}} == 'OPTIONS'"
        RewriteEngine On
        RewriteCond %{{REQUEST_METHOD}} OPTIONS
        RewriteRule ^ - [R=204,L]
        ProxyPass /ws ws://127.0.0.1:{back}/ws
        ProxyPass / http://127.0.0.1:{back}/
    """)
    become("apache2", "-DFOREGROUND", "-f", conf)


def caddy(defect, port):
    origin, methods, headers = said(defect)
    conf = written("Caddyfile", f"""
        {{
            admin off
            auto_https off
        }}
        http://127.0.0.1:{port} {{
            @page header Origin {origin}
            @preflight method OPTIONS
            header +Vary Origin
            header @page Access-Control-Allow-Origin {origin}
            handle @preflight {{
                header Access-Control-Allow-Methods "{methods}"
                header Access-Control-Allow-Headers "{headers}"
                respond 204
            }}
            handle {{
                reverse_proxy 127.0.0.1:{behind(defect)}
            }}
        }}
    """)
    os.environ["HOME"] = str(conf.parent)
    become("caddy", "run", "--config", conf, "--adapter", "caddyfile")


def haproxy(defect, port):
    origin, methods, headers = said(defect)
    conf = written("haproxy.cfg", f"""
defaults
    mode http
    timeout client 30s
    timeout server 30s
    timeout connect 5s
frontend site
    bind 127.0.0.1:{port}
    http-request set-var(txn.origin) req.hdr(Origin)
    http-request return status 204 hdr Access-Control-Allow-Methods "{methods}" hdr Access-Control-Allow-Headers "{headers}" if METH_OPTIONS
    http-after-response set-header Access-Control-Allow-Origin "%[var(txn.origin)]" if {{ var(txn.origin) -m str {origin} }}
    http-after-response add-header Vary Origin
    default_backend service
backend service
    server one 127.0.0.1:{behind(defect)}
""")
    become("haproxy", "-f", conf)


def lighttpd(defect, port):
    origin, methods, headers = said(defect)
    conf = written("lighttpd.conf", f"""
        server.modules = ( "mod_setenv", "mod_proxy" )
        server.bind = "127.0.0.1"
        server.port = {port}
        server.document-root = "/nonexistent"
        setenv.add-response-header = ( "Vary" => "Origin" )
        # Of two conditions that hold, the last one's fields are all that is added: so they are nested.
        $REQUEST_HEADER["Origin"] == "{origin}" {{
            setenv.add-response-header += ( "Access-Control-Allow-Origin" => "{origin}" )
            $HTTP["request-method"] == "OPTIONS" {{
                setenv.add-response-header += (
                    "Access-Control-Allow-Methods" => "{methods}",
                    "Access-Control-Allow-Headers" => "{headers}",
                )
            }}
        }}
        proxy.server = ( "" => (( "host" => "127.0.0.1", "port" => {behind(defect, answers_options=True)} )) )
        proxy.header = ( "upgrade" => "enable" )
    """)
    become("lighttpd", "-D", "-f", conf)


def varnish(defect, port):
    origin, methods, headers = said(defect)
    conf = written("default.vcl", f"""
        vcl 4.1;
        backend default {{ .host = "127.0.0.1"; .port = "{behind(defect)}"; }}
        sub vcl_recv {{
            if (req.method == "OPTIONS") {{ return (synth(204)); }}
            if (req.http.Upgrade ~ "(?i)websocket") {{ return (pipe); }}
            return (pass);
        }}
        sub vcl_pipe {{
            if (req.http.Upgrade) {{
                set bereq.http.Upgrade = req.http.Upgrade;
                set bereq.http.Connection = req.http.Connection;
            }}
        }}
        sub shared {{
            set resp.http.Vary = "Origin";
            if (req.http.Origin == "{origin}") {{ set resp.http.Access-Control-Allow-Origin = req.http.Origin; }}
        }}
        sub vcl_deliver {{ call shared; }}
        sub vcl_synth {{
            call shared;
            set resp.http.Access-Control-Allow-Methods = "{methods}";
            set resp.http.Access-Control-Allow-Headers = "{headers}";
            return (deliver);
        }}
    """)
    become("varnishd", "-F", "-n", conf.parent, "-a", f"127.0.0.1:{port}", "-f", conf, "-s", "malloc,16m")
