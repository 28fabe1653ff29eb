"""The service without any CORS, for a proxy in front that brings it."""

import ctypes
import os
import signal
import socket

from aiohttp import WSMsgType, web
from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, is_admitted, may_connect


def make(defect, answers_options=False):
    async def health(_):
        return web.json_response(HEALTH)

    async def items(_):
        return web.json_response(ITEMS)

    async def user(request):
        if not is_admitted(defect, request.method, request.headers.get("Authorization")):
            return web.json_response(REFUSAL, status=401, headers=CHALLENGE)
        return web.json_response(USER, headers=PRIVATE)

    async def echo(request):
        if not may_connect(defect, request.headers.get("Origin")):
            raise web.HTTPForbidden
        echoed = web.WebSocketResponse(max_msg_size=ECHO_LIMIT)
        await echoed.prepare(request)
        async for message in echoed:
            if message.type == WSMsgType.TEXT:
                await echoed.send_str(message.data)
        return echoed

    async def options(_):
        return web.Response(status=204)

    app = web.Application()
    if answers_options:
        app.router.add_route("OPTIONS", "/{path:.*}", options)
    app.router.add_get("/health", health)
    app.router.add_get("/api/items", items)
    app.router.add_get("/api/users/42", user)
    app.router.add_put("/api/users/42", user)
    app.router.add_get("/ws", echo)
    return app


def behind(defect, **options) -> int:
    """Serves it in a process that ends with this one; the port."""
    listening = socket.create_server(("127.0.0.1", 0))
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        web.run_app(make(defect, **options), sock=listening, print=None, access_log=None)
        os._exit(0)
    port = listening.getsockname()[1]
    listening.close()
    return port
