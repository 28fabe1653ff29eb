"""A ClientHello asked by hand: the oracle for what a TLS server takes.

Nothing of it is shared with the program under test: one version, these suites, these groups, one
connection. What a server takes is what it names in a ServerHello.
"""

import os
import re
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

VERSIONS = {"SSLv3": 0x0300, "TLSv1.0": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
GROUPS = {
    "x25519": 29, "secp256r1": 23, "secp384r1": 24, "secp521r1": 25, "x448": 30,
    "X25519MLKEM768": 0x11EC, "SecP256r1MLKEM768": 0x11EB, "SecP384r1MLKEM1024": 0x11ED,
}  # fmt: skip
SIGNATURES = [0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201]
TLS13 = [0x1301, 0x1302, 0x1303]
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
REGISTRY = Path(__file__).resolve().parents[3] / "src/wire/tls/registry.rs"


def registry() -> dict[int, str]:
    """Numbers and names of all suites; only the names are taken from the program's own source."""
    rows = re.findall(r'suite\(0x([0-9a-f]{4}), "([^"]+)"\)', REGISTRY.read_text())
    return {int(number, 16): name for number, name in rows}


@dataclass(frozen=True)
class Choice:
    """What a ServerHello names."""

    version: int
    suite: int
    group: int | None


def vector(size: int, body: bytes) -> bytes:
    return len(body).to_bytes(size, "big") + body


def u16s(values) -> bytes:
    return b"".join(struct.pack(">H", value) for value in values)


def extension(kind: int, body: bytes) -> bytes:
    return struct.pack(">H", kind) + vector(2, body)


def client_hello(version: int, suites, groups, name) -> bytes:
    extensions = b""
    if name:
        extensions += extension(0, vector(2, b"\0" + vector(2, name.encode())))
    if version > 0x0300:
        extensions += extension(10, vector(2, u16s(groups))) + extension(11, b"\x01\x00")
        extensions += extension(13, vector(2, u16s(SIGNATURES)))
        extensions += extension(23, b"") + extension(0xFF01, b"\0")
    if version == 0x0304:
        extensions += extension(43, b"\x02\x03\x04") + extension(45, b"\x01\x01") + extension(51, b"\0\0")
    body = struct.pack(">H", min(version, 0x0303)) + os.urandom(32)
    body += vector(1, os.urandom(32) if version == 0x0304 else b"")
    body += vector(2, u16s(suites)) + b"\x01\x00"
    if extensions:
        body += vector(2, extensions)
    return b"\x16" + struct.pack(">H", min(version, 0x0301)) + vector(2, b"\x01" + vector(3, body))


def server_hello(flight: bytes) -> Choice | None:
    """The ServerHello among the first records, if there is a whole one."""
    handshake = b""
    while len(flight) >= 5:
        kind, length = flight[0], int.from_bytes(flight[3:5], "big")
        if kind == 22:
            handshake += flight[5 : 5 + length]
        elif kind != 21:
            break
        flight = flight[5 + length :]
    if handshake[:1] != b"\x02" or len(handshake) < 4 + int.from_bytes(handshake[1:4], "big"):
        return None
    body = handshake[4 : 4 + int.from_bytes(handshake[1:4], "big")]
    version, at = int.from_bytes(body[:2], "big"), 35 + body[34]
    suite, at = int.from_bytes(body[at : at + 2], "big"), at + 3
    group, rest = None, body[at + 2 :]
    while len(rest) >= 4:
        kind, length = struct.unpack(">HH", rest[:4])
        value, rest = rest[4 : 4 + length], rest[4 + length :]
        if kind == 43:
            version = int.from_bytes(value[:2], "big")
        elif kind == 51:
            group = int.from_bytes(value[:2], "big")
    if body[2:34] == RETRY and group is None:
        return None
    return Choice(version, suite, group)


def ask(port: int, version: int, suites, groups=(29, 23, 24, 25, 30), name="localhost") -> Choice | None:
    """One hello on one connection; `None` for any refusal."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            sock.sendall(client_hello(version, suites, groups, name))
            flight = b""
            while server_hello(flight) is None:
                more = sock.recv(65536)
                if not more:
                    return None
                flight += more
    except OSError:
        return None
    choice = server_hello(flight)
    return choice if choice.version == version and choice.suite in suites else None


def refusal(port: int) -> str:
    """How a hello of TLS 1.2 without a suite that exists is ended: an alert's number, or `closing`."""
    reserved = 0x2A2A
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(client_hello(0x0303, [reserved], [29, 23], "localhost"))
        said = b""
        try:
            while len(said) < 7 and (more := sock.recv(4096)):
                said += more
        except ConnectionResetError:
            pass
    return f"alert {said[6]}" if said[:1] == b"\x15" and len(said) >= 7 else "closing"


class Oracle:
    """What the server at a port takes, by hellos asked one by one."""

    def __init__(self, port: int):
        self.port = port
        self.names = registry()

    def suites(self, version: str) -> set[str]:
        """Every registered suite alone, a few connections at a time."""
        code = VERSIONS[version]
        with ThreadPoolExecutor(8) as pool:
            taken = pool.map(lambda suite: ask(self.port, code, [suite]), self.names)
        return {name for name, choice in zip(self.names.values(), taken, strict=True) if choice}

    def speaks(self, version: str) -> bool:
        """Every suite at once, thirty in a hello."""
        suites = [suite for suite in self.names if (suite >> 8 == 0x13) == (version == "TLSv1.3")]
        code = VERSIONS[version]
        parts = [suites[i : i + 30] for i in range(0, len(suites), 30)]
        return any(ask(self.port, code, part) for part in parts)

    def groups_of_tls13(self) -> set[str]:
        return {name for name, group in GROUPS.items() if ask(self.port, 0x0304, TLS13, [group])}

    def refusal(self) -> str:
        return refusal(self.port)
