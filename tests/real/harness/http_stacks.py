"""Stacks of CORS, authentication and WebSocket: how each is started, and what is true of it as it comes."""

import json
import sys
from dataclasses import dataclass, field

from harness.servers import HERE
from harness.stacks import BEYOND, debian, python_package, said

SERVE = HERE / "servers" / "stacks"

# The defect, and the rule that must fail for it.
DEFECTS = {
    "good": set(),
    "origin": {"cors/origin-refused"},
    "header": {"cors/preflight-header-missing"},
    "method": {"cors/preflight-method-missing"},
    "guard": {"auth/not-refused"},
    "socket": {"websocket/accepts-any-origin"},
}


def found(pattern, name):
    """A program that a package of beyond/ brings; its name where it was not installed."""
    return next(BEYOND.glob(pattern), name)


def node_package(name) -> str:
    places = (root / "node_modules" / name / "package.json" for root in (BEYOND, HERE))
    return json.loads(next(place for place in places if place.exists()).read_text())["version"]


@dataclass(frozen=True)
class Stack:
    """How it is started, and what is true of it whatever its user writes, with the reason."""

    # The names of its packages; `debian:` before what Debian has, `run:` before what tells itself.
    packages: str
    script: str
    defaults: dict = field(default_factory=dict)
    # Defects that cannot be planted there, with the reason.
    without: dict = field(default_factory=dict)
    # Whether only what is below /api is for pages.
    prefix: bool = False
    # Whether CI runs it; what it does not run may need packages of beyond/.
    core: bool = False

    def command(self, places):
        name, _, kind = self.script.partition(".")
        return [*self.program(kind), SERVE / f"serve.{kind.rpartition('.')[2]}", name, *places]

    def program(self, kind):
        match kind:
            case "py":
                return [self.python, "-u"]
            case "js":
                return ["node"]
            case "bun.js":
                return [found("node_modules/@oven/bun-linux-*/bin/bun", "bun"), "run"]
            case "deno.js":
                return [found("node_modules/@deno/linux-*/deno", "deno"), "run", "--allow-all", "--unstable-detect-cjs"]
            case "rb":
                return ["ruby"]
            case "pl":
                return ["perl"]

    @property
    def python(self):
        return sys.executable if self.core else BEYOND / ".venv/bin/python"

    @property
    def environment(self):
        return {} if self.core else {"NODE_PATH": str(BEYOND / "node_modules")}

    def defects(self):
        return {name: rules for name, rules in DEFECTS.items() if name not in self.without}

    def versions(self) -> str:
        return ", ".join(map(self.version, self.packages.split()))

    def version(self, name) -> str:
        kind, _, package = name.rpartition(":")
        if kind == "debian":
            return f"{package} {debian(package)}"
        if kind == "run":
            pattern = {"bun": "node_modules/@oven/bun-linux-*/bin/bun", "deno": "node_modules/@deno/linux-*/deno"}[package]
            return f"{package} {said(found(pattern, package), '--version').split()[-1 if package == 'bun' else 1]}"
        if self.script.endswith(".py"):
            return f"{package} {python_package(package, None if self.core else BEYOND / '.venv')}"
        return f"{package} {node_package(package)}"


NO_VARY = {"cors/vary-missing": "with one origin on its list it never sends Vary"}
CLOSE_RACE = {
    "websocket/no-close-frame": "one thread is to answer the close while another ends the connection; now and then it is late"
}
NO_VARY_REFUSED = {"cors/vary-missing-when-refused": "sends Vary to the origins on its list alone"}
FALCON = {"header": "it allows whatever a preflight asks for", "method": "it allows the methods of the resource"}


def no_limit(why):
    return {"websocket/takes-oversize": why}


