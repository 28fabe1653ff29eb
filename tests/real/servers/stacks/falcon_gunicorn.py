"""The Falcon service under gunicorn's own worker for ASGI."""

from contract import ECHO_LIMIT
from falcon_uvicorn import make
from flask_gunicorn import Application


class Asgi(Application):
    def load_config(self):
        super().load_config()
        self.cfg.set("worker_class", "asgi")
        self.cfg.set("websocket_max_message_size", ECHO_LIMIT)


def serve(defect, port):
    Asgi(make(defect), port).run()
