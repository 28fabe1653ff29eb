"""Chromium is the judge of the CORS evaluator.

`tests/golden/cors_chromium.json` holds what the browser did in every cell of variant × origin ×
method × headers × credentials, and `cargo test` holds the evaluator to it. Here the browser is
asked again: the record must still be what it does. `SEAWORTHY_RECORD=1` writes it anew.
"""

import json
import os
from pathlib import Path

from chromium.oracle import ask_chromium

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "cors_chromium.json"


def written(recorded: dict) -> str:
    """One line a variant, so that a difference can be read."""
    rows = ",\n".join(json.dumps(variant) for variant in recorded["variants"])
    rest = {key: value for key, value in recorded.items() if key != "variants"}
    head = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in rest.items())
    return f'{{\n{head},\n"variants": [\n{rows}\n]\n}}\n'


def test_the_record_is_what_chromium_does():
    recorded = written(ask_chromium())
    if os.environ.get("SEAWORTHY_RECORD"):
        GOLDEN.write_text(recorded)
    assert recorded == GOLDEN.read_text()
