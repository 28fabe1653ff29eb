"""The binary under test, run as a user runs it."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Long enough for a full audit on a busy machine, short enough to notice a hang.
TIMEOUT = 120

# Nothing of the developer's own shell reaches the binary: no proxy, no colour, no token.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True)
class Seaworthy:
    path: Path

    @classmethod
    def from_environment(cls) -> "Seaworthy":
        path = Path(os.environ.get("SEAWORTHY", "")).resolve()
        if not path.is_file():
            raise RuntimeError("SEAWORTHY names no binary; start the tests with tests/real/run")
        return cls(path)

    def __call__(self, *arguments, env=None, cwd=None, stdin=None, timeout=TIMEOUT):
        """Runs it to its end. Exit codes are for the test to judge, except 70: that is our bug."""
        clean = {name: os.environ[name] for name in KEPT if name in os.environ}
        done = subprocess.run(
            [str(self.path), *map(str, arguments)],
            env=clean | (env or {}),
            cwd=cwd,
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert done.returncode != 70, done.stderr
        return done

    def json(self, *arguments, **options):
        """The JSON report of one run."""
        done = self(*arguments, "--format", "json", **options)
        try:
            return json.loads(done.stdout)
        except json.JSONDecodeError as error:
            raise AssertionError(f"not JSON ({error}): {done.stdout!r} {done.stderr!r}") from error
