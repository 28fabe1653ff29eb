"""Server processes: started, waited for until they answer, and ended by pid."""

import itertools
import os
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent

# How long a server may take until it accepts connections.
READY = 30
# How long it may take to end when asked to.
ENDED = 5


# Ports of servers lie below those from which systems take the ports of clients (RFC 6335 §6 puts
# those from 49152 on, Linux from 32768), and each worker has a range of its own: a port that was
# free when it was asked for stays free until its server listens.
PORTS_OF_A_WORKER = 3000
FIRST_PORT = 10000 + PORTS_OF_A_WORKER * int(
    os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
)
next_port = itertools.cycle(range(FIRST_PORT, FIRST_PORT + PORTS_OF_A_WORKER)).__next__


def free_port(host="127.0.0.1") -> int:
    """A port that nothing listens on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(PORTS_OF_A_WORKER):
        port = next_port()
        with socket.socket(family) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port from {FIRST_PORT} on")


def accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class Server:
    """A running server."""

    process: subprocess.Popen
    host: str
    port: int
    log_path: Path

    @property
    def http(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def https(self) -> str:
        """By name, so that a certificate for `localhost` fits."""
        return f"https://localhost:{self.port}"

    def log(self) -> str:
        """Everything it wrote to its standard streams so far."""
        return self.log_path.read_text(errors="replace")


class Servers:
    """The servers of one test, or of one module."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.running: list[Server] = []

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_):
        for server in reversed(self.running):
            end(server.process)

    def start(self, *argv, port: int, host="127.0.0.1", env=None, cwd=None, wait=True) -> Server:
        """Starts `argv` and waits until `host:port` accepts; raises with its log if it does not."""
        log_path = self.directory / f"{len(self.running)}-{Path(str(argv[0])).name}.log"
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                list(map(str, argv)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | (env or {}),
                cwd=cwd or self.directory,
            )
        server = Server(process, host, port, log_path)
        self.running.append(server)
        if wait:
            until_ready(server)
        return server

    def python(self, script: str, *arguments, port=None, **options) -> Server:
        """`servers/SCRIPT.py PORT …`, in the tests' own environment."""
        port = port or free_port()
        path = HERE / "servers" / f"{script}.py"
        return self.start(sys.executable, "-u", path, port, *arguments, port=port, **options)

    def node(self, script: str, *arguments, port=None, **options) -> Server:
        """`servers/SCRIPT.js PORT …`; `require` finds what package.json lists."""
        port = port or free_port()
        path = HERE / "servers" / f"{script}.js"
        return self.start("node", path, port, *arguments, port=port, **options)

    def uvicorn(self, application: str, *arguments, port=None, **options) -> Server:
        """An ASGI application of `servers/`, such as `shop:app`; TLS by uvicorn's own flags."""
        port = port or free_port()
        where = ("--app-dir", HERE / "servers", "--host", "127.0.0.1", "--port", port)
        return self.start(
            sys.executable, "-m", "uvicorn", application, *where, *arguments, port=port, **options
        )

    def nginx(self, server: str, port=None, certificate=None, http="") -> Server:
        """nginx with one `server` block: its body is given, `listen` is ours.

        `certificate` is an `Authority.certificate`; with it, the block listens with TLS.
        """
        port = port or free_port()
        prefix = self.directory / f"nginx-{port}"
        prefix.mkdir()
        listen = f"listen 127.0.0.1:{port};"
        if certificate is not None:
            listen = (
                f"listen 127.0.0.1:{port} ssl; ssl_protocols TLSv1.2 TLSv1.3;"
                f"ssl_certificate {certificate.chain}; ssl_certificate_key {certificate.key};"
            )
        configuration = f"""
            daemon off; worker_processes 1; error_log stderr warn; pid nginx.pid;
            {"user root;" if os.geteuid() == 0 else ""}
            events {{ }}
            http {{
                access_log {prefix}/access.log;
                client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                {http}
                server {{ {listen} {server} }}
            }}
        """
        path = prefix / "nginx.conf"
        path.write_text(textwrap.dedent(configuration))
        return self.start("nginx", "-p", prefix, "-c", path, "-e", "stderr", port=port)


def until_ready(server: Server):
    """Polls; the wait is bounded, and ends early if the process does."""
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError(f"{server.process.args[0]} ended at once:\n{server.log()}")
        if accepts(server.host, server.port):
            return
        time.sleep(0.02)
    raise RuntimeError(f"{server.process.args[0]} did not accept in {READY} s:\n{server.log()}")


def end(process: subprocess.Popen):
    """Asks, then insists."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(ENDED)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(ENDED)
