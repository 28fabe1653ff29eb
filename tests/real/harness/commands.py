"""The command beside a finding, run as a user would paste it, and what its answer looks like."""

import os
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

# Most wait on a socket that stays open, so many can wait at once.
AT_ONCE = 64
LONGEST = 30


@dataclass(frozen=True)
class Answer:
    """One HTTP answer as `curl -i` prints it; the body is bytes: frames may follow a 101."""

    version: str
    status: int
    fields: list
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for field_name, value in self.fields if field_name == name.lower()]

    def value(self, name: str) -> str | None:
        """All lines of a field joined, as RFC 9110 §5.3 combines them; None without any."""
        return ", ".join(self.values(name)) if self.values(name) else None

    def members(self, name: str) -> set[str]:
        """The comma separated members of a field, in lower case."""
        return {one.strip().lower() for one in (self.value(name) or "").split(",")} - {""}

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


@dataclass(frozen=True)
class Asked:
    """The request a command stands for; references to secrets are not expanded."""

    method: str = "GET"
    url: str = ""
    fields: dict = field(default_factory=dict)
    body: str = ""

    @classmethod
    def by(cls, command: str) -> "Asked":
        words = shlex.split(command.split("do ", 1)[-1].split("; echo", 1)[0])
        assert words[0] == "curl", command
        method, fields, body, url = "GET", {}, "", ""
        rest = iter(words[1:])
        for word in rest:
            match word:
                case "-X":
                    method = next(rest)
                case "-I":
                    method = "HEAD"
                case "-H":
                    name, _, value = next(rest).partition(":")
                    fields[name.rstrip(";").lower()] = value.strip()
                case "-u":
                    fields["authorization"] = f"Basic {next(rest)}"
                case "--data-raw":
                    body = next(rest)
                case "-o" | "-w" | "--max-time" | "--resolve":
                    next(rest)
                case _ if not word.startswith("-"):
                    url = word
        return cls(method, url, fields, body)


@dataclass(frozen=True)
class Shown:
    """A finding, what its command asks, and what came out of it."""

    finding: dict
    asked: Asked
    output: bytes
    complaint: str
    code: int

    @property
    def observed(self) -> str:
        return self.finding["observed"]

    @property
    def answers(self) -> list[Answer]:
        return list(answers(self.output))

    @property
    def answer(self) -> Answer:
        """The last one; a command whose request is not answered has none."""
        found = self.answers
        assert found, f"no answer: {self.complaint}"
        return found[-1]

    @property
    def origin(self) -> str | None:
        return self.asked.fields.get("origin")


def status(shown: Shown) -> int:
    """The status that the finding speaks of."""
    return int(re.search(r"\b([1-5]\d\d)\b(?! B)", shown.observed)[1])


def as_said(shown: Shown) -> bool:
    return shown.answer.status == status(shown)


def answers(output: bytes):
    """Each answer of an output; one begins at every status line that follows a line end."""
    starts = [match.start() for match in re.finditer(rb"^HTTP/1\.[01] \d{3}", output, re.M)]
    for start, end in zip(starts, [*starts[1:], len(output)]):
        head, _, body = output[start:end].partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        version, status = line.split(" ")[:2]
        pairs = [one.partition(":") for one in lines]
        fields = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
        yield Answer(version, int(status), fields, body)


def run(finding: dict, secrets: dict) -> Shown:
    """Runs it in a shell that knows the secrets and nothing else."""
    command = finding["reproduce"]
    assert command and "\n" not in command, finding
    done = subprocess.run(
        ["bash", "-c", command],
        env={"PATH": os.environ["PATH"]} | secrets,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LONGEST,
    )
    complaint = done.stderr.decode(errors="replace")
    return Shown(finding, Asked.by(command), done.stdout, complaint, done.returncode)


def failures(targets) -> list[tuple[str, dict]]:
    """Every failure of every target of a report, by the target's name."""
    return [
        (target["name"], finding)
        for target in targets
        for finding in target["findings"]
        if finding["outcome"] == "fail"
    ]


def run_all(found: list[tuple[str, dict]], secrets: dict) -> list[tuple[str, Shown]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        shown = pool.map(lambda one: run(one[1], secrets), found)
        return [(name, one) for (name, _), one in zip(found, shown)]
