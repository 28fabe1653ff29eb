"""Sites for the Observatory to grade, plausible and broken, drawn with a fixed seed.

A case is one path. `http` and `https` are lists of answers: all but the last redirect to the next.
An answer is `status`, `headers` (name and value pairs, in order) and `body`.
"""

import random
from dataclasses import dataclass, field

from . import policies

HSTS = [
    "max-age=31536000; includeSubDomains; preload", "max-age=15552000", "max-age=15551999",
    "max-age=0", 'max-age="31536000"', "max-age=31536000junk", "max-age = 31536000", "max-age=abc",
    "MAX-AGE=63072000", "includeSubDomains", "max-age=31536000, max-age=1", "", ";",
    "max-age=1; max-age=31536000", "max-age=-1", "max-age= 31536000",
]  # fmt: skip
REFERRER = [
    "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "origin",
    "unsafe-url", "no-referrer-when-downgrade", "no-referrer, unsafe-url", "unsafe-url, no-referrer",
    "no-referrer, bogus", "bogus", "", "NO-REFERRER", "origin-when-cross-origin",
]  # fmt: skip
NOSNIFF = ["nosniff", "NoSniff", "nosniff, nosniff", "none", "", " nosniff "]
FRAMING = ["DENY", "SAMEORIGIN", "deny", "ALLOW-FROM https://a.example", "DENY, DENY", "x", ""]
CORP = ["same-origin", "same-site", "cross-origin", "SAME-ORIGIN", "same-origin, same-origin", "x", ""]
ALLOW_ORIGIN = ["*", "https://a.example", "null", "REFLECT", "", "* , *"]
COOKIES = [
    "sessionid=abc; Secure; HttpOnly; SameSite=Lax", "sessionid=abc; Secure; HttpOnly",
    "sessionid=abc; Secure", "sessionid=abc; HttpOnly", "a=b", "a=b; Secure", "a=b; SameSite=Strict",
    "a=b; Secure; SameSite=None", "a=b; SameSite=None", "a=b; Secure; SameSite=maybe",
    "a=b; Secure; SameSite", "csrftoken=x; Secure", "csrftoken=x; Secure; SameSite=Strict",
    "__Host-a=b; Secure; Path=/", "__Host-a=b; Path=/", "__Secure-a=b", "__Secure-a=b; Secure",
    "a=b; Domain=localhost; Secure", "a=b; Domain=other.example; Secure",
    "heroku-session-affinity=x", "login=; Max-Age=0; Path=/", "=noname; Secure", "novalue",
    "possession=1; Secure; HttpOnly; SameSite=Lax", "a=b; secure; httponly; samesite=LAX",
    "a=b; Path=/deep; Secure", "a=c; Path=/deep", "LOGIN_ID=1; Secure; SameSite=Lax",
]  # fmt: skip
TYPES = [
    "text/html", "text/html; charset=utf-8", "application/xhtml+xml", "Text/HTML", "text/html ;x",
    "application/json", "text/plain",
]  # fmt: skip
SCRIPTS = [
    '<script src="/a.js"></script>', "<script>inline()</script>",
    '<script src="/a.js" integrity="sha384-x"></script>',
    '<script src="//cdn.example.com/a.js"></script>',
    '<script src="//cdn.example.com/a.js" integrity="sha384-x"></script>',
    '<script src="https://cdn.example.com/a.js"></script>',
    '<script src="https://cdn.example.com/a.js" integrity="sha384-x"></script>',
    '<script src="http://cdn.example.com/a.js"></script>',
    '<script src="http://cdn.example.com/a.js" integrity="sha384-x"></script>',
    '<script src="HTTPS://CDN.EXAMPLE.com/a.js"></script>',
    '<script src="https://127.0.0.1/a.js"></script>', '<script src=" /spaced.js "></script>',
    '<script src="data:text/javascript,x"></script>', "<script src=''></script>",
    '<script src="https://10.0.0.1/x.js" integrity=""></script>', "<script src=a.js integrity=x>",
]  # fmt: skip
MARKUP = [
    "<!-- <script src='http://evil.example/x'></script> -->",
    "<template><script src='http://evil.example/x'></script></template>",
    "<noscript><script src='https://cdn.example.com/x'></script></noscript>",
    "<textarea><script src='http://evil.example/x'></script></textarea>",
    "<base href='https://base.example/'>", "<meta name=referrer content=no-referrer>",
    "<meta name='REFERRER' content='unsafe-url'>", "<meta name=referrer content=''>",
    "<meta http-equiv=\"content-security-policy\" content=\"default-src 'self'\">",
    "<meta http-equiv='Content-Security-Policy' content='frame-ancestors none'>",
    "<body><meta http-equiv=content-security-policy content=\"script-src 'none'; img-src *\">",
    "<meta http-equiv=content-security-policy>", "<p>text &lt;script src=x&gt;",
    "<meta http-equiv=content-security-policy content='x'>",
    "<title><script src='http://evil.example/x'></script></title>",
    "<script><!-- <script src='http://evil.example/'></script> --></script>",
]  # fmt: skip


