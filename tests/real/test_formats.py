"""Every report format, read by what reads it elsewhere.

JUnit by junitparser, SARIF by its schema and by Microsoft's Multitool, GitLab by a schema written
from GitLab's documentation, CSV by Python, workflow commands as the runner of GitHub Actions reads
them, HTML by Chromium and axe. All come from one run against the demo's servers.
"""

import csv
import json
import os
import re
import shlex
import subprocess
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import jsonschema
import pytest
from chromium.oracle import FLAGS
from junitparser import Error, Failure, JUnitXml, Skipped

KINDS = ["table", "markdown", "html", "json", "junit", "sarif", "gitlab", "github", "csv"]
MULTITOOL = Path(__file__).parent / "node_modules/@microsoft/sarif-multitool-linux"
SEVERITIES = ["critical", "high", "medium", "low", "info"]

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


@contextmanager
def demo(seaworthy, folder):
    """The demo's servers; gives the environment and the arguments that audit them."""
    served = subprocess.Popen(
        [str(seaworthy.path), "demo", "--serve", str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        variable, _, *arguments = shlex.split(served.stdout.readline())
        name, _, value = variable.partition("=")
        yield {name: value}, ["targets.toml" if str(a).endswith("targets.toml") else a for a in arguments]
    finally:
        served.terminate()
        served.wait(10)


# Nobody listens there: what the demo has no instance of, a check without an answer.
SILENT = '\n[[target]]\nname = "silent"\nkind = "api"\nurl = "http://127.0.0.1:1/"\n'


class Run:
    def __init__(self, seaworthy, folder):
        self.folder = folder
        formats = [f for kind in KINDS[1:] for f in ("--format", f"{kind}=out.{kind}")]
        with demo(seaworthy, folder) as (env, arguments):
            self.secrets = list(env.values())
            with (folder / "targets.toml").open("a") as targets:
                targets.write(SILENT)
            self.done = seaworthy(
                *arguments, "--samples", "2,2", "--evidence", "evidence.jsonl", *formats, env=env, cwd=folder
            )
        self.report = json.loads(self.text("json"))

    def text(self, kind):
        return (self.folder / f"out.{kind}").read_bytes().decode()

    def findings(self, *outcomes, least="info"):
        wanted = SEVERITIES[: SEVERITIES.index(least) + 1]
        for target in self.report["targets"]:
            for finding in target["findings"]:
                if finding["outcome"] in outcomes and finding["severity"] in wanted:
                    yield target, finding

    def line(self, number):
        return (self.folder / "targets.toml").read_text().splitlines()[number - 1]


@pytest.fixture(scope="module")
def run(seaworthy, tmp_path_factory):
    one = Run(seaworthy, tmp_path_factory.mktemp("formats"))
    assert len(list(one.findings("fail", least="high"))) >= 5, one.done.stderr
    assert list(one.findings("unknown")) and list(one.findings("not_tested"))
    return one


def test_the_exit_code_and_the_bytes_depend_on_the_evidence_alone(seaworthy, run):
    for kind in KINDS:
        arguments = ("replay", "evidence.jsonl", "--no-report", "--format", kind)
        first, second = (seaworthy(*arguments, cwd=run.folder) for _ in range(2))
        assert first.returncode == run.done.returncode == 1, kind
        assert first.stdout == second.stdout, kind
        assert first.stdout.strip(), kind


@pytest.mark.parametrize("kind", KINDS[1:])
def test_no_format_has_a_secret_in_it(run, kind):
    assert run.secrets and not any(secret in run.text(kind) for secret in run.secrets)


@pytest.mark.parametrize("kind", ["markdown", "html", "json", "junit", "sarif"])
def test_source_date_epoch_is_the_time_of_a_report(seaworthy, run, kind):
    arguments = ("replay", "evidence.jsonl", "--no-report", "--format", kind)
    dated = seaworthy(*arguments, cwd=run.folder, env={"SOURCE_DATE_EPOCH": "1000000000"})
    assert "2001-09-09T01:46:40Z" in dated.stdout
    wrong = seaworthy(*arguments, cwd=run.folder, env={"SOURCE_DATE_EPOCH": "yesterday"})
    assert wrong.returncode == 2 and "SOURCE_DATE_EPOCH is yesterday" in wrong.stderr


def test_html_in_chromium(run, tmp_path):
    done = subprocess.run(
        ["node", Path(__file__).parent / "chromium/report.mjs", run.folder / "out.html", tmp_path, *FLAGS],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["console"] == []
    assert seen["requests"] == [(run.folder / "out.html").as_uri()], "nothing is asked of the network"
    told = [finding for _, finding in run.findings("fail", "unknown", "not_tested", "waived")]
    assert seen["all"] == len(told) > 0
    for choice in seen["choices"]:
        assert 0 < choice["shown"] < len(told) and choice["said"] == f"{choice['shown']} of {len(told)} shown", choice
    shown = {choice["value"]: choice["shown"] for choice in seen["choices"]}
    assert shown["critical"] == sum(finding["severity"] == "critical" for finding in told)
    assert len(seen["links"]) > 10 and all(leads for _, leads in seen["links"])
    assert seen["unfolded"] == [False, True]
    assert [one for one in seen["violations"] if one["impact"] in ("serious", "critical")] == []


def test_junit(run):
    suites = list(JUnitXml.fromfile(str(run.folder / "out.junit")))
    assert [suite.name for suite in suites] == [t["name"] for t in run.report["targets"]] + ["seaworthy"]
    found = Counter()
    names = set()
    for suite in suites[:-1]:
        counted = Counter()
        for case in suite:
            assert (suite.name, case.name) not in names
            names.add((suite.name, case.name))
            kinds = {type(result) for result in case.result}
            assert len(kinds) <= 1, case.name
            counted[kinds.pop() if kinds else None] += 1
        assert [suite.tests, suite.failures, suite.errors, suite.skipped] == [
            counted.total(),
            counted[Failure],
            counted[Error],
            counted[Skipped],
        ]
        found += counted
    outcomes = Counter(finding["outcome"] for _, finding in run.findings("pass", "unknown"))
    assert found[None] == outcomes["pass"], "only what passed is a passed case"
    assert found[Failure] == len(list(run.findings("fail", least="high")))
    assert found[Error] >= outcomes["unknown"] > 0
    for target, finding in run.findings("fail", least="high"):
        assert any(s == target["name"] and n.startswith(finding["rule"]) for s, n in names)
    [verdict] = suites[-1]
    assert isinstance(verdict.result[0], Failure) and verdict.result[0].message == run.report["summary"]["reason"]


def test_sarif_by_its_schema(run):
    schema = json.loads((MULTITOOL / "sarif-2.1.0.json").read_text())
    log = json.loads(run.text("sarif"))
    jsonschema.validate(log, schema, cls=jsonschema.validators.validator_for(schema))
    [one] = log["runs"]
    rules = [rule["id"] for rule in one["tool"]["driver"]["rules"]]
    results = one["results"]
    assert Counter(r["ruleId"] for r in results) == Counter(f["rule"] for _, f in run.findings("fail", "waived"))
    assert all(rules[r["ruleIndex"]] == r["ruleId"] for r in results)
    prints = {r["partialFingerprints"]["primaryLocationLineHash"] for r in results}
    assert prints == {finding["id"] for _, finding in run.findings("fail", "waived")}
    assert len(prints) == len(results)
    for result in results:
        [location] = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "targets.toml"
        column = place["region"].get("startColumn", 1)
        assert run.line(place["region"]["startLine"])[column - 1 :].strip(), result
    open_ones = Counter(
        n["associatedRule"]["id"]
        for n in one["invocations"][0]["toolExecutionNotifications"]
        if "associatedRule" in n
    )
    assert open_ones == Counter(f["rule"] for _, f in run.findings("unknown", "not_tested"))


def test_a_finding_about_a_target_stands_at_its_line_and_column(run):
    heads = {}
    for result in json.loads(run.text("sarif"))["runs"][0]["results"]:
        [location] = result["locations"]
        region = location["physicalLocation"]["region"]
        line = run.line(region["startLine"])
        if line.startswith("[[target]]"):
            name = location["logicalLocations"][0]["name"].split()[0]
            heads[name] = run.line(region["startLine"] + 1)
            assert region["startColumn"] == 1
    assert heads, "some findings are about a whole target"
    for name, line in heads.items():
        assert line == f'name = "{name}"'


def test_sarif_by_the_multitool(run):
    tool = MULTITOOL / "Sarif.Multitool"
    tool.chmod(0o755)
    done = subprocess.run(
        [tool, "validate", "out.sarif", "--level", "Error;Warning", "--kind", "Fail"],
        cwd=run.folder,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "Analysis completed successfully" in said, said
    # SARIF2005 alone: the tool has no page of its own that `informationUri` could name.
    assert set(re.findall(r": (?:error|warning) (\w+)", said)) <= {"SARIF2005"}, said


def test_gitlab(run):
    issues = json.loads(run.text("gitlab"))
    jsonschema.validate(issues, CODE_QUALITY)
    assert {i["fingerprint"] for i in issues} == {finding["id"] for _, finding in run.findings("fail")}
    assert len({i["fingerprint"] for i in issues}) == len(issues)
    by_severity = {"blocker": "critical", "critical": "high", "major": "medium", "minor": "low", "info": "info"}
    assert Counter(by_severity[i["severity"]] for i in issues) == Counter(f["severity"] for _, f in run.findings("fail"))


def test_csv(run):
    rows = list(csv.DictReader(run.text("csv").splitlines()))
    for row, target in zip(rows, run.report["targets"], strict=True):
        assert (row["target"], row["url"], row["grade"]) == (target["name"], target["url"], target["grade"])
        for family, mark in target["families"].items():
            assert row[family] == (mark["grade"] or "")
        failed = Counter(f["severity"] for t, f in run.findings("fail") if t is target)
        assert {name: int(row[name]) for name in SEVERITIES} == {name: failed[name] for name in SEVERITIES}


def commands(text):
    """As the runner reads them: `::name key=value,…::message` at the start of a line."""
    for line in text.splitlines():
        if match := re.match(r"\s*::(\w[\w-]*) ?(.*?)::(.*)$", line):
            properties = dict(p.split("=", 1) for p in match[2].split(",") if p)
            yield match[1], {k: unescaped(v) for k, v in properties.items()}, unescaped(match[3])


def unescaped(text):
    for escape, char in [("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]:
        text = text.replace(escape, char)
    return text


def test_github_annotations_are_the_ten_most_severe(run):
    found = list(commands(run.text("github")))
    assert 0 < len(found) <= 10
    order = [SEVERITIES.index(properties["title"].split()[0]) for _, properties, _ in found]
    assert order == sorted(order)
    failed = {f["rule"] for _, f in run.findings("fail")}
    for name, properties, message in found:
        assert name in ("error", "warning", "notice")
        assert properties["file"] == "targets.toml" and run.line(int(properties["line"])).strip()
        assert properties["title"].split()[-1] in failed
        assert "\nFix: " in message


def test_github_actions_gets_annotations_and_a_summary_unasked(seaworthy, run, tmp_path):
    summary = tmp_path / "summary.md"
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    replay = ("replay", str(run.folder / "evidence.jsonl"), "--no-report")
    # Arguments; whether annotations come unasked; whether a summary is written.
    cases = [
        ([], True, True),
        (["--format", "table"], True, True),
        (["--format", "sarif=out.sarif"], True, True),
        (["--format", "github"], True, True),
        (["--format", "github=out.txt"], False, True),
        (["--format", "json"], False, False),
        (["--quiet"], False, False),
    ]
    for arguments, annotated, summed_up in cases:
        summary.write_text("before\n")
        done = seaworthy(*replay, *arguments, env=actions, cwd=tmp_path)
        assert done.returncode == 1, arguments
        assert bool(list(commands(done.stdout))) == annotated, arguments
        text = summary.read_text()
        assert text.startswith("before\n") and (text != "before\n") == summed_up, arguments
        for target, finding in run.findings("fail", least="high") if summed_up else ():
            line = f"**{finding['severity'].upper()}** `{finding['rule']}` {target['name']}"
            assert line in text, (arguments, line)
    without = seaworthy(*replay, cwd=tmp_path)
    assert not list(commands(without.stdout))


def test_a_summary_nobody_asked_for_in_words_fails_no_run(seaworthy, run, tmp_path):
    replay = ("replay", str(run.folder / "evidence.jsonl"), "--no-report")
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "no/such/file")}
    unasked = seaworthy(*replay, env=actions, cwd=tmp_path)
    assert unasked.returncode == 1 and "warning: no job summary" in unasked.stderr
    asked = seaworthy(*replay, "--format", "github", env=actions, cwd=tmp_path)
    assert asked.returncode == 5 and "cannot be written" in asked.stderr
