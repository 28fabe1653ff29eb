#!/usr/bin/env bash
# flask-cors drops both lists from a preflight when only the method is refused.
#
# Versions: flask-cors 6.0.5, Flask 3.1.3.
# Behaviour: a preflight for PUT, with a header that is on the list, to a service that allows GET alone is
#   answered 200 with Access-Control-Allow-Origin and neither Access-Control-Allow-Methods nor -Headers.
#   The same preflight for GET gets both lists.
# Why a good guess is wrong: the origin is let in and the header is on the list, so that -Headers should
#   name it and -Methods say GET. The answer reads as if the header were refused as well: a check that
#   takes one answer by itself (Fetch, "CORS-preflight fetch") names two causes where there is one, and
#   only a second preflight for less tells which.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check flask==3.1.3 flask-cors==6.0.5

"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

from flask import Flask
from flask_cors import CORS

app = Flask(__name__)
CORS(app, origins=["https://app.example.com"], methods=["GET"], allow_headers=["X-Client"])


@app.route("/", methods=["GET", "PUT"])
def answer():
    return "ok"


def preflight(method):
    fields = {
        "Origin": "https://app.example.com",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "x-client",
    }
    got = app.test_client().options("/", headers=fields)
    lists = {name: value for name, value in got.headers.items() if name.startswith("Access-Control")}
    print(f"{method}: {got.status_code} {lists}")
    return got.status_code, lists


print("flask-cors", version("flask-cors"))
LISTS = {"Access-Control-Allow-Methods", "Access-Control-Allow-Headers"}
status, for_get = preflight("GET")
assert status == 200 and for_get.keys() >= LISTS
status, for_put = preflight("PUT")
assert status == 200 and for_put["Access-Control-Allow-Origin"] == "https://app.example.com"
assert not for_put.keys() & LISTS, "both lists were dropped, and are no longer"
PYTHON
