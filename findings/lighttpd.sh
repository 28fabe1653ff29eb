#!/usr/bin/env bash
# lighttpd: of two conditions that hold, the later one's `setenv.add-response-header +=` is all that is sent.
#
# Version: lighttpd 1.4.69 (Debian 12).
# Behaviour: with `setenv.add-response-header += (…)` in a condition on the method and in one on the path,
#   a request for which both hold gets the field of the second alone. One for which a single condition
#   holds gets that condition's field. Nested, both fields are sent.
# Why a good guess is wrong: `+=` reads as if each condition that holds added to what is there. It adds, when
#   the configuration is read, to the value of the block that surrounds the condition; when a request
#   comes, every condition that holds replaces the whole list. A CORS set-up with Allow-Origin under a
#   condition on `Origin` and the preflight's lists under one on `OPTIONS` thus answers preflights without
#   Allow-Origin, and looks right in every test that meets one of the two conditions.
set -euo pipefail

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 "$folder"
apt-get download -qq lighttpd=1.4.69-1 libxxhash0 libpcre2-8-0 libnettle8
for package in *.deb; do dpkg-deb -x "$package" root; done
export LD_LIBRARY_PATH=$folder/root/usr/lib/$(uname -m)-linux-gnu:$folder/root/lib/$(uname -m)-linux-gnu
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo ok > page
cat > lighttpd.conf <<CONF
server.modules = ( "mod_setenv" )
server.bind = "127.0.0.1"
server.port = $port
server.document-root = "$folder"
\$HTTP["request-method"] == "GET" { setenv.add-response-header += ( "X-By-Method" => "yes" ) }
\$HTTP["url"] == "/page"          { setenv.add-response-header += ( "X-By-Path" => "yes" ) }
\$HTTP["url"] == "/nested" {
    setenv.add-response-header += ( "X-By-Path" => "yes" )
    \$HTTP["request-method"] == "GET" {
        setenv.add-response-header += ( "X-By-Method" => "yes" )
    }
}
CONF
cp page nested
cp page other
root/usr/sbin/lighttpd -m "root/usr/lib/lighttpd" -D -f lighttpd.conf 2>/dev/null &
server=$!
for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$port/page" && break; sleep 0.1; done

sent() { curl -sS -D - -o /dev/null "$@" | tr -d '\r' | grep -io '^x-by-[a-z]*' | sort | tr '\n' ' '; }
root/usr/sbin/lighttpd -v | head -1
both=$(sent "http://127.0.0.1:$port/page")
method=$(sent "http://127.0.0.1:$port/other")
path=$(sent -I "http://127.0.0.1:$port/page")
nested=$(sent "http://127.0.0.1:$port/nested")
printf 'GET /page, both hold: %s\nGET /other: %s\nHEAD /page: %s\nGET /nested: %s\n' "$both" "$method" "$path" "$nested"
[ "$method" = 'X-By-Method ' ] && [ "$path" = 'X-By-Path ' ]
[ "$nested" = 'X-By-Method X-By-Path ' ]
[ "$both" = 'X-By-Path ' ]
