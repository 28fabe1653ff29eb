"""One API, right in all places but one: `fort.py PORT`.

The first label of the Host names the defect (`reflects-any.localhost`); `good` has none. FastAPI and
Starlette's own CORSMiddleware wherever the defect is one that they can be configured into.
"""

import base64
import hashlib
import hmac
import itertools
import json
import re
import secrets
import sys
import time
import traceback

import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.middleware.cors import CORSMiddleware

KEY = b"a key that is long enough for HS256 and not known outside"
APP, STAGING = "https://app.example.com", "https://staging.pages.dev"
EXACT = rf"https://app\.example\.com|https://staging\.pages\.dev"
LEFT = itertools.count(99, -1)
USERS = {"anna@example.com": "correct horse"}
# What the service kept between two requests, by defect.
LAST = {}


def part(data) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def signature(signed: str) -> str:
    return base64.urlsafe_b64encode(hmac.new(KEY, signed.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()


def token(sub="42", life=3600) -> str:
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part({'sub': sub, 'exp': int(time.time()) + life})}"
    return f"{signed}.{signature(signed)}"


def unpart(text: str):
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


class Refused(Exception):
    pass


def verify(credential: str, defect: str) -> dict:
    """The claims of a token, or Refused."""
    try:
        head, claims, given = credential.split(".")
        header, claims = unpart(head), unpart(claims)
    except Exception as error:
        if defect == "breaks":
            raise
        raise Refused("not a token") from error
    unsigned = header.get("alg") == "none" and defect == "alg-none"
    genuine = hmac.compare_digest(given, signature(credential.rsplit(".", 1)[0]))
    if not genuine and not unsigned and defect != "wrong-signature":
        raise Refused("wrong signature")
    if claims.get("exp", 0) <= time.time() and defect != "expired":
        raise Refused("expired")
    return claims


def refusal(defect: str, why="Not authenticated", credential="") -> Response:
    headers = {"WWW-Authenticate": 'Bearer realm="api"', "Cache-Control": "no-store"}
    body, status = {"detail": why}, 401
    match defect:
        case "forbidden":
            status = 403
        case "soft":
            return JSONResponse({"success": False, "message": why})
        case "soft-code":
            return JSONResponse({"code": 40101, "msg": why, "data": None})
        case "soft-graph":
            return JSONResponse({"errors": [{"message": why}], "data": {"user": None}})
        case "login-redirect":
            return RedirectResponse("/login?next=/", 302)
        case "no-challenge":
            del headers["WWW-Authenticate"]
        case "basic-challenge":
            headers["WWW-Authenticate"] = 'Basic realm="api"'
        case "repeated-realm":
            headers["WWW-Authenticate"] = 'Bearer realm="api", realm="other"'
        case "two-challenges":
            headers["WWW-Authenticate"] = 'Basic realm="api", Bearer realm="api"'
        case "bad-challenge":
            headers["WWW-Authenticate"] = 'realm="api"'
        case "cached":
            headers["Cache-Control"] = "public, max-age=300"
        case "problem":
            headers["Content-Type"] = "application/problem+json"
            return JSONResponse({"type": "about:blank", "title": "Unauthorized", "status": 403, "detail": why}, 401, headers)
        case "sound-problem":
            headers["Content-Type"] = "application/problem+json"
            return JSONResponse({"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": why}, 401, headers)
        case "text-body":
            return PlainTextResponse("no", 401, headers)
        case "trace":
            body["trace"] = 'Traceback (most recent call last):\n  File "/app/main.py", line 3, in guard\nKeyError: 1'
        case "secret":
            body["hint"] = "postgresql://app:Tr0ub4dor@db.internal:5432/app"
        case "echo":
            body["detail"] = f"unknown token {credential}"
        case "last-token" if LAST:
            body["last"] = LAST[defect]
        case "hidden":
            return JSONResponse({"detail": "Not Found"}, 404)
    return JSONResponse(body, status, headers)


def guard(request: Request, defect: str) -> dict:
    header = request.headers.get("authorization", "")
    scheme, _, credential = header.partition(" ")
    if defect == "open" or (defect == "trusts-forwarded" and request.headers.get("x-forwarded-for") == "127.0.0.1"):
        return {"sub": "42"}
    if defect == "query-unchecked" and "token" in request.query_params:
        return {"sub": "42"}
    if defect == "query-token" and not header:
        scheme, credential = "Bearer", request.query_params.get("access_token", "")
    if scheme != "Bearer" or not (credential or header):
        raise Refused("Not authenticated")
    if defect == "last-token" and verify(credential, ""):
        LAST[defect] = credential
    if (defect == "empty" and not credential) or (defect == "garbage" and credential):
        return {"sub": "42"}
    return verify(credential, defect)


def routes(app: FastAPI, defect: str):
    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused):
        return refusal(defect, str(error), request.headers.get("authorization", "").partition(" ")[2])

    def who(request: Request) -> dict:
        if defect == "guard-on-raw-path":
            raw = request.scope["raw_path"].decode()
            return guard(request, "") if raw.startswith("/api/") else {"sub": "42"}
        if defect == "public-profiles" and request.path_params.get("uid", "42") != "42":
            return {"sub": request.path_params["uid"]}
        if defect == "valid-refused" and request.headers.get("authorization"):
            raise Refused("not today")
        return guard(request, defect)

    @app.get("/health")
    def health():
        return {"status": "ok"}

    @app.get("/api/items")
    def items(response: Response):
        response.headers["X-Request-ID"] = "r1"
        return {"items": [{"id": 1}]}

    @app.get("/api/users/{uid}")
    def user(uid: str, claims: dict = Depends(who)):
        if claims["sub"] != uid and defect != "other-user":
            return JSONResponse({"detail": "not yours"}, 403, {"Cache-Control": "no-store"})
        return JSONResponse({"id": uid, "email": "anna@example.com"}, headers={"Cache-Control": "no-store"})

    # Always right, whatever is wrong beside it.
    @app.get("/api/accounts/{uid}")
    def account(uid: str, request: Request):
        if guard(request, "")["sub"] != uid:
            return JSONResponse({"detail": "not yours"}, 403, {"Cache-Control": "no-store"})
        return JSONResponse({"account": uid, "plan": "small"}, headers={"Cache-Control": "no-store"})

    if defect == "head":
        app.head("/api/users/{uid}")(lambda uid: Response(headers={"Content-Type": "application/json"}))
    if defect == "propfind":
        app.api_route("/api/users/{uid}", methods=["PROPFIND"])(lambda uid: {"id": uid, "email": "anna@example.com"})
    if defect == "trace-method":
        async def echo(request: Request):
            return Response(f"TRACE {request.url.path} HTTP/1.1\r\n".encode(), media_type="message/http")
        app.add_route("/api/users/{uid}", echo, methods=["TRACE"])

    @app.post("/api/chat")
    def chat(claims: dict = Depends(who)):
        return {"answer": "hello"}

    if defect == "page-for-all":
        app.api_route("/{path:path}", methods=["GET", "HEAD"])(lambda path: HTMLResponse("<title>App</title><div id=root></div>"))

    @app.post("/login")
    async def login(request: Request):
        try:
            sent = await request.json()
            name, password = sent["email"], sent["password"]
        except Exception:
            if defect == "login-breaks-on-body":
                raise
            return JSONResponse({"detail": "not a login"}, 422)
        if defect == "login-breaks-on-quote" and "'" in name:
            return PlainTextResponse('sqlite3.OperationalError: near "nobody": syntax error', 500)
        if defect == "login-accepts" or USERS.get(name) == password:
            return {"token": token()}
        if defect == "login-soft":
            return {"success": False, "error": "Wrong user or password"}
        if defect == "login-varies":
            varying = {"left": next(LEFT), "form": secrets.token_urlsafe(12), "user": name.lower()}
            return JSONResponse({"detail": "Wrong user or password", **varying}, 401, {"Cache-Control": "no-store"})
        known = defect == "login-tells" and name in USERS
        answer = refusal("", "Wrong password" if known else "Wrong user or password")
        if name in USERS and defect in ("login-cookie", "login-balancer"):
            answer.set_cookie("sessionid" if defect == "login-cookie" else "AWSALB", "x", httponly=True)
        return answer


