"""Litestar under uvicorn."""

import uvicorn
from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, USER, headers, is_admitted, may_connect, methods, origins
from litestar import Litestar, Response, WebSocket, get, put, websocket
from litestar.config.cors import CORSConfig
from litestar.exceptions import NotAuthorizedException, WebSocketDisconnect


def make(defect):
    def guard(request, _):
        if not is_admitted(defect, request.method, request.headers.get("authorization")):
            raise NotAuthorizedException("Not authenticated", headers=CHALLENGE)

    @get("/health")
    async def health() -> dict:
        return HEALTH

    @get("/api/items")
    async def items() -> dict:
        return ITEMS

    @get("/api/users/42", guards=[guard])
    async def user() -> Response:
        return Response(USER, headers=PRIVATE)

    @put("/api/users/42", guards=[guard])
    async def replace() -> Response:
        return Response(USER, headers=PRIVATE)

    @websocket("/ws")
    async def echo(socket: WebSocket) -> None:
        if not may_connect(defect, socket.headers.get("origin")):
            return await socket.close()
        await socket.accept()
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except WebSocketDisconnect:
            pass

    cors = CORSConfig(allow_origins=origins(defect), allow_methods=methods(defect), allow_headers=headers(defect))
    return Litestar([health, items, user, replace, echo], cors_config=cors, openapi_config=None)


def serve(defect, port):
    uvicorn.run(make(defect), host="127.0.0.1", port=port, ws_max_size=ECHO_LIMIT, log_level="warning")
