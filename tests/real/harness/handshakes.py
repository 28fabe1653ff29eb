"""What a WebSocket handshake and the frames behind it must look like to show the defect."""

import base64
import hashlib
import json
import re

from harness.commands import Shown, as_said

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
    if shown.talks:
        # It fell over something that was said.
        codes = [one.code for one in shown.received(CLOSE)]
        wanted = re.search(r"close (\d+)", shown.observed)
        return shown.received(PONG) != [] and (codes[:1] == [int(wanted[1])] if wanted else codes == [] and shown.ended)
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


TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
OPCODES = {0, TEXT, BINARY, CLOSE, PING, PONG}


def no_pong(shown: Shown) -> bool:
    return shown.sent(PING) != [] and shown.received(PONG) == []


def other_pong(shown: Shown) -> bool:
    pings = {one.payload for one in shown.sent(PING)}
    return any(one.payload not in pings for one in shown.received(PONG))


def slow_pong(shown: Shown) -> bool:
    """Each pong later than the declared time; a busy machine can only add to that."""
    limit = float(re.search(r"more than (\d+) ms", shown.observed)[1])
    sent = {one.payload: one.at for one in shown.sent(PING)}
    times = [one.at - sent[one.payload] for one in shown.received(PONG) if one.payload in sent]
    return times != [] and min(times) * 1000 > limit


def is_pong_of_the_application(payload: bytes) -> bool:
    try:
        return json.loads(payload)["type"] == "pong"
    except (ValueError, KeyError, TypeError):
        return False


def other_reply(shown: Shown) -> bool:
    """The declared message was said, and none of the answers is the declared one."""
    return shown.sent(TEXT) != [] and not any(map(is_pong_of_the_application, (one.payload for one in shown.received(TEXT, BINARY))))


def broken_frame(shown: Shown) -> bool:
    """RFC 6455 §5.1, §5.2, §5.5, §7.4 and §8.1, as far as one frame tells."""

    def breaks(one) -> bool:
        control = one.opcode >= CLOSE
        bits = one.head[0] & 0x70 or one.head[1] & 0x80 or one.opcode not in OPCODES
        unfit = control and (not one.head[0] & 0x80 or one.head[1] & 0x7F > 125)
        code = one.opcode == CLOSE and one.payload and (one.code is None or one.code in (1004, 1005, 1006, 1015) or one.code < 1000)
        try:
            (one.payload[2:] if one.opcode == CLOSE else one.payload if one.opcode == TEXT else b"").decode()
        except UnicodeDecodeError:
            return True
        return bool(bits or unfit or code)

    received = [one for one in shown.frames if one.received]
    continued = {one.opcode for one in received[:1]} == {0}
    return continued or any(map(breaks, received))


def unclosed(shown: Shown) -> bool:
    return shown.sent(CLOSE) != [] and shown.received(CLOSE) == []


def lived_on(shown: Shown) -> bool:
    return shown.sent(TEXT) != [] and shown.received(CLOSE) == [] and not shown.ended


def oversize_code(shown: Shown) -> bool:
    """Another close, an end without one, or nothing at all where the message was dropped."""
    return shown.sent(TEXT) != [] and [one.code for one in shown.received(CLOSE)][:1] != [1009]


def breaks_on_nonsense(shown: Shown) -> bool:
    codes = [one.code for one in shown.received(CLOSE)]
    return shown.sent(TEXT) != [] and (codes[:1] == [1011] or (codes == [] and shown.ended))


def leaks(shown: Shown) -> bool:
    words = shown.observed.split(": ", 1)[1].split("…")[0][:40]
    return any(words in one.payload.decode(errors="replace") for one in shown.received(TEXT, BINARY, CLOSE))


def closes_idle(shown: Shown) -> bool:
    """Of its own accord: no close of ours was sent."""
    return shown.sent(CLOSE) == [] and (shown.received(CLOSE) != [] or shown.ended)


def not_held(shown: Shown) -> bool:
    stayed, size = map(int, re.match(r"(\d+) of (\d+) stayed open", shown.observed).groups())
    return shown.received(PONG) != [] and len(shown.received(PONG)) < size


def unheard(shown: Shown) -> bool:
    """Said once, and fewer others got it than were there."""
    others = len(shown.received(PONG)) - 1
    return len(shown.sent(TEXT)) == 1 and others > 0 and len(shown.received(TEXT, BINARY)) < others


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
    "websocket/http-on-socket": lambda s: any(one.head == b"HT" for one in s.frames),
    "websocket/no-pong": no_pong,
    "websocket/other-pong": other_pong,
    "websocket/slow-round-trip": slow_pong,
    "websocket/other-reply": other_reply,
    "websocket/frame-violation": broken_frame,
    "websocket/no-close-frame": unclosed,
    "websocket/takes-oversize": lambda s: s.received(TEXT, BINARY) != [] and s.received(CLOSE) == [],
    "websocket/takes-unmasked": lived_on,
    "websocket/takes-invalid-utf8": lived_on,
    "websocket/takes-reserved-bits": lived_on,
    "websocket/oversize-code": oversize_code,
    "websocket/message-breaks": breaks_on_nonsense,
    "websocket/message-leaks": leaks,
    "websocket/no-heartbeat": lambda s: s.answer.status == 101 and s.received(PING) == [],
    "websocket/closes-idle": closes_idle,
    "websocket/not-held": not_held,
    "websocket/broadcast-lost": unheard,
}
