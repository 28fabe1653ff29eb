"""WebSocket and contract on services we did not write: each single defect is reported in its
family by its cause, and nothing above info is reported of good services and of legal oddities.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "servers"))

from breakwater import SOCKET as BREAKWATER  # noqa: E402
from pier import CONTRACT as PIER_CONTRACT, SOCKET as PIER_SOCKET  # noqa: E402

TOKENS = {"TOKEN": "good-token", "OTHER": "other-token", "OLD": "old-token", "TENANT": "harbour"}

# Express with ws: the defect, and the rules that must fail for it.
QUAY_CONTRACT = {
    "good": [],
    "health-drop": ["contract/no-answer"],
    "health-503": ["contract/platform-error"],
    "health-html": ["contract/not-json"],
    "health-old": ["contract/wrong-json"],
    "health-queue": ["contract/wrong-json"],
    "health-renamed": ["contract/wrong-json"],
    "chat-get": ["contract/wrong-method-accepted"],
    "chat-404": ["contract/wrong-method-status"],
    "allow-missing": ["contract/allow-missing"],
    "debug-route": ["contract/absent-path-answers"],
    "soft-404": [],  # a single page application does it on purpose: info
}
QUAY_SOCKET = {
    "good": [],
    "any-origin": ["websocket/accepts-any-origin"],
    "null-origin": ["websocket/accepts-null-origin"],
    "prefix-origin": ["websocket/accepts-lookalike-origin"],
    "suffix-origin": ["websocket/accepts-lookalike-origin"],
    "substring-origin": ["websocket/accepts-lookalike-origin"],
    "dot-origin": ["websocket/accepts-lookalike-origin"],
    "http-origin": ["websocket/accepts-lookalike-origin"],
    "declared-origin-refused": ["websocket/not-opened"],
    "no-token": ["websocket/accepts-no-credentials"],
    "empty-token": ["websocket/accepts-no-credentials"],
    "any-token": [
        "websocket/accepts-expired-token",
        "websocket/accepts-forged-token",
        "websocket/accepts-invalid-token",
        "websocket/accepts-no-credentials",
        "websocket/accepts-other-user",
    ],
    "other-user": ["websocket/accepts-other-user"],
    "expired-token": ["websocket/accepts-expired-token"],
    "refusal-leaks": ["websocket/refusal-leaks"],
    "refusal-200": ["websocket/other-refusal"],
    "refusal-dropped": ["websocket/other-refusal"],
    "refusal-500": ["websocket/refusal-is-error"],
    "closes": [],
    "closes-1008": ["websocket/other-refusal"],
    "no-pong": ["websocket/no-pong"],
    "other-echo": ["websocket/other-reply"],
    "takes-oversize": ["websocket/takes-oversize"],
}

HEAD = """
[defaults]
timeout = "5s"
"""

PIER_ENDPOINTS = """
[[target]]
name = "@"
url = "http://127.0.0.1:PORT/@/health"
absent = ["/@/docs", "/@/redoc", "/@/api/v1/auth/test"]
wrong_method = ["GET /@/api/chat"]
endpoint = [
  { get = "/@/health", status = 200, max_bytes = "4KiB", max_time = "400ms", headers = { Cache-Control = { contains = "no-store" } }, json = { "/version" = "2.0.4", "/environment" = "production", "/redis/enabled" = true, "/memory/percent" = { max = 90 }, "/uptime" = { type = "integer" }, "/tags" = { len = { min = 2, max = 5 } }, "/debug" = { absent = true } } },
  { get = "/@/ping", body = "pong" },
  { get = "/@/api/items", json = { "" = { len = 3 } } },
  { get = "/@/openapi.json", documents = true },
  { get = "/@/api/files/..%2f..%2fetc%2fpasswd", status = [400, 404] },
]
"""

QUAY_ENDPOINTS = """
[[target]]
name = "@"
url = "http://127.0.0.1:PORT/@/health"
absent = ["/@/debug"]
wrong_method = ["GET /@/api/chat"]
endpoint = [{ get = "/@/health", json = { "/status" = "ok", "/version" = { matches = '^2\\.0\\.4$' }, "/queue" = { min = 0, max = 100 } } }]
"""

SOCKETS = """
[[target]]
name = "@"
url = "http://127.0.0.1:PORT/@/health"
auth = { scheme = "bearer", token = { env = "TOKEN" }OTHER }
[target.websocket]
path = "/@/PATH?token={token}"
origins = ["https://app.example.com"]
max_message = "64KiB"
reject = "REJECT"
echo = { send = '{"type":"ping"}', json = { "/type" = "pong" } }
"""

PIER = SOCKETS.replace("PATH", "ws").replace("OTHER", "")
QUAY = SOCKETS.replace("PATH", "ws/42").replace("OTHER", ', other = { env = "OTHER" }, expired = { env = "OLD" }')

BREAKWATER_SOCKETS = """
[[target]]
name = "@"
url = "http://127.0.0.1:PORT/@/"
[target.websocket]
path = "/@/ws"
public = true
origins = "any"
protocols = ["chat"]
max_message = "64KiB"
echo = { send = '{"type":"ping"}', json = { "/type" = "pong" } }
"""


def targets(template, defects, port):
    return HEAD + "".join(
        template.replace("@", name)
        .replace("PORT", str(port))
        .replace("REJECT", "close:4401" if name.startswith("closes") else "handshake")
        for name in defects
    )


def audit(seaworthy, tmp_path_factory, family, text, *flags):
    return ordinary(seaworthy, tmp_path_factory, family, text, "--thorough", *flags)


def ordinary(seaworthy, tmp_path_factory, family, text, *flags):
    path = tmp_path_factory.mktemp("sockets") / "targets.toml"
    path.write_text(text)
    report = seaworthy.json(path, "--only", family, *flags, "--fail-on", "none", env=TOKENS)
    return {target["name"]: target for target in report["targets"]}


def failures(target):
    return [finding for finding in target["findings"] if finding["outcome"] == "fail"]


def above_info(target):
    return sorted({one["rule"] for one in failures(target) if one["severity"] != "info"})


@pytest.fixture(scope="module")
def pier(module_servers):
    return module_servers.uvicorn("pier:app")


@pytest.fixture(scope="module")
def quay(module_servers):
    return module_servers.node("quay")


@pytest.fixture(scope="module")
def breakwater(module_servers):
    return module_servers.python("breakwater")


@pytest.fixture(scope="module")
def pier_contract(pier, seaworthy, tmp_path_factory):
    text = targets(PIER_ENDPOINTS, PIER_CONTRACT, pier.port)
    return audit(seaworthy, tmp_path_factory, "contract", text)


@pytest.fixture(scope="module")
def quay_contract(quay, seaworthy, tmp_path_factory):
    text = targets(QUAY_ENDPOINTS, QUAY_CONTRACT, quay.port)
    return audit(seaworthy, tmp_path_factory, "contract", text)


@pytest.fixture(scope="module")
def pier_sockets(pier, seaworthy, tmp_path_factory):
    return audit(seaworthy, tmp_path_factory, "websocket", targets(PIER, PIER_SOCKET, pier.port))


@pytest.fixture(scope="module")
def quay_sockets(quay, seaworthy, tmp_path_factory):
    return audit(seaworthy, tmp_path_factory, "websocket", targets(QUAY, QUAY_SOCKET, quay.port))


@pytest.fixture(scope="module")
def breakwater_sockets(breakwater, seaworthy, tmp_path_factory):
    text = targets(BREAKWATER_SOCKETS, BREAKWATER, breakwater.port)
    return audit(seaworthy, tmp_path_factory, "websocket", text)


@pytest.mark.parametrize("defect", PIER_CONTRACT)
def test_fastapi_contract(pier_contract, defect):
    assert above_info(pier_contract[defect]) == PIER_CONTRACT[defect]


@pytest.mark.parametrize("defect", QUAY_CONTRACT)
def test_express_contract(quay_contract, defect):
    assert above_info(quay_contract[defect]) == QUAY_CONTRACT[defect]


# What is medium or worse is found without asking for more.
@pytest.fixture(scope="module")
def pier_sockets_by_default(pier, seaworthy, tmp_path_factory):
    return ordinary(seaworthy, tmp_path_factory, "websocket", targets(PIER, PIER_SOCKET, pier.port))


@pytest.fixture(scope="module")
def quay_sockets_by_default(quay, seaworthy, tmp_path_factory):
    return ordinary(seaworthy, tmp_path_factory, "websocket", targets(QUAY, QUAY_SOCKET, quay.port))


@pytest.mark.parametrize("defect", PIER_SOCKET)
def test_fastapi_sockets_by_default(pier_sockets_by_default, defect):
    assert above_info(pier_sockets_by_default[defect]) == PIER_SOCKET[defect]


@pytest.mark.parametrize("defect", QUAY_SOCKET)
def test_ws_sockets_by_default(quay_sockets_by_default, defect):
    assert above_info(quay_sockets_by_default[defect]) == QUAY_SOCKET[defect]


@pytest.mark.parametrize("defect", PIER_SOCKET)
def test_fastapi_sockets(pier_sockets, defect):
    assert above_info(pier_sockets[defect]) == PIER_SOCKET[defect]


@pytest.mark.parametrize("defect", QUAY_SOCKET)
def test_ws_sockets(quay_sockets, defect):
    assert above_info(quay_sockets[defect]) == QUAY_SOCKET[defect]


# What is declared of the open socket, the defect, and what must fail.
DECLARED_OF_SOCKETS = [
    ('heartbeat = "300ms"', "heartbeat", []),
    ('heartbeat = "300ms"', "good", ["websocket/no-heartbeat"]),
    ('idle = "800ms"', "good", []),
    ('idle = "800ms"', "idle-close", ["websocket/closes-idle"]),
    ('send_headers = { X-Tenant = "harbour" }', "tenant", []),
    ('send_headers = { X-Tenant = { env = "TENANT" } }', "tenant", []),
    ("", "tenant", ["websocket/not-opened"]),
    ('rtt_over_network = "100ms"', "good", []),
    ('rtt_over_network = "100ms"', "slow-pong", ["websocket/slow-round-trip"]),
]


@pytest.mark.parametrize(("declared", "defect", "expected"), DECLARED_OF_SOCKETS)
def test_what_is_declared_of_the_socket(quay, seaworthy, tmp_path_factory, declared, defect, expected):
    template = SOCKETS.replace("PATH", "ws/42").replace("OTHER", "") + declared
    found = audit(seaworthy, tmp_path_factory, "websocket", targets(template, [defect], quay.port))
    assert above_info(found[defect]) == expected


CROWD = """hold = 4
broadcast = { send = '{"type":"say","text":"ahoy"}', json = { "/text" = "ahoy" } }
"""
CROWDS = {
    "good": [],
    "deaf": ["websocket/broadcast-lost"],
    "full": ["websocket/not-held"],
    "one-at-a-time": ["websocket/not-held"],
}


def test_one_socket_a_user_is_no_fault(quay, seaworthy, tmp_path_factory):
    template = SOCKETS.replace("PATH", "ws/42").replace("OTHER", "")
    found = audit(seaworthy, tmp_path_factory, "websocket", targets(template, ["one-at-a-time"], quay.port))
    assert above_info(found["one-at-a-time"]) == []


@pytest.mark.parametrize("defect", CROWDS)
def test_sockets_held_at_once(quay, seaworthy, tmp_path, defect):
    template = SOCKETS.replace("PATH", "ws/42").replace("OTHER", "") + CROWD
    path = tmp_path / "targets.toml"
    path.write_text(targets(template, [defect], quay.port))
    report = seaworthy.json(path, "--only", "websocket", "--fail-on", "none", env=TOKENS)
    found = [rule for rule in above_info(report["targets"][0]) if rule in ("websocket/not-held", "websocket/broadcast-lost")]
    # With one place, there is nobody who could hear.
    assert found == CROWDS[defect]


# A socket that trusts a cookie: the defect, who is declared to be welcome, and what must fail.
COOKIES = [
    ("good", '["https://app.example.com"]', []),
    ("any-origin", '["https://app.example.com"]', ["websocket/accepts-any-origin"]),
    ("no-token", '["https://app.example.com"]', ["websocket/accepts-no-credentials"]),
    ("any-origin", '"any"', ["websocket/cookie-from-anywhere"]),
    ("good", '"any"', []),  # stricter than declared
]


def with_cookie(quay, seaworthy, tmp_path_factory, defect, origins):
    template = SOCKETS.replace("PATH?token={token}", "ws/42").replace('scheme = "bearer"', 'scheme = "cookie", cookie = "session"')
    template = template.replace('["https://app.example.com"]', origins).replace("OTHER", "")
    return audit(seaworthy, tmp_path_factory, "websocket", targets(template, [defect], quay.port))


@pytest.mark.parametrize(("defect", "origins", "expected"), COOKIES)
def test_sockets_that_trust_a_cookie(quay, seaworthy, tmp_path_factory, defect, origins, expected):
    found = with_cookie(quay, seaworthy, tmp_path_factory, defect, origins)
    assert above_info(found[defect]) == expected


def test_what_is_only_worth_knowing(pier_sockets, breakwater_sockets):
    pier = {one["rule"] for one in failures(pier_sockets["good"])}
    # uvicorn leaves the versions it speaks out of its refusal.
    assert pier == {"websocket/accepts-no-origin", "websocket/token-in-url", "websocket/version-unannounced"}, pier
    assert {one["rule"] for one in failures(breakwater_sockets["good"])} == set()
    for fault, rule in {
        "content-on-101": "websocket/content-on-101",
        "oversize-1008": "websocket/oversize-code",
    }.items():
        assert {one["rule"] for one in failures(breakwater_sockets[fault])} == {rule}
    unannounced = {one["rule"] for one in failures(breakwater_sockets["version-unannounced"])}
    assert unannounced == {"websocket/version-unannounced"}


@pytest.mark.parametrize("defect", BREAKWATER)
def test_handmade_sockets(breakwater_sockets, defect):
    assert above_info(breakwater_sockets[defect]) == BREAKWATER[defect]


# What browsers do not take is worse where pages are declared.
@pytest.mark.parametrize(
    ("defect", "expected"),
    [("good", []), ("no-subprotocol", ["websocket/handshake-violation"])],
)
def test_pages_need_the_subprotocol_they_offer(breakwater, seaworthy, tmp_path_factory, defect, expected):
    template = BREAKWATER_SOCKETS.replace('"any"', '["https://app.example.com"]')
    found = audit(seaworthy, tmp_path_factory, "websocket", targets(template, [defect], breakwater.port))
    strangers = {"websocket/accepts-any-origin"}  # this server looks at no origin
    assert set(above_info(found[defect])) - strangers == set(expected)


def test_every_violation_of_one_answer_is_listed(breakwater_sockets):
    said = {one["observed"] for one in failures(breakwater_sockets["three-at-once"])}
    assert said == {"the answer is HTTP/1.0", "no Upgrade field", "no Connection field"}


def nginx_in_front_of(quay, upgrade):
    fields = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection;"
    return f"location / {{ proxy_pass {quay.http}; {fields if upgrade else ''} }}"


@pytest.mark.parametrize(("upgrade", "expected"), [(True, []), (False, ["websocket/not-opened"])])
def test_a_proxy_that_does_not_pass_upgrades_on(servers, quay, seaworthy, tmp_path_factory, upgrade, expected):
    nginx = servers.nginx(nginx_in_front_of(quay, upgrade))
    template = SOCKETS.replace("PATH", "ws/42").replace("OTHER", "")
    found = audit(seaworthy, tmp_path_factory, "websocket", targets(template, ["good"], nginx.port))
    assert above_info(found["good"]) == expected


NGINX = """
location = /exact {{ limit_except GET {{ deny all; }} return 200 ok; }}
location = /file {{ default_type text/plain; alias {root}/file; }}
location /app/ {{ root {root}; try_files $uri /app/index.html; }}
location /.git/ {{ root {root}; }}
location /limited {{ limit_req zone=few burst=5 nodelay; {status} default_type application/json; alias {root}/ok.json; }}
location / {{ root {root}; }}
"""


# A POST that is refused anyway may be sent often; a login as nobody.
LIMITS = {
    "limit": ("/login", []),
    "limit-date": ("/login", []),
    "limit-silent": ("/login", ["contract/retry-after-missing"]),
    "limit-403": ("/login", ["contract/rate-status"]),
    "login-unlimited": ("/login", ["contract/rate-unlimited"]),
    "limit-of-chat": ("/api/chat", []),
    # Behind the guard a limit cannot be reached without credentials: not tested.
    "chat-unlimited": ("/api/chat", []),
}

LIMITED = """
[[target]]
name = "@"
url = "http://127.0.0.1:PORT/@/health"
auth = { scheme = "bearer" }
protected = ["POST /@/api/chat"]
login = { post = "/@/login" }
rate = [{ post = "/@PATH", limit = "6/min", retry_after = true }]
"""


def limits_of_posts(quay, seaworthy, tmp_path_factory, name):
    text = targets(LIMITED.replace("PATH", LIMITS[name][0]), [name], quay.port)
    return audit(seaworthy, tmp_path_factory, "contract", text, "--burst")


@pytest.mark.parametrize("name", LIMITS)
def test_limits_of_posts(quay, seaworthy, tmp_path_factory, name):
    found = limits_of_posts(quay, seaworthy, tmp_path_factory, name)[name]
    assert above_info(found) == LIMITS[name][1]
    said = {one["rule"]: one for one in found["findings"]}["contract/rate-unlimited"]
    assert said["observed"].startswith("not tested") == (name == "chat-unlimited"), said


NGINX_CASES = {
    "good": ('absent = ["/nothing", "/docs"]\nendpoint = [{ get = "/file", body = "content", bytes = 7 }]', []),
    "git": ('absent = ["/.git/HEAD"]', ["contract/absent-path-answers"]),
    "soft 404": ('absent = ["/app/debug"]', []),
    "405 without Allow": ('wrong_method = ["POST /file"]', ["contract/allow-missing"]),
    "size": ('endpoint = [{ get = "/file", bytes = 8 }]', ["contract/wrong-size"]),
    "text": ('endpoint = [{ get = "/file", body = "contents" }]', ["contract/wrong-body"]),
}


ZONE = "limit_req_zone $binary_remote_addr zone=few:1m rate=6r/s;"


def nginx_contract(servers, web_root, seaworthy, tmp_path_factory, case):
    """What must fail, and what was found."""
    declared, expected = NGINX_CASES[case]
    nginx = servers.nginx(NGINX.format(root=web_root, status=""), http=ZONE)
    text = f'[[target]]\nname = "n"\nurl = "{nginx.http}/"\n{declared}\n'
    return expected, audit(seaworthy, tmp_path_factory, "contract", text)


@pytest.mark.parametrize("case", NGINX_CASES)
def test_nginx_contract(servers, web_root, seaworthy, tmp_path_factory, case):
    expected, found = nginx_contract(servers, web_root, seaworthy, tmp_path_factory, case)
    assert above_info(found["n"]) == expected


SLOW = "location @slow { add_header Retry-After 10 always; default_type application/json; return 429 '{}'; }"
NGINX_LIMITS = {
    "503": ("", ["contract/rate-status", "contract/retry-after-missing"]),
    "429": ("limit_req_status 429;", ["contract/retry-after-missing"]),
    "429 and when": ("limit_req_status 429; error_page 429 = @slow;", []),
}


def nginx_limits(servers, web_root, seaworthy, tmp_path_factory, case, *flags):
    status, _ = NGINX_LIMITS[case]
    nginx = servers.nginx(NGINX.format(root=web_root, status=status) + SLOW, http=ZONE)
    text = (
        f'[[target]]\nname = "n"\nurl = "{nginx.http}/"\n'
        'rate = [{ get = "/limited", limit = "6/s", retry_after = true }]\n'
    )
    return audit(seaworthy, tmp_path_factory, "contract", text, *flags)


@pytest.mark.parametrize("case", NGINX_LIMITS)
def test_nginx_rate_limits(servers, web_root, seaworthy, tmp_path_factory, case):
    quiet = nginx_limits(servers, web_root, seaworthy, tmp_path_factory, case)
    assert above_info(quiet["n"]) == []
    found = nginx_limits(servers, web_root, seaworthy, tmp_path_factory, case, "--burst")
    assert above_info(found["n"]) == NGINX_LIMITS[case][1]
