"""Writes docs/stacks.md from what test_tls_stacks.py saw: `tests/real/run --all --stacks-page …`.

Only a run in which every stack started and passed writes it.
"""

from pathlib import Path

from harness.stacks import STACKS

PAGE = Path(__file__).resolve().parents[3] / "docs/stacks.md"

INTRODUCTION = """\
# TLS stacks as they come

Each server was started on loopback with one certificate, of a P-256 or an RSA-2048 key, and nothing
else set, and audited with `--only tls`. Versions, suites and groups agreed with hellos that another
program asked one by one. Written by `tests/real/run --all --stacks-page test_tls_stacks.py`.

*Refuses by* is how the server ends a hello that offers it no suite in common: by an alert, or by closing
without one, so that everything is asked twice. *Connections* are those of a run, and of one with
`--ciphers`. *Keeps it down* lists what was found from low severity on.

"""
COLUMNS = ["Server", "Library", "Key", "TLS", "Hybrid", "Refuses by", "Letter", "Connections", "Keeps it down"]


def pytest_addoption(parser):
    parser.addoption("--stacks-page", action="store_true", help="write docs/stacks.md; with --all")


def pytest_terminal_summary(terminalreporter, config):
    """In the process that hears of every test, however many run them."""
    if not config.getoption("--stacks-page") or hasattr(config, "workerinput"):
        return
    passed = terminalreporter.stats.get("passed", [])
    rows = [value for report in passed for name, value in report.user_properties if name == "stack"]
    missing = {(name, key) for name in STACKS for key in ("P-256", "RSA")} - {(row["name"], row["key"]) for row in rows}
    if missing:
        terminalreporter.write_line(f"docs/stacks.md not written: no verdict on {sorted(missing)}", red=True)
        return
    PAGE.write_text(page(rows))
    terminalreporter.write_line(f"wrote {PAGE}")


def page(rows) -> str:
    order = list(STACKS)
    rows.sort(key=lambda row: (order.index(row["name"]), row["key"]))
    lines = [line(COLUMNS), line(["---"] * len(COLUMNS)), *(line(cells(row)) for row in rows)]
    return INTRODUCTION + "\n".join(lines) + "\n"


def line(cells) -> str:
    return "| " + " | ".join(cells) + " |"


def cells(row):
    versions = [version.removeprefix("TLSv") for version in row["versions"]]
    usual, every = row["connections"]
    return [
        f"{row['name']} {row['version']}", row["library"], row["key"], ", ".join(versions),
        "yes" if row["post_quantum"] else "no", row["refusal"], row["grade"], f"{usual}, {every}",
        ", ".join(f"`{rule}`" for rule in row["findings"]) or "nothing",
    ]  # fmt: skip
