"""One service on many stacks, right and with five defects, each found once under the right rule.

All of a stack's variants are audited in one run. What is true of a stack whatever its user writes is
listed with its reason, and nothing else may be found of the good service above info.
"""

import socket
import sys
from dataclasses import dataclass, field, replace

import pytest
from harness.servers import HERE, until_ready

SERVE = HERE / "servers" / "stacks"
SECRETS = {"TOKEN": "good-token"}

TARGET = """
[[target]]
name = "NAME"
url = "http://127.0.0.1:PORT/health"
auth = { scheme = "bearer", token = { env = "TOKEN" } }
cors = { origins = ["https://app.example.com"], methods = ["GET", "PUT"], headers = ["Authorization", "X-Client"] }
endpoint = [{ get = "/health" }, { get = "/api/items" }, { put = "/api/users/42", protected = true, mutating = false }]
protected = ["GET /api/users/42"]
latency = { cold_samples = 1, warm_samples = 1 }
"""

SOCKET = """
[target.websocket]
path = "/ws"
public = true
origins = ["https://app.example.com"]
max_message = "64KiB"
echo = { send = '{"type":"ping"}', json = { "/type" = "ping" } }
"""

FAMILIES = ("cors", "auth", "websocket", "contract")

# The defect, and the rule that must fail for it.
DEFECTS = {
    "good": set(),
    "origin": {"cors/origin-refused"},
    "header": {"cors/preflight-header-missing"},
    "method": {"cors/preflight-method-missing"},
    "guard": {"auth/not-refused"},
    "socket": {"websocket/accepts-any-origin"},
}


@dataclass(frozen=True)
class Stack:
    """How it is started, and what is true of it whatever its user writes, with the reason."""

    script: str
    defaults: dict = field(default_factory=dict)
    # Defects that cannot be planted there, with the reason.
    without: dict = field(default_factory=dict)
    # Whether only what is below /api is for pages.
    prefix: bool = False
    # Whether CI runs it.
    core: bool = True

    def command(self, places):
        program = ["node"] if self.script.endswith(".js") else [sys.executable, "-u"]
        serve = SERVE / ("serve.js" if self.script.endswith(".js") else "serve.py")
        return [*program, serve, self.script.split(".")[0], *places]

    def defects(self):
        return {name: rules for name, rules in DEFECTS.items() if name not in self.without}

    def target(self, name, port):
        text = TARGET if "socket" in self.without else TARGET + SOCKET
        if self.prefix:
            text = text.replace('{ get = "/health" }', '{ get = "/health", cors = false }')
        return text.replace("NAME", name).replace("PORT", str(port))


NO_VARY = {"cors/vary-missing": "with one origin on its list it never sends Vary"}
CLOSE_RACE = {
    "websocket/no-close-frame": "one thread is to answer the close while another ends the connection; now and then it is late"
}
NO_VARY_REFUSED = {"cors/vary-missing-when-refused": "sends Vary to the origins on its list alone"}

STACKS = {
    "FastAPI, uvicorn": Stack("fastapi_uvicorn.py"),
    "Flask, flask-cors, Werkzeug": Stack(
        "flask_werkzeug.py",
        NO_VARY | CLOSE_RACE | {"websocket/http-on-socket": "Werkzeug answers the request once the socket's handler has returned"},
    ),
    "Flask, flask-cors, gunicorn": Stack("flask_gunicorn.py", NO_VARY | CLOSE_RACE, core=False),
    "aiohttp, aiohttp-cors": Stack(
        "aiohttp_server.py",
        NO_VARY | {"cors/error-unreadable": "CORS belongs to routes, and an unknown path has none"},
    ),
    "Sanic": Stack("sanic_server.py", NO_VARY_REFUSED),
    "Django, django-cors-headers, daphne": Stack(
        "django_daphne.py", {"websocket/takes-oversize": "Channels and daphne know no limit for messages"}
    ),
    "Tornado": Stack("tornado_server.py"),
    "Litestar, uvicorn": Stack("litestar_uvicorn.py", NO_VARY_REFUSED),
    "Falcon, uvicorn": Stack(
        "falcon_uvicorn.py",
        NO_VARY,
        {"header": "it allows whatever a preflight asks for", "method": "it allows the methods of the resource"},
    ),
    "Express, cors, ws": Stack("express_ws.js"),
    "Fastify": Stack("fastify_websocket.js"),
    "Hono": Stack(
        "hono_node.js",
        {"websocket/takes-oversize": "@hono/node-ws has no setting for it"},
        prefix=True,
    ),
    "Koa, ws": Stack("koa_ws.js"),
    "hapi": Stack(
        "hapi_server.js",
        without={"socket": "hapi has no WebSocket", "method": "it allows the methods of the route"},
        core=False,
    ),
}


def reserved() -> socket.socket:
    """A port that no other test is given: it is bound, and a server that reuses addresses may listen on it."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return held


def start(servers, stack: Stack) -> dict:
    """Every variant runs: its port by the defect's name."""
    held = {name: reserved() for name in stack.defects()}
    ports = {name: one.getsockname()[1] for name, one in held.items()}
    command = stack.command([f"{name}={port}" for name, port in ports.items()])
    server = servers.start(*command, port=ports["good"])
    for port in ports.values():
        until_ready(replace(server, port=port))
    for one in held.values():
        one.close()
    return ports


def audit(seaworthy, servers, tmp_path, stack: Stack) -> dict:
    """The findings of each variant that failed, above info."""
    ports = start(servers, stack)
    (tmp_path / "targets.toml").write_text("".join(stack.target(name, port) for name, port in ports.items()))
    only = [word for family in FAMILIES for word in ("--only", family)]
    report = seaworthy.json(tmp_path / "targets.toml", *only, "--no-report", "--fail-on", "none", env=SECRETS)
    return {target["name"]: failing(target) for target in report["targets"]}


def failing(target) -> list:
    return [one for one in target["findings"] if one["outcome"] == "fail" and one["severity"] != "info"]


CASES = [pytest.param(name, marks=() if stack.core else pytest.mark.beyond_ci) for name, stack in STACKS.items()]


@pytest.mark.parametrize("name", CASES)
def test_each_defect_is_found_once(seaworthy, servers, tmp_path, name):
    stack = STACKS[name]
    found = audit(seaworthy, servers, tmp_path, stack)
    wrong = []
    for defect, expected in stack.defects().items():
        rules = {one["rule"] for one in found[defect]} - set(stack.defaults)
        if rules != expected:
            wrong.append(f"{defect}: expected {sorted(expected)}")
            wrong += [f"    {one['rule']}: {one['observed']}" for one in found[defect]]
    assert wrong == [], "\n".join([name, *wrong])
