"""What a look at one site's header fields costs: `tests/real/.venv/bin/python benches/headers.py [N]`.

Runs the release binary (or $SEAWORTHY) and the MDN Observatory in turn, N times each (default 10),
against one nginx on loopback, and prints the median CPU time and the peak memory of each process.
CPU time is user and system time of the whole process, start included, as the kernel counts it.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT / "tests" / "real"
sys.path.insert(0, str(REAL))
os.environ.setdefault("SEAWORTHY", str(ROOT / "target" / "release" / "seaworthy"))

from harness.authority import Authority
from harness.binary import Seaworthy
from harness.servers import Servers

PAGE = """
    add_header Strict-Transport-Security "max-age=31536000" always;
    add_header Content-Security-Policy "default-src 'self'; frame-ancestors 'none'" always;
    add_header X-Content-Type-Options nosniff always;
    add_header Set-Cookie "session=1; Secure; HttpOnly; SameSite=Lax" always;
    default_type text/html;
    return 200 "<!doctype html><title>x</title><script src=/a.js></script>";
"""


def cost(command, given, environment, note: Path):
    """CPU milliseconds and peak memory in MiB of one process; its failure is ours.

    The kernel carries a process's peak memory over `exec`, so that of a child of this interpreter
    would never be below ours: time(1) starts it, and is small.
    """
    with tempfile.TemporaryFile() as stdin:
        stdin.write(given.encode())
        stdin.seek(0)
        child = subprocess.Popen(
            ["/usr/bin/time", "-f", "%M", "-o", note, *map(str, command)],
            stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=os.environ | environment, cwd=REAL,
        )  # fmt: skip
        complaint = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
    # 1 is a finding, which is no failure of the look.
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise RuntimeError(f"{command[0]} failed: {complaint.decode()}")
    kibibytes = int(note.read_text().split()[-1])
    return (usage.ru_utime + usage.ru_stime) * 1000, kibibytes / 1024


def main(runs: int):
    seaworthy = Seaworthy.from_environment().path
    with tempfile.TemporaryDirectory() as folder, Servers(Path(folder)) as servers:
        ca = Authority(Path(folder))
        secure = servers.nginx(PAGE, certificate=ca.certificate())
        plain = servers.nginx(f"return 301 {secure.https}$request_uri;")
        preload = Path(folder) / "preload.json"
        preload.write_text("{}")
        trust = {"NODE_EXTRA_CA_CERTS": str(ca.path)}
        look = (f"{secure.https}/", "--cacert", ca.path)
        as_mdn = (*look, "--http-port", plain.port, "--profile", "observatory-4")
        rows = {
            "seaworthy, full header audit": (
                [seaworthy, *look, "--only", "headers", "--no-report"], "", {},
            ),
            "seaworthy headers --profile observatory-4": (
                [seaworthy, "headers", *as_mdn], "", {},
            ),
            "MDN Observatory 1.4.8": (
                ["node", REAL / "parity" / "observatory.mjs", plain.port, secure.port, preload],
                json.dumps(["/"]), trust,
            ),
        }  # fmt: skip
        seen = {name: [] for name in rows}
        for _ in range(runs):
            for name, (command, given, environment) in rows.items():
                seen[name].append(cost(command, given, environment, Path(folder) / "note"))
    print(f"| {runs} runs each, in turn | CPU, median (ms) | peak memory, greatest (MiB) |")
    print("|---|--:|--:|")
    for name, costs in seen.items():
        cpu = median(cpu for cpu, _ in costs)
        memory = max(memory for _, memory in costs)
        print(f"| {name} | {cpu:.1f} | {memory:.1f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
