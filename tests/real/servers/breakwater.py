"""A WebSocket server by hand, so that it can be wrong in one place: `/FAULT/` is the socket with it.

No library would send these answers. `good` is right everywhere, and the faults under LEGAL are
oddities that RFC 6455 allows.
"""

import base64
import hashlib
import socket
import struct
import sys
import threading
import time

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# The fault, and the rules that must fail for it: all of them, and no other above info.
SOCKET = {
    "good": [],
    # What RFC 6455 allows, however odd.
    "keep-alive": [],
    "lower-case": [],
    "frames-with-the-head": [],
    "greeting": [],
    "version-unannounced": [],
    "content-on-101": [],
    "oversize-1008": [],
    "malformed-key": [],
    "pong-behind-close": [],
    "page-on-get": [],
    "unimplemented-get": [],
    "silent-get": [],  # nothing but a socket
    # The handshake.
    "no-upgrade": ["websocket/handshake-violation"],
    "other-upgrade": ["websocket/handshake-violation"],
    "no-connection": ["websocket/handshake-violation"],
    "other-connection": ["websocket/handshake-violation"],
    "no-accept": ["websocket/handshake-violation"],
    "wrong-accept": ["websocket/handshake-violation"],
    "two-accepts": ["websocket/handshake-violation"],
    "extension": ["websocket/handshake-violation"],
    "subprotocol": ["websocket/handshake-violation"],
    "no-subprotocol": ["websocket/subprotocol-unanswered"],
    "http10": ["websocket/handshake-violation"],
    "three-at-once": ["websocket/handshake-violation"],
    "any-version": ["websocket/takes-other-version"],
    "breaks-on-get": ["websocket/plain-get-breaks"],
    "opens-on-get": ["websocket/plain-get-breaks"],
    "any-key": ["websocket/takes-no-key"],
    "crashes-on-version": ["websocket/handshake-breaks"],
    "crashes-without-key": ["websocket/handshake-breaks"],
    # The socket.
    "closed-at-once": ["websocket/drops-clients"],
    "dropped-at-once": ["websocket/drops-clients"],
    "no-pong": ["websocket/no-pong"],
    "other-pong": ["websocket/other-pong"],
    "empty-pong": ["websocket/other-pong"],
    "masked-frames": ["websocket/frame-violation"],
    "reserved-bits": ["websocket/frame-violation"],
    "not-utf8": ["websocket/frame-violation", "websocket/other-reply"],
    "reserved-close": ["websocket/frame-violation"],
    "no-close": ["websocket/no-close-frame"],
    "other-echo": ["websocket/other-reply"],
    "takes-unmasked": ["websocket/takes-unmasked"],
    "silent-on-unmasked": ["websocket/takes-unmasked"],
    "swallows-invalid-utf8": ["websocket/takes-invalid-utf8"],
    "drops-oversize": [],  # said to be known, no more
    "http-behind-close": ["websocket/http-on-socket"],
    "http-before-close": ["websocket/http-on-socket"],
    "takes-reserved": ["websocket/takes-reserved-bits"],
    "takes-invalid-utf8": ["websocket/takes-invalid-utf8"],
    "takes-oversize": ["websocket/takes-oversize"],
}

# What a server for HTTP writes when the handler of a socket returns.
ANSWER = b"HTTP/1.1 200 OK\r\nDate: Mon, 30 Nov 2026 12:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def head_of(connection):
    data = b""
    while b"\r\n\r\n" not in data and len(data) < 65536:
        chunk = connection.recv(4096)
        if not chunk:
            return None, {}
        data += chunk
    lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    fields = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        fields[name.strip().lower()] = value.strip()
    return lines[0], fields


def answer(fault, fields):
    """The status line and fields of a 101, wrong in the way asked for."""
    key = fields.get("sec-websocket-key", "")
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    sent = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept}
    offered = [name.strip() for name in fields.get("sec-websocket-protocol", "").split(",") if name]
    if offered and fault != "no-subprotocol":
        sent["Sec-WebSocket-Protocol"] = offered[0]
    status, twice = "HTTP/1.1 101 Switching Protocols", []
    match fault:
        case "keep-alive":
            sent["Connection"] = "keep-alive, Upgrade"
        case "lower-case":
            sent = {name.lower(): value for name, value in sent.items()}
            sent["upgrade"] = "WebSocket"
        case "content-on-101":
            sent["Content-Length"] = "0"
        case "no-upgrade":
            del sent["Upgrade"]
        case "other-upgrade":
            sent["Upgrade"] = "h2c"
        case "no-connection":
            del sent["Connection"]
        case "other-connection":
            sent["Connection"] = "keep-alive"
        case "no-accept":
            del sent["Sec-WebSocket-Accept"]
        case "wrong-accept":
            sent["Sec-WebSocket-Accept"] = base64.b64encode(b"not the digest at al").decode()
        case "two-accepts":
            twice = [("Sec-WebSocket-Accept", accept)]
        case "extension":
            sent["Sec-WebSocket-Extensions"] = "permessage-deflate"
        case "subprotocol":
            sent["Sec-WebSocket-Protocol"] = "never.offered"
        case "http10":
            status = "HTTP/1.0 101 Switching Protocols"
        case "three-at-once":
            status = "HTTP/1.0 101 Switching Protocols"
            del sent["Upgrade"]
            del sent["Connection"]
    lines = [status] + [f"{name}: {value}" for name, value in [*sent.items(), *twice]]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def refusal(status, body=b"no", **fields):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: text/plain"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def is_key(text):
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except ValueError:
        return False


