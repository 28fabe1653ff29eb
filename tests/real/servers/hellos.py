"""A server that gets no further than its first flight: for protocols no library still speaks.

    hellos.py PORT CERTIFICATE.der WHAT

WHAT is one of: ssl2 (SSLv2 and TLS 1.2), ssl3 (SSLv3 alone), export (TLS 1.0 and 1.2 with an export
suite and a 512-bit key), dh512, hybrid (TLS 1.2 and 1.3 with X25519MLKEM768), hybrid-only (TLS 1.3
with nothing but the hybrid), bare (TLS 1.2 without a single extension), deflate, heartbeat,
warning (an unrecognized_name warning first), split (one byte a record), closing (SSLv2 is closed
without a word).
"""

import socketserver
import sys
from dataclasses import dataclass, field
from pathlib import Path

RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
HYBRID, X25519 = 0x11EC, 29
MODERN, MODERN13 = 0xC02F, 0x1301
EXPORT, DHE = 0x0003, 0x009E


def u16(value):
    return value.to_bytes(2, "big")


def vec(size, body):
    return len(body).to_bytes(size, "big") + body


@dataclass
class Hello:
    """What a client offered."""

    version: int
    suites: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    extensions: set[int] = field(default_factory=set)
    compression: bytes = b""


def parse(body) -> Hello:
    def numbers(data):
        return [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]

    hello, at = Hello(int.from_bytes(body[:2], "big")), 34
    at += 1 + body[at]
    size = int.from_bytes(body[at : at + 2], "big")
    hello.suites = numbers(body[at + 2 : at + 2 + size])
    at += 2 + size
    hello.compression = body[at + 1 : at + 1 + body[at]]
    at += 1 + body[at] + 2
    while at < len(body):
        kind, size = numbers(body[at : at + 4])
        value, at = body[at + 4 : at + 4 + size], at + 4 + size
        hello.extensions.add(kind)
        if kind == 10:
            hello.groups = numbers(value[2:])
        if kind == 43 and 0x0304 in numbers(value[1:]):
            hello.version = 0x0304
    return hello


class Server:
    def __init__(self, what, certificate):
        self.what, self.certificate = what, certificate

    def answer(self, hello: Hello) -> bytes:
        choice = self.choose(hello)
        if isinstance(choice, int):
            return b"\x15\x03\x01" + vec(2, bytes([2, choice]))
        return b"".join(self.records(choice, hello))

    def choose(self, hello):
        """The version and suite, or the alert."""
        takes = {
            "ssl3": {0x0300: [0x000A, 0x0005]},
            "export": {0x0301: [EXPORT], 0x0303: [EXPORT, MODERN]},
            "dh512": {0x0303: [DHE, MODERN]},
            "hybrid": {0x0303: [MODERN], 0x0304: [MODERN13]},
            "hybrid-only": {0x0304: [MODERN13]},
        }.get(self.what, {0x0303: [MODERN]})
        below = [version for version in takes if version <= hello.version]
        if hello.version == 0x0304:
            below = [version for version in below if version == 0x0304]
        if not below:
            return 70
        version = max(below)
        shared = [suite for suite in takes[version] if suite in hello.suites]
        if not shared or 0x5600 in hello.suites and version < max(takes):
            return 86 if shared else 40
        groups = [HYBRID] if self.what == "hybrid-only" else [HYBRID, X25519]
        if version == 0x0304 and not set(groups) & set(hello.groups):
            return 40
        return version, shared[0]

    def records(self, choice, hello):
        version, suite = choice
        if self.what == "warning":
            yield b"\x15\x03\x03" + vec(2, b"\x01\x70")
        flight = b"".join(self.messages(version, suite, hello))
        size = 1 if self.what == "split" else 16000
        for at in range(0, len(flight), size):
            yield b"\x16\x03\x03" + vec(2, flight[at : at + size])

    def messages(self, version, suite, hello):
        retry = version == 0x0304
        group = HYBRID if HYBRID in hello.groups else X25519
        if retry:
            extensions = u16(43) + vec(2, u16(0x0304)) + u16(51) + vec(2, u16(group))
        else:
            extensions = self.echo(version, hello)
        body = u16(min(version, 0x0303)) + (RETRY if retry else bytes(range(32))) + b"\x00"
        body += u16(suite) + (b"\x01" if self.what == "deflate" else b"\x00")
        yield b"\x02" + vec(3, body + (vec(2, extensions) if extensions else b""))
        if retry:
            return
        yield b"\x0b" + vec(3, vec(3, vec(3, self.certificate)))
        if suite == MODERN:
            yield b"\x0c" + vec(3, b"\x03" + u16(X25519) + vec(1, bytes(32)) + u16(0x0401) + vec(2, bytes(256)))
        if suite == EXPORT:
            yield b"\x0c" + vec(3, vec(2, b"\xff" * 64) + vec(2, b"\x03") + vec(2, bytes(256)))
        if suite == DHE:
            prime = vec(2, b"\xff" * 64)
            yield b"\x0c" + vec(3, prime + vec(2, b"\x02") + prime + u16(0x0401) + vec(2, bytes(256)))
        yield b"\x0e" + vec(3, b"")

    def echo(self, version, hello):
        if self.what == "bare" or version == 0x0300:
            return b""
        extensions = u16(0xFF01) + vec(2, b"\x00") + u16(23) + vec(2, b"")
        if self.what == "heartbeat" and 15 in hello.extensions:
            extensions += u16(15) + vec(2, b"\x01")
        return extensions

    def ssl2(self) -> bytes:
        kinds = bytes.fromhex("0100800700c0")
        body = b"\x04\x00\x01" + u16(2) + u16(len(self.certificate)) + u16(len(kinds)) + u16(16)
        body += self.certificate + kinds + bytes(16)
        return u16(0x8000 | len(body)) + body


def read(connection, size):
    data = b""
    while len(data) < size and (part := connection.recv(size - len(data))):
        data += part
    return data


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        server: Server = self.server.state
        head = read(self.request, 5)
        if len(head) < 5:
            return
        if head[0] & 0x80 and server.what == "closing":
            return
        if head[0] & 0x80:
            refused = b"\x15\x03\x01" + vec(2, b"\x02\x46")
            self.request.sendall(server.ssl2() if server.what == "ssl2" else refused)
        else:
            body = read(self.request, int.from_bytes(head[3:5], "big"))
            self.request.sendall(server.answer(parse(body[4:])))
        self.request.settimeout(2)
        try:
            self.request.recv(4096)
        except OSError:
            pass


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 64


def main():
    port, certificate, what = sys.argv[1:4]
    with Listener(("127.0.0.1", int(port)), Handler) as listener:
        listener.state = Server(what, Path(certificate).read_bytes())
        listener.serve_forever()


if __name__ == "__main__":
    main()
