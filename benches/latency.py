"""How well latency is measured: `tests/real/.venv/bin/python benches/latency.py [phases|jobs|load]`.

Runs the release binary (or $SEAWORTHY) against servers with known delays and prints tables. Timings
depend on the machine and on what else it does, so nothing here asserts; tests/real does, loosely.

phases  1,000 cold samples against a server that injects a delay into every phase: how many are
        within max(1 ms, 2 %) of what the server measured.
jobs    64 targets 100 ms away, audited one at a time and all at once: by how much each cold median
        differs, or that grading was withheld.
load    percentiles of --load against an independent open-model generator, and against oha if it is
        installed, on a steady server and on one that stalls for a second every ten.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "real"))
os.environ.setdefault("SEAWORTHY", str(ROOT / "target" / "release" / "seaworthy"))

from harness.authority import Authority
from harness.binary import Seaworthy
from harness.evidence import on_time, samples
from harness.network import slow_names
from harness.open_model import measure
from harness.servers import Servers

RUNS = 1000
DELAYS = {"handshake": 20, "first": 30, "body": 15}
NAME_DELAY = 10
CAUSES = {
    "dns": "name", "tcp": "connect", "tls": "handshake", "server": "first", "transfer": "body",
}  # fmt: skip


def phases(seaworthy: Seaworthy, servers: Servers, ca: Authority, work: Path):
    host = f"slow-{NAME_DELAY}.test"
    certificate = ca.certificate(host)
    flags = [part for name, ms in DELAYS.items() for part in (f"--{name}", ms)]
    server = servers.python(
        "delays", "--certificate", certificate.chain, "--key", certificate.key, *flags
    )
    evidence, names = work / "phases.jsonl", work / "names.log"
    seaworthy(
        f"https://{host}:{server.port}/", "--only", "latency", "--samples", f"{RUNS},0",
        "--cacert", ca.path, "--evidence", evidence, "--no-report",
        env={"LD_PRELOAD": str(slow_names()), "SLOW_NAMES_LOG": str(names)}, timeout=1800,
    )  # fmt: skip
    log = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    served = [one for one in log if one["nth"] == 0]
    asked = [float(line) for line in names.read_text().splitlines()]
    # A name is asked for once a connection, but for those the audit makes before it takes samples.
    served = [one | {"name": ms, "connect": 0} for one, ms in zip(served[-len(asked) :], asked)]
    taken = matched(samples(evidence), served)
    kept = on_time([sample for sample, _ in taken])
    pairs = [(sample, served) for sample, served in taken if sample in kept]
    print(f"\n{len(taken)} samples, {len(pairs)} of them on time", end=", ")
    pairs = [(sample, served) for sample, served in pairs if served["late"] < 0.5]
    print(f"{len(pairs)} of those with a server that was never late\n")
    print("| phase | injected (ms) | within max(1 ms, 2 %) | median error (ms) | 99 % below (ms) |")
    print("|---|--:|--:|--:|--:|")
    for phase, cause in CAUSES.items():
        row(phase, [(sample[phase], served[cause]) for sample, served in pairs])


def matched(taken: list[dict], served: list[dict]) -> list[tuple[dict, dict]]:
    """Sample by sample: connections before the first are the audit's own, and a sample that was
    taken again left one more behind."""
    retaken = sum(sample["retaken"] for sample in taken)
    rest = iter(served[len(served) - len(taken) - retaken :])
    pairs = []
    for sample in taken:
        if sample["retaken"]:
            next(rest)
        pairs.append((sample, next(rest)))
    return pairs


def row(phase: str, pairs: list[tuple[float, float]]):
    errors = sorted(abs(found - truth) for found, truth in pairs)
    within = sum(abs(found - truth) <= max(1, truth * 0.02) for found, truth in pairs)
    injected = median(truth for _, truth in pairs)
    print(
        f"| {phase} | {injected:.2f} | {within}/{len(pairs)} | {median(errors):.3f} "
        f"| {errors[len(errors) * 99 // 100]:.3f} |"
    )


def jobs(seaworthy: Seaworthy, servers: Servers, ca: Authority, work: Path, targets=64):
    names = [f"t{nth}.test" for nth in range(targets)]
    nginx = servers.nginx('return 200 "aye";', certificate=ca.certificate(*names))
    far = servers.python("distance", nginx.port, "--delay", 50)
    resolve = [flag for name in names for flag in ("--resolve", f"{name}:{far.port}:127.0.0.1")]
    urls = [f"https://{name}:{far.port}/" for name in names]

    def run(width: int) -> tuple[dict[str, float], float]:
        """Cold medians by target, without those whose grade was withheld; and the seconds it took."""
        start = time.monotonic()
        report = seaworthy.json(
            *urls, *resolve, "--only", "latency", "--samples", "6,0", "--jobs", width,
            "--cacert", ca.path, "--no-report", timeout=1800,
        )  # fmt: skip
        graded = [
            target for target in report["targets"]
            if target["families"]["latency"]["grade"] != "?"
        ]  # fmt: skip
        medians = {one["name"]: one["facts"]["latency"]["cold"]["median"]["ttfb_ms"] for one in graded}
        return medians, time.monotonic() - start

    print(f"\n{targets} targets 100 ms away, 6 cold samples each\n")
    print("| jobs | wall (s) | median of cold medians (ms) | against jobs 1 | farthest | withheld |")
    print("|--:|--:|--:|--:|--:|--:|")
    alone = {}
    for width in (1, 16, 64):
        medians, took = run(width)
        alone = alone or medians
        changes = [medians[name] / alone[name] * 100 - 100 for name in medians if name in alone]
        farthest = max(changes, key=abs)
        print(
            f"| {width} | {took:.0f} | {median(medians.values()):.2f} | {median(changes):+.2f} % "
            f"| {farthest:+.2f} % | {targets - len(medians)} |"
        )


LOADED = '[[target]]\nname = "loaded"\nurl = "{url}"\nallow_load = true\n'


def load(seaworthy: Seaworthy, servers: Servers, _, work: Path, users=20, seconds=20):
    print(f"\n{users} users for {seconds} s, five requests a second each; milliseconds\n")
    print("| server | generator | requests | p50 | p95 | p99 |")
    print("|---|---|--:|--:|--:|--:|")
    for kind, flags in (("steady", ("--usual", 40, "--stall", 0)), ("stalling", ())):
        server = servers.python("stalls", *flags)
        file = work / f"{kind}.toml"
        file.write_text(LOADED.format(url=server.http))
        report = seaworthy.json(
            file, "--only", "latency", "--samples", "1,0", "--no-report",
            "--load", users, "--for", f"{seconds}s",
        )  # fmt: skip
        facts = report["targets"][0]["facts"]["latency"]["load"]
        ours = {one["quantile"]: one["value"] / 1000 for one in facts["percentiles_us"]}
        figures(kind, "seaworthy", ours | {"count": facts["succeeded"]})
        figures(kind, "open model", measure(server.port, users, seconds))
        if oha := shutil.which("oha"):
            figures(kind, "oha", by_oha(oha, server.http, users, seconds))


def by_oha(oha: str, url: str, users: int, seconds: int) -> dict[str, float]:
    flags = ("-c", users, "-q", users * 5, "-z", f"{seconds}s", "--latency-correction", "-w")
    command = [oha, *map(str, flags), "--no-tui", "--output-format", "json", url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    report = json.loads(done.stdout)
    found = {p: report["latencyPercentiles"][p] * 1000 for p in ("p50", "p95", "p99")}
    return found | {"count": sum(report["statusCodeDistribution"].values())}


def figures(kind: str, who: str, of: dict[str, float]):
    print(f"| {kind} | {who} | {of['count']} | {of['p50']:.1f} | {of['p95']:.1f} | {of['p99']:.1f} |")


def main():
    wanted = sys.argv[1:] or ["phases", "jobs", "load"]
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        ca = Authority(work)
        for name in wanted:
            with Servers(work) as servers:
                {"phases": phases, "jobs": jobs, "load": load}[name](
                    Seaworthy.from_environment(), servers, ca, work
                )


main()
