"""FastAPI with a socket, wrong in one place: below `/DEFECT/` is the service with that defect.

A service with a health endpoint, a list, an OpenAPI document, and a socket at /ws that takes only
the declared origin and a token. `good` is right everywhere.
"""

import asyncio

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse

ORIGIN = "https://app.example.com"
UNCACHED = {"Cache-Control": "no-store"}

# The defect, and the rules that must fail for it: all of them, and no other above info.
CONTRACT = {
    "good": [],
    "health-500": ["contract/wrong-status"],
    "health-502": ["contract/platform-error"],
    "health-not-json": ["contract/not-json"],
    "health-cut": ["contract/not-json"],
    "health-redirect": ["contract/wrong-status"],
    "health-large": ["contract/wrong-size"],
    "health-slow": ["contract/slow"],
    "no-cache-control": ["contract/wrong-header"],
    "environment": ["contract/wrong-json"],
    "redis-off": ["contract/wrong-json"],
    "memory-high": ["contract/wrong-json"],
    "uptime-text": ["contract/wrong-json"],
    "one-tag": ["contract/wrong-json"],
    "debug-member": ["contract/wrong-json"],
    "ping-text": ["contract/wrong-body"],
    "items-short": ["contract/wrong-json"],
    "undocumented": ["contract/undocumented"],
    "no-document": ["contract/wrong-status"],
    "docs-on": ["contract/absent-path-answers"],
    "debug-route": ["contract/absent-path-answers"],
    "get-allowed": ["contract/wrong-method-accepted"],
    "allow-stripped": ["contract/allow-missing"],
    "traversal": ["contract/reveals-file"],
}
SOCKET = {
    "good": [],
    "any-origin": ["websocket/accepts-any-origin"],
    "null-origin": ["websocket/accepts-null-origin"],
    "subdomain-origin": ["websocket/accepts-lookalike-origin"],
    "declared-origin-refused": ["websocket/not-opened"],
    "no-token": ["websocket/accepts-no-credentials"],
    "any-token": ["websocket/accepts-forged-token", "websocket/accepts-invalid-token"],
    "signature-unread": ["websocket/accepts-forged-token"],
    "closes": [],
    "closes-1008": ["websocket/other-refusal"],
    "crash-at-once": ["websocket/drops-clients"],
    "echo-crash": ["websocket/drops-clients"],
    "no-echo": ["websocket/other-reply"],
    "other-echo": ["websocket/other-reply"],
    "takes-oversize": ["websocket/takes-oversize"],
}

def service(defect: str) -> FastAPI:
    app = FastAPI(
        docs_url="/docs" if defect == "docs-on" else None,
        redoc_url=None,
        openapi_url=None if defect == "no-document" else "/openapi.json",
    )


    def health() -> dict:
        return {
            "status": "healthy",
            "version": "2.0.4",
            "environment": "development" if defect == "environment" else "production",
            "redis": {"enabled": defect != "redis-off"},
            "memory": {"percent": 96.5 if defect == "memory-high" else 70.4},
            "uptime": "long" if defect == "uptime-text" else 86400,
            "tags": ["blue"] if defect == "one-tag" else ["blue", "green"],
            **({"debug": {"sql": "on"}} if defect == "debug-member" else {}),
        }


    @app.get("/health")
    async def get_health(response: Response):
        if defect != "no-cache-control":
            response.headers["Cache-Control"] = "no-store"
        match defect:
            case "health-500":
                return JSONResponse({"status": "down"}, 500)
            case "health-502":
                return PlainTextResponse("Bad Gateway", 502)
            case "health-not-json":
                return HTMLResponse("<h1>healthy</h1>", headers=UNCACHED)
            case "health-cut":
                return Response('{"status": "healthy"', media_type="application/json", headers=UNCACHED)
            case "health-redirect":
                return RedirectResponse("/elsewhere")
            case "health-large":
                return health() | {"padding": "x" * 5000}
            case "health-slow":
                await asyncio.sleep(0.6)
        return health()


    @app.get("/ping")
    async def ping():
        return PlainTextResponse("pong" if defect != "ping-text" else "gnip")


    @app.get("/api/items", include_in_schema=defect != "undocumented")
    async def items():
        return [{"id": number} for number in range(2 if defect == "items-short" else 3)]


    @app.api_route("/api/chat", methods=["GET", "POST"] if defect == "get-allowed" else ["POST"])
    async def chat():
        return {"said": True}


    if defect == "allow-stripped":

        @app.middleware("http")
        async def strip(request: Request, call_next):
            response = await call_next(request)
            if "allow" in response.headers:
                del response.headers["allow"]
            return response


    if defect == "debug-route":

        @app.get("/api/v1/auth/test")
        async def test():
            return {"token": "dev"}


    @app.get("/api/files/{name:path}")
    async def files(name: str):
        if defect == "traversal":
            return PlainTextResponse("root:x:0:0:root:/root:/bin/bash\nbin:x:1:1::/:/bin/false\n")
        return JSONResponse({"detail": "no such file"}, 404)


    def origin_ok(socket: WebSocket) -> bool:
        origin = socket.headers.get("origin")
        match defect:
            case "any-origin":
                return True
            case "null-origin":
                return origin in (None, "null", ORIGIN)
            case "subdomain-origin":
                return origin is None or origin == ORIGIN or origin.endswith(".app.example.com")
            case "declared-origin-refused":
                return origin is None
        return origin in (None, ORIGIN)


    def token_ok(socket: WebSocket) -> bool:
        token = socket.query_params.get("token")
        match defect:
            case "no-token":
                return token in (None, "", "good-token")
            case "any-token":
                return bool(token)
            case "signature-unread":
                return token is not None and (token == "good-token" or token.count(".") == 2)
        return token == "good-token"


    @app.websocket("/ws")
    async def ws(socket: WebSocket):
        if not origin_ok(socket):
            await socket.close()
            return
        if not token_ok(socket):
            if defect in ("closes", "closes-1008"):
                await socket.accept()
                await socket.close(4401 if defect == "closes" else 1008)
            else:
                await socket.close()
            return
        await socket.accept()
        if defect == "crash-at-once":
            raise RuntimeError("boom")
        try:
            while True:
                text = await socket.receive_text()
                if len(text) > 65536 and defect != "takes-oversize":
                    await socket.close(1009)
                    return
                if defect == "echo-crash":
                    raise RuntimeError("boom")
                if defect != "no-echo":
                    await socket.send_json({"type": "nack" if defect == "other-echo" else "pong"})
        except (RuntimeError, KeyError):
            if defect == "echo-crash":
                raise
        except Exception:  # the client left
            return

    return app


app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
for name in {**CONTRACT, **SOCKET}:
    app.mount(f"/{name}", service(name))
