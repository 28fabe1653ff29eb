"""An independent load generator in the manner of wrk2, as ground truth for `--load`.

Requests are due at fixed moments; latency counts from there. Exact percentiles of all samples.
"""

import asyncio
import time

import uvloop


async def user(port: int, first: float, gap: float, count: int, taken: list[float]):
    """One kept-alive connection; a request that is late is sent at once, and counts from when due."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for nth in range(count):
        due = first + nth * gap
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        taken.append(time.monotonic() - due)
    writer.close()


def measure(port: int, users: int, seconds: float, gap=0.2) -> dict[str, float]:
    """Percentiles in milliseconds, by nearest rank."""
    taken: list[float] = []

    async def run():
        start = time.monotonic() + 0.1
        await asyncio.gather(
            *(
                user(port, start + gap * nth / users, gap, round(seconds / gap), taken)
                for nth in range(users)
            )
        )

    uvloop.run(run())
    taken.sort()

    def percentile(percent: int) -> float:
        return taken[-(-len(taken) * percent // 100) - 1] * 1000

    return {f"p{percent}": percentile(percent) for percent in (50, 95, 99)} | {"count": len(taken)}
