"""An https server with one thread that never answers some methods, and serves nobody meanwhile.

    one_thread.py PORT CHAIN KEY [METHOD...]

Each connection is served to its end before the next one is accepted, one request each. A request of
a METHOD is read and left there until the client goes. It writes method and path of each request.
"""

import socket
import ssl
import sys

port, chain, key, *unanswered = sys.argv[1:]
BODY = b"<!doctype html><title>One thread</title>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(chain, key)


def serve(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more:
            return
        head += more
    method, path = head.decode("latin-1").split(" ", 2)[:2]
    print(method, path, flush=True)
    if method in unanswered:
        while connection.recv(65536):
            pass
        return
    connection.sendall(HEAD + (b"" if method == "HEAD" else BODY))


with socket.create_server(("127.0.0.1", int(port)), backlog=128) as listener:
    while True:
        plain, _ = listener.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as connection:
                serve(connection)
        except OSError:
            pass
