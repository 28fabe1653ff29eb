"""One page under many policies in headless Chromium: what of it runs, loads or applies."""

import base64
import hashlib
import json
import socket
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .oracle import FLAGS, serve

PATIENCE = 180

NONCE = "c2l4dGVlbiBieXRlcyBzbw=="



def said(item: str, page: str = "") -> str:
    """Script that tells the top page that it ran; `page` is how it gets at the page's window."""
    return f"{page}parent.postMessage({{number: +{page}location.search.slice(1), item: '{item}'}}, '*')"


# Line ends as a Windows editor leaves them: hashes are taken over LF.
HASHED = said("hashed") + ";\r\n"
HASHED_STYLE = "#hashedstyle {\r\n color: red }"


def digest(text: str) -> str:
    normalized = text.replace("\r\n", "\n").encode()
    return "'sha256-" + base64.b64encode(hashlib.sha256(normalized).digest()).decode() + "'"


PAGE = (
    "<!doctype html><html><head><meta charset=utf-8><title>grid</title>"
    f"<script>{said('early')}</script>"
    "{meta}"
    f"<script>{said('inline')}</script>"
    f"<script nonce={NONCE}>{said('nonced')}</script>"
    f"<script>{HASHED}</script>"
    f"<script type=module>{said('module')}</script>"
    "<script src=/own.js></script>"
    "<script src={other}/other.js></script>"
    f"<script src={{other}}/trusted.js nonce={NONCE}></script>"
    "<script src={other}/folder/below.js></script>"
    "<script src={six}/six.js></script>"
    "<style>#style { color: red }</style>"
    f"<style nonce={NONCE}>#noncedstyle {{ color: red }}</style>"
    f"<style>{HASHED_STYLE}</style>"
    "<link rel=stylesheet href=/own.css>"
    "<link rel=stylesheet href={other}/other.css>"
    "</head><body>"
    f"<img src=x: onerror=\"{said('handler')}\">"
    f"<iframe src=\"javascript:{said('url', 'parent.')}\"></iframe>"
    "<iframe src=/own.html></iframe>"
    "<iframe src={other}/other.html></iframe>"
    "<p id=style>style</p><p id=noncedstyle>style</p><p id=hashedstyle>style</p><p id=own>style</p><p id=other>style</p>"
    "<p id=attribute style='color: red'>style</p>"
    "<form id=toown action=/own-form target=sink><input name=a></form>"
    "<form id=toother action={other}/other-form target=sink><input name=a></form>"
    "</body></html>"
)

# In the order of the recorded digits.
ITEMS = (
    "early", "inline", "nonced", "hashed", "module", "own.js", "other.js", "trusted.js", "below.js", "six.js",
    "style", "noncedstyle", "hashedstyle", "own.css", "other.css", "attribute",
    "handler", "url", "own.html", "other.html", "own-form", "other-form",
    "worker", "eval",
)  # fmt: skip
STYLES = {"style": "style", "noncedstyle": "noncedstyle", "hashedstyle": "hashedstyle", "own": "own.css", "other": "other.css", "attribute": "attribute"}

# Fields, and a policy in <meta> behind the first script. `{own}`, `{other}` and `{six}`, which has an
# IPv6 address for a host, are origins.
POLICIES = [
    ([], ""),
    (["default-src 'none'"], ""),
    (["default-src 'self'"], ""),
    (["default-src *"], ""),
    (["default-src * 'unsafe-inline' 'unsafe-eval' data:"], ""),
    (["script-src 'self'; style-src 'self'"], ""),
    (["script-src 'unsafe-inline'"], ""),
    (["script-src 'unsafe-inline' 'self'; style-src 'unsafe-inline'"], ""),
    ([f"script-src 'nonce-{NONCE}'; style-src 'nonce-{NONCE}'"], ""),
    ([f"script-src 'nonce-{NONCE}' 'unsafe-inline'"], ""),
    ([f"script-src 'nonce-{NONCE}' 'strict-dynamic' 'self' {{other}}"], ""),
    ([f"default-src 'self'; script-src {digest(HASHED)}; style-src {digest(HASHED_STYLE)}"], ""),
    (["script-src {other}"], ""),
    (["script-src {other}/folder/"], ""),
    (["script-src {other}/other.js"], ""),
    (["script-src {six}"], ""),
    (["script-src [::1]:* 'self'"], ""),
    (["script-src http:"], ""),
    (["script-src 'self' 'unsafe-eval'"], ""),
    (["script-src-elem 'self'; script-src-attr 'unsafe-inline'"], ""),
    (["script-src-attr 'none'"], ""),
    (["style-src-elem 'self'; style-src-attr 'unsafe-inline'"], ""),
    (["style-src-attr 'none'"], ""),
    (["frame-src 'self'; form-action 'self'"], ""),
    (["child-src {other}; worker-src 'none'"], ""),
    (["worker-src 'self'; script-src 'none'"], ""),
    (["form-action 'none'; base-uri 'none'; frame-ancestors *"], ""),
    (["script-src 'self' 'report-sha256' 'report-sample'"], ""),
    (["script-src self"], ""),
    (["script-src 'none' 'self'"], ""),
    (["script-src 'self'; script-src *"], ""),
    (["default-src *", "script-src 'self'"], ""),
    (["default-src *, style-src 'none'"], ""),
    ([], "default-src 'none'"),
    ([], "script-src 'self'; form-action 'none'"),
    (["style-src 'self'"], "script-src 'unsafe-inline'"),
]

# Sandboxes have an origin of their own, so that only what tells by itself is seen: scripts.
SANDBOXES = [
    (["sandbox"], ""),
    (["sandbox allow-scripts"], ""),
    (["sandbox allow-scripts; script-src 'unsafe-inline'"], ""),
    (["sandbox allow-forms", "default-src *"], ""),
]
BY_ITSELF = ("early", "inline", "nonced", "hashed", "own.js", "other.js", "handler")

