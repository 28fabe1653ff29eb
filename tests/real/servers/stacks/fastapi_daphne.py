"""The FastAPI service under daphne."""

from fastapi_uvicorn import make


def serve(defect, port):
    from daphne.endpoints import build_endpoint_description_strings
    from daphne.server import Server

    endpoints = build_endpoint_description_strings(host="127.0.0.1", port=port)
    Server(make(defect), endpoints=endpoints, verbosity=0).run()
