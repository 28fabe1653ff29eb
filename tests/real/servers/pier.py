"""FastAPI with a socket, wrong in one place: DEFECT names it.

A service with a health endpoint, a list, an OpenAPI document, and a socket at /ws that takes only
the declared origin and a token. `good` is right everywhere.
"""

import asyncio
import os

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse

DEFECT = os.environ.get("DEFECT", "good")
ORIGIN = "https://app.example.com"

app = FastAPI(
    docs_url="/docs" if DEFECT == "docs-on" else None,
    redoc_url=None,
    openapi_url=None if DEFECT == "no-document" else "/openapi.json",
)


def health() -> dict:
    return {
        "status": "healthy",
        "version": "2.0.4",
        "environment": "development" if DEFECT == "environment" else "production",
        "redis": {"enabled": DEFECT != "redis-off"},
        "memory": {"percent": 96.5 if DEFECT == "memory-high" else 70.4},
        "uptime": "long" if DEFECT == "uptime-text" else 86400,
        "tags": ["blue"] if DEFECT == "one-tag" else ["blue", "green"],
        **({"debug": {"sql": "on"}} if DEFECT == "debug-member" else {}),
    }


@app.get("/health")
async def get_health(response: Response):
    if DEFECT != "no-cache-control":
        response.headers["Cache-Control"] = "no-store"
    match DEFECT:
        case "health-500":
            return JSONResponse({"status": "down"}, 500)
        case "health-502":
            return PlainTextResponse("Bad Gateway", 502)
        case "health-not-json":
            return HTMLResponse("<h1>healthy</h1>")
        case "health-cut":
            return Response('{"status": "healthy"', media_type="application/json")
        case "health-redirect":
            return RedirectResponse("/elsewhere")
        case "health-large":
            return health() | {"padding": "x" * 5000}
        case "health-slow":
            await asyncio.sleep(0.6)
    return health()


@app.get("/ping")
async def ping():
    return PlainTextResponse("pong" if DEFECT != "ping-text" else "gnip")


@app.get("/api/items", include_in_schema=DEFECT != "undocumented")
async def items():
    return [{"id": number} for number in range(2 if DEFECT == "items-short" else 3)]


@app.api_route("/api/chat", methods=["GET", "POST"] if DEFECT == "get-allowed" else ["POST"])
async def chat():
    return {"said": True}


if DEFECT == "allow-stripped":

    @app.middleware("http")
    async def strip(request: Request, call_next):
        response = await call_next(request)
        if "allow" in response.headers:
            del response.headers["allow"]
        return response


if DEFECT == "debug-route":

    @app.get("/api/v1/auth/test")
    async def test():
        return {"token": "dev"}


@app.get("/api/files/{name:path}")
async def files(name: str):
    if DEFECT == "traversal":
        return PlainTextResponse("root:x:0:0:root:/root:/bin/bash\nbin:x:1:1::/:/bin/false\n")
    return JSONResponse({"detail": "no such file"}, 404)


def origin_ok(socket: WebSocket) -> bool:
    origin = socket.headers.get("origin")
    match DEFECT:
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
    match DEFECT:
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
        if DEFECT in ("closes", "closes-1008"):
            await socket.accept()
            await socket.close(4401 if DEFECT == "closes" else 1008)
        else:
            await socket.close()
        return
    await socket.accept()
    if DEFECT == "crash-at-once":
        raise RuntimeError("boom")
    try:
        while True:
            text = await socket.receive_text()
            if len(text) > 65536 and DEFECT != "takes-oversize":
                await socket.close(1009)
                return
            if DEFECT == "echo-crash":
                raise RuntimeError("boom")
            if DEFECT != "no-echo":
                await socket.send_json({"type": "nack" if DEFECT == "other-echo" else "pong"})
    except (RuntimeError, KeyError):
        if DEFECT == "echo-crash":
            raise
    except Exception:  # the client left
        return
