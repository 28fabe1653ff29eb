#!/usr/bin/env python3
"""What one full audit costs: every family, one loopback target, default sampling.

The servers run in a process of their own (`seaworthy demo --serve`), so that only the audit is
counted. Prints CPU, peak memory, and the wall time beside the pauses between latency samples.

Usage: benches/audit.py [PATH TO seaworthy]      (default: target/release/seaworthy)
"""

import os
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 7
# The default pauses of one target: 5 between 6 cold samples, 11 before the warm ones.
PAUSES_MS = 16 * 50


def measure(command, environment):
    """Wall ms, CPU ms and peak RSS in MiB of one run."""
    start = time.monotonic()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(child.pid, 0)
    wall = (time.monotonic() - start) * 1000
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"exit {child.returncode}: {child.stderr.read().decode()}")
    cpu = (usage.ru_utime + usage.ru_stime) * 1000
    return wall, cpu, usage.ru_maxrss / 1024


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "target/release/seaworthy"
    with tempfile.TemporaryDirectory() as folder:
        servers = subprocess.Popen([program, "demo", "--serve", folder], stdout=subprocess.PIPE, text=True)
        try:
            words = shlex.split(servers.stdout.readline())
            name, value = words[0].split("=", 1)
            environment = {**os.environ, name: value}
            command = [program, *words[2:], "--target", "orders", "--no-report"]
            runs = [measure(command, environment) for _ in range(RUNS)]
        finally:
            servers.send_signal(signal.SIGINT)
            servers.wait(timeout=10)
    wall, cpu, rss = (statistics.median(column) for column in zip(*runs))
    print(f"one target, all families, default sampling, median of {RUNS} runs:")
    print(f"CPU {cpu:.0f} ms   peak RSS {rss:.1f} MiB   wall {wall:.0f} ms, {wall - PAUSES_MS:.0f} ms beside {PAUSES_MS} ms of pauses")


if __name__ == "__main__":
    main()
