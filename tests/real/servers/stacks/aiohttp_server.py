"""aiohttp with aiohttp-cors."""

import aiohttp_cors
from aiohttp import WSMsgType, web
from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, is_admitted, may_connect, methods, origins


def make(defect):
    app = web.Application()
    options = aiohttp_cors.ResourceOptions(allow_headers=headers(defect))
    cors = aiohttp_cors.setup(app, defaults={origin: options for origin in origins(defect)})

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
        socket = web.WebSocketResponse(max_msg_size=ECHO_LIMIT)
        await socket.prepare(request)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await socket.send_str(message.data)
        return socket

    # What cors is not given is off the list: `allow_methods` is not consulted for a route of its own.
    for path, routes in {
        "/health": {"GET": health},
        "/api/items": {"GET": items},
        "/api/users/42": {"GET": user, "PUT": user},
    }.items():
        resource = cors.add(app.router.add_resource(path))
        for method, handler in routes.items():
            route = resource.add_route(method, handler)
            if method in methods(defect):
                cors.add(route)
    app.router.add_get("/ws", echo)
    return app


def serve(defect, port):
    web.run_app(make(defect), host="127.0.0.1", port=port, print=None, access_log=None)
