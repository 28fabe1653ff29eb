"""Flask with flask-cors and flask-sock, under Werkzeug's own server."""

from contract import CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, is_admitted, may_connect, methods, origins
from flask import Flask, abort, jsonify, request
from flask_cors import CORS
from flask_sock import Sock


def make(defect):
    app = Flask(__name__)
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": ECHO_LIMIT}
    CORS(app, origins=origins(defect), methods=methods(defect), allow_headers=headers(defect))
    sock = Sock(app)

    @app.get("/health")
    def health():
        return HEALTH

    @app.get("/api/items")
    def items():
        return ITEMS

    @app.route("/api/users/42", methods=["GET", "PUT"])
    def user():
        if not is_admitted(defect, request.method, request.headers.get("Authorization")):
            return REFUSAL, 401, CHALLENGE
        return USER, 200, PRIVATE

    # A handler of flask-sock runs after the handshake.
    @app.before_request
    def who():
        if request.path == "/ws" and not may_connect(defect, request.headers.get("Origin")):
            abort(403)

    @sock.route("/ws")
    def echo(socket):
        while True:
            socket.send(socket.receive())

    @app.errorhandler(404)
    def not_found(_):
        return jsonify(detail="Not Found"), 404

    return app


def serve(defect, port):
    make(defect).run("127.0.0.1", port, threaded=True)
