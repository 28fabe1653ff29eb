"""FastAPI with Starlette's CORS middleware, under uvicorn."""

import uvicorn
from contract import ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, TOKEN, USER, headers, is_guarded, may_connect, methods, origins
from fastapi import Depends, FastAPI, HTTPException, Response, WebSocket, WebSocketDisconnect
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer


def make(defect):
    app = FastAPI()
    app.add_middleware(
        CORSMiddleware, allow_origins=origins(defect), allow_methods=methods(defect), allow_headers=headers(defect)
    )
    bearer = HTTPBearer()

    def guard(given: HTTPAuthorizationCredentials = Depends(bearer)):
        if given.credentials != TOKEN:
            raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})

    @app.get("/health")
    def health():
        return HEALTH

    @app.get("/api/items")
    def items():
        return ITEMS

    @app.get("/api/users/42", dependencies=[Depends(guard)])
    def user(response: Response):
        response.headers.update(PRIVATE)
        return USER

    @app.put("/api/users/42", dependencies=[Depends(guard)] if is_guarded(defect, "PUT") else [])
    def replace(response: Response):
        response.headers.update(PRIVATE)
        return USER

    @app.websocket("/ws")
    async def echo(socket: WebSocket):
        if not may_connect(defect, socket.headers.get("origin")):
            return await socket.close()
        await socket.accept()
        try:
            while True:
                await socket.send_text(await socket.receive_text())
        except WebSocketDisconnect:
            pass

    return app


def serve(defect, port):
    uvicorn.run(make(defect), host="127.0.0.1", port=port, ws_max_size=ECHO_LIMIT, log_level="warning")
