"""The suggested policy in a real browser: no page asks for less under it, and nothing is stopped.

What the browser asked for without a policy is what a page needs; a report of a violation names what
the policy stopped, inline code included.
"""

import json

import pytest
from pages import CORE, PAGES, SCRIPTS
from pages.browser import Site

FIELD = "Content-Security-Policy: "

# What Chromium asks for or not by its own schedule, whatever the policy.
UNSTEADY = {"/favicon.ico"}


def suggested(seaworthy, ca, site, names):
    """The policy that each page's missing one is to be replaced by."""
    addresses = [site.address(name) for name in names]
    report = seaworthy.json(*addresses, "--only", "headers", "--passive", "--cacert", ca.path)
    policies = {}
    for name, target in zip(names, report["targets"], strict=True):
        (missing,) = [one for one in target["findings"] if one["rule"] == "headers/csp-missing"]
        policies[name] = missing["expected"].removeprefix(FIELD)
    return policies


def hold(seaworthy, ca, names):
    with Site(PAGES, SCRIPTS, ca.certificate()) as site:
        policies = suggested(seaworthy, ca, site, names)
        site.load(names, policies)
    broken = {}
    for name in names:
        lost = site.asked.get((name, False), set()) - site.asked.get((name, True), set()) - UNSTEADY
        stopped = site.stopped.get(name, [])
        if lost or stopped:
            broken[name] = {"lost": sorted(lost), "stopped": stopped, "policy": policies[name]}
    assert not broken, json.dumps(broken, indent=1)
    return site


def test_the_core_works_under_the_suggestion(seaworthy, ca):
    hold(seaworthy, ca, CORE)


@pytest.mark.beyond_ci
def test_every_page_works_under_the_suggestion(seaworthy, ca):
    assert len(PAGES) >= 40
    site = hold(seaworthy, ca, list(PAGES))
    # The pages are worth their time: most of them ask for something.
    assert sum(bool(asked) for asked in site.asked.values()) > len(PAGES)
