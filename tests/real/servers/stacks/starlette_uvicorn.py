"""Starlette with its own CORS middleware, under uvicorn."""

import uvicorn
from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, is_admitted, may_connect, methods, origins
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect


def make(defect):
    async def user(request):
        if not is_admitted(defect, request.method, request.headers.get("authorization")):
            return JSONResponse(REFUSAL, 401, CHALLENGE)
        return JSONResponse(USER, headers=PRIVATE)

    async def echo(socket):
        if not may_connect(defect, socket.headers.get("origin")):
            return await socket.close()
        await socket.accept()
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except WebSocketDisconnect:
            pass

    cors = Middleware(CORSMiddleware, allow_origins=origins(defect), allow_methods=methods(defect), allow_headers=headers(defect))
    routes = [
        Route("/health", lambda _: JSONResponse(HEALTH)),
        Route("/api/items", lambda _: JSONResponse(ITEMS)),
        Route("/api/users/42", user, methods=["GET", "PUT"]),
        WebSocketRoute("/ws", echo),
    ]
    return Starlette(routes=routes, middleware=[cors])


def serve(defect, port):
    uvicorn.run(make(defect), host="127.0.0.1", port=port, ws_max_size=ECHO_LIMIT, log_level="warning")
