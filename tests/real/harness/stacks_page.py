"""Writes docs/stacks.md from what passed: `tests/real/run --all --stacks-page test_tls_stacks.py test_stacks.py`.

A table of the page is written anew where every stack of it started and passed in the run; the other
stays as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.http_stacks import STACKS as HTTP_STACKS
from harness.stacks import STACKS

PAGE = Path(__file__).resolve().parents[3] / "docs/stacks.md"

INTRODUCTION = """\
# Stacks as they come

Real servers on loopback, and what is found of them. Written by
`tests/real/run --all --stacks-page test_tls_stacks.py test_stacks.py`.
"""

TLS = """\
Each server was started with one certificate, of a P-256 or an RSA-2048 key, and nothing else set, and
audited with `--only tls`. Versions, suites and groups agreed with hellos that another program asked one
by one.

*Refuses by* is how the server ends a hello that offers it no suite in common: by an alert, or by closing
without one, so that everything is asked twice. *Connections* are those of a run, and of one with
`--ciphers`. *Keeps it down* lists what was found from low severity on.
"""
TLS_COLUMNS = ["Server", "Library", "Key", "TLS", "Hybrid", "Refuses by", "Letter", "Connections", "Keeps it down"]

HTTP = """\
Each stack served one small contract, right and with five planted defects: the declared origin, a header
or a method off the server's list, no guard on one method, and a socket open to every origin. Each defect
was found once, under one rule; each finding's command, executed, showed the defect, and did not show it
of the right service. Of that nothing else was found above info than *as it comes*, which is so whatever
its user writes.
"""
HTTP_COLUMNS = ["Stack", "Versions", "As it comes", "Not planted"]


def pytest_addoption(parser):
    parser.addoption("--stacks-page", action="store_true", help="write docs/stacks.md; with --all")


@dataclass(frozen=True)
class Table:
    """A heading, what stands under it, and how a row of it is made from what a test recorded."""

    heading: str
    introduction: str
    columns: list
    recorded: str
    wanted: list
    key: Callable
    cells: Callable

    def section(self, rows) -> str:
        rows = sorted(rows, key=lambda row: self.wanted.index(self.key(row)))
        lines = [line(self.columns), line(["---"] * len(self.columns)), *(line(self.cells(row)) for row in rows)]
        return f"{self.heading}\n\n{self.introduction}\n" + "\n".join(lines) + "\n"


def tls_cells(row):
    versions = [version.removeprefix("TLSv") for version in row["versions"]]
    usual, every = row["connections"]
    return [
        f"{row['name']} {row['version']}", row["library"], row["key"], ", ".join(versions),
        "yes" if row["post_quantum"] else "no", row["refusal"], row["grade"], f"{usual}, {every}",
        ", ".join(f"`{rule}`" for rule in row["findings"]) or "nothing",
    ]  # fmt: skip


def http_cells(row):
    stack = HTTP_STACKS[row["name"]]
    listed = [f"`{rule}`: {why}" for rule, why in stack.defaults.items()]
    left_out = [f"{name}: {why}" for name, why in stack.without.items()]
    return [row["name"], row["versions"], "; ".join(listed) or "nothing", "; ".join(left_out) or "nothing"]


TABLES = [
    Table(
        "## TLS", TLS, TLS_COLUMNS, "stack",
        [(name, key) for name in STACKS for key in ("P-256", "RSA")],
        lambda row: (row["name"], row["key"]), tls_cells,
    ),
    Table(
        "## CORS, authentication and WebSocket", HTTP, HTTP_COLUMNS, "http stack",
        list(HTTP_STACKS), lambda row: row["name"], http_cells,
    ),
]  # fmt: skip


def pytest_terminal_summary(terminalreporter, config):
    """In the process that hears of every test, however many run them."""
    if not config.getoption("--stacks-page") or hasattr(config, "workerinput"):
        return
    passed = terminalreporter.stats.get("passed", [])
    recorded = [pair for report in passed for pair in report.user_properties]
    sections = [section(table, recorded, terminalreporter) for table in TABLES]
    PAGE.write_text("\n".join([INTRODUCTION, *filter(None, sections)]))
    terminalreporter.write_line(f"wrote {PAGE}")


def section(table, recorded, terminalreporter) -> str:
    rows = [value for name, value in recorded if name == table.recorded]
    missing = [key for key in table.wanted if key not in map(table.key, rows)]
    if not missing:
        return table.section(rows)
    if rows:
        terminalreporter.write_line(f"{table.heading} not written: no verdict on {missing}", red=True)
    return as_it_was(table.heading)


def as_it_was(heading) -> str:
    """The section as the page has it."""
    _, found, after = PAGE.read_text().partition(f"{heading}\n")
    return found + after.split("\n\n## ", 1)[0].rstrip("\n") + "\n" if found else ""


def line(cells) -> str:
    return "| " + " | ".join(cells) + " |"
