"""Robyn with its own CORS, which names one origin to everybody."""

from contract import CHALLENGE, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, is_admitted, methods, origins
from robyn import ALLOW_CORS, Response, Robyn, jsonify


def make(defect):
    app = Robyn(__file__)
    ALLOW_CORS(app, origins=origins(defect), headers=headers(defect))

    def said(body, fields, status=200):
        return Response(status_code=status, headers={"Content-Type": "application/json", **fields}, description=jsonify(body))

    @app.get("/health")
    def health():
        return said(HEALTH, {})

    @app.get("/api/items")
    def items():
        return said(ITEMS, {})

    def user(request):
        admitted = is_admitted(defect, request.method, request.headers.get("authorization"))
        return said(USER, PRIVATE) if admitted else said(REFUSAL, CHALLENGE, 401)

    app.get("/api/users/42")(user)
    app.put("/api/users/42")(user)
    return app


def serve(defect, port):
    make(defect).start(host="127.0.0.1", port=port)
