"""A relay with a fault of its own, before one or two healthy servers.

    middlebox.py PORT FAULT UPSTREAM [UPSTREAM]

FAULT is one of: none, delay=MS (before each answer), limit=N (connections beyond the first N are
reset), mute=N (beyond the first N they are accepted and never answered), flap (upstreams in turn),
later=N (beyond the first N connections, to the second upstream),
grease (reserved values kill), big (hellos beyond 1400 bytes kill), suites (more than 128 kill),
staple, alpn and tls13 (the extension kills), mum (closes or, as mum=1, resets where the server
sends an alert), drip=MS (answers one byte at a time). It writes one line for each connection.
"""

import asyncio
import itertools
import socket
import struct
import sys


def reset(writer):
    """RST instead of FIN."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def offends(fault, hello) -> bool:
    """Whether a ClientHello is one this middlebox cannot take."""
    if hello[:1] != b"\x16" or len(hello) < 44:
        return False
    at = 44 + hello[43]
    suites = int.from_bytes(hello[at : at + 2], "big")
    return {
        "grease": b"\x2a\x2a" in hello[at + 2 : at + 2 + suites],
        "big": len(hello) > 1400,
        "suites": suites > 256,
        "staple": 5 in extensions(hello),
        "alpn": 16 in extensions(hello),
        "tls13": 43 in extensions(hello),
    }.get(fault, False)


def extensions(hello) -> set[int]:
    """The numbers of the extensions."""
    at = 44 + hello[43]
    at += 2 + int.from_bytes(hello[at : at + 2], "big")
    at += 1 + hello[at] + 2
    found = set()
    while at + 4 <= len(hello):
        found.add(int.from_bytes(hello[at : at + 2], "big"))
        at += 4 + int.from_bytes(hello[at + 2 : at + 4], "big")
    return found


class Middlebox:
    def __init__(self, fault, upstreams):
        self.fault, _, value = fault.partition("=")
        self.value = int(value or 0)
        self.upstreams = upstreams
        self.turn = itertools.cycle(upstreams)
        self.count = 0

    async def connection(self, reader, writer):
        self.count += 1
        print("connection", self.count, flush=True)
        upstream = next(self.turn)
        if self.fault == "later":
            upstream = self.upstreams[self.count > self.value]
        if self.fault == "limit" and self.count > self.value:
            return reset(writer)
        if self.fault == "mute" and self.count > self.value:
            await reader.read(-1)
            return writer.close()
        try:
            await self.relay(reader, writer, upstream)
        except OSError:
            pass
        finally:
            writer.close()

    async def relay(self, reader, writer, upstream):
        hello = await reader.read(4096)
        if offends(self.fault, hello):
            return reset(writer)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", upstream)
        to_server.write(hello)
        down = asyncio.create_task(self.pump(from_server, writer))
        up = asyncio.create_task(pump(reader, to_server))
        await asyncio.wait([down, up], return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait([down], timeout=1)
        down.cancel()
        up.cancel()
        to_server.close()

    async def pump(self, reader, writer):
        while data := await reader.read(65536):
            if self.fault == "mum" and data[:1] == b"\x15":
                return reset(writer) if self.value else None
            if self.fault == "delay":
                await asyncio.sleep(self.value / 1000)
            parts = [data]
            if self.fault == "drip":
                parts = [data[i : i + 1] for i in range(len(data))]
            for part in parts:
                writer.write(part)
                await writer.drain()
                if self.fault == "drip":
                    await asyncio.sleep(self.value / 1000)


async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def main():
    port, fault, *upstreams = sys.argv[1:]
    box = Middlebox(fault, [int(upstream) for upstream in upstreams])
    server = await asyncio.start_server(box.connection, "127.0.0.1", int(port), backlog=128)
    async with server:
        await server.serve_forever()


asyncio.run(main())
