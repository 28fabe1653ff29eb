"""Sanic with sanic-ext's CORS."""

from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, is_admitted, may_connect, methods, origins
from sanic import Forbidden, Sanic, json
from sanic_ext import Extend


def make(defect):
    app = Sanic(f"stack-{defect}")
    app.config.CORS_ORIGINS = ",".join(origins(defect))
    app.config.CORS_METHODS = methods(defect)
    app.config.CORS_ALLOW_HEADERS = headers(defect)
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.OAS = False
    app.config.WEBSOCKET_MAX_SIZE = ECHO_LIMIT
    Extend(app)

    @app.get("/health")
    async def health(_):
        return json(HEALTH)

    @app.get("/api/items")
    async def items(_):
        return json(ITEMS)

    @app.route("/api/users/42", methods=["GET", "PUT"])
    async def user(request):
        if not is_admitted(defect, request.method, request.headers.get("authorization")):
            return json(REFUSAL, 401, CHALLENGE)
        return json(USER, headers=PRIVATE)

    # Runs before the handshake is answered.
    @app.on_request
    async def who(request):
        if request.path == "/ws" and not may_connect(defect, request.headers.get("origin")):
            raise Forbidden("Origin not allowed")

    @app.websocket("/ws")
    async def echo(_, socket):
        async for message in socket:
            await socket.send(message)

    return app


def serve(defect, port):
    make(defect).run("127.0.0.1", port, single_process=True, access_log=False, motd=False)
