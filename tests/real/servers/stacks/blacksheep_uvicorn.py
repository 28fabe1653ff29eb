"""BlackSheep under uvicorn."""

import uvicorn
from blacksheep import Application, WebSocket, WebSocketDisconnectError, json
from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, is_admitted, may_connect, methods, origins


def make(defect):
    app = Application()
    app.use_cors(allow_methods=methods(defect), allow_origins=origins(defect), allow_headers=headers(defect), max_age=600)

    def said(body, fields, status=200):
        response = json(body, status)
        for name, value in fields.items():
            response.set_header(name.encode(), value.encode())
        return response

    def field(request, name):
        found = request.headers.get_first(name)
        return found.decode() if found else None

    @app.router.get("/health")
    async def health(request):
        return said(HEALTH, {})

    @app.router.get("/api/items")
    async def items(request):
        return said(ITEMS, {})

    @app.router.get("/api/users/42")
    @app.router.put("/api/users/42")
    async def user(request):
        if not is_admitted(defect, request.method, field(request, b"Authorization")):
            return said(REFUSAL, CHALLENGE, 401)
        return said(USER, PRIVATE)

    @app.router.ws("/ws")
    async def echo(socket: WebSocket):
        if not may_connect(defect, field(socket, b"Origin")):
            return await socket.close()
        await socket.accept()
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except WebSocketDisconnectError:
            pass

    return app


def serve(defect, port):
    uvicorn.run(make(defect), host="127.0.0.1", port=port, ws_max_size=ECHO_LIMIT, log_level="warning")
