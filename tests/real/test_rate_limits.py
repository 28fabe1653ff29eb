"""Half of a rate limit is left to others, whatever it is that sends; a 429 is no failure.

By the access log of the server: endpoints, preflights, logins, handshakes and timed samples count.
"""

import re

import pytest

ENDPOINTS = 18

TARGET = """
[[target]]
name = "narrows"
url = "http://127.0.0.1:@PORT@/"
timeout = "5s"
cors = { origins = ["https://app.example.com"] }
endpoint = [@ENDPOINTS@]
@MORE@
[target.websocket]
path = "/ws"
public = true
origins = ["https://app.example.com"]
"""
LOGIN = """
[target.login]
post = "/login"
send = { user = "{user}", password = "{password}" }
known_user = { env = "KNOWN_USER" }
"""


def audit(seaworthy, tmp_path, server, *flags, more="", login=""):
    """The report on the target, and each request the server was sent: method, path, status."""
    endpoints = ", ".join(f'{{ get = "/e/{nth}", status = 200 }}' for nth in range(ENDPOINTS))
    text = TARGET.replace("@PORT@", str(server.port)).replace("@ENDPOINTS@", endpoints)
    path = tmp_path / "targets.toml"
    path.write_text(text.replace("@MORE@", more) + login)
    report = seaworthy.json(path, "--skip", "tls", "--no-report", *flags, env={"KNOWN_USER": "anna"})
    asked = re.findall(r'"([A-Z]+) (\S+) HTTP/1\.1" (\d+)', server.log())
    return report, asked


def rate(limit, request='get = "/e/0"'):
    return f'rate = [{{ {request}, limit = "{limit}" }}]'


def outcomes(report, family):
    """What came of each rule, the worst first where it was asked of several places."""
    findings = report["targets"][0]["findings"]
    return {f["rule"]: (f["outcome"], f["observed"]) for f in reversed(findings) if f["family"] == family}


def endpoints_asked(asked):
    return {path for method, path, _ in asked if method == "GET" and path.startswith("/e/")}


def nothing_left_out_passed(report):
    """Every family that something was left out of says so, and has no letter."""
    target = report["targets"][0]
    contract = outcomes(report, "contract")
    assert contract["contract/wrong-status"][0] == "unknown"
    assert "not asked" in contract["contract/wrong-status"][1] or "left out" in contract["contract/wrong-status"][1]
    judged = {rule: found for rule, found in contract.items() if rule != "contract/not-measured"}
    assert "pass" not in {outcome for outcome, _ in judged.values()}
    assert target["families"]["contract"]["grade"] == "?"
    assert any(line.startswith("Latency: ") and "--burst" in line for line in target["not_checked"])
    assert report["summary"]["exit_code"] in (1, 3)


@pytest.mark.parametrize("dialect", ["items", "dictionary", "separate", "vendor", "only what is left"])
def test_half_of_what_the_page_advertises(seaworthy, servers, tmp_path, dialect):
    server = servers.python("narrows", "--advertise", dialect, "--limit", "40")
    report, asked = audit(seaworthy, tmp_path, server)
    assert 15 <= len(asked) <= 20, asked
    assert [path for _, path, _ in asked if path == "/ws"], "handshakes have their part"
    nothing_left_out_passed(report)


def test_half_of_what_endpoints_advertise_on_the_way(seaworthy, servers, tmp_path):
    """The wave is under way when its first answers tell; what is in flight then is six requests."""
    server = servers.python("narrows", "--advertise", "separate", "--below", "/e/", "--limit", "20")
    report, asked = audit(seaworthy, tmp_path, server, "--skip", "websocket")
    assert 6 <= len(asked) <= 10, asked
    nothing_left_out_passed(report)


def test_half_of_what_is_declared(seaworthy, servers, tmp_path):
    server = servers.python("narrows")
    report, asked = audit(seaworthy, tmp_path, server, more=rate("10/min"))
    assert 3 <= len(asked) <= 5, asked
    assert endpoints_asked(asked), "what is declared comes first"
    nothing_left_out_passed(report)


def test_enough_for_everything_is_said_to_be(seaworthy, servers, tmp_path):
    server = servers.python("narrows")
    report, asked = audit(seaworthy, tmp_path, server, more=rate("1000/min"))
    assert len(endpoints_asked(asked)) == ENDPOINTS
    assert outcomes(report, "contract")["contract/wrong-status"][0] == "pass"
    assert not any(line.startswith("Latency: ") for line in report["targets"][0]["not_checked"])


def test_burst_lifts_it(seaworthy, servers, tmp_path):
    server = servers.python("narrows")
    _, asked = audit(seaworthy, tmp_path, server, "--burst", more=rate("10/min"))
    assert len(endpoints_asked(asked)) == ENDPOINTS


def test_a_limit_on_the_login_is_the_login_s(seaworthy, servers, tmp_path):
    server = servers.python("narrows")
    limit = rate("4/min", 'post = "/login"')
    report, asked = audit(seaworthy, tmp_path, server, more=limit, login=LOGIN)
    assert len([path for _, path, _ in asked if path == "/login"]) == 2
    assert len(endpoints_asked(asked)) == ENDPOINTS
    auth = outcomes(report, "auth")
    assert auth["auth/login-accepts-anybody"][0] == "pass"
    assert auth["auth/login-breaks"][0] == "not_tested"
    assert auth["auth/login-breaks"][1].startswith("not tested: left out")


def test_a_limit_by_the_second_is_waited_out(seaworthy, servers, tmp_path):
    """The server enforces what is declared: nobody is one too many, and everything is asked."""
    server = servers.python("narrows", "--limit", "40", "--window", "1")
    report, asked = audit(seaworthy, tmp_path, server, more=rate("40/s"))
    assert {status for _, _, status in asked} <= {"200", "404", "101"}
    assert len(endpoints_asked(asked)) == ENDPOINTS
    assert outcomes(report, "contract")["contract/wrong-status"][0] == "pass"


def test_a_429_is_waited_for(seaworthy, servers, tmp_path):
    server = servers.python("narrows", "--limited", "once")
    report, asked = audit(seaworthy, tmp_path, server)
    answered = [status for _, path, status in asked if path == "/e/3"]
    assert answered[0] == "429" and answered[-1] == "200"
    assert {outcome for outcome, _ in outcomes(report, "contract").values()} <= {"pass", "not_applicable"}


def test_a_429_without_end_is_no_failure(seaworthy, servers, tmp_path):
    server = servers.python("narrows", "--limited", "always")
    report, asked = audit(seaworthy, tmp_path, server)
    contract = outcomes(report, "contract")
    assert "fail" not in {outcome for outcome, _ in contract.values()}
    assert contract["contract/wrong-status"] == ("unknown", "GET /e/3 answered 429: rate limited")
    assert report["targets"][0]["families"]["contract"]["grade"] == "?"
    assert 2 <= len([path for _, path, _ in asked if path == "/e/3"]) <= 4