@dataclass
class Answer:
    status: int = 200
    headers: list = field(default_factory=list)
    body: str = ""


@dataclass
class Case:
    name: str
    http: list[Answer]
    https: list[Answer]
    # Answer to OPTIONS; None answers 405.
    options: Answer | None = None


def fields(draw: random.Random) -> list[tuple[str, str]]:
    """Security header lines: each with its own chance to be there, to be odd, to stand twice."""
    lines = []

    def maybe(chance, name, values, twice=0.04):
        if draw.random() < chance:
            good = draw.random() < 0.4
            lines.append((name, values[0] if good else draw.choice(values)))
            if draw.random() < twice:
                lines.append((name, draw.choice(values)))

    maybe(0.75, "Strict-Transport-Security", HSTS)
    maybe(0.5, "Referrer-Policy", REFERRER)
    maybe(0.7, "X-Content-Type-Options", NOSNIFF)
    maybe(0.6, "X-Frame-Options", FRAMING)
    maybe(0.4, "Cross-Origin-Resource-Policy", CORP)
    if draw.random() < 0.7:
        fixed = draw.random() < 0.4
        lines.append(
            ("Content-Security-Policy", draw.choice(policies.FIXED) if fixed else policies.policy(draw))
        )
        if draw.random() < 0.15:
            lines.append(("content-security-policy", policies.policy(draw)))
    if draw.random() < 0.1:
        lines.append(("Content-Security-Policy-Report-Only", "default-src 'self'"))
    for _ in range(draw.choice([0, 0, 0, 1, 1, 2, 3])):
        lines.append(("Set-Cookie", draw.choice(COOKIES)))
    draw.shuffle(lines)
    return lines


def page(draw: random.Random) -> str:
    parts = [draw.choice(SCRIPTS) for _ in range(draw.choice([0, 1, 1, 2, 3]))]
    parts += [draw.choice(MARKUP) for _ in range(draw.choice([0, 0, 1, 2]))]
    draw.shuffle(parts)
    return "<!doctype html><title>x</title>" + "\n".join(parts)


def answer(draw: random.Random) -> Answer:
    media_type = draw.choice(TYPES) if draw.random() < 0.3 else TYPES[1]
    body = page(draw) if draw.random() < 0.9 else draw.choice(['{"a": 1}', '"text"', "", "123", "0"])
    status = draw.choice([200] * 12 + [204, 401, 403, 404, 500, 304])
    return Answer(status, [("Content-Type", media_type), *fields(draw)], body)


def redirect(draw: random.Random, to: str) -> Answer:
    cookies = [("Set-Cookie", draw.choice(COOKIES))] if draw.random() < 0.3 else []
    return Answer(draw.choice([301, 302, 303, 307, 308]), [("Location", to), *cookies])


def case(draw: random.Random, index: int) -> Case:
    """`{http}` and `{https}` in a `Location` stand for the origins the case is served at."""
    name = f"case-{index}"
    here = f"/{name}"
    final = answer(draw)
    shape = draw.choice("upgrade upgrade upgrade stay detour other-host loop relative chain".split())
    https = [final]
    if shape == "upgrade":
        http = [redirect(draw, "{https}" + here)]
    elif shape == "stay":
        http = [answer(draw)]
    elif shape == "detour":
        http = [redirect(draw, f"{{http}}{here}/1"), redirect(draw, f"{{https}}{here}")]
    elif shape == "other-host":
        http = [redirect(draw, "{other}" + here)]
    elif shape == "loop":
        http = [redirect(draw, f"{{http}}{here}")]
    elif shape == "relative":
        http = [redirect(draw, f"{name}/1"), answer(draw)]
    else:
        http = [redirect(draw, f"{{https}}{here}")]
        https = [redirect(draw, f"{here}/1"), final]
    allow = [("Access-Control-Allow-Origin", draw.choice(ALLOW_ORIGIN))]
    credentials = [("Access-Control-Allow-Credentials", "true")] if draw.random() < 0.5 else []
    options = Answer(draw.choice([200, 204, 405]), allow + credentials)
    return Case(name, http, https, options if draw.random() < 0.4 else None)


def cases(count: int, seed: int = 4) -> list[Case]:
    draw = random.Random(seed)
    return [case(draw, index) for index in range(count)]
