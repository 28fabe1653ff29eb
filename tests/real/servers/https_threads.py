"""http.server behind ssl's defaults, a thread for each connection: PORT CHAIN KEY."""

import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, chain, key = sys.argv[1:]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def finish_request(self, request, address):
        """The handshake is made in the connection's own thread."""
        try:
            request = context.wrap_socket(request, server_side=True)
        except OSError:
            return
        super().finish_request(request, address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(chain, key)
Server(("127.0.0.1", int(port)), Handler).serve_forever()
