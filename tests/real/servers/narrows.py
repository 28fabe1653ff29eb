"""A service with a rate limit: /e/N are its endpoints, /ws its socket, /login its login.

    narrows.py PORT [--advertise DIALECT] [--below PATH] [--limit N] [--window S] [--most N]
               [--limited HOW]

`--advertise` says the limit of a window on every answer below PATH, counted down by what was asked
in it. What is beyond `--most` in a window is answered 429 (the window is taken a tenth shorter: the
network squeezes what the client spaced out). `--limited` answers /e/3 with 429: `once`, or `always`.
Each request is a line of the log, with the status it was answered.
"""

import argparse
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from breakwater import answer, talk


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--advertise", choices=DIALECTS)
    parser.add_argument("--below", default="/")
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--window", type=int, default=60)
    parser.add_argument("--most", type=int)
    parser.add_argument("--limited", choices=["once", "always"])
    return parser.parse_args()


DIALECTS = {
    "items": lambda limit, rest, window: {
        "RateLimit": f'"default";r={rest};t={window}',
        "RateLimit-Policy": f'"default";q={limit};w={window}',
    },
    "dictionary": lambda limit, rest, window: {
        "RateLimit": f"limit={limit}, remaining={rest}, reset={window}"
    },
    "separate": lambda limit, rest, window: {
        "RateLimit-Limit": limit,
        "RateLimit-Remaining": rest,
        "RateLimit-Reset": window,
    },
    "vendor": lambda limit, rest, window: {
        "X-RateLimit-Limit": limit,
        "X-RateLimit-Remaining": rest,
        "X-RateLimit-Reset": int(time.time()) + window,
    },
    "only what is left": lambda limit, rest, window: {"X-RateLimit-Remaining": rest},
}


class Narrows(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = options()
    lock = threading.Lock()
    moments: list[float] = []
    refused: set[str] = set()

    def one_too_many(self) -> bool:
        """Counts the request; whether it is beyond what is enforced."""
        now, window = time.monotonic(), self.asked.window
        with self.lock:
            self.moments.append(now)
            if self.path == "/e/3" and self.asked.limited:
                first = self.path not in self.refused
                self.refused.add(self.path)
                return first or self.asked.limited == "always"
            recent = [moment for moment in self.moments if now - moment < 0.9 * window]
            return self.asked.most is not None and len(recent) > self.asked.most

    def rest(self) -> int:
        """How many the limit leaves in this window."""
        now = time.monotonic()
        recent = [moment for moment in self.moments if now - moment < self.asked.window]
        return max(0, self.asked.limit - len(recent))

    def do_GET(self):
        too_many = self.one_too_many()
        if self.headers.get("Upgrade") and not too_many:
            fields = {name.lower(): value for name, value in self.headers.items()}
            self.log_request(101)
            self.wfile.write(answer("good", fields))
            self.close_connection = True
            try:
                talk(self.connection, "good")
            except (ConnectionError, TimeoutError, ValueError):
                pass
            return
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        known = self.path.startswith("/e/") or self.path in ("/", "/login")
        status = 401 if self.path == "/login" else 200 if known else 404
        body = b'{"ok": true}'
        self.send_response(429 if too_many else status)
        if too_many:
            self.send_header("Retry-After", "1")
        if self.asked.advertise and self.path.startswith(self.asked.below):
            advertise = DIALECTS[self.asked.advertise]
            fields = advertise(self.asked.limit, self.rest(), self.asked.window)
            for name, value in fields.items():
                self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", len(body))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_POST = do_HEAD = do_OPTIONS = do_PROPFIND = do_TRACE = do_GET


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", Narrows.asked.port), Narrows).serve_forever()
