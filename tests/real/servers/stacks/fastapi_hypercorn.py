"""The FastAPI service under hypercorn."""

import asyncio

from contract import ECHO_LIMIT
from fastapi_uvicorn import make
from hypercorn.asyncio import serve as run
from hypercorn.config import Config


def serve(defect, port):
    config = Config.from_mapping(bind=[f"127.0.0.1:{port}"], websocket_max_message_size=ECHO_LIMIT)
    asyncio.run(run(make(defect), config))
