"""A FastCGI responder (FastCGI 1.0): `python fastcgi.py PORT`. It answers as PHP does, and badly."""

import socketserver
import struct
import sys

PAGE = b"<!doctype html><html lang=en><head><title>Quay</title></head><body><p>hello</p></body></html>"
HEAD = b"Content-Type: text/html; charset=utf-8\r\nX-Powered-By: PHP/8.2.7\r\nX-Frame-Options: ALLOWALL\r\n"
END, PARAMS, STDIN, STDOUT = 3, 4, 5, 6


class Responder(socketserver.StreamRequestHandler):
    def record(self):
        head = self.rfile.read(8)
        if len(head) < 8:
            return None, b""
        _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", head)
        return kind, self.rfile.read(length + padding)[:length]

    def send(self, kind, content):
        self.wfile.write(struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content)

    def handle(self):
        parameters = b""
        while (record := self.record())[0] is not None:
            kind, content = record
            if kind == PARAMS:
                parameters += content
            if kind == STDIN and not content:
                break
        # The lengths of the name and of its value come first.
        found = b"\x0c\x01DOCUMENT_URI/" in parameters
        status = b"" if found else b"Status: 404 Not Found\r\n"
        self.send(STDOUT, status + HEAD + b"\r\n" + (PAGE if found else b"gone"))
        self.send(STDOUT, b"")
        self.send(END, bytes(8))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", int(sys.argv[1])), Responder).serve_forever()