def cors_options(defect: str) -> dict | None:
    """What CORSMiddleware is given; None when the defect is not to have it."""
    options = dict(
        allow_origins=[APP, STAGING],
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["X-Request-ID"],
    )
    pattern = {
        "reflects-any": r".*",
        "prefix": rf"https://app\.example\.com.*|{EXACT}",
        "suffix": rf"https://.*example\.com|{EXACT}",
        "suffix-of-host": rf"https://.*app\.example\.com|{EXACT}",
        "parent": rf"https://([a-z0-9-]+\.)?example\.com|{EXACT}",
        "substring": rf"https?://.*app\.example\.com.*|{EXACT}",
        "dot": r"https://app.example.com|https://staging.pages.dev",
        "subdomain": rf"https://(.+\.)?app\.example\.com|{EXACT}",
        "sibling": rf"https://[a-z0-9-]+\.pages\.dev|{EXACT}",
        "http-twin": rf"https?://app\.example\.com|{EXACT}",
        "any-port": rf"http://localhost(:\d+)?|{EXACT}",
        "underscore": rf"https://app\.example\.com(_[\w.]+)?|{EXACT}",
    }.get(defect)
    if pattern:
        options |= dict(allow_origins=[], allow_origin_regex=pattern)
    changed = {
        "null": dict(allow_origins=[APP, STAGING, "null"]),
        "local": dict(allow_origins=[APP, STAGING, "http://localhost:3000"]),
        "retired": dict(allow_origins=[APP, STAGING, "https://old.example.com"]),
        "star-and-true": dict(allow_origins=["*"], allow_credentials=False),
        "star": dict(allow_origins=["*"], allow_credentials=False),
        "star-with-credentials": dict(allow_origins=["*"]),
        "origin-dropped": dict(allow_origins=[APP]),
        "method-missing": dict(allow_methods=["GET", "POST"]),
        "header-missing": dict(allow_headers=["Content-Type"]),
        "no-credentials": dict(allow_credentials=False),
        "expose-missing": dict(expose_headers=[]),
        "mirrors": dict(allow_headers=["*"]),
        "reflects-anonymously": dict(allow_origins=[], allow_origin_regex=".*", allow_credentials=False),
    }
    return None if defect in ("no-cors", "no-cors-at-all", "answers-only") else options | changed.get(defect, {})


