"""One API, wrong in one place at a time: each defect is reported in its family, by its cause.

One server answers for all of them, told apart by the Host; one run audits them all.
"""

import json
import random
import re
import sys
from datetime import datetime
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "servers"))

CONTRACT = """
[defaults]
cors = { origins = ["https://app.example.com", "https://staging.pages.dev"], credentials = true, methods = ["GET", "POST", "PUT"], headers = ["Authorization", "Content-Type"], expose = ["X-Request-ID"] }
auth = { scheme = "bearer", token = { env = "TOKEN" }, expired = { env = "OLD" }, other = { env = "OTHER" }, reject = REJECT, error = { type = "application/json", exists = ["/detail"] } }
latency = { cold_samples = 1, warm_samples = 1 }
"""

TARGET = """
[[target]]
name = "@NAME@"
url = "http://@NAME@.localhost:@PORT@/health"
endpoint = [{ get = "/health" }, { get = "/api/items" }, { get = "/api/users/42" }, { post = "/api/chat", protected = true, mutating = false }]
protected = ["GET /api/users/42"]
[target.login]
post = "/login"
send = { email = "{user}", password = "{password}" }
known_user = { env = "KNOWN_USER" }
status = 401
uniform = true
"""

# The defect, and the rules that must fail for it: each of them, and no other above info.
FASTAPI = {
    "good": [],
    # Strangers.
    "reflects-any": ["cors/reflects-any-origin"],
    "reflects-users": ["cors/reflects-any-origin"],
    "star-with-credentials": ["cors/reflects-any-origin"],
    "null": ["cors/allows-null"],
    "prefix": ["cors/allows-prefix"],
    "suffix": ["cors/allows-suffix"],
    # Only the domain's owner can have a name that ends so.
    "suffix-of-host": ["cors/allows-subdomain"],
    "parent": ["cors/allows-subdomain"],
    "substring": ["cors/allows-substring"],
    "dot": ["cors/allows-unescaped-dot"],
    "subdomain": ["cors/allows-subdomain"],
    "sibling": ["cors/allows-shared-suffix"],
    "http-twin": ["cors/allows-plain-http"],
    "underscore": ["cors/allows-underscore"],
    "reflects-anonymously": ["cors/open-without-credentials", "cors/credentials-missing"],
    "star": ["cors/wildcard", "cors/wildcard-with-credentials"],
    "preflight-any": ["cors/preflight-allows-strangers"],
    "throws": ["cors/foreign-origin-error"],
    # Declared origins.
    "origin-dropped": ["cors/origin-refused"],
    "no-cors": ["cors/origin-refused"],
    "preflight-only": ["cors/answer-unreadable", "cors/error-unreadable"],
    "auth-outside": ["cors/error-unreadable"],
    "no-credentials": ["cors/credentials-missing"],
    "credentials-true": ["cors/credentials-misspelt"],
    "doubled": ["cors/allow-origin-doubled"],
    "list": ["cors/allow-origin-list"],
    "trailing-slash": ["cors/allow-origin-misspelt"],
    "expose-missing": ["cors/expose-missing"],
    # Preflights.
    "auth-first": ["cors/preflight-unauthorized"],
    "preflight-403": ["cors/preflight-forbidden"],
    "answers-only": ["cors/preflight-not-routed"],
    "preflight-422": ["cors/preflight-rejected"],
    "preflight-redirect": ["cors/preflight-redirected"],
    "preflight-429": ["cors/preflight-throttled"],
    "preflight-500": ["cors/preflight-error"],
    "method-missing": ["cors/preflight-method-missing"],
    "header-missing": ["cors/preflight-header-missing"],
    "wildcard-headers": ["cors/preflight-wildcard-literal"],
    "preflight-without-origin": ["cors/preflight-origin-refused"],
    "bracketed-methods": ["cors/preflight-list-malformed"],
    "max-age": ["cors/max-age-malformed"],
    # Caches.
    "no-vary": ["cors/vary-missing"],
    "vary-on-allowed-only": ["cors/vary-missing-when-refused"],
    # Who is let in.
    "open": ["auth/not-refused"],
    "empty": ["auth/accepts-empty"],
    "garbage": ["auth/accepts-garbage"],
    "wrong-signature": ["auth/accepts-wrong-signature"],
    "alg-none": ["auth/accepts-unsigned"],
    "expired": ["auth/accepts-expired"],
    "other-user": ["auth/accepts-other-user"],
    "guard-on-raw-path": ["auth/path-bypass"],
    "cuts-parameters": ["auth/path-bypass"],
    "cuts-encoded-dots": ["auth/path-bypass"],
    "trusts-forwarded": ["auth/field-bypass"],
    "reroutes": ["auth/field-bypass"],
    "head": ["auth/method-bypass"],
    "propfind": ["auth/method-bypass"],
    "trace-method": ["auth/trace-echoes"],
    "query-token": ["auth/query-token"],
    "query-unchecked": ["auth/accepts-garbage"],
    "valid-refused": ["auth/valid-refused"],
    # How they are turned away.
    "forbidden": ["auth/refusal-status"],
    "hidden": ["auth/refusal-status"],
    "soft": ["auth/soft-refusal"],
    "soft-code": ["auth/soft-refusal"],
    "soft-graph": ["auth/soft-refusal"],
    "login-redirect": ["auth/login-redirect"],
    "breaks": ["auth/breaks"],
    "no-challenge": ["auth/challenge-missing"],
    "bad-challenge": ["auth/challenge-malformed"],
    "basic-challenge": ["auth/challenge-scheme"],
    "repeated-realm": ["auth/challenge-malformed"],
    "cached": ["auth/refusal-cached"],
    "text-body": ["auth/error-body"],
    "trace": ["auth/error-shows-code"],
    "secret": ["auth/error-shows-secret"],
    "echo": ["auth/echoes-credential"],
    "last-token": ["auth/secret-disclosed"],
    # The login.
    "login-tells": ["auth/login-tells-users"],
    "login-cookie": ["auth/login-tells-users"],
    "login-accepts": ["auth/login-accepts-anybody"],
    "login-soft": ["auth/login-status"],
    "login-breaks-on-quote": ["auth/login-breaks", "auth/login-shows-code"],
    "login-breaks-on-body": ["auth/login-breaks"],
    # Legal oddities.
    "foreign-403": [],
    "methods-by-route": [],
    "two-challenges": [],
    "strict-query": [],
    "login-balancer": [],
    "login-varies": [],
    "page-for-all": [],
    "public-profiles": [],
}

