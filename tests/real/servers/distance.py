"""Distance: forwards PORT to UPSTREAM, every byte `--delay` milliseconds late in each direction.

    distance.py PORT UPSTREAM --delay 50

Bytes are late, not slow: many can be under way at once. The TCP handshake itself is not delayed, no
user-space proxy can do that.
"""

import argparse
import asyncio

import uvloop


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("upstream", type=int)
    parser.add_argument("--delay", type=float, default=50)
    return parser.parse_args()


async def forward(reader, writer, delay):
    """Each chunk leaves `delay` seconds after it came; so does the end."""
    loop = asyncio.get_running_loop()
    ended = loop.create_future()

    def leave(chunk):
        if not writer.is_closing():
            writer.write(chunk)

    while chunk := await reader.read(65536):
        loop.call_later(delay, leave, chunk)
    loop.call_later(delay, ended.set_result, None)
    await ended
    writer.close()


async def main():
    asked = options()

    async def serve(reader, writer):
        try:
            there = await asyncio.open_connection("127.0.0.1", asked.upstream)
            delay = asked.delay / 1000
            await asyncio.gather(
                forward(reader, there[1], delay), forward(there[0], writer, delay)
            )
        except OSError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", asked.port, backlog=512)
    async with server:
        await server.serve_forever()


uvloop.run(main())
