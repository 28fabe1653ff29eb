"""The target file's JSON Schema, read by validators, and the completions, loaded by bash.

The schema may take what `seaworthy check` refuses, since it does not know what a value means; what
it refuses, `check` must refuse as well.
"""

import json
import subprocess
import tomllib
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
TAPLO = Path(__file__).parent / "node_modules/.bin/taplo"
FILES = [
    ROOT / "targets.toml",
    ROOT / "src/config/template.toml",
    *sorted((ROOT / "examples").glob("*.toml")),
]

TARGET = '[[target]]\nurl = "https://shop.example/"\n'

# What a file says behind its first target, and whether the schema is to know that it is wrong.
ROWS = [
    ("", False),
    ('timeout = "10s"', False),
    ('timeout = "1.5min"', False),
    ("timeout = 10", True),
    ('timeout = "10 parsecs"', True),
    ('timeuot = "10s"', True),
    ("tls = { days_left = 14, min_version = \"1.3\" }", False),
    ('tls = { min_version = "1.4" }', True),
    ("tls = { days_left = 900 }", True),
    ('tls = { issuer = "Example CA" }', False),
    ('tls = { issuer = ["Example CA", "Other CA"] }', False),
    ("tls = { issuer = 1 }", True),
    ('endpoint = ["/health", { get = "/orders", status = [200, "2xx"] }]', False),
    ('endpoint = [{ get = "/orders", status = 900 }]', True),
    ('endpoint = [{ get = "/orders", json = { "/n" = { min = 1 }, "/ok" = true } }]', False),
    ('endpoint = [{ get = "/orders", json = { "/n" = { minimum = 1 } } }]', True),
    ('endpoint = [{ get = "/orders", bytes = "64KiB", max_bytes = 100 }]', False),
    ('endpoint = [{ get = "/orders", bytes = "64 apples" }]', True),
    ('auth = { scheme = "bearer", token = { env = "TOKEN" } }', False),
    ('auth = { scheme = "bearer", token = "in the clear" }', True),
    ('auth = { scheme = "barer" }', True),
    ('auth = "users"', True),
    ('websocket = { path = "/ws", origins = "any", reject = "close:4401" }', False),
    ('websocket = { path = "/ws", reject = "close" }', True),
    ('max_error_rate = "1%"', False),
    ("max_error_rate = 0.01", True),
    ('rate = [{ get = "/health", limit = "60/min" }]', False),
    ('rate = [{ get = "/health" }]', True),
]

# A scheme that is referred to by name must be there, which a schema cannot say.
BY_MEANING = ['auth = "users"']


@pytest.fixture(scope="module")
def schema(seaworthy):
    printed = subprocess.run([str(seaworthy.path), "schema"], capture_output=True, check=True)
    schema = json.loads(printed.stdout)
    jsonschema.Draft4Validator.check_schema(schema)
    return schema


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_our_own_files_are_valid(schema, file):
    with file.open("rb") as opened:
        errors = jsonschema.Draft4Validator(schema).iter_errors(tomllib.load(opened))
    assert [error.message for error in errors] == []


@pytest.mark.parametrize(("said", "is_wrong"), ROWS, ids=[said for said, _ in ROWS])
def test_the_schema_and_check_agree(seaworthy, schema, tmp_path, said, is_wrong):
    file = tmp_path / "targets.toml"
    file.write_text(f"{TARGET}{said}\n")
    errors = list(jsonschema.Draft4Validator(schema).iter_errors(tomllib.loads(file.read_text())))
    checked = subprocess.run([str(seaworthy.path), "check", str(file)], capture_output=True)
    assert checked.returncode == (2 if is_wrong else 0), checked.stderr.decode()
    assert bool(errors) == (is_wrong and said not in BY_MEANING), errors


def test_an_editor_finds_the_schema_by_the_files_first_line(schema, tmp_path):
    (tmp_path / "targets.schema.json").write_text(json.dumps(schema))
    for said, code in [("", 0), ("timeout = 10", 1)]:
        text = f"#:schema ./targets.schema.json\n{TARGET}{said}\n"
        (tmp_path / "targets.toml").write_text(text)
        checked = subprocess.run(
            [str(TAPLO), "check", "targets.toml"], cwd=tmp_path, capture_output=True, text=True
        )
        assert checked.returncode == code, checked.stderr
        assert ('10 is not of type "string"' in checked.stderr) == bool(code)


def test_bash_completes_commands_and_flags(seaworthy):
    completions = [str(seaworthy.path), "completions", "bash"]
    script = subprocess.run(completions, capture_output=True, text=True, check=True).stdout
    script += """
    complete_at() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
        _seaworthy seaworthy "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        echo "${COMPREPLY[@]}"; }
    complete_at seaworthy dif; complete_at seaworthy --fail; complete_at seaworthy completions fi
    """
    run = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True)
    assert run.stdout.split() == ["diff", "--fail-on", "fish"], run.stderr
