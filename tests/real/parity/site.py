"""Serves cases over http and https, verbatim: every header line in its order, none added."""

import http.server
import ssl
import threading


def handler(cases, origins):
    named = {case.name: case for case in cases}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer_of(self):
            parts = self.path.split("?")[0].strip("/").split("/")
            case = named.get(parts[0])
            if case is None:
                return None
            answers = case.https if self.server.secure else case.http
            nth = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
            return answers[nth] if nth < len(answers) else None

        def do_GET(self):
            self.send(self.answer_of())

        def do_OPTIONS(self):
            case = named.get(self.path.strip("/").split("/")[0])
            self.send(case.options if case else None, missing=405)

        def send(self, answer, missing=404):
            status = answer.status if answer else missing
            lines = [f"HTTP/1.1 {status} X"]
            for name, value in answer.headers if answer else []:
                value = value.format_map(origins) if name == "Location" else value
                reflected = self.headers.get("Origin", "") if value == "REFLECT" else value
                lines.append(f"{name}: {reflected}")
            body = answer.body.encode() if answer and status not in (204, 304) else b""
            if status not in (204, 304):
                lines.append(f"Content-Length: {len(body)}")
            head = "\r\n".join([*lines, "", ""]).encode("latin-1")
            self.wfile.write(head + body)

        def log_message(self, *_):
            pass

    return Handler


class Site:
    """Both servers, on ports of their own, until the `with` block ends."""

    def __init__(self, cases, certificate):
        self.servers = []
        origins = {}
        for secure in (False, True):
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(cases, origins))
            server.daemon_threads = True
            server.secure = secure
            if secure:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(certificate.chain, certificate.key)
                server.socket = context.wrap_socket(
                    server.socket, server_side=True, do_handshake_on_connect=False
                )
            self.servers.append(server)
        self.http_port, self.https_port = (server.server_port for server in self.servers)
        origins["http"] = f"http://localhost:{self.http_port}"
        origins["https"] = f"https://localhost:{self.https_port}"
        origins["other"] = f"https://127.0.0.1:{self.https_port}"

    def __enter__(self):
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()
