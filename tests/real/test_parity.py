"""Our profiles held against the graders themselves, over cases drawn with a fixed seed.

Every case agrees, or stands in `parity/deviations.json` with the reason; at most three may.
"""

import json
import os
import secrets
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from parity.cases import Answer, Case, cases
from parity.policies import policies
from parity.site import Site

HERE = Path(__file__).resolve().parent
DEVIATIONS = json.loads((HERE / "parity" / "deviations.json").read_text())

# So many of each, and more with PARITY_FACTOR.
FACTOR = int(os.environ.get("PARITY_FACTOR", "1"))
SITES, POLICIES, IN_A_FIELD = 320 * FACTOR, 400 * FACTOR, 40

# Of what is drawn anew at each run; a failure names it.
SEED = int(os.environ.get("PARITY_SEED") or secrets.randbelow(1_000_000))

PRELOAD = {"localhost": {"mode": "force-https", "includeSubDomains": True}}
NOBODY = {"a.example": {"mode": "force-https", "includeSubDomains": True}}


def node(script, *arguments, given, **environment):
    """Runs an oracle; its complaint is the test's failure."""
    done = subprocess.run(
        ["node", HERE / "parity" / script, *map(str, arguments)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        cwd=HERE,
        timeout=600,
        env=os.environ | {"NODE_PATH": str(HERE / "node_modules")} | environment,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def observatory(site, paths, ca, preload):
    return node(
        "observatory.mjs", site.http_port, site.https_port, preload,
        given=paths, NODE_EXTRA_CA_CERTS=str(ca.path),
    )  # fmt: skip


def ours(seaworthy, site, paths, ca, preload, profile="observatory-4"):
    answered = seaworthy.json(
        "headers",
        *(f"https://localhost:{site.https_port}{path}" for path in paths),
        "--profile", profile, "--http-port", site.http_port,
        "--cacert", ca.path, "--hsts-preload", preload,
    )  # fmt: skip
    return [result["answer"] for result in answered["results"]]


def comparable(answer):
    if "error" in answer:
        return answer["error"]
    return answer["score"], answer["grade"], answer["tests"]


def unexplained(kind, differing):
    """Differing cases that are not on the list, with what differs."""
    listed = {entry["case"] for entry in DEVIATIONS if entry["kind"] == kind}
    return {name: pair for name, pair in differing.items() if name not in listed}


@pytest.fixture
def preload(tmp_path):
    path = tmp_path / "preload.json"
    path.write_text(json.dumps(NOBODY))
    return path


def test_the_list_of_deviations_is_short_and_explained():
    assert len(DEVIATIONS) <= 3
    assert all(entry["reason"] for entry in DEVIATIONS)


def sites_that_differ(seaworthy, ca, preload, drawn):
    """Every case that the Observatory and we grade differently, and its result keys."""
    paths = [f"/{case.name}" for case in drawn]
    with Site(drawn, ca.certificate()) as site:
        theirs = observatory(site, paths, ca, preload)
        own = ours(seaworthy, site, paths, ca, preload)
    pairs = dict(zip(paths, zip(map(comparable, theirs), map(comparable, own), strict=True)))
    keys = Counter(test["result"] for answer in theirs for test in answer.get("tests", []))
    return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}, keys


def test_the_observatory_agrees_on_every_site(seaworthy, ca, preload):
    differing, keys = sites_that_differ(seaworthy, ca, preload, cases(SITES))
    assert not unexplained("observatory", differing)
    # The cases are worth their time: most result keys come up.
    assert len(keys) >= 50, sorted(keys)


@pytest.mark.beyond_ci
def test_the_observatory_agrees_on_a_thousand_new_sites(seaworthy, ca, preload):
    differing, _ = sites_that_differ(seaworthy, ca, preload, cases(1000, SEED))
    assert not unexplained("observatory", differing), f"PARITY_SEED={SEED}"


HTML = ("Content-Type", "text/html")
EDGES = {
    "nothing-on-http": Case("a", [], [Answer(headers=[HTML])]),
    "no-location": Case("a", [Answer(301)], [Answer(302)]),
    "lapsed-on-the-way": Case(
        "a",
        [Answer(headers=[HTML])],
        [
            Answer(302, [("Location", "/a/1"), ("Set-Cookie", "login=; Max-Age=0; Path=/")]),
            Answer(headers=[HTML]),
        ],
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_the_observatory_agrees_at_the_edges(name, seaworthy, ca, preload):
    with Site([EDGES[name]], ca.certificate()) as site:
        theirs = observatory(site, ["/a"], ca, preload)
        own = ours(seaworthy, site, ["/a"], ca, preload)
    assert [comparable(each) for each in theirs] == [comparable(each) for each in own]


def test_the_observatory_agrees_on_a_preloaded_host(seaworthy, ca, tmp_path):
    listed = tmp_path / "preload.json"
    listed.write_text(json.dumps(PRELOAD))
    case = Case("a", [Answer(headers=[HTML])], [Answer(headers=[HTML])])
    with Site([case], ca.certificate()) as site:
        theirs = observatory(site, ["/a"], ca, listed)
        own = ours(seaworthy, site, ["/a"], ca, listed)
    assert [comparable(each) for each in theirs] == [comparable(each) for each in own]
    assert any(test["result"] == "hsts-preloaded" for test in own[0]["tests"])


def test_the_observatory_agrees_on_a_certificate_nobody_vouches_for(seaworthy, ca, preload, tmp_path_factory):
    from harness.authority import Authority

    stranger = Authority(tmp_path_factory.mktemp("stranger"))
    case = Case("a", [Answer(301, [("Location", "{https}/a")])], [Answer(headers=[HTML])])
    with Site([case], stranger.certificate()) as site:
        theirs = observatory(site, ["/a"], ca, preload)
        own = ours(seaworthy, site, ["/a"], ca, preload)
    assert [comparable(each) for each in theirs] == [comparable(each) for each in own]
    assert any(test["result"] == "hsts-invalid-cert" for test in own[0]["tests"])


def test_observatory_5_differs_where_it_should(seaworthy, ca, preload):
    framed = [HTML, ("X-Frame-Options", "DENY")]
    two = [HTML, *[("Content-Security-Policy", "default-src 'none'")] * 2]
    drawn = [
        Case("framed", [], [Answer(headers=framed)]),
        Case("two", [], [Answer(headers=two)]),
        Case("json", [], [Answer(headers=[HTML], body='{"a": 1}')]),
    ]
    paths = [f"/{case.name}" for case in drawn]
    with Site(drawn, ca.certificate()) as site:
        four = ours(seaworthy, site, paths, ca, preload)
        five = ours(seaworthy, site, paths, ca, preload, "observatory-5")

    def told(answers):
        return [{test["name"]: (test["result"], test["modifier"]) for test in a["tests"]} for a in answers]

    differing = [
        {name: (before[name], after[name]) for name in before if before[name] != after[name]}
        for before, after in zip(told(four), told(five))
    ]
    kept = "x-frame-options-sameorigin-or-deny"
    assert differing == [
        {"x-frame-options": ((kept, 0), (kept, 5))},
        {
            "content-security-policy": (
                ("csp-implemented-with-no-unsafe", 5),
                ("csp-implemented-with-no-unsafe-default-src-none", 10),
            )
        },
        {
            "subresource-integrity": (
                ("sri-not-implemented-but-no-scripts-loaded", 0),
                ("html-not-parseable", -20),
            )
        },
    ]


def test_observatory_6_counts_isolation_as_well(seaworthy, ca, preload):
    """No release has algorithm 6: its results were taken once from the repository, see the unit tests."""
    isolated = [("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Embedder-Policy", "REQUIRE-CORP")]
    case = Case("isolated", [], [Answer(headers=[HTML, *isolated])])
    with Site([case], ca.certificate()) as site:
        (five,) = ours(seaworthy, site, ["/isolated"], ca, preload, "observatory-5")
        (six,) = ours(seaworthy, site, ["/isolated"], ca, preload, "observatory-6")
    added = [test for test in six["tests"] if test not in five["tests"]]
    assert (six["algorithm"], len(six["tests"]), len(added)) == ("6", 12, 2)
    assert {test["name"]: (test["result"], test["modifier"]) for test in added} == {
        "cross-origin-opener-policy": ("coop-implemented-with-same-origin", 10),
        "cross-origin-embedder-policy": ("coep-header-invalid", -5),
    }


def findings(answer):
    """Without the names, which the package does not give; a throw is a throw."""
    if isinstance(answer, dict):
        return "throws"
    return [{key: value for key, value in each.items() if key != "name"} for each in answer]


def policies_that_differ(seaworthy, ca, preload, count, seed):
    # A field holds no comma within a policy, and no policy of white space alone.
    drawn = [text for text in policies(count, seed) if "," not in text and text.strip(" ;\t")]
    sent = [drawn[at : at + IN_A_FIELD] for at in range(0, len(drawn), IN_A_FIELD)]
    lines = [[("Content-Security-Policy", text) for text in group] for group in sent]
    served = [Case(f"p{n}", [], [Answer(headers=group)]) for n, group in enumerate(lines)]
    theirs = [findings(each) for each in node("csp_evaluator.cjs", given=drawn)]
    with Site(served, ca.certificate()) as site:
        paths = [f"/{case.name}" for case in served]
        answers = ours(seaworthy, site, paths, ca, preload, "csp-evaluator")
    own = [each["findings"] for answer in answers for each in answer["policies"]]
    assert len(own) == len(drawn) >= count / 2
    pairs = zip(drawn, zip(theirs, map(findings, own), strict=True))
    return {policy: pair for policy, pair in pairs if pair[0] != pair[1]}


def test_the_csp_evaluator_agrees_on_every_policy(seaworthy, ca, preload):
    differing = policies_that_differ(seaworthy, ca, preload, POLICIES, 4)
    assert not unexplained("csp-evaluator", differing)


@pytest.mark.beyond_ci
def test_the_csp_evaluator_agrees_on_a_thousand_new_policies(seaworthy, ca, preload):
    differing = policies_that_differ(seaworthy, ca, preload, 1200, SEED)
    assert not unexplained("csp-evaluator", differing), f"PARITY_SEED={SEED}"
