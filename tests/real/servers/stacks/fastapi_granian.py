"""The FastAPI service under granian."""

from fastapi_uvicorn import make
from granian.server.embed import Server


def serve(defect, port):
    import asyncio

    from granian.constants import Interfaces

    server = Server(make(defect), address="127.0.0.1", port=port, interface=Interfaces.ASGI)
    asyncio.run(server.serve())
