"""What every stack serves, and what a planted defect takes out of it.

`GET /health` and `GET /api/items` are for everybody, `GET` and `PUT /api/users/42` want a token, and
`/ws` echoes. Pages of one origin may call all of it.
"""

APP = "https://app.example.com"
TOKEN = "good-token"
# What a page of the declared origin sends.
HEADERS = ["Authorization", "X-Client"]
METHODS = ["GET", "PUT"]

HEALTH = {"status": "ok"}
ITEMS = {"items": ["oak", "elm"]}
USER = {"id": 42}
ECHO_LIMIT = 64 * 1024


def origins(defect: str) -> list[str]:
    """The list that the server is given."""
    return ["https://partner.example.org"] if defect == "origin" else [APP]


def headers(defect: str) -> list[str]:
    return [name for name in HEADERS if (defect, name) != ("header", "X-Client")]


def methods(defect: str) -> list[str]:
    return [name for name in METHODS if (defect, name) != ("method", "PUT")]


def is_guarded(defect: str, method: str) -> bool:
    return (defect, method) != ("guard", "PUT")


def is_admitted(defect: str, method: str, authorization: str | None) -> bool:
    """Whether a request for a user's record may go on."""
    return not is_guarded(defect, method) or authorization == f"Bearer {TOKEN}"


def may_connect(defect: str, origin: str | None) -> bool:
    """Whether a handshake may go on; clients that are no browsers send no origin."""
    return defect == "socket" or origin in (None, APP)


CHALLENGE = {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"}
REFUSAL = {"detail": "Not authenticated"}
PRIVATE = {"Cache-Control": "no-store"}
