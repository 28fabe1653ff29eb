"""Falcon's ASGI application with its own CORS middleware, under uvicorn."""

import falcon
import falcon.asgi
import uvicorn
from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, is_admitted, may_connect, origins


def make(defect):
    class Health:
        async def on_get(self, _, response):
            response.media = HEALTH

    class Items:
        async def on_get(self, _, response):
            response.media = ITEMS

    class User:
        async def on_get(self, request, response):
            admitted = is_admitted(defect, request.method, request.auth)
            response.status = 200 if admitted else 401
            response.set_headers(PRIVATE if admitted else CHALLENGE)
            response.media = USER if admitted else REFUSAL

        on_put = on_get

    class Echo:
        async def on_websocket(self, request, socket):
            if not may_connect(defect, request.get_header("Origin")):
                return await socket.close()
            await socket.accept()
            try:
                while True:
                    await socket.send_text(await socket.receive_text())
            except falcon.WebSocketDisconnected:
                pass

    app = falcon.asgi.App(middleware=[falcon.CORSMiddleware(allow_origins=origins(defect))])
    for path, resource in {"/health": Health(), "/api/items": Items(), "/api/users/42": User(), "/ws": Echo()}.items():
        app.add_route(path, resource)
    return app


def serve(defect, port):
    uvicorn.run(make(defect), host="127.0.0.1", port=port, ws_max_size=ECHO_LIMIT, log_level="warning")