FAMILIES = ("cors", "auth")


def secrets() -> dict:
    import fort

    return {
        "TOKEN": fort.token(),
        "OLD": fort.token(life=-60),
        "OTHER": fort.token(sub="77"),
        "KNOWN_USER": "anna@example.com",
    }


def audit(seaworthy, tmp_path, server, names, env, reject="401", extra=(), target=TARGET):
    """One run over all of them: the findings by target name, and the report."""
    targets = "".join(target.replace("@NAME@", name).replace("@PORT@", str(server.port)) for name in names)
    path = tmp_path / "targets.toml"
    path.write_text(CONTRACT.replace("REJECT", reject) + targets)
    resolve = [word for name in names for word in ("--resolve", f"{name}.localhost:{server.port}:127.0.0.1")]
    only = [word for family in FAMILIES for word in ("--only", family)]
    report = seaworthy.json(path, *resolve, *only, "--no-report", *extra, env=env)
    return {target["name"]: target for target in report["targets"]}


def failing(target) -> set:
    """Rules that fail, above info."""
    return {
        finding["rule"]
        for finding in target["findings"]
        if finding["outcome"] == "fail" and finding["severity"] != "info" and finding["family"] in FAMILIES
    }


@pytest.fixture(scope="module")
def env():
    return secrets()


@pytest.fixture(scope="module")
def fort(module_servers):
    return module_servers.python("fort")


@pytest.fixture(scope="module")
def audited(seaworthy, fort, env, tmp_path_factory):
    return audit(seaworthy, tmp_path_factory.mktemp("fort"), fort, list(FASTAPI), env)


@pytest.mark.parametrize("name", FASTAPI)
def test_each_defect_has_its_cause(audited, name):
    assert failing(audited[name]) == set(FASTAPI[name])


def test_the_good_service_leaves_nothing_undecided(audited):
    decided = {"pass", "not_applicable"}
    undecided = [f for f in audited["good"]["findings"] if f["family"] in FAMILIES and f["outcome"] not in decided]
    assert undecided == []


def test_what_a_made_up_path_gets_is_no_bypass(audited):
    """`/api/users/42.json` is the open profile of somebody of that name, as of every name."""
    findings = {one["rule"]: one for one in audited["public-profiles"]["findings"]}
    assert findings["auth/path-bypass"]["outcome"] == "pass"


