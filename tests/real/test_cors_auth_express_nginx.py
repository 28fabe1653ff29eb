"""The same contract on Express with its `cors` package, and on nginx in front of a good service."""

import pytest
from test_cors_auth import TARGET, audit, failing, secrets

# No login here, and no second user.
PLAIN = TARGET.split("[target.login]")[0]

EXPRESS = {
    "good": set(),
    "reflects-any": {"cors/reflects-any-origin"},
    # A function that says no makes the package leave Vary away.
    "suffix": {"cors/allows-suffix", "cors/vary-missing-when-refused"},
    "includes": {"cors/allows-substring", "cors/vary-missing-when-refused"},
    "dot": {"cors/allows-unescaped-dot"},
    "null": {"cors/allows-null"},
    "throws": {"cors/foreign-origin-error"},
    "method-missing": {"cors/preflight-method-missing"},
    "auth-first": {"cors/preflight-unauthorized", "cors/error-unreadable"},
    "guard-on-path": {"auth/path-bypass"},
}

LEAVE = """
if ($request_method = OPTIONS) {
    add_header Access-Control-Allow-Origin $allowed always;
    add_header Access-Control-Allow-Credentials true always;
    add_header Access-Control-Allow-Methods "GET, POST, PUT" always;
    add_header Access-Control-Allow-Headers "authorization, content-type" always;
    add_header Access-Control-Max-Age 600 always;
    add_header Vary Origin always;
    return 204;
}
"""
READ = """
add_header Access-Control-Allow-Origin $allowed ALWAYS;
add_header Access-Control-Allow-Credentials true ALWAYS;
add_header Access-Control-Expose-Headers X-Request-ID ALWAYS;
add_header Vary Origin ALWAYS;
"""
MAP = 'map $http_origin $allowed { default ""; "https://app.example.com" $http_origin; "https://staging.pages.dev" $http_origin; }'
REFLECT = "map $http_origin $allowed { default $http_origin; }"
UNANCHORED = 'map $http_origin $allowed { default ""; "~^https://app\\.example\\.com" $http_origin; "https://staging.pages.dev" $http_origin; }'

# The map, the part for preflights, the part for answers, and what must fail.
NGINX = {
    "good": (MAP, LEAVE, READ.replace("ALWAYS", "always"), set()),
    "reflects": (REFLECT, LEAVE, READ.replace("ALWAYS", "always"), {"cors/reflects-any-origin"}),
    "unanchored": (UNANCHORED, LEAVE, READ.replace("ALWAYS", "always"), {"cors/allows-prefix"}),
    "preflight-reflects": (MAP, LEAVE.replace("$allowed", "$http_origin"), READ.replace("ALWAYS", "always"), {"cors/preflight-allows-strangers"}),
    "not-always": (MAP, LEAVE, READ.replace("ALWAYS", ""), {"cors/error-unreadable"}),
    "no-options": (MAP, "", READ.replace("ALWAYS", "always"), {"cors/preflight-not-routed"}),
    "doubled": (MAP, LEAVE, READ.replace("ALWAYS", "always") * 2, {"cors/allow-origin-doubled"}),
}


@pytest.fixture(scope="module")
def env():
    return secrets()


@pytest.fixture(scope="module")
def express(seaworthy, module_servers, env, tmp_path_factory):
    server = module_servers.node("redoubt", env={"TOKEN": env["TOKEN"]})
    return audit(seaworthy, tmp_path_factory.mktemp("express"), server, list(EXPRESS), env, target=PLAIN)


@pytest.mark.parametrize("name", EXPRESS)
def test_express(express, name):
    assert failing(express[name]) == EXPRESS[name]


def nginx(servers, name):
    """In front of a service that knows nothing of CORS."""
    mapped, leave, read, _ = NGINX[name]
    service = servers.python("fort")
    proxy = f"proxy_pass {service.http}; proxy_set_header Host no-cors-at-all.localhost; proxy_hide_header Vary;"
    for field in ("Allow-Origin", "Allow-Credentials", "Expose-Headers"):
        proxy += f" proxy_hide_header Access-Control-{field};"
    return servers.nginx(f"location / {{ {leave} {read} {proxy} }}", http=mapped)


@pytest.mark.parametrize("name", NGINX)
def test_nginx(seaworthy, servers, env, tmp_path, name):
    found = audit(seaworthy, tmp_path, nginx(servers, name), ["edge"], env, target=PLAIN)["edge"]
    assert failing(found) == NGINX[name][-1]
