"""What installs seaworthy in a pipeline, as far as that can be told without one.

The workflow, the action and the recipes of docs/ci.md hold to their published schemas, zizmor finds
nothing in them, and a newcomer's way to a job that gates is ten lines. None of them is run here.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
ACTION = ROOT / "action.yml"

RECIPES = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(), re.DOTALL)


def run(*argv):
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "file"), [("vendor.github-workflows", WORKFLOW), ("vendor.github-actions", ACTION)]
)
def test_files_hold_to_their_schema(schema, file):
    run(BIN / "check-jsonschema", "--builtin-schema", schema, file)


def test_zizmor_finds_nothing():
    config = ROOT / ".github" / "zizmor.yml"
    run(BIN / "zizmor", "--offline", "--no-progress", "--config", config, WORKFLOW, ACTION)


def test_the_recipes_are_short_and_hold_to_their_schemas(tmp_path):
    whole = {"vendor.github-workflows": 0, "vendor.gitlab-ci": 0}
    for nth, text in enumerate(RECIPES):
        recipe = yaml.safe_load(text)
        if isinstance(recipe, list):
            continue  # steps of a job, shown alone
        # YAML 1.1 reads the key `on` as true.
        schema = "vendor.github-workflows" if True in recipe else "vendor.gitlab-ci"
        file = tmp_path / f"{nth}.yml"
        file.write_text(text)
        run(BIN / "check-jsonschema", "--builtin-schema", schema, file)
        whole[schema] += 1
        assert len(text.splitlines()) <= 10, text
    assert all(whole.values()), whole


@pytest.mark.parametrize("script", [ROOT / ".github" / "install"])
def test_scripts_are_bash_and_may_be_run(script):
    run("bash", "-n", script)
    assert script.stat().st_mode & 0o111


def test_the_readme_installs_before_it_runs():
    text = (ROOT / "README.md").read_text()
    first = re.search(r"## In CI\n\n```yaml\n(.*?)```", text, re.DOTALL).group(1)
    steps = yaml.safe_load(first)
    assert "seaworthy@" in steps[0]["uses"] and steps[1]["run"].startswith("seaworthy")
