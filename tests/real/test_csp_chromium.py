"""Chromium is the judge of the CSP evaluator.

`tests/golden/csp_chromium.json` holds what ran, loaded and applied of one page under every policy,
and `cargo test` holds the evaluator to it. Here the browser is asked again: the record must still
be what it does. `SEAWORTHY_RECORD=1` writes it anew.
"""

import json
import os
from pathlib import Path

from chromium.csp_grid import ask_chromium

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "csp_chromium.json"


def written(recorded: dict) -> str:
    """One line a policy, so that a difference can be read."""

    def value(key, held):
        if key in ("policies", "sandboxes"):
            return "[\n" + ",\n".join(json.dumps(policy) for policy in held) + "\n]"
        return json.dumps(held)

    return "{\n" + ",\n".join(f"{json.dumps(key)}: {value(key, held)}" for key, held in recorded.items()) + "\n}\n"


def test_the_record_is_what_chromium_does():
    recorded = written(ask_chromium())
    if os.environ.get("SEAWORTHY_RECORD"):
        GOLDEN.write_text(recorded)
    assert recorded == GOLDEN.read_text()
