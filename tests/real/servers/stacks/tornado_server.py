"""Tornado; CORS as its users write it, in `prepare`."""

import asyncio

from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, is_admitted, may_connect, methods, origins
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler


def make(defect):
    class Shared(RequestHandler):
        def set_default_headers(self):
            self.set_header("Vary", "Origin")
            origin = self.request.headers.get("Origin")
            if origin in origins(defect):
                self.set_header("Access-Control-Allow-Origin", origin)

        def options(self):
            self.set_header("Access-Control-Allow-Methods", ", ".join(methods(defect)))
            self.set_header("Access-Control-Allow-Headers", ", ".join(headers(defect)))
            self.set_status(204)

        def write_error(self, status, **_):
            self.write({"detail": self._reason})

    class Health(Shared):
        def get(self):
            self.write(HEALTH)

    class Items(Shared):
        def get(self):
            self.write(ITEMS)

    class User(Shared):
        def get(self):
            authorization = self.request.headers.get("Authorization")
            admitted = is_admitted(defect, self.request.method, authorization)
            self.set_status(200 if admitted else 401)
            for name, value in (PRIVATE if admitted else CHALLENGE).items():
                self.set_header(name, value)
            self.write(USER if admitted else REFUSAL)

        put = get

    class Missing(Shared):
        def prepare(self):
            self.send_error(404)

    class Echo(WebSocketHandler):
        def check_origin(self, origin):
            return may_connect(defect, origin)

        def on_message(self, message):
            self.write_message(message)

    routes = [("/health", Health), ("/api/items", Items), ("/api/users/42", User), ("/ws", Echo)]
    return Application(routes, websocket_max_message_size=ECHO_LIMIT, default_handler_class=Missing)


def serve(defect, port):
    async def run():
        make(defect).listen(port, "127.0.0.1")
        await asyncio.Event().wait()

    asyncio.run(run())
