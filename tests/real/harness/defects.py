"""What the answer to a finding's command must look like for the command to show the defect.

One judge a rule, made from what the rule means, not from how the binary says it: it is given the
request that the command stands for and the answer. A rule without a judge fails the test.
"""

import json
import re

from harness.commands import Shown, as_said, failures, run_all, status
from harness.handshakes import JUDGES as HANDSHAKES


def allowed(shown: Shown) -> str | None:
    return shown.answer.value("access-control-allow-origin")


def with_credentials(shown: Shown) -> str | None:
    return shown.answer.value("access-control-allow-credentials")


def lets_stranger_in(shown: Shown) -> bool:
    return shown.origin is not None and allowed(shown) == shown.origin and with_credentials(shown) == "true"


def served(shown: Shown) -> bool:
    return as_said(shown) and 200 <= shown.answer.status < 300


def taken(shown: Shown) -> bool:
    """Served although the credential is none, in the field or in the URL."""
    sent = "authorization" in shown.asked.fields or "=seaworthy-garbage" in shown.asked.url
    return served(shown) and sent


def preflight(*statuses):
    return lambda shown: shown.asked.method == "OPTIONS" and shown.answer.status in statuses and as_said(shown)


def wanted_header(shown: Shown) -> str:
    return shown.finding["expected"].split(" ")[0].lower()


def unread(shown: Shown) -> bool:
    return shown.origin is not None and allowed(shown) is None


def unvaried(shown: Shown) -> bool:
    stored = "no-store" not in shown.answer.members("cache-control")
    return stored and not shown.answer.members("vary") & {"origin", "*"}


def hidden(shown: Shown) -> bool:
    name = shown.observed.removeprefix("hidden: ").split(",")[0].lower()
    return name not in shown.answer.members("access-control-expose-headers")


def excerpt(shown: Shown) -> bool:
    """The leak's own words, as far as the finding shows them, stand in the body."""
    words = shown.observed.split(": ", 2)[-1].split("…")[0][:40]
    return as_said(shown) and words in shown.answer.text


def credential_in_body(shown: Shown) -> bool:
    return shown.asked.fields["authorization"].split(" ")[1] in shown.answer.text


