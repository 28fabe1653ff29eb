"""Quart with quart-cors, under hypercorn."""

import asyncio

from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, is_admitted, may_connect, methods, origins
from hypercorn.asyncio import serve as run
from hypercorn.config import Config
from quart import Quart, abort, request, websocket
from quart_cors import cors


def make(defect):
    app = cors(Quart(__name__), allow_origin=origins(defect), allow_methods=methods(defect), allow_headers=headers(defect))

    @app.get("/health")
    async def health():
        return HEALTH

    @app.get("/api/items")
    async def items():
        return ITEMS

    @app.route("/api/users/42", methods=["GET", "PUT"])
    async def user():
        if not is_admitted(defect, request.method, request.headers.get("Authorization")):
            return REFUSAL, 401, CHALLENGE
        return USER, 200, PRIVATE

    @app.websocket("/ws")
    async def echo():
        if not may_connect(defect, websocket.headers.get("Origin")):
            abort(403)
        await websocket.accept()
        while True:
            await websocket.send(await websocket.receive())

    @app.errorhandler(404)
    async def not_found(_):
        return {"detail": "Not Found"}, 404

    return app


def serve(defect, port):
    config = Config.from_mapping(bind=[f"127.0.0.1:{port}"], websocket_max_message_size=ECHO_LIMIT)
    asyncio.run(run(make(defect), config))
