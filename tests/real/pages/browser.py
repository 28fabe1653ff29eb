"""Every page in headless Chromium, without a policy and under one: what it asked for, and what was stopped."""

import json
import re
import secrets
import ssl
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from chromium.oracle import FLAGS

# How long the browser may take over all pages.
PATIENCE = 240

KINDS = {
    "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "png": "image/png", "gif": "image/gif",
    "jpg": "image/jpeg", "ico": "image/x-icon", "woff2": "font/woff2", "woff": "font/woff", "json": "application/json",
    "webmanifest": "application/manifest+json", "mp4": "video/mp4", "mp3": "audio/mpeg", "vtt": "text/vtt",
}  # fmt: skip
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'><symbol id='a'/></svg>"
# Of the hosts that serve fonts, whatever sheet is asked for.
FONTS = "@font-face { font-family: Remote; src: url(https://fonts.files.example/s/a.woff2) } p { font-family: Remote }"

# Shows the pages one after the other, and clicks what runs when it is clicked.
TOP = """<!doctype html><meta charset=utf-8><title>pages</title><body><script>
const settle = (time) => new Promise((done) => setTimeout(done, time));
const show = async (address) => {
  const frame = document.createElement("iframe");
  frame.src = address;
  const loaded = new Promise((done) => { frame.onload = done; });
  document.body.append(frame);
  await Promise.race([loaded, settle(5000)]);
  await settle(250);
  for (const one of frame.contentDocument.querySelectorAll("a[href^='javascript:'], button, [onclick]")) one.click();
  await settle(150);
  frame.remove();
};
(async () => {
  for (const address of ADDRESSES) await show(address);
  await fetch("/finished", { method: "POST" });
})();
</script>"""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A peer that gives up, or speaks no TLS, is nothing to tell."""


class Site:
    """All pages, each at `/page/NAME`, and whatever they ask any host for."""

    def __init__(self, pages, scripts, certificate):
        self.pages, self.scripts = pages, scripts
        self.policies = {}
        # Of (name, under a policy): the addresses asked for, and what was stopped.
        self.asked, self.stopped = {}, {}
        self.finished = threading.Event()
        self.server = Server(("127.0.0.1", 0), handler(self))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.origin = f"https://localhost:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()

    def address(self, name):
        return f"{self.origin}/page/{name}"

    def load(self, names, policies):
        """In one browser: each page without a policy, then under its own."""
        self.policies = policies
        self.addresses = [f"/page/{name}{query}" for name in names for query in ("", "?held")]
        # No name is looked up: every host is this server.
        hosts = f"MAP * 127.0.0.1:{self.server.server_port}, EXCLUDE localhost"
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            browser = subprocess.Popen(
                ["chromium", *FLAGS, "--ignore-certificate-errors", f"--host-resolver-rules={hosts}",
                 f"--user-data-dir={profile}", self.origin + "/top"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                assert self.finished.wait(PATIENCE), f"Chromium did not finish: {len(self.asked)} pages seen"
            finally:
                browser.terminate()
                browser.wait(10)


def handler(site):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, body, kind="text/html; charset=utf-8", fields=()):
            body = body.encode()
            self.send_response_only(200)
            common = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"),
                      ("Access-Control-Allow-Origin", self.headers.get("Origin", "*")),
                      ("Access-Control-Allow-Credentials", "true")]  # fmt: skip
            for name, value in [*common, *fields]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def page(self, name, held):
            nonce = secrets.token_urlsafe(16)
            markup = site.pages[name].replace("{nonce}", nonce)
            policy = site.policies.get(name)
            if not held or policy is None:
                return self.answer(markup)
            policy = policy.replace("{RANDOM}", nonce) + f"; report-uri /stopped/{name}"
            return self.answer(markup, fields=[("Content-Security-Policy", policy)])

        def do_GET(self):
            url = urlsplit(self.path)
            host = self.headers.get("Host", "")
            own = host.startswith("localhost")
            if own and url.path == "/top":
                return self.answer(TOP.replace("ADDRESSES", json.dumps(site.addresses)))
            if own and url.path.startswith("/page/"):
                name = url.path.removeprefix("/page/")
                if name in site.pages:
                    site.shown = name, url.query == "held"
                    return self.page(*site.shown)
            self.note(("" if own else host) + url.path)
            path = ("" if own else host) + url.path
            ending = path.rsplit(".", 1)[-1]
            if path in site.scripts:
                kind = KINDS["css"] if ending == "css" else KINDS["js"]
                return self.answer(site.scripts[path], kind)
            if host == "fonts.sheets.example":
                return self.answer(FONTS, "text/css")
            body = {"svg": SVG, "js": "", "json": "{}"}.get(ending, "")
            if "js" in path.split("/") or path.endswith(("load.php", "/gtag/js")):
                return self.answer("", KINDS["js"])
            return self.answer(body, KINDS.get(ending, "text/html"))

        def note(self, path):
            # The browser asks hosts of its maker on its own account.
            if path.startswith("/") or path.split("/")[0].endswith(".example"):
                site.asked.setdefault(site.shown, set()).add(path)

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if stopped := re.match("/stopped/(.+)", self.path):
                report = json.loads(body)["csp-report"]
                said = f"{report['effective-directive']} {report['blocked-uri']} {report.get('script-sample', '')}"
                site.stopped.setdefault(stopped[1], []).append(said)
            elif self.path == "/finished":
                site.finished.set()
            else:
                self.note(self.headers.get("Host", "") + urlsplit(self.path).path)
            self.answer("")

        def log_message(self, *_):
            pass

    return Handler
