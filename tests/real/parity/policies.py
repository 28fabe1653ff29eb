"""Content Security Policies, plausible and broken, drawn with a fixed seed."""

import random

DIRECTIVES = (
    "default-src script-src script-src-elem script-src-attr style-src style-src-elem object-src "
    "base-uri img-src media-src font-src connect-src frame-src frame-ancestors form-action "
    "report-uri report-to worker-src manifest-src sandbox plugin-types trusted-types "
    "require-trusted-types-for upgrade-insecure-requests block-all-mixed-content navigate-to "
    "reflected-xss referrer disown-opener prefetch-src child-src scripts-src default-src: foo"
).split()

SOURCES = (
    "'self' 'none' 'unsafe-inline' 'unsafe-eval' 'strict-dynamic' 'unsafe-hashes' 'report-sample' "
    "'nonce-r4nd0mr4nd0m' 'nonce-abc' 'nonce-with{brace}' 'NONCE-upper' "
    "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc=' 'sha384-abcd' 'SELF' 'slef' self none "
    "unsafe-inline nonce-abcdefgh sha256-abc * https: http: data: blob: ftp: wss: HTTPS: "
    "https://* http://* https://*.* *.example.com example.com https://example.com "
    "http://example.com https://example.com:8443 example.com:* https://example.com/path/ "
    "https://example.com/path https://example.com/path/app.js //example.com 127.0.0.1 "
    "http://127.0.0.1:8080 [::1] 10.1.2.3 127.1 localhost cdn.jsdelivr.net unpkg.com "
    "ajax.googleapis.com cdnjs.cloudflare.com www.google-analytics.com https://www.google.com "
    "www.google.com/tools/feedback/escalation-options www.google.com/tools/ *.googleapis.com "
    "vk.com www.gstatic.com /report https://report.example.com/r default 'script' "
    "'allow-duplicates' allow-scripts application/pdf application/x-shockwave-flash object-src "
    "script-src constructor"
).split()

# What makes `new URL` refuse the value, and the evaluator throw.
HOSTILE = "example.com:port https://exa%mple.com 1.2.3.4.5 http:// // ?q #f https://a^b".split()

SEPARATORS = ["; ", ";", " ; ", ";;", "; \t"]

STRICT = (
    "script-src 'strict-dynamic' 'nonce-r4nd0mr4nd0m' 'unsafe-inline' https: http:; "
    "object-src 'none'; base-uri 'none'"
)

FIXED = [
    "default-src 'none'",
    "default-src 'self'",
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'",
    STRICT,
    STRICT.replace("'nonce-r4nd0mr4nd0m'", ""),
    STRICT + "; report-uri /a; report-uri /b",
    "default-src https:",
    "default-src *",
    "default-src 'self'; object-src *",
    "img-src",
    "script-src; default-src 'self'",
    "a",
    ";",
    "img-sr",
    "upgrade-insecure-requests",
    "default-src 'self'; default-src *",
    "default-src 'self' http://example.com",
    "default-src 'self'; img-src http://example.com",
    "default-src 'self'; img-src http: https:",
    "default-src 'self'; style-src 'unsafe-inline'",
    "default-src 'self'; style-src 'unsafe-inline' 'nonce-abc'",
    "default-src 'self'; script-src 'self' 'unsafe-eval'",
    "default-src 'self'; frame-ancestors *",
    "frame-ancestors 'none'",
    "default-src 'none'; frame-ancestors 'none'",
    "default-src 'self' https://a.example https://a.example/b https://a.example/bc",
    "DEFAULT-SRC 'SELF'; Script-Src 'Unsafe-Inline'",
    "default-src 'self', script-src 'none'",
    "default-src 'none'; constructor x; 10 a; 9 b; __proto__ c",
    "script-src 'strict-dynamic' 'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='",
    "script-src 'nonce-abc' 'unsafe-inline' https:; object-src 'none'; script-src-elem 'self'",
    "default-src 'self'; trusted-types a b 'none'; require-trusted-types-for 'script'",
]


def policy(draw: random.Random, hostile: float = 0.03) -> str:
    """One policy of one to seven directives."""
    parts = []
    for _ in range(draw.randint(1, 7)):
        name = draw.choice(DIRECTIVES[:14] if draw.random() < 0.7 else DIRECTIVES)
        values = [draw.choice(SOURCES) for _ in range(draw.choice([0, 1, 1, 2, 2, 3, 5]))]
        if draw.random() < hostile:
            values.append(draw.choice(HOSTILE))
        parts.append(" ".join([name, *values]))
    return draw.choice(SEPARATORS).join(parts) + draw.choice(["", "", ";", "; "])


def policies(count: int, seed: int = 4) -> list[str]:
    """`count` policies: the fixed ones first."""
    draw = random.Random(seed)
    return (FIXED + [policy(draw) for _ in range(count)])[:count]
