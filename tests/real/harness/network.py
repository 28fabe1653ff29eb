"""Names that take their time, and addresses that never answer."""

import functools
import socket
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


@functools.cache
def slow_names() -> Path:
    """The library to preload (`LD_PRELOAD`) for the names that servers/slow_names.c knows."""
    library = Path(tempfile.mkdtemp(prefix="slow-names-")) / "slow_names.so"
    source = HERE / "servers" / "slow_names.c"
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True, timeout=60
    )
    return library


class BlackHole:
    """An address whose SYNs are dropped: a listener that never accepts, its queue full."""

    def __init__(self, host: str, port: int):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen(0)
        self.waiting = []

    def __enter__(self) -> "BlackHole":
        # One more than the backlog says is queued; after that the kernel drops SYNs.
        for _ in range(8):
            waiting = socket.socket()
            waiting.settimeout(0.3)
            self.waiting.append(waiting)
            try:
                waiting.connect(self.listener.getsockname())
            except TimeoutError:
                return self
        raise RuntimeError("the queue of a listener does not fill up here")

    def __exit__(self, *_):
        for each in (*self.waiting, self.listener):
            each.close()
