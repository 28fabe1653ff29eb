"""The grid: what a page asks for, and how the server answers.

`{origin}` in a value is the origin that asked, `{upper}` the same in upper case, `{other}` one that
did not. A variant is `(preflight status, preflight fields, status, fields)`.
"""

METHODS = ["GET", "POST", "PUT", "PATCH"]
HEADERS = [
    [],
    [["Content-Type", "application/json"]],
    [["Authorization", "Bearer x"]],
    [["X-Custom", "1"], ["Accept-Language", "en"]],
]
CREDENTIALS = [False, True]
# The page itself, and a sandboxed frame in it.
ORIGINS = ["page", "null"]

O, C, M, H = (
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
)
ALL_METHODS = (M, "GET, POST, PUT, PATCH")
ALL_HEADERS = (H, "authorization, content-type, x-custom")
ECHO, TRUE = (O, "{origin}"), (C, "true")
GOOD = [ECHO, TRUE, ALL_METHODS, ALL_HEADERS]
READ = [ECHO, TRUE]


def preflight(status, *fields):
    """Only the preflight differs from a good server's."""
    return (status, list(fields), 200, READ)


def answer(status, *fields):
    """Only the real answer differs."""
    return (204, GOOD, status, list(fields))


def both(*fields):
    """The same ACAO and ACAC on both."""
    return (204, [*fields, ALL_METHODS, ALL_HEADERS], 200, list(fields))


VARIANTS = {
    "good": (204, GOOD, 200, READ),
    "good 401": answer(401, *READ),
    "good 500": answer(500, *READ),
    "nothing": (204, [], 200, []),
    "401 without CORS": answer(401),
    **{f"preflight {status}": preflight(status, *GOOD) for status in (200, 202, 206, 299)},
    **{f"preflight {s}": preflight(s, *GOOD) for s in (301, 302, 307, 400, 401, 403, 404, 405, 429, 500, 503)},
    "star": both((O, "*")),
    "star with credentials": both((O, "*"), TRUE),
    "no credentials": both(ECHO),
    "credentials True": both(ECHO, (C, "True")),
    "credentials TRUE": both(ECHO, (C, "TRUE")),
    "credentials 1": both(ECHO, (C, "1")),
    "credentials twice": both(ECHO, TRUE, TRUE),
    "credentials false": both(ECHO, (C, "false")),
    "credentials spaced": both(ECHO, (C, "  true ")),
    "origin spaced": both((O, "  {origin}\t"), TRUE),
    "origin twice": both(ECHO, ECHO, TRUE),
    "origin and star": both(ECHO, (O, "*"), TRUE),
    "origin list": both((O, "{origin}, {other}"), TRUE),
    "origin space list": both((O, "{origin} {other}"), TRUE),
    "trailing slash": both((O, "{origin}/"), TRUE),
    "upper case": both((O, "{upper}"), TRUE),
    "quoted": both((O, '"{origin}"'), TRUE),
    "other": both((O, "{other}"), TRUE),
    "null": both((O, "null"), TRUE),
    "empty": both((O, ""), TRUE),
    "pattern": both((O, "http://*"), TRUE),
    "no methods": preflight(204, ECHO, TRUE, ALL_HEADERS),
    "methods empty": preflight(204, ECHO, TRUE, (M, ""), ALL_HEADERS),
    "methods star": preflight(204, ECHO, TRUE, (M, "*"), ALL_HEADERS),
    "methods star and PUT": preflight(204, ECHO, TRUE, (M, "*, PUT"), ALL_HEADERS),
    "methods lower case": preflight(204, ECHO, TRUE, (M, "get, post, put, patch"), ALL_HEADERS),
    "methods spaced": preflight(204, ECHO, TRUE, (M, "GET POST PUT PATCH"), ALL_HEADERS),
    "methods bracketed": preflight(204, ECHO, TRUE, (M, "[GET, PUT]"), ALL_HEADERS),
    "methods twice": preflight(204, ECHO, TRUE, (M, "GET"), (M, "PUT,,PATCH"), ALL_HEADERS),
    "methods without PUT": preflight(204, ECHO, TRUE, (M, "GET, POST, PATCH"), ALL_HEADERS),
    "no headers": preflight(204, ECHO, TRUE, ALL_METHODS),
    "headers star": preflight(204, ECHO, TRUE, ALL_METHODS, (H, "*")),
    "headers star and authorization": preflight(204, ECHO, TRUE, ALL_METHODS, (H, "*, Authorization")),
    "headers upper case": preflight(204, ECHO, TRUE, ALL_METHODS, (H, "AUTHORIZATION,CONTENT-TYPE,X-CUSTOM")),
    "headers spaced": preflight(204, ECHO, TRUE, ALL_METHODS, (H, "authorization content-type x-custom")),
    "headers quoted": preflight(204, ECHO, TRUE, ALL_METHODS, (H, '"authorization"')),
    "headers twice": preflight(204, ECHO, TRUE, ALL_METHODS, (H, "authorization"), (H, "content-type, x-custom")),
    "headers without authorization": preflight(204, ECHO, TRUE, ALL_METHODS, (H, "content-type, x-custom")),
    "public and all": (204, [(O, "*"), (M, "*"), (H, "*")], 200, [(O, "*")]),
    "preflight of another": preflight(204, (O, "{other}"), TRUE, ALL_METHODS, ALL_HEADERS),
    "answer of another": answer(200, (O, "{other}"), TRUE),
    "answer without CORS": answer(200),
    "answer star": answer(200, (O, "*"), TRUE),
}

# Request headers one by one: which make the browser ask first?
LONE_HEADERS = [
    ["Accept", "application/json"],
    ["Accept", "text/html;q=0.9, */*"],
    ["Accept", "a(b"],
    ["Accept", "a:b"],
    ["Accept-Language", "en-GB, de;q=0.5"],
    ["Accept-Language", "en_GB"],
    ["Content-Language", "de"],
    ["Content-Language", "de@x"],
    ["Content-Type", "text/plain"],
    ["Content-Type", "TEXT/PLAIN;charset=utf-8"],
    ["Content-Type", "multipart/form-data"],
    ["Content-Type", "application/x-www-form-urlencoded"],
    ["Content-Type", "application/json"],
    ["Content-Type", "text/html"],
    ["Content-Type", "text/plain; a=\"b\""],
    ["Content-Type", "text"],
    ["Range", "bytes=0-"],
    ["Range", "bytes=0-99"],
    ["Range", "bytes=9-1"],
    ["Range", "bytes=-5"],
    ["Range", "bytes=0-1,3-4"],
    ["Authorization", "Basic x"],
    ["X-Requested-With", "XMLHttpRequest"],
    ["Accept", "a" * 128],
    ["Accept", "a" * 129],
]