TOP = """<!doctype html><meta charset=utf-8><title>grid</title><body><iframe name=sink></iframe><script>
const told = {};
const tell = (number, item) => { (told[number] ??= new Set()).add(item); };
addEventListener("message", ({ data }) => { if (data.number !== undefined) tell(data.number, data.item); });
const styles = STYLES;
const settle = () => new Promise((done) => setTimeout(done, 50));
const look = async (number, sandboxed) => {
  const frame = document.createElement("iframe");
  frame.src = `/page?${number}`;
  const loaded = new Promise((done) => { frame.onload = done; });
  document.body.append(frame);
  await loaded;
  if (!sandboxed) {
    const inside = frame.contentWindow;
    await new Promise((done) => {
      try {
        const worker = new inside.Worker("/worker.js");
        worker.onmessage = () => { tell(number, "worker"); done(); };
        worker.onerror = done;
      } catch { done(); }
      setTimeout(done, 2000);
    });
    for (const [id, item] of Object.entries(styles))
      if (inside.getComputedStyle(inside.document.getElementById(id)).color === "rgb(255, 0, 0)") tell(number, item);
    try { inside.eval("1"); tell(number, "eval"); } catch {}
    for (const id of ["toown", "toother"]) {
      const form = inside.document.getElementById(id);
      form.elements.a.value = number;
      form.submit();
      await settle();
    }
  }
  await settle();
  frame.remove();
};
(async () => {
  for (let number = 0; number < COUNT; number++) await look(number, number >= SANDBOXED_FROM);
  const all = Object.fromEntries(Object.entries(told).map(([number, items]) => [number, [...items]]));
  await fetch("/done", { method: "POST", body: JSON.stringify(all) });
})();
</script>"""


class Six(ThreadingHTTPServer):
    address_family = socket.AF_INET6


class Grid:
    def __init__(self):
        self.cells = POLICIES + SANDBOXES
        self.told = {}
        self.seen = {}
        self.done = threading.Event()
        self.own = self.other = self.six = ""

    def note(self, number, item):
        self.seen.setdefault(str(number), set()).add(item)

    def filled(self, text):
        return text.replace("{own}", self.own).replace("{other}", self.other).replace("{six}", self.six)


def handler(grid):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, body, kind="text/html; charset=utf-8", fields=()):
            body = body.encode()
            self.send_response_only(200)
            for name, value in [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"), ("Referrer-Policy", "unsafe-url"), *fields]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def page(self, number):
            fields, meta = grid.cells[number]
            element = f'<meta http-equiv=content-security-policy content="{meta}">' if meta else ""
            page = PAGE.replace("{meta}", element)
            return grid.filled(page), [("Content-Security-Policy", grid.filled(field)) for field in fields]

        def do_GET(self):
            url = urlsplit(self.path)
            name = url.path.rsplit("/", 1)[-1]
            if url.path == "/":
                top = TOP.replace("STYLES", json.dumps(STYLES)).replace("COUNT", str(len(grid.cells)))
                return self.answer(top.replace("SANDBOXED_FROM", str(len(POLICIES))))
            if url.path == "/page":
                body, fields = self.page(int(url.query))
                return self.answer(body, fields=fields)
            number = self.number()
            if name.endswith(".js"):
                if name == "worker.js":
                    return self.answer("postMessage(1)", "text/javascript")
                return self.answer(said(name), "text/javascript")
            if name.endswith(".css"):
                return self.answer(f"#{name[:-4]} {{ color: red }}", "text/css")
            if name.endswith("-form"):
                grid.note(parse_qs(url.query)["a"][0], name)
            if name.endswith(".html") and number is not None:
                grid.note(number, name)
            return self.answer("<!doctype html><title>x</title>")

        def number(self):
            referrer = urlsplit(self.headers.get("Referer", ""))
            return int(referrer.query) if referrer.path == "/page" and referrer.query.isdigit() else None

        def do_POST(self):
            grid.told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.answer("")
            grid.done.set()

        def log_message(self, *_):
            pass

    return Handler


def ask_chromium() -> dict:
    """Runs the whole grid; the record is what `tests/golden/csp_chromium.json` holds."""
    grid = Grid()
    own_server, grid.own = serve(handler(grid))
    other_server, grid.other = serve(handler(grid))
    six_server = Six(("::1", 0), handler(grid))
    six_server.daemon_threads = True
    threading.Thread(target=six_server.serve_forever, daemon=True).start()
    grid.six = f"http://[::1]:{six_server.server_port}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            ["chromium", *FLAGS, f"--user-data-dir={profile}", grid.own + "/"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert grid.done.wait(PATIENCE), "Chromium did not finish"
        finally:
            browser.terminate()
            browser.wait(10)
            own_server.shutdown()
            other_server.shutdown()
            six_server.shutdown()
    return record(grid)


def record(grid) -> dict:
    def ran(number, items):
        found = set(grid.told.get(str(number), [])) | grid.seen.get(str(number), set())
        return "".join("1" if item in found else "0" for item in items)

    return {
        "page": PAGE,
        "items": list(ITEMS),
        "policies": [
            {"fields": fields, "meta": meta, "ran": ran(number, ITEMS)} for number, (fields, meta) in enumerate(POLICIES)
        ],
        "by_itself": list(BY_ITSELF),
        "sandboxes": [
            {"fields": fields, "meta": meta, "ran": ran(number, BY_ITSELF)}
            for number, (fields, meta) in enumerate(SANDBOXES, start=len(POLICIES))
        ],
    }
