"""What the binary wrote down, read back."""

import json
from pathlib import Path


def samples(path: Path, temperature="cold") -> list[dict]:
    """The timed samples of the only target in an evidence file, phases in milliseconds."""
    (line,) = path.read_text().splitlines()
    seen = json.loads(line)["latency"]["seen"]["samples"]
    return [flat(sample) for sample in seen if sample["temperature"] == temperature]


def flat(sample: dict) -> dict:
    status, phases = sample["outcome"]["seen"]
    milliseconds = {name: micros / 1000 for name, micros in phases.items()}
    return sample | milliseconds | {"status": status, "lag": sample["lag"] / 1000}


def on_time(samples: list[dict]) -> list[dict]:
    """Those taken while this machine was not late, by the rule the binary has."""
    phases = ("dns", "tcp", "tls", "server", "transfer")
    return [s for s in samples if s["lag"] <= max(1, max(s[name] for name in phases) / 50)]
