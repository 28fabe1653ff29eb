"""A server that answers by the grid, and a page in headless Chromium that asks it."""

import json
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from . import variants

# How long the browser may take over the whole grid.
PATIENCE = 180

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)

PAGE = """<!doctype html><meta charset=utf-8><title>grid</title><script>
const grid = GRID, api = API, sandboxed = SANDBOXED;
const call = async ([id, method, headers, include]) => {
  const credentials = include ? "include" : "omit";
  try { await fetch(api + id, { method, headers, credentials, cache: "no-store" }); return true; }
  catch { return false; }
};
const run = async (cells) => {
  const readable = [], waiting = cells.slice().reverse();
  const worker = async () => { while (waiting.length) { const cell = waiting.pop(); readable.push([cell[0], await call(cell)]); } };
  await Promise.all(Array.from({ length: 6 }, worker));
  return readable;
};
if (sandboxed) run(grid).then((readable) => parent.postMessage(readable, "*"));
else {
  const frame = document.createElement("iframe");
  const framed = new Promise((done) => addEventListener("message", (event) => done(event.data)));
  frame.sandbox = "allow-scripts";
  frame.src = "/frame";
  const own = run(grid);  // the frame asks after the page, so that six connections are enough
  own.then(() => document.body.append(frame));
  Promise.all([own, framed]).then((all) => fetch("/done", { method: "POST", body: JSON.stringify(all.flat()) }));
}
</script><body></body>"""


def cells():
    """Every cell, in the order the recorded answers stand in."""
    for origin in variants.ORIGINS:
        for name in variants.VARIANTS:
            for method in variants.METHODS:
                for headers in variants.HEADERS:
                    for include in variants.CREDENTIALS:
                        yield origin, name, method, headers, include


class Grid:
    """What is asked under which path, and what came of it."""

    def __init__(self):
        self.cells = list(cells())
        self.lone = list(enumerate(variants.LONE_HEADERS, start=len(self.cells)))
        self.preflights, self.sent = {}, set()
        self.readable = {}
        self.done = threading.Event()

    def plan(self, origin):
        plan = [
            (f"/{i}", method, headers, include)
            for i, (o, _, method, headers, include) in enumerate(self.cells)
            if o == origin
        ]
        if origin == "page":
            plan += [(f"/{i}", "GET", [header], False) for i, header in self.lone]
        return plan

    def variant(self, path):
        number = int(path.strip("/"))
        name = self.cells[number][1] if number < len(self.cells) else "good"
        return number, variants.VARIANTS[name]

    def outcome(self, number):
        """`r` readable, `s` sent but not readable, `p` stopped at the preflight."""
        return "r" if self.readable[number] else "s" if number in self.sent else "p"


def handler(grid, api):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, fields, body=b""):
            self.send_response_only(status)
            for name, value in fields:
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(body)

        def filled(self, fields):
            origin = self.headers.get("Origin", "")
            other = "http://other.example"
            return [(n, v.format(origin=origin, upper=origin.upper(), other=other)) for n, v in fields]

        def do_OPTIONS(self):
            number, (status, fields, _, _) = grid.variant(self.path)
            grid.preflights[number] = self.headers.get("Access-Control-Request-Headers"), self.headers.get("Access-Control-Request-Method")
            location = [("Location", f"/{number}")] if 300 <= status < 400 else []
            self.answer(status, self.filled(fields) + location)

        def ask(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            number, (_, _, status, fields) = grid.variant(self.path)
            grid.sent.add(number)
            self.answer(status, self.filled(fields), b"{}")

        do_GET = do_POST = do_PUT = do_PATCH = ask

        def log_message(self, *_):
            pass

    class Pages(Handler):
        def do_GET(self):
            origin = "null" if urlsplit(self.path).path == "/frame" else "page"
            page = PAGE.replace("GRID", json.dumps(grid.plan(origin)), 1).replace("API", json.dumps(api), 1)
            page = page.replace("SANDBOXED", json.dumps(origin == "null"), 1)
            self.answer(200, [("Content-Type", "text/html")], page.encode())

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            grid.readable = {int(path[1:]): readable for path, readable in json.loads(body)}
            self.answer(204, [])
            grid.done.set()

    return Pages if api else Handler


def serve(handler_class):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_class)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


def ask_chromium() -> dict:
    """Runs the whole grid; the record is what `tests/golden/cors_chromium.json` holds."""
    grid = Grid()
    api_server, api = serve(handler(grid, None))
    page_server, page = serve(handler(grid, api))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            ["chromium", *FLAGS, f"--user-data-dir={profile}", page],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            assert grid.done.wait(PATIENCE), f"Chromium did not finish ({len(grid.sent)} requests seen)"
        finally:
            browser.terminate()
            browser.wait(10)
            api_server.shutdown()
            page_server.shutdown()
    return record(grid)


def record(grid) -> dict:
    requested = {}
    for number, (_, _, method, headers, include) in enumerate(grid.cells):
        asked = grid.preflights.get(number)
        requested.setdefault(json.dumps([method, headers]), set()).add(asked)
    assert all(len(answers) == 1 for answers in requested.values()), requested
    return {
        "methods": variants.METHODS,
        "headers": variants.HEADERS,
        "credentials": variants.CREDENTIALS,
        "origins": variants.ORIGINS,
        "requested": [[*json.loads(key), *(asked.pop() or (None, None))] for key, asked in requested.items()],
        "variants": [
            {
                "name": name,
                "preflight": {"status": variant[0], "fields": variant[1]},
                "answer": {"status": variant[2], "fields": variant[3]},
                "outcomes": {
                    origin: "".join(
                        grid.outcome(number)
                        for number, cell in enumerate(grid.cells)
                        if cell[0] == origin and cell[1] == name
                    )
                    for origin in variants.ORIGINS
                },
            }
            for name, variant in variants.VARIANTS.items()
        ],
        "lone_headers": [[*header, number in grid.preflights] for number, header in grid.lone],
    }
