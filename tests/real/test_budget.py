"""What the audit of a whole contract costs: for eighteen endpoints, three origins, a scheme, a login
and a socket, requests in proportion to what is declared, and nine handshakes an origin and a few more.

Over TLS, counted by the servers. The TLS family is left out, for its hellos have a budget of their
own, and so are timed samples, which are as many as are asked for.
"""

import json
import re
from datetime import datetime

import pytest
import test_cors_auth as fort_tests

RTT = 0.2
# Some 240 requests over six connections are forty in a row, and the control of every ten is one of
# them; a few wait for what others tell, and a connection that a refusal closed is made anew.
MOST_TRIPS = 56
CONNECTIONS = 6

SOCKET = """
[target.websocket]
path = "/ws?token={token}"
origins = ["https://app.example.com", "https://staging.pages.dev", "http://localhost:8080"]
echo = { send = '{"type":"ping"}', json = { "/type" = "pong" } }
"""


def contract(port: int) -> str:
    pages = ", ".join(f'"/api/items?page={page}"' for page in range(14))
    target = fort_tests.TARGET.replace("@NAME@", "good").replace("http://", "https://").replace("@PORT@", str(port))
    target = target.replace('endpoint = [{ get = "/health" }, ', f"endpoint = [{pages}, ")
    target = target.replace("protected = [", 'protected = ["GET /api/users/42?a", "GET /api/users/42?b", ')
    shared = fort_tests.CONTRACT.replace("REJECT", "401")
    shared = shared.replace('"https://staging.pages.dev"', '"https://staging.pages.dev", "http://localhost:8080"')
    shared = shared.replace("credentials = true", 'credentials = true, probe = ["PUT /api/users/42"]')
    return shared + target + SOCKET


@pytest.fixture
def edge(servers, ca):
    """nginx with TLS in front of the API and of the socket; the one token is both services' own."""
    env = fort_tests.secrets()
    fort, pier = servers.python("fort"), servers.uvicorn("pier:app")
    return env, servers.nginx(
        f"""
        access_log counted.log counted; ssl_session_tickets off; keepalive_requests 1000;
        location /ws {{
            set $known no; if ($arg_token = "{env["TOKEN"]}") {{ set $known good-token; }}
            proxy_pass {pier.http}/good/ws?token=$known; proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection;
        }}
        location / {{ proxy_pass {fort.http}; proxy_set_header Host $host; }}
        """,
        certificate=ca.certificate("good.localhost"),
        http="""log_format counted '$connection "$request" $status $http_upgrade';""",
    )


def audit(seaworthy, servers, ca, edge, tmp_path, delay):
    """Every request nginx was sent, as its line of the log, and the evidence."""
    env, nginx = edge
    log = nginx.log_path.parent / f"nginx-{nginx.port}" / "counted.log"
    before = log.read_text().count("\n") if log.exists() else 0
    distance = servers.python("distance", nginx.port, "--delay", str(delay))
    path, evidence = tmp_path / "targets.toml", tmp_path / "evidence"
    path.write_text(contract(distance.port))
    resolve = ("--resolve", f"good.localhost:{distance.port}:127.0.0.1")
    seaworthy.json(
        path, *resolve, "--cacert", ca.path, "--skip", "tls", "--skip", "latency",
        "--no-report", "--fail-on", "none", "--evidence", evidence, env=env,
    )  # fmt: skip
    return log.read_text().splitlines()[before:], json.loads(evidence.read_text())


def test_requests_and_handshakes(seaworthy, servers, ca, edge, tmp_path):
    """By nginx's log: what was asked, for which protocol, over how many connections of their own."""
    lines, evidence = audit(seaworthy, servers, ca, edge, tmp_path, 0)
    sockets = [line for line in lines if line.endswith(" websocket")]
    requests = [line for line in lines if not line.endswith(" websocket")]
    # Linear in what is declared. An open endpoint is asked for its answer, read by a page, and asked
    # for its preflight. A protected one is asked with and without credentials, a GET in other ways as
    # well. The page, what lies beside it and the attack origins are asked once, and one in ten is the
    # control.
    open_ones, protected, changing, once = 15, 3, 1, 70
    most = (3 * open_ones + 33 * protected + 14 * changing + once) * 1.1
    assert 100 < len(requests) <= most, (len(requests), "\n".join(requests))
    # Nine an origin, and what does not depend on them, with a control every ten.
    assert 20 < len(sockets) <= (9 * 3 + 14) * 1.1 + 1, "\n".join(sockets)
    # One TLS handshake a connection: those of the lane, and one of each socket.
    # An attempt to get past the guard that is refused closes its own: twice as many at most.
    assert len({line.split(" ")[0] for line in requests}) <= 2 * CONNECTIONS
    assert len({line.split(" ")[0] for line in sockets}) == len(sockets)
    asked = {re.search(r'"\w+ (\S+)', line)[1] for line in requests}
    assert {f"/api/items?page={page}" for page in range(14)} | {"/login", "/api/chat"} <= asked
    opened = [one for one in evidence["sockets"] if one["response"].get("seen", {}).get("status") == 101]
    assert opened, "the socket was looked into"


def moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def in_a_row(exchanges: list[dict]) -> list[dict]:
    """The most exchanges of which each began when the one before was over."""
    sent = [one for one in exchanges if "skipped" not in one["response"]]
    spans = [(moment(one["at"]), sum(one["phases"].values()) / 1e6, one) for one in sent]
    row, over = [], 0.0
    for began, took, one in sorted(spans, key=lambda span: span[0] + span[1]):
        if began >= over - RTT / 4:
            row.append(one)
            over = began + took
    return row


def trips(row: list[dict]) -> int:
    """One for each answer, and two more for TCP and TLS where a connection was made for it."""
    return sum(1 if one["connection"]["reused"] else 3 for one in row)


def test_round_trips(seaworthy, servers, ca, edge, tmp_path):
    """How many round trips lie one after the other, counted with a proxy between that makes them
    longer than anything else takes: this is a number of them, and no speed.
    """
    _, evidence = audit(seaworthy, servers, ca, edge, tmp_path, RTT / 2 * 1000)
    row = in_a_row(evidence["exchanges"])
    assert len(row) > 5 and trips(row) <= MOST_TRIPS, (trips(row), [one["question"] for one in row])
    # Behind the page a socket: TCP, TLS, the handshake, its pings, the declared message, the close.
    legitimate = [one for one in evidence["sockets"] if one["question"]["ask"] == {"socket": "legitimate"}]
    assert max(trips(row[:1]) + 3 + len(one["pings"]) + 2 for one in legitimate) <= 10