def fields(message) -> list:
    return [(name.lower(), value) for name, value in message.get("headers", [])]


class Around:
    """What a proxy or a badly placed middleware does to requests and answers."""

    def __init__(self, app, defect):
        self.app, self.defect = app, defect

    async def __call__(self, scope, receive, send):
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        origin, preflight = headers.get("origin"), scope["method"] == "OPTIONS"
        early = self.early(scope, headers, origin, preflight)
        if early is not None:
            return await early(scope, receive, send)
        path = self.rerouted(scope["raw_path"].decode(), headers)
        if path is not None:
            headers["authorization"] = f"Bearer {token()}"
            scope = scope | {"path": path, "raw_path": path.encode(), "headers": [(n.encode(), v.encode()) for n, v in headers.items()]}

        async def changed(message):
            if message["type"] == "http.response.start":
                sent = self.change(fields(message), origin, preflight, message["status"])
                if self.defect == "reflects-users" and scope["path"].startswith("/api/users/") and origin and not preflight:
                    own = {b"access-control-allow-origin": origin.encode(), b"access-control-allow-credentials": b"true", b"vary": b"Origin"}
                    sent = [(name, value) for name, value in sent if name not in own] + list(own.items())
                message = message | {"headers": sent}
            await send(message)

        return await self.app(scope, receive, changed)

    def rerouted(self, raw, headers):
        """Where the router goes, the guard having seen another path."""
        match self.defect:
            case "reroutes":
                return headers.get("x-original-url")
            case "cuts-parameters" if ";" in raw:
                return raw.partition(";")[0]
            case "cuts-encoded-dots" if raw.startswith("/%2e/"):
                return raw.removeprefix("/%2e")
        return None

    def early(self, scope, headers, origin, preflight):
        match self.defect:
            case "auth-first" if preflight:
                return refusal("")
            case "methods-by-route" if preflight and origin in (APP, STAGING):
                routes = {"/health": "GET", "/api/items": "GET", "/api/users/42": "GET", "/api/chat": "POST"}
                allowed = {"origin": origin, "credentials": "true", "headers": "authorization, content-type"}
                allowed["methods"] = routes.get(scope["path"], "")
                fields = {f"Access-Control-Allow-{name}": value for name, value in allowed.items()} | {"Access-Control-Max-Age": "600"}
                return Response(None, 204, fields) if scope["path"] in routes else PlainTextResponse("no", 404)
            case "preflight-403" if preflight:
                return JSONResponse({"detail": "CSRF"}, 403)
            case "preflight-500" if preflight:
                return PlainTextResponse("Internal Server Error", 500)
            case "preflight-redirect" if preflight:
                return RedirectResponse(f"https://api.example.com{scope['path']}", 307)
            case "preflight-any" if preflight and origin:
                allowed = {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}
                leave = {"Access-Control-Allow-Methods": "GET, POST, PUT", "Access-Control-Allow-Headers": "authorization, content-type"}
                return Response(status_code=204, headers=allowed | leave | {"Access-Control-Max-Age": "600"})
            case "preflight-429" if preflight:
                return JSONResponse({"detail": "slow down"}, 429)
            case "preflight-422" if preflight:
                return JSONResponse({"detail": "body required"}, 422)
            case "throws" if origin not in (None, APP, STAGING):
                return PlainTextResponse("Internal Server Error", 500)
            case "foreign-403" if origin not in (None, APP, STAGING):
                return JSONResponse({"detail": "Invalid CORS request"}, 403, {"Vary": "Origin"})
            case "strict-query" if scope["query_string"]:
                return JSONResponse({"detail": "unknown parameter"}, 422, {"Vary": "Origin"})
            case "auth-outside" if not preflight and scope["path"].startswith("/api/users") and "authorization" not in headers:
                return refusal("")
        return None

    def change(self, sent, origin, preflight, status):
        allow, credentials = b"access-control-allow-origin", b"access-control-allow-credentials"
        allowed = dict(sent).get(allow)

        def replaced(name, value):
            return [(n, value if n == name else v) for n, v in sent]

        def without(name):
            return [(n, v) for n, v in sent if n != name]

        match self.defect:
            case "doubled" if allowed:
                return [*sent, (allow, allowed)]
            case "list" if allowed:
                return replaced(allow, f"{APP}, {STAGING}".encode())
            case "trailing-slash" if allowed:
                return replaced(allow, allowed + b"/")
            case "credentials-true":
                return replaced(credentials, b"True")
            case "preflight-only" if not preflight:
                return without(allow)
            case "max-age":
                return replaced(b"access-control-max-age", b"10m")
            case "preflight-without-origin" if preflight:
                return without(allow)
            case "bracketed-methods" if preflight:
                return replaced(b"access-control-allow-methods", b'["GET", "PUT"]')
            case "star-and-true" if allowed:
                return [*sent, (credentials, b"true")]
            case "no-max-age" if preflight:
                return without(b"access-control-max-age")
            case "wildcard-headers" if preflight:
                return replaced(b"access-control-allow-headers", b"*")
            case "no-vary":
                return without(b"vary")
            case "vary-on-allowed-only" if not allowed:
                return without(b"vary")
            case "fixed":
                return [*without(allow), (allow, APP.encode())]
            case "answers-only" if not preflight and origin in (APP, STAGING):
                exposed = (b"access-control-expose-headers", b"X-Request-ID")
                return [*sent, (allow, origin.encode()), (credentials, b"true"), (b"vary", b"Origin"), exposed]
            case "answers-only":
                return [*sent, (b"vary", b"Origin")]
        return sent


def make(defect: str):
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    routes(app, defect)
    options = cors_options(defect)
    if options is not None:
        app.add_middleware(CORSMiddleware, **options)
    return Around(app, defect)


class ByHost:
    def __init__(self):
        self.apps = {}

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return None
        host = next(value for name, value in scope["headers"] if name == b"host").decode()
        defect = re.split(r"[.:]", host)[0]
        if defect not in self.apps:
            self.apps[defect] = make(defect)
        try:
            return await self.apps[defect](scope, receive, send)
        except Exception:
            traceback.print_exc()
            raise


if __name__ == "__main__":
    uvicorn.run(ByHost(), host="127.0.0.1", port=int(sys.argv[1]), log_level="info", lifespan="off")