STACKS = {
    "FastAPI": Stack("fastapi uvicorn", "fastapi_uvicorn.py", core=True),
    "Flask under Werkzeug": Stack(
        "flask flask-cors flask-sock werkzeug",
        "flask_werkzeug.py",
        NO_VARY | CLOSE_RACE | {"websocket/http-on-socket": "Werkzeug answers the request once the socket's handler has returned"},
        core=True,
    ),
    "Flask under gunicorn": Stack("flask flask-cors flask-sock gunicorn", "flask_gunicorn.py", NO_VARY | CLOSE_RACE),
    "aiohttp": Stack(
        "aiohttp aiohttp-cors",
        "aiohttp_server.py",
        NO_VARY | {"cors/error-unreadable": "CORS belongs to routes, and an unknown path has none"},
        core=True,
    ),
    "Sanic": Stack("sanic sanic-ext", "sanic_server.py", NO_VARY_REFUSED, core=True),
    "Django": Stack(
        "django django-cors-headers channels daphne",
        "django_daphne.py",
        no_limit("Channels and daphne know no limit for messages"),
        core=True,
    ),
    "Tornado": Stack("tornado", "tornado_server.py", core=True),
    "Litestar": Stack("litestar uvicorn", "litestar_uvicorn.py", NO_VARY_REFUSED, core=True),
    "Falcon": Stack("falcon uvicorn", "falcon_uvicorn.py", NO_VARY, FALCON, core=True),
    "Express": Stack("express cors ws", "express_ws.js", core=True),
    "Fastify": Stack("fastify @fastify/cors @fastify/websocket", "fastify_websocket.js", core=True),
    "Hono": Stack(
        "hono @hono/node-server @hono/node-ws",
        "hono_node.js",
        no_limit("@hono/node-ws has no setting for it"),
        prefix=True,
        core=True,
    ),
    "Koa": Stack("koa @koa/cors @koa/router ws", "koa_ws.js", core=True),
    "hapi": Stack(
        "@hapi/hapi",
        "hapi_server.js",
        without={"socket": "hapi has no WebSocket", "method": "it allows the methods of the route"},
    ),
    "FastAPI with wsproto": Stack("fastapi uvicorn wsproto", "fastapi_wsproto.py"),
    "FastAPI under hypercorn": Stack("fastapi hypercorn", "fastapi_hypercorn.py"),
    "FastAPI under granian": Stack("fastapi granian", "fastapi_granian.py", no_limit("granian has no setting for it")),
    "FastAPI under daphne": Stack("fastapi daphne", "fastapi_daphne.py", no_limit("daphne knows no limit for messages")),
    "Falcon under gunicorn": Stack("falcon gunicorn", "falcon_gunicorn.py", NO_VARY, FALCON),
    "Starlette": Stack("starlette uvicorn", "starlette_uvicorn.py"),
    "Quart": Stack(
        "quart quart-cors hypercorn",
        "quart_hypercorn.py",
        without={"socket": "quart-cors guards sockets, too, with the same list"},
    ),
    "Django REST framework": Stack(
        "djangorestframework django-cors-headers gunicorn",
        "drf_gunicorn.py",
        without={"socket": "WSGI has no WebSocket"},
    ),
    "BlackSheep": Stack(
        "blacksheep uvicorn",
        "blacksheep_uvicorn.py",
        NO_VARY_REFUSED | {"cors/error-unreadable": "what no route answers has no field of CORS"},
    ),
    "Robyn": Stack(
        "robyn",
        "robyn_server.py",
        without={"socket": "its handlers run behind the handshake, and refuse nobody", "method": "it names its own list"},
    ),
    "h3": Stack("h3 ws", "h3_node.js"),
    "Restify": Stack("restify", "restify_server.js", without={"socket": "Restify has no WebSocket"}),
    "Polka": Stack("polka cors ws", "polka_ws.js"),
    "NestJS": Stack("@nestjs/core @nestjs/platform-ws", "nest_express.js"),
    "Bun": Stack("run:bun", "bun_server.bun.js"),
    "Deno": Stack("run:deno", "deno_server.deno.js", no_limit("Deno.upgradeWebSocket has no setting for it")),
    "Puma": Stack("debian:puma debian:ruby-rack-cors", "puma_rack.rb", without={"socket": "Rack has no WebSocket"}),
    "Mojolicious": Stack("debian:libmojolicious-perl", "mojolicious_server.pl"),
    "nginx": Stack("debian:nginx", "proxies:nginx.py"),
    "Apache": Stack("debian:apache2", "proxies:apache.py"),
    "Caddy": Stack("debian:caddy", "proxies:caddy.py"),
    "HAProxy": Stack("debian:haproxy", "proxies:haproxy.py"),
    "lighttpd": Stack("debian:lighttpd", "proxies:lighttpd.py"),
    "Varnish": Stack("debian:varnish", "proxies:varnish.py"),
}
