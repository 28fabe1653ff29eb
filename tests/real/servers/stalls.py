"""A server that answers in `--usual` milliseconds, but not at all for `--stall` of every `--every`.

    stalls.py PORT --usual 5 --every 10000 --stall 1000

Requests that arrive in a stall wait for its end, as behind a garbage collection or a lock. The
stalls are those of the monotonic clock, so whoever measures later meets the same ones.
"""

import argparse
import asyncio
import time

BODY = b"aye"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n" + BODY


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--usual", type=float, default=5)
    parser.add_argument("--every", type=float, default=10_000)
    parser.add_argument("--stall", type=float, default=1_000)
    parser.add_argument("--fail-every", type=int, default=0, help="answer every nth with 500")
    return parser.parse_args()


async def main():
    asked = options()
    answered = 0

    def stalled() -> float:
        """Seconds until the stall in progress ends."""
        into = time.monotonic() * 1000 % asked.every
        return max(0.0, asked.stall - into) / 1000

    async def serve(reader, writer):
        nonlocal answered
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(stalled())
                await asyncio.sleep(asked.usual / 1000)
                answered += 1
                fails = asked.fail_every and answered % asked.fail_every == 0
                writer.write(ANSWER.replace(b"200 OK", b"500 Oh", 1) if fails else ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", asked.port, backlog=512)
    async with server:
        await server.serve_forever()


asyncio.run(main())