def test_a_defect_is_found_beside_what_is_right_in_any_order(seaworthy, fort, env, tmp_path):
    """The protected endpoints in a drawn order, one of them right whatever is wrong with the others."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    draw = random.Random(seed)
    names = [name for name, rules in FASTAPI.items() if name == "good" or any("auth/" in rule for rule in rules)]
    for name in names:
        lines = ["GET /api/accounts/42", "GET /api/users/42", "GET /api/accounts/42?page=2"]
        draw.shuffle(lines)
        target = TARGET.replace('{ get = "/api/users/42" }, ', "")
        target = target.replace('"GET /api/users/42"', ", ".join(f'"{line}"' for line in lines))
        found = audit(seaworthy, tmp_path, fort, [name], env, target=target)[name]
        assert failing(found) == set(FASTAPI[name]), (seed, name, lines)


def test_mirroring_headers_is_worth_knowing(seaworthy, fort, env, tmp_path):
    target = audit(seaworthy, tmp_path, fort, ["mirrors"], env)["mirrors"]
    assert failing(target) == set()
    assert "cors/mirrors-request" in {f["rule"] for f in target["findings"] if f["outcome"] == "fail"}


ORIGINS = '"https://app.example.com", "https://staging.pages.dev"'
# The service, what is declared of CORS instead, and every rule that fails then, info included.
OTHER_CONTRACTS = [
    ("good", f"origins = [{ORIGINS}], credentials = true, preflight_status = 200", set()),
    ("good", f"origins = [{ORIGINS}], credentials = true, preflight_status = 204", {"cors/preflight-status"}),
    ("no-max-age", f'origins = [{ORIGINS}], credentials = true, headers = ["Authorization"]', {"cors/max-age-absent"}),
    # Calls that no browser asks first for, on a service that answers no OPTIONS.
    ("answers-only", f"origins = [{ORIGINS}], credentials = true", set()),
    ("answers-only", f'origins = [{ORIGINS}], credentials = true, methods = ["GET", "POST"]', set()),
    ("answers-only", f'origins = [{ORIGINS}], credentials = true, headers = ["Authorization"]', {"cors/preflight-not-routed"}),
    ("star", "public = true", set()),
    ("fixed", "public = true", {"cors/public-unreadable"}),
    ("star-and-true", "public = true", {"cors/wildcard-contradiction"}),
    ("wildcard-headers", f'origins = [{ORIGINS}], headers = ["Authorization"]', {"cors/authorization-behind-wildcard"}),
    ("good", f'origins = [{ORIGINS}], credentials = true, denied = ["https://old.example.com"]', set()),
    ("retired", f'origins = [{ORIGINS}], credentials = true, denied = ["https://old.example.com"]', {"cors/denied-origin-allowed"}),
    ("local", f'origins = [{ORIGINS}, "http://localhost:3000"], credentials = true', {"cors/development-origin"}),
    ("any-port", f'origins = [{ORIGINS}, "http://localhost:3000"], credentials = true', {"cors/development-origin", "cors/allows-any-port"}),
]


def other_contract(seaworthy, fort, tmp_path, name, declared):
    path = tmp_path / "targets.toml"
    path.write_text(
        f'[[target]]\nname = "{name}"\nurl = "http://{name}.localhost:{fort.port}/health"\nenv = "production"\n'
        f"endpoint = [\"/health\"]\ncors = {{ {declared} }}\n"
    )
    resolve = ("--resolve", f"{name}.localhost:{fort.port}:127.0.0.1")
    report = seaworthy.json(path, *resolve, "--only", "cors", "--no-report")
    return {target["name"]: target for target in report["targets"]}


@pytest.mark.parametrize(("name", "declared", "expected"), OTHER_CONTRACTS)
def test_other_contracts(seaworthy, fort, tmp_path, name, declared, expected):
    findings = other_contract(seaworthy, fort, tmp_path, name, declared)[name]["findings"]
    assert {one["rule"] for one in findings if one["outcome"] == "fail"} == expected


def test_problem_documents(seaworthy, fort, env, tmp_path):
    global CONTRACT
    whole, CONTRACT = CONTRACT, CONTRACT.replace('"application/json"', '"application/problem+json"')
    try:
        audited = audit(seaworthy, tmp_path, fort, ["problem", "sound-problem"], env)
    finally:
        CONTRACT = whole
    # The good refusals of a wrong user and a wrong path are no part of this.
    assert failing(audited["problem"]) == {"auth/problem-malformed"}
    assert failing(audited["sound-problem"]) == set()


def test_one_fixed_origin_is_safe(seaworthy, fort, env, tmp_path):
    global CONTRACT
    whole, CONTRACT = CONTRACT, CONTRACT.replace(', "https://staging.pages.dev"', "")
    try:
        assert failing(audit(seaworthy, tmp_path, fort, ["fixed"], env)["fixed"]) == set()
    finally:
        CONTRACT = whole


def test_a_declared_404_hides_existence(seaworthy, fort, env, tmp_path):
    found = audit(seaworthy, tmp_path, fort, ["hidden"], env, reject="404")["hidden"]
    assert failing(found) <= {"auth/error-body"}


def test_no_secret_comes_out(seaworthy, fort, env, tmp_path):
    audit(seaworthy, tmp_path, fort, ["good", "echo", "wrong-signature"], env, extra=("--evidence", tmp_path / "evidence"))
    written = (tmp_path / "evidence").read_text()
    for name in ("TOKEN", "OLD", "OTHER"):
        for piece in env[name].split(".")[1:]:
            assert piece not in written
    assert env["KNOWN_USER"] not in written


def test_no_credential_goes_in_the_clear(seaworthy, fort, env, tmp_path):
    """Plain http to a name that is not this machine: neither the token nor a forgery with its claims."""
    target = TARGET.replace("localhost", "example.com")
    target = target.replace("endpoint = [", 'websocket = { path = "/ws?token={token}" }\nendpoint = [')
    target = target.replace('{ get = "/api/users/42" }', '{ get = "/api/users/42", protected = true, status = 200 }')
    target = target.replace("@NAME@", "good").replace("@PORT@", str(fort.port))
    path = tmp_path / "targets.toml"
    path.write_text(CONTRACT.replace("REJECT", "401") + target)
    resolve = ("--resolve", f"good.example.com:{fort.port}:127.0.0.1")
    report = seaworthy.json(path, *resolve, "--skip", "latency", "--no-report", "--thorough", "--evidence", tmp_path / "e", env=env)
    seen = json.loads((tmp_path / "e").read_text().splitlines()[0])
    requests = json.dumps([one["request"] for one in seen["exchanges"] + seen["sockets"]])
    assert len(seen["exchanges"]) > 30 and "TOKEN" not in requests and "OLD" not in requests and "OTHER" not in requests
    said = {f["rule"]: f["observed"] for f in report["targets"][0]["findings"]}
    assert "in the clear" in said["contract/wrong-status"], said["contract/wrong-status"]
    assert said["websocket/not-opened"].startswith("not tested"), said["websocket/not-opened"]


def test_nothing_is_harmed(seaworthy, servers, env, tmp_path):
    """The access log of a server: what was never sent, and how much was."""
    server = servers.python("fort")
    audit(seaworthy, tmp_path, server, ["good"], env)
    lines = re.findall(r'"([A-Z]+) (\S+) HTTP', server.log())
    methods = {method for method, _ in lines}
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST", "PROPFIND", "TRACE"}
    assert {path for method, path in lines if method == "POST"} <= {"/login", "/api/chat"}
    assert len([path for _, path in lines if path == "/login"]) <= 4
    # Of two protected endpoints one is read; two origins read and ask leave at four endpoints; the rest
    # is the page's, the contract's and the attack origins'.
    credentials, varied, logins, pages, attacks, rest = 11, 22, 4, 2 * 2 * 4, 20, 30
    assert len(lines) <= 2 * credentials + varied + logins + pages + attacks + rest


def test_a_declared_limit_slows_an_audit_and_cuts_nothing_short(seaworthy, servers, env, tmp_path):
    """Half of a limit is used in each of its windows; what does not fit is asked in a later one."""
    server = servers.python("fort")
    limit = '[[target.rate]]\nget = "/health"\nlimit = "40/s"\n'
    target = TARGET.replace("@NAME@", "good").replace("@PORT@", str(server.port)) + limit
    path, evidence = tmp_path / "targets.toml", tmp_path / "evidence"
    path.write_text(CONTRACT.replace("REJECT", "401") + target)
    resolve = ("--resolve", f"good.localhost:{server.port}:127.0.0.1")
    report = seaworthy.json(
        path, *resolve, "--skip", "latency", "--no-report", "--evidence", evidence, env=env
    )
    exchanges = json.loads(evidence.read_text())["exchanges"]
    sent = [one["at"] for one in exchanges if "skipped" not in one["response"]]
    moments = sorted(datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp() for at in sent)
    assert len(moments) > 40, "more than one window holds"
    most = max(sum(start <= at < start + 1 for at in moments) for start in moments)
    assert most <= 40, most
    # What a burst would tell is asked by a burst alone.
    others = [f for f in report["targets"][0]["findings"] if f["family"] in ("auth", "cors")]
    assert others and not any(f["observed"].startswith("not tested") for f in others), others
