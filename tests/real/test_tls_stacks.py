"""Real TLS servers as they come, with a certificate and nothing else set: each gets a verdict.

The truth is asked one hello at a time, by code that shares nothing with the program under test. What
`docs/stacks.md` says is what passed here: see harness/stacks_page.py.
"""

import os

import pytest

from harness.hello import VERSIONS, Oracle
from harness.servers import free_port
from harness.stacks import STACKS


def facts_of(report):
    return report["targets"][0]["facts"]["tls"]


@pytest.fixture(scope="module")
def certificates(ca, tmp_path_factory):
    """Some servers drop root's privileges before they read their key."""
    made = {"P-256": ca.certificate(), "RSA": ca.certificate(key="rsa")}
    for it in made.values():
        os.chmod(it.key, 0o644)
    return made


EACH_STACK = [
    pytest.param(name, id=name, marks=[] if stack.core else [pytest.mark.beyond_ci])
    for name, stack in STACKS.items()
]


@pytest.mark.parametrize("key", ["P-256", "RSA"])
@pytest.mark.parametrize("name", EACH_STACK)
def test_a_server_as_it_comes_gets_a_verdict(
    name, key, seaworthy, servers, ca, certificates, tmp_path, record_property
):
    stack = STACKS[name]
    port = free_port()
    stack.start(servers, certificates[key], tmp_path, port)
    oracle = Oracle(port)
    spoken = {version for version in VERSIONS if oracle.speaks(version)}

    def audit(*arguments):
        url = f"https://localhost:{port}"
        return seaworthy.json(url, "--only", "tls", "--cacert", ca.path, "--no-report", *arguments)

    usual = audit()
    must, every = facts_of(usual), facts_of(audit("--ciphers"))
    for facts in (must, every):
        assert facts["inconclusive"] == []
        assert facts["versions"]["SSLv2"] == "refused"
        assert {v for v in VERSIONS if facts["versions"][v] == "accepted"} == spoken
        assert {v for v in VERSIONS if facts["versions"][v] == "refused"} == VERSIONS.keys() - spoken
        assert facts["stability"]["contradictions"] == [] and facts["stability"]["differences"] == []
        found = [one["to"].split(":")[0] for one in facts["stability"]["intolerances"]]
        assert found == ([stack.intolerant] if stack.intolerant else [])
    # Who closes is asked everything twice, and the control in between.
    assert must["connections"] <= 24 or stack.intolerant
    truth = {version: oracle.suites(version) for version in spoken}
    assert {version: set(suites) for version, suites in every["suites"].items()} == truth
    assert every["all_suites"]
    for version, suites in must["suites"].items():
        assert set(suites) <= truth[version]
    # Suites with a secret in common are listed, and in no class by default.
    with_secret = any("PSK" in suite for suites in truth.values() for suite in suites)
    assert set(must["classes"]) <= set(every["classes"])
    assert with_secret or set(must["classes"]) == set(every["classes"])
    if "TLSv1.3" in spoken:
        groups = oracle.groups_of_tls13()
        assert groups <= set(every["groups"])
        assert (every["post_quantum"] == "accepted") == any("MLKEM" in group for group in groups)

    record_property("stack", row(name, stack, key, usual["targets"][0], every, oracle.refusal()))


def row(name, stack, key, target, every, refusal):
    """A line of docs/stacks.md."""
    must = target["facts"]["tls"]
    grade = target["grade"]
    assert grade != "?", "a verdict"
    ranks = ["info", "low", "medium", "high", "critical"]
    failed = [one for one in target["findings"] if one["outcome"] == "fail" and one["severity"] != "info"]
    failed.sort(key=lambda one: (-ranks.index(one["severity"]), one["rule"]))
    return {
        "name": name,
        "version": stack.version(),
        "library": stack.library(),
        "key": key,
        "versions": [version for version in VERSIONS if must["versions"][version] == "accepted"],
        "post_quantum": must["post_quantum"] == "accepted",
        "refusal": refusal,
        "grade": grade,
        "findings": list(dict.fromkeys(one["rule"].removeprefix("tls/") for one in failed)),
        "connections": [must["connections"], every["connections"]],
    }
