"""A page by the framework that KIND names: `uvicorn python_app:app`, `gunicorn python_app:app`.

The statements of the file that FIX names run at the end, with `app` in scope, as they would stand
there. Flask serves itself: `python python_app.py PORT KEY CHAIN`.
"""

import os
import sys
from pathlib import Path

PAGE = "<!doctype html><html lang=en><head><title>Light</title></head><body><p>hello</p></body></html>"
KIND = os.environ["KIND"]

if KIND == "fastapi":
    from fastapi import FastAPI
    from fastapi.responses import HTMLResponse

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.api_route("/", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def page():
        return PAGE

elif KIND == "starlette":
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    app = Starlette(routes=[Route("/", lambda request: HTMLResponse(PAGE))])

elif KIND == "litestar":
    from litestar import Litestar, MediaType, get

    @get("/", media_type=MediaType.HTML, sync_to_thread=False)
    def page() -> str:
        return PAGE

    app = Litestar([page], openapi_config=None)

else:
    from flask import Flask

    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: PAGE)

if fix := os.environ.get("FIX"):
    exec(compile(Path(fix).read_text(), fix, "exec"), globals())

if __name__ == "__main__":
    port, key, chain = sys.argv[1:]
    app.run("127.0.0.1", int(port), ssl_context=(chain, key))