def somebody_s_token(shown: Shown) -> bool:
    """A token that was not sent stands in the answer."""
    found = re.findall(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+", shown.answer.text)
    return any(one not in shown.asked.fields.get("authorization", "") for one in found)


def malformed_challenge(shown: Shown) -> bool:
    """No scheme at the start, or a parameter twice."""
    value = shown.answer.value("www-authenticate")
    names = re.findall(r"(\w+)=", value)
    return re.match(r"[\w-]+(?=$|[ ,])", value) is None or len(names) > len(set(names))


def for_caches(shown: Shown) -> bool:
    directives = shown.answer.members("cache-control")
    return as_said(shown) and "public" in directives and "no-store" not in directives


def other_error_body(shown: Shown) -> bool:
    said = re.match(r'"([^"]+)" instead of (\S+)', shown.observed)
    media = (shown.answer.value("content-type") or "").split(";")[0]
    return media == said[1] and media != said[2]


def bad_problem(shown: Shown) -> bool:
    """A member of RFC 9457 with another type than it has there, or another status than was sent."""
    problem = json.loads(shown.answer.body)
    texts = [problem.get(name, "") for name in ("type", "title", "detail", "instance")]
    return any(not isinstance(one, str) for one in texts) or problem.get("status") != shown.answer.status


def soft(shown: Shown) -> bool:
    member = re.search(r'and "(\w+)" in the body', shown.observed)[1]
    return served(shown) and member in json.loads(shown.answer.body)


def tells_users(shown: Shown) -> bool:
    """The answer says what it says of a wrong password, and not what it says of an unknown user."""
    known, unknown = re.search(r": (.+) for a wrong password, (.+) for an unknown user$", shown.observed).groups()
    output = shown.output.decode()
    of_unknown = unknown != "nothing" and json.loads(unknown) in output
    return (known == "nothing" or json.loads(known) in output) and not of_unknown


def at_pointer(document, pointer: str):
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        document = document[int(token)] if isinstance(document, list) else document[token]
    return document


def wrong_json(shown: Shown) -> bool:
    pointer, _, found = shown.observed.partition(": ")
    document = json.loads(shown.answer.body)
    if found.startswith("nothing"):
        return pointer.lstrip("/") not in document
    count = re.match(r"(\d+) elements: ", found)
    value = at_pointer(document, pointer)
    return len(value) == int(count[1]) if count else value == json.loads(found)


def not_json(shown: Shown) -> bool:
    try:
        json.loads(shown.answer.body)
    except ValueError:
        return True
    return False


def wrong_header(shown: Shown) -> bool:
    name, _, found = shown.observed.partition(": ")
    return shown.answer.value(name) == (None if found == "not sent" else found.strip('"'))


def wrong_body(shown: Shown) -> bool:
    return shown.answer.text.rstrip("\r\n") == json.loads(shown.observed.removeprefix("body: ")).rstrip("\r\n")


def wrong_size(shown: Shown) -> bool:
    return shown.output.decode().strip().endswith(f", {shown.observed}")


def slow(shown: Shown) -> bool:
    """The server waits longer than is declared; a busy machine can only add to that."""
    sent, read = map(float, re.findall(r"after ([\d.]+) s", shown.output.decode()))
    return (read - sent) * 1000 > float(re.search(r"at most (\d+) ms", shown.finding["expected"])[1])


def undocumented(shown: Shown) -> bool:
    path = shown.observed.split(" ")[1]
    return not any(path.endswith(known) for known in json.loads(shown.answer.body)["paths"])


def refused(shown: Shown):
    """The refusals among the answers of a burst; a login as nobody is always answered 401."""
    return [one for one in shown.answers if one.status >= 400 and one.status != 401]


def unlimited(shown: Shown) -> bool:
    """As many as the finding says, all answered alike."""
    statuses = [one.status for one in shown.answers]
    return len(statuses) == int(shown.observed.split(" ")[0]) and len(set(statuses)) == 1 and refused(shown) == []


STRANGERS = "reflects-any-origin allows-null allows-substring allows-prefix allows-suffix allows-lookalike allows-unescaped-dot allows-shared-suffix allows-underscore allows-plain-http allows-subdomain allows-any-port"

JUDGES = {
    **HANDSHAKES,
    **{f"cors/{slug}": lets_stranger_in for slug in STRANGERS.split()},
    "cors/open-without-credentials": lambda s: allowed(s) == s.origin and with_credentials(s) is None,
    "cors/wildcard": lambda s: allowed(s) == "*",
    "cors/wildcard-with-credentials": lambda s: allowed(s) == "*",
    "cors/foreign-origin-error": lambda s: as_said(s) and s.answer.status >= 400 and s.origin in s.observed,
    "cors/origin-refused": lambda s: s.origin is not None and allowed(s) not in ("*", s.origin),
    "cors/answer-unreadable": lambda s: unread(s) and served(s),
    "cors/error-unreadable": lambda s: unread(s) and as_said(s) and s.answer.status >= 400,
    "cors/credentials-missing": lambda s: allowed(s) == s.origin and with_credentials(s) is None,
    "cors/credentials-misspelt": lambda s: with_credentials(s) not in (None, "true"),
    "cors/allow-origin-doubled": lambda s: len(s.answer.values("access-control-allow-origin")) == 2,
    "cors/allow-origin-list": lambda s: len(s.answer.values("access-control-allow-origin")) == 1 and "," in allowed(s),
    "cors/allow-origin-misspelt": lambda s: allowed(s) not in (None, "*", s.origin),
    "cors/wildcard-contradiction": lambda s: allowed(s) == "*" and with_credentials(s) is not None,
    "cors/public-unreadable": lambda s: allowed(s) not in ("*", s.origin),
    "cors/denied-origin-allowed": lambda s: allowed(s) == s.origin,
    "cors/development-origin": lambda s: allowed(s) == s.origin and "localhost" in s.origin,
    "cors/expose-missing": hidden,
    "cors/preflight-unauthorized": preflight(401),
    "cors/preflight-forbidden": preflight(403),
    "cors/preflight-not-routed": preflight(404, 405),
    "cors/preflight-rejected": preflight(400, 422),
    "cors/preflight-redirected": preflight(301, 302, 303, 307, 308),
    "cors/preflight-throttled": preflight(429),
    "cors/preflight-error": preflight(500),
    "cors/preflight-allows-strangers": lambda s: s.asked.method == "OPTIONS" and lets_stranger_in(s),
    "cors/preflight-status": lambda s: s.asked.method == "OPTIONS" and as_said(s),
    "cors/preflight-origin-refused": lambda s: s.asked.method == "OPTIONS" and allowed(s) != s.origin,
    "cors/preflight-list-malformed": lambda s: s.answer.value(s.observed.split(": ")[0]) == s.observed.split(": ")[1],
    "cors/authorization-behind-wildcard": lambda s: s.answer.members("access-control-allow-headers") == {"*"},
    "cors/max-age-absent": lambda s: s.answer.value("access-control-max-age") is None,
    "cors/preflight-method-missing": lambda s: s.asked.fields["access-control-request-method"].lower() not in s.answer.members("access-control-allow-methods"),
    "cors/preflight-header-missing": lambda s: wanted_header(s) in s.asked.fields["access-control-request-headers"] and wanted_header(s) not in s.answer.members("access-control-allow-headers"),
    "cors/preflight-wildcard-literal": lambda s: s.answer.members("access-control-allow-headers") == {"*"},
    "cors/mirrors-request": lambda s: "x-seaworthy" in s.answer.members("access-control-allow-headers"),
    "cors/max-age-malformed": lambda s: not s.answer.value("access-control-max-age").isdigit(),
    "cors/vary-missing": lambda s: allowed(s) == s.origin and unvaried(s),
    "cors/vary-missing-when-refused": lambda s: allowed(s) is None and unvaried(s),
    "auth/not-refused": lambda s: served(s) and "authorization" not in s.asked.fields,
    **{f"auth/accepts-{slug}": taken for slug in "empty garbage wrong-signature unsigned expired other-user".split()},
    **{f"auth/{slug}-bypass": served for slug in ("path", "field", "method")},
    "auth/trace-echoes": lambda s: served(s) and b"TRACE /" in s.answer.body,
    "auth/valid-refused": lambda s: as_said(s) and s.asked.fields["authorization"] == "Bearer $TOKEN",
    "auth/refusal-status": as_said,
    "auth/soft-refusal": soft,
    "auth/login-redirect": lambda s: as_said(s) and s.answer.value("location") is not None,
    "auth/breaks": lambda s: as_said(s) and s.answer.status >= 500,
    "auth/challenge-missing": lambda s: as_said(s) and s.answer.value("www-authenticate") is None,
    "auth/challenge-malformed": malformed_challenge,
    "auth/challenge-error": lambda s: as_said(s) and "error=" in s.answer.value("www-authenticate"),
    "auth/problem-malformed": bad_problem,
    "auth/challenge-scheme": lambda s: as_said(s) and s.answer.value("www-authenticate").startswith(s.observed.split(" ")[-1]),
    "auth/query-token": lambda s: as_said(s) and "authorization" not in s.asked.fields and "Not authenticated" not in s.answer.text,
    "auth/refusal-cached": for_caches,
    "auth/error-body": other_error_body,
    "auth/error-shows-code": lambda s: as_said(s) and "Traceback (most recent call last)" in s.answer.text,
    "auth/error-shows-secret": excerpt,
    "auth/echoes-credential": credential_in_body,
    "auth/secret-disclosed": somebody_s_token,
    "auth/login-tells-users": tells_users,
    "auth/login-accepts-anybody": served,
    "auth/login-status": as_said,
    "auth/login-body": lambda s: s.answer.status in (400, 401, 403, 422),
    "auth/login-breaks": lambda s: as_said(s) and s.answer.status >= 500,
    "auth/login-shows-code": excerpt,
    "contract/wrong-status": as_said,
    "contract/platform-error": as_said,
    "contract/not-json": not_json,
    "contract/wrong-json": wrong_json,
    "contract/wrong-header": wrong_header,
    "contract/wrong-body": wrong_body,
    "contract/wrong-size": wrong_size,
    "contract/slow": slow,
    "contract/undocumented": undocumented,
    "contract/absent-path-answers": served,
    "contract/soft-404": served,
    "contract/absent-path-refused": as_said,
    "contract/no-answer": lambda s: s.answers == [] and s.code in (28, 52, 56),
    "contract/flaky": lambda s: len(set(s.output.split())) > 1,
    "contract/error-leaks": lambda s: s.answer.status >= 400 and s.observed.split(": ", 1)[1].split("…")[0][:40] in s.answer.text,
    "contract/document-unreadable": lambda s: not_json(s) or "openapi" not in json.loads(s.answer.body),
    "contract/wrong-method-accepted": served,
    "contract/wrong-method-status": as_said,
    "contract/allow-missing": lambda s: s.answer.status == 405 and s.answer.value("allow") is None,
    "contract/reveals-file": lambda s: s.answer.body.startswith(b"root:x:0:0:"),
    "contract/rate-status": lambda s: status(s) in {one.status for one in refused(s)},
    "contract/rate-other": lambda s: refused(s) != [],
    "contract/rate-advertised-other": lambda s: any(
        s.answer.value(name) is not None for name in ("ratelimit", "ratelimit-limit", "ratelimit-policy", "x-ratelimit-limit")
    ),
    "contract/retry-after-malformed": lambda s: any(one.value("retry-after") is not None for one in refused(s)),
    "contract/retry-after-missing": lambda s: refused(s) != [] and all(one.value("retry-after") is None for one in refused(s)),
    "contract/rate-unlimited": unlimited,
    "contract/rate-resettable": lambda s: refused(s) != [] and s.answers[-2].status >= 400 > s.answer.status,
    "contract/rate-body": lambda s: refused(s) != [] and all("json" not in one.value("content-type") for one in refused(s)),
}


# What a command of one line cannot show at all; it must run all the same.
ELSEWHERE = {
    "cors/declared-origin-error": "two answers have to be compared; the command asks for the one",
    "auth/refusal-holds-data": "the refusal's body has to be compared with what the valid credential gets",
    "contract/no-application": "everything asked is answered so; the command asks for one of it",
    "contract/differs": "two answers have to be compared; the command asks for the one",
    "contract/error-rate": "everything asked in the run is counted; the command asks for one of it",
    "contract/near-alert": "a value within its bound is told early, and the command shows no fault",
    "contract/slow-wake": "the service has to fall asleep first",
}


def is_shown(shown: Shown) -> bool:
    rule = shown.finding["rule"]
    if rule in ELSEWHERE:
        return shown.answers != []
    assert rule in JUDGES, f"{rule} has no judge: {shown.observed}"
    return bool(JUDGES[rule](shown))


def is_shown_of_good(shown: Shown) -> bool:
    """The same of the good service, whose answer may lack what the judge looks for."""
    try:
        return is_shown(shown)
    except (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False


def described(name: str, shown: Shown) -> str:
    said = f"{name}: {shown.finding['rule']}: {shown.observed}"
    return f"{said}\n  {shown.finding['reproduce']}\n  {shown.output[:400]!r} {shown.complaint}"


def not_shown(targets, secrets: dict) -> tuple[int, list[str]]:
    """How many commands were run, and those that do not show what stands beside them."""
    shown = run_all(failures(targets), secrets)
    return len(shown), [described(name, one) for name, one in shown if not is_shown(one)]


def shown_of_good(targets, secrets: dict, to_good) -> list[str]:
    """Commands that show the same of the good service, and so show nothing.

    `to_good` turns the address of the service with this defect into the good one's. What is found
    of the good service too, and only worth knowing, is left out.
    """
    of_good = {finding["rule"] for name, finding in failures(targets) if name == "good"}
    turned = [
        (name, finding | {"reproduce": to_good(finding["reproduce"], name)})
        for name, finding in failures(targets)
        if finding["rule"] not in of_good
    ]
    shown = run_all(turned, secrets)
    return [described(name, one) for name, one in shown if is_shown_of_good(one)]
