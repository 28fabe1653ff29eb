"""The Flask service under gunicorn's threaded workers."""

from flask_werkzeug import make
from gunicorn.app.base import BaseApplication


class Application(BaseApplication):
    def __init__(self, app, port):
        self.app, self.port = app, port
        super().__init__()

    def load_config(self):
        for name, value in {"bind": f"127.0.0.1:{self.port}", "worker_class": "gthread", "threads": 16, "loglevel": "warning", "graceful_timeout": 1}.items():
            self.cfg.set(name, value)

    def load(self):
        return self.app


def serve(defect, port):
    Application(make(defect), port).run()
