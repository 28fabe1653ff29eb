"""FastAPI with a page, wrong until mended: `uvicorn lighthouse:app`.

The statements of the file that MENDED names run before the routes, with `app` in scope.
"""

import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

mended = os.environ.get("MENDED")
if mended:
    exec(compile(Path(mended).read_text(), mended, "exec"), {"app": app})


@app.api_route("/", methods=["GET", "HEAD"], response_class=HTMLResponse)
def page():
    return "<!doctype html><html lang=en><head><title>Light</title></head><body><p>hello</p></body></html>"
