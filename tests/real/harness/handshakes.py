"""What the answer to a WebSocket handshake must look like for the command to show the defect."""

import base64
import hashlib
import re

from harness.commands import Shown, as_said

# What happens behind the 101: no command of one line can show it. The handshake must be the same.
BEHIND_THE_HANDSHAKE = {
    "websocket/http-on-socket": "frames have to be read",
    "websocket/no-pong": "a ping has to be sent",
    "websocket/other-pong": "a ping has to be sent",
    "websocket/other-reply": "a message has to be sent",
    "websocket/message-breaks": "a message has to be sent",
    "websocket/message-leaks": "a message has to be sent",
    "websocket/frame-violation": "the server's frames are answers to ours",
    "websocket/no-close-frame": "a close frame has to be sent",
    "websocket/takes-oversize": "a large frame has to be sent",
    "websocket/takes-unmasked": "a broken frame has to be sent",
    "websocket/takes-invalid-utf8": "a broken frame has to be sent",
    "websocket/takes-reserved-bits": "a broken frame has to be sent",
    "websocket/oversize-code": "a large frame has to be sent",
    "websocket/slow-round-trip": "a ping has to be sent",
    "websocket/no-heartbeat": "the socket has to be listened to for longer",
    "websocket/not-held": "several sockets have to be held at once",
    "websocket/broadcast-lost": "several sockets have to be held at once",
    "websocket/closes-idle": "the socket has to be listened to for longer",
}

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def opened(shown: Shown) -> bool:
    """A 101, to the origin that the finding names, if it names one."""
    to = re.match(r"101 to (\S+) \(", shown.observed)
    return shown.answer.status == 101 and (to is None or shown.origin == to[1])


def close_code(shown: Shown) -> int | None:
    """The code of a close frame (RFC 6455 §5.5.1) that follows the head at once."""
    body = shown.answer.body
    return int.from_bytes(body[2:4], "big") if body[:1] == b"\x88" and len(body) >= 4 else None


def ends(shown: Shown) -> bool:
    """As the finding says: a status, a close code, or an end without either."""
    if "after it had answered pings" in shown.observed:
        # It fell over something that was said: the handshake alone leaves it open.
        return shown.answer.status == 101 and close_code(shown) is None
    code = re.search(r"then close (\d+)", shown.observed)
    if code:
        return shown.answer.status == 101 and close_code(shown) == int(code[1])
    if "dropped" in shown.observed:
        return shown.answers == [] and shown.code in (52, 56)
    if "the end without a close code" in shown.observed:
        # curl's own limit is 28: then the socket lived on.
        return shown.answer.status == 101 and close_code(shown) is None and shown.code != 28
    return as_said(shown)


def violates(shown: Shown) -> bool:
    """Of the finding's sentence, the named field as it came."""
    said, answer = shown.observed, shown.answer
    quoted = re.search(r"`([^`]*)`", said)
    if said.startswith("the answer is "):
        return answer.version == said.split(" ")[-1]
    if said.startswith("no "):
        if "were offered" in said and "sec-websocket-protocol" not in shown.asked.fields:
            return False
        return answer.value(said.split(" ")[1]) is None
    if said.startswith("two "):
        return len(answer.values(said.split(" ")[1])) == 2
    if "was not offered" in said:
        kind = {"extension": "extensions", "subprotocol": "protocol"}[said.split(" ")[0]]
        name = f"sec-websocket-{kind}"
        return quoted[1] in answer.members(name) and quoted[1] not in shown.asked.fields.get(name, "")
    if "answers another key" in said:
        key = shown.asked.fields["sec-websocket-key"]
        right = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        return answer.value("sec-websocket-accept") not in (None, right)
    return answer.value(said.split(" ")[0]) == quoted[1]


def field_asked(name, value):
    return lambda shown: opened(shown) and shown.asked.fields.get(name) == value


SOCKETS = "any-origin null-origin lookalike-origin no-credentials invalid-token forged-token expired-token other-user"

JUDGES = {
    **{f"websocket/accepts-{slug}": opened for slug in SOCKETS.split()},
    "websocket/takes-malformed-key": opened,
    "websocket/handshake-breaks": lambda shown: shown.answer.status >= 500,
    "websocket/not-opened": ends,
    "websocket/drops-clients": ends,
    "websocket/other-refusal": ends,
    "websocket/refusal-leaks": lambda s: s.observed.split(": ", 1)[1].split("…")[0][:40] in s.answer.text,
    "websocket/plain-accepted": lambda s: opened(s) and s.asked.url.startswith("http://"),
    "websocket/content-on-101": lambda s: opened(s) and s.answer.value(s.observed.split(" ")[0]) is not None,
    "websocket/refusal-is-error": lambda s: as_said(s) and s.answer.status >= 500,
    "websocket/handshake-violation": violates,
    "websocket/subprotocol-unanswered": violates,
    "websocket/cookie-from-anywhere": lambda s: opened(s) and "cookie" in s.asked.fields and s.origin is not None,
    "websocket/token-in-url": lambda s: opened(s) and s.asked.url.endswith("token=$TOKEN"),
    "websocket/accepts-no-origin": lambda s: opened(s) and s.origin is None,
    "websocket/plain-get-breaks": lambda s: s.answer.status in (101, 500) and as_said(s) and "upgrade" not in s.asked.fields,
    "websocket/version-unannounced": lambda s: as_said(s) and s.answer.value("sec-websocket-version") is None,
    "websocket/takes-other-version": field_asked("sec-websocket-version", "99"),
    "websocket/takes-no-key": field_asked("sec-websocket-key", None),
}