def refused(fault, line, fields):
    """What a handshake that must not be completed is answered, or None."""
    if not line.startswith("GET "):
        return refusal("405 Method Not Allowed", Allow="GET")
    if "websocket" not in fields.get("upgrade", "").lower():
        match fault:
            case "page-on-get":
                return refusal("200 OK", b"<title>harbour</title>")
            case "silent-get":
                time.sleep(8)
                return b""
            case "unimplemented-get":
                return refusal("501 Not Implemented")
            case "breaks-on-get":
                return refusal("500 Internal Server Error")
            case "opens-on-get":
                return None
        return refusal("426 Upgrade Required", Upgrade="websocket", Connection="Upgrade")
    if fields.get("sec-websocket-version") != "13" and fault == "crashes-on-version":
        return refusal("500 Internal Server Error")
    if not fields.get("sec-websocket-key") and fault == "crashes-without-key":
        return refusal("500 Internal Server Error")
    if fields.get("sec-websocket-version") != "13" and fault != "any-version":
        if fault == "version-unannounced":
            return refusal("400 Bad Request")
        return refusal("426 Upgrade Required", Sec_WebSocket_Version="13")
    key = fields.get("sec-websocket-key", "")
    takes = fault == "any-key" or (fault == "malformed-key" and key)
    if not is_key(key) and not takes:
        return refusal("400 Bad Request")
    return None


def frame(opcode, payload=b"", first=0x80, mask=False):
    length = len(payload)
    if length < 126:
        size = struct.pack("!B", length | (0x80 if mask else 0))
    else:
        size = struct.pack("!BH", 126 | (0x80 if mask else 0), length)
    key = b"\1\2\3\4" if mask else b""
    if mask:
        payload = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))
    return bytes([first | opcode]) + size + key + payload


def exactly(connection, length):
    data = b""
    while len(data) < length:
        chunk = connection.recv(length - len(data))
        if not chunk:
            raise ConnectionError
        data += chunk
    return data


def receive(connection):
    first, second = exactly(connection, 2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", exactly(connection, 2))
    elif length == 127:
        (length,) = struct.unpack("!Q", exactly(connection, 8))
    key = exactly(connection, 4) if second & 0x80 else None
    payload = exactly(connection, min(length, 1 << 20))
    if key:
        payload = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))
    return first, key is not None, payload


def closing(code):
    return frame(CLOSE, struct.pack("!H", code))


def wrong(fault, first, masked, payload):
    """The close code that a client's frame earns, unless the fault is to let it pass."""
    opcode = first & 0xF
    if not masked and fault != "takes-unmasked":
        return 1002
    if first & 0x70 and fault != "takes-reserved":
        return 1002
    if opcode == TEXT and fault != "takes-invalid-utf8":
        try:
            payload.decode()
        except UnicodeDecodeError:
            return 1007
    if len(payload) > 65536 and fault == "oversize-1008":
        return 1008
    if len(payload) > 65536 and fault != "takes-oversize":
        return 1009
    return None


def pong(fault, payload):
    match fault:
        case "no-pong":
            return b""
        case "other-pong":
            return frame(PONG, b"something else")
        case "empty-pong":
            return frame(PONG)
        case "masked-frames":
            return frame(PONG, payload, mask=True)
        case "reserved-bits":
            return frame(PONG, payload, first=0xC0)
    return frame(PONG, payload)


def talk(connection, fault):
    if fault == "greeting":
        connection.sendall(frame(TEXT, b'{"type":"hello"}'))
    if fault == "closed-at-once":
        connection.sendall(closing(1011))
        return
    if fault == "dropped-at-once":
        return
    while True:
        first, masked, payload = receive(connection)
        code = wrong(fault, first, masked, payload)
        if not masked and fault == "silent-on-unmasked":
            while connection.recv(4096):
                pass
            return
        if (fault, code) in [("swallows-invalid-utf8", 1007), ("drops-oversize", 1009)]:
            continue
        if code is not None:
            connection.sendall(closing(code))
            return
        opcode = first & 0xF
        if opcode == PING:
            connection.sendall(pong(fault, payload))
        elif opcode == CLOSE:
            match fault:
                case "no-close":
                    pass
                case "reserved-close":
                    connection.sendall(closing(1006))
                case "pong-behind-close":
                    connection.sendall(frame(CLOSE, payload[:2]) + frame(PONG, b"late"))
                case "http-behind-close":
                    connection.sendall(frame(CLOSE, payload[:2]) + ANSWER)
                case "http-before-close":
                    connection.sendall(ANSWER + frame(CLOSE, payload[:2]))
                case _:
                    connection.sendall(frame(CLOSE, payload[:2]))
            return
        elif opcode in (TEXT, BINARY):
            echoed = b'{"type":"nack"}' if fault == "other-echo" else b'{"type":"pong"}'
            if fault == "not-utf8":
                echoed = b"\xff\xfe"
            connection.sendall(frame(opcode, echoed))


def serve(connection):
    with connection:
        connection.settimeout(60)
        try:
            line, fields = head_of(connection)
            if line is None:
                return
            fault = line.split(" ")[1].split("/")[1]
            if fault == "silent":
                connection.recv(1)
                return
            refusing = refused(fault, line, fields)
            if refusing is not None:
                connection.sendall(refusing)
                return
            if fault == "frames-with-the-head":
                connection.sendall(answer(fault, fields) + frame(TEXT, b'{"type":"hello"}'))
            else:
                connection.sendall(answer(fault, fields))
            talk(connection, fault)
        except (ConnectionError, TimeoutError, ValueError):
            pass


def main():
    port = int(sys.argv[1])
    with socket.create_server(("127.0.0.1", port), backlog=64) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
