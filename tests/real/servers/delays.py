"""A server that takes known times: `delays.py PORT --first 30 --body 20 …`, in milliseconds.

Each delay falls into one phase of a client's exchange: `--handshake` before the TLS handshake is
answered, `--first` between request and first byte, `--body` between the body's halves. What each
phase really came to here is printed, one JSON object a line, because a sleep may oversleep on a busy
machine and the client is to be held against what happened; and how long the server was `late`: ready
to run, and not run. Keeps connections alive; `/hop` redirects to `/`.
"""

import argparse
import json
import socket
import ssl
import threading
import time

HALF = b"x" * 2048


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--handshake", type=float, default=0)
    parser.add_argument("--first", type=float, default=0)
    parser.add_argument("--body", type=float, default=0)
    return parser.parse_args()


def pause(milliseconds: float):
    if milliseconds:
        time.sleep(milliseconds / 1000)


def waited() -> float:
    """How long this thread was ready to run and was not, so far, in milliseconds."""
    with open("/proc/thread-self/schedstat") as counted:
        return int(counted.read().split()[1]) / 1e6


def head(connection) -> bytes:
    """A request head, or nothing when the client is done."""
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        received += chunk
    return received


def answer(connection, request: bytes, asked) -> dict:
    """Answers one request; returns how long its first bytes took to be on their way, and its last
    ones after them, in milliseconds."""
    read = time.monotonic()
    pause(asked.first)
    if request.split(b" ")[1] == b"/hop":
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
        return {"first": (time.monotonic() - read) * 1000, "body": 0.0}
    length = str(2 * len(HALF)).encode()
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + length + b"\r\n\r\n" + HALF
    )
    first = time.monotonic()
    pause(asked.body)
    connection.sendall(HALF)
    return {"first": (first - read) * 1000, "body": (time.monotonic() - first) * 1000}


def serve(connection, accepted, late, context, asked, write):
    """From when it was accepted, `late` milliseconds late: this thread may have begun later."""
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begun = waited()
        if context:
            pause(asked.handshake)
            connection = context.wrap_socket(connection, server_side=True)
        handshake = (time.monotonic() - accepted) * 1000
        nth = 0
        while request := head(connection):
            took = answer(connection, request, asked)
            # Not before the client has read its answer: writing competes with it for the processor.
            time.sleep(0.005)
            write(took | {"handshake": handshake, "late": late + waited() - begun, "nth": nth})
            nth += 1
    except OSError:
        pass
    finally:
        connection.close()


def main():
    asked = options()
    context = None
    if asked.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(asked.certificate, asked.key)
    lock = threading.Lock()

    def write(took):
        with lock:
            print(json.dumps(took), flush=True)

    with socket.create_server((asked.host, asked.port), backlog=512) as listener:
        while True:
            before = waited()
            connection, _ = listener.accept()
            accepted = time.monotonic()
            threading.Thread(
                target=serve,
                args=(connection, accepted, waited() - before, context, asked, write),
                daemon=True,
            ).start()


main()
