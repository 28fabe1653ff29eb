"""The command beside a finding, run as a user would paste it, and what its answer looks like."""

import ast
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
        if "python3 -c" in command:
            return cls.by_python(command)
        words = shlex.split(re.split("; (?:echo|done)", command.split("do ", 1)[-1])[0])
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

    @classmethod
    def by_python(cls, command: str) -> "Asked":
        """Its arguments are the lines of the request, up to an empty one."""
        words = shlex.split(command)
        first = next(place for place, word in enumerate(words) if word.endswith(" HTTP/1.1"))
        head = words[first : words.index("", first)]
        fields = dict(line.split(": ", 1) for line in head[1:])
        method, target, _ = head[0].split(" ")
        return cls(method, f"http://{fields['Host']}{target}", {name.lower(): value for name, value in fields.items()})


@dataclass(frozen=True)
class Frame:
    """A line of what was said on a socket: when, by whom, its first two bytes, and the payload."""

    at: float
    received: bool
    head: bytes
    payload: bytes

    @property
    def opcode(self) -> int:
        return self.head[0] & 15

    @property
    def code(self) -> int | None:
        """Of a close frame (RFC 6455 §5.5.1)."""
        return int.from_bytes(self.payload[:2], "big") if len(self.payload) > 1 else None


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
        lines = b"\r\n" if self.talks else b"\n"
        return list(answers(self.output.replace(b"\n", lines)))

    @property
    def talks(self) -> bool:
        """Whether it speaks on the socket, and prints what is said."""
        return "python3 -c" in self.finding["reproduce"]

    @property
    def frames(self) -> list[Frame]:
        """What was said, by however many sockets."""
        assert self.talks, self.finding["reproduce"]
        lines = re.findall(r"^([\d.]+) ([<>]) (\w+) (b['\"].*)$", self.output.decode(), re.M)
        return [Frame(float(at), by == "<", bytes.fromhex(head), ast.literal_eval(said)) for at, by, head, said in lines]

    def received(self, *opcodes: int) -> list[Frame]:
        return [one for one in self.frames if one.received and one.opcode in opcodes]

    def sent(self, *opcodes: int) -> list[Frame]:
        return [one for one in self.frames if not one.received and one.opcode in opcodes]

    @property
    def ended(self) -> bool:
        """Whether the server ended the connection while somebody still listened."""
        return self.output.decode(errors="replace").rstrip().endswith(" end")

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
