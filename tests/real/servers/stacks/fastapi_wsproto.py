"""The FastAPI service under uvicorn with wsproto."""

import uvicorn
from contract import ECHO_LIMIT
from fastapi_uvicorn import make


def serve(defect, port):
    uvicorn.run(make(defect), host="127.0.0.1", port=port, ws="wsproto", ws_max_size=ECHO_LIMIT, log_level="warning")
