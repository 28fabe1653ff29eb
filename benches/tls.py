#!/usr/bin/env python3
"""One TLS audit beside the scanners that are installed: wall, CPU, memory, connections, ratios.

    benches/tls.py [--runs N] [--slow] [--delay MS] [--targets N]

Everything runs on this machine, in turn, each tool once a round, so that a busy moment strikes all
alike; medians are printed. The target is nginx with TLS 1.2 and 1.3 and modern suites; connections
are counted by a relay in front of it, which also adds the delay. SEAWORTHY names the binary (else
target/release). A tool that is not installed is named and left out. `--slow` adds testssl.sh, which
takes minutes.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "real"))

from harness.authority import Authority  # noqa: E402
from harness.servers import Servers, free_port  # noqa: E402

HEALTHY = """
    server_name localhost; ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
    location / { return 200 "ok"; }
"""


# A relay counts the connections: a server that closes where others send alerts takes more.
COUNTED = {
    "through a relay that counts": "none",
    "the same, closing where the server sends an alert": "mum",
}


def tools(port, slow):
    """Name and command of each: full list of suites, no certificate lookups beyond the server."""
    ours = os.environ.get("SEAWORTHY", str(ROOT / "target" / "release" / "seaworthy"))
    at = f"localhost:{port}"
    audit = [ours, f"https://{at}", "--only", "tls", "-k", "--no-report"]
    found = {
        "seaworthy": audit,
        "seaworthy --ciphers": [*audit, "--ciphers"],
        "sslscan": ["sslscan", "--no-colour", at],
        "nmap": ["nmap", "-Pn", "-n", "-p", str(port), "--script", "ssl-enum-ciphers,ssl-cert", "localhost"],
        "sslyze": ["sslyze", at],
    }
    testssl = shutil.which("testssl.sh") or shutil.which("testssl")
    if slow and testssl:
        found["testssl.sh"] = [testssl, "--quiet", "--color", "0", at]
    missing = [name for name, command in found.items() if not shutil.which(command[0])]
    for name in missing:
        print(f"{name}: not installed", file=sys.stderr)
    return {name: command for name, command in found.items() if name not in missing}


def measure(command):
    """Wall and CPU in seconds, peak resident set in MiB (by GNU time; without it, unknown)."""
    timer = shutil.which("time")
    with tempfile.NamedTemporaryFile("r") as told:
        # A child of Python starts with Python's own peak; a child of `time` starts afresh.
        under = [timer, "-o", told.name, "-f", "%M"] if timer else []
        start = time.monotonic()
        process = subprocess.Popen(
            [*under, *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _, _, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = 0
        peak = int(told.read().split()[-1]) / 1024 if timer else float("nan")
    return wall, usage.ru_utime + usage.ru_stime, peak


def several(ports, directory):
    """The same audit of many targets, by each tool's own means."""
    commands = tools(ports[0], False)
    commands.pop("seaworthy --ciphers", None)
    ats = [f"localhost:{port}" for port in ports]
    listed = Path(directory) / "targets.txt"
    listed.write_text("\n".join(ats) + "\n")
    many = {
        "seaworthy": lambda c: [c[0], *[f"https://{at}" for at in ats], *c[2:]],
        "sslscan": lambda c: [*c[:-1], f"--targets={listed}"],
        "nmap": lambda c: [",".join(map(str, ports)) if word == str(ports[0]) else word for word in c],
        "sslyze": lambda c: [c[0], *ats],
    }
    return {name: many[name](command) for name, command in commands.items()}


def table(title, commands, runs, count=None):
    samples = {name: [] for name in commands}
    opened = {}
    for _ in range(runs):
        for name, command in commands.items():
            before = count() if count else 0
            samples[name].append(measure(command))
            opened[name] = count() - before if count else 0
    medians = {name: [statistics.median(c) for c in zip(*rows)] for name, rows in samples.items()}
    ours = medians["seaworthy"]
    print(f"\n{title} (median of {runs})")
    print(f"{'':22}{'wall s':>9}{'ratio':>8}{'CPU s':>9}{'ratio':>8}{'MiB':>8}{'connections':>13}")
    for name, (wall, cpu, memory) in medians.items():
        print(
            f"{name:22}{wall:9.3f}{wall / ours[0]:8.1f}{cpu:9.3f}{cpu / ours[1]:8.1f}{memory:8.1f}"
            f"{opened[name] or '':>13}"
        )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--delay", type=int, default=100, help="milliseconds before each answer")
    options.add_argument("--targets", type=int, default=20)
    options.add_argument("--slow", action="store_true", help="testssl.sh as well")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as directory, Servers(Path(directory)) as servers:
        certificate = Authority(Path(directory)).certificate(key="rsa")
        more = [free_port() for _ in range(chosen.targets - 1)]
        listens = " ".join(f"listen 127.0.0.1:{port} ssl;" for port in more)
        nginx = servers.nginx(listens + HEALTHY, certificate=certificate)
        table("one target", tools(nginx.port, chosen.slow), chosen.runs)
        for title, fault in COUNTED.items():
            box = servers.python("middlebox", fault, nginx.port)
            table(title, tools(box.port, False), 1, lambda box=box: count(box))
        far = servers.python("middlebox", f"delay={chosen.delay}", nginx.port)
        table(f"{chosen.delay} ms away", tools(far.port, chosen.slow), max(1, chosen.runs // 3))
        table(f"{chosen.targets} targets", several([nginx.port, *more], directory), chosen.runs)


def count(box):
    time.sleep(0.2)  # its log is written line by line, a moment after the connection
    return box.log().count("connection ")


if __name__ == "__main__":
    main()
