"""No verdict depends on the order of a target file: endpoints, origins, methods and header fields.

Each seed draws an order for every list of the file, and audits a few services under it, each of them
wrong in one place: on FastAPI, on Express, and on ws. `SEED` in the environment draws other orders.
"""

import os
import random
import re

import pytest
import test_cors_auth as fastapi
import test_cors_auth_express_nginx as express
import test_sockets_contract as sockets

ORDERS = 52
BASE = int(os.environ.get("SEED", "1"))
LISTS = ("origins", "methods", "headers", "expose", "endpoint", "protected", "absent", "wrong_method")
A_RUN = 3

pytestmark = pytest.mark.beyond_ci


def items(inside: str) -> list[str]:
    """What stands between the commas of a list, with its tables, lists and strings left whole."""
    found, depth, quote, item = [], 0, "", ""
    for sign in inside:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        if sign == "," and depth == 0 and not quote:
            found.append(item.strip())
            item = ""
        else:
            item += sign
    return [one for one in [*found, item.strip()] if one]


def end_of(text: str, start: int) -> int:
    """Where the list ends that begins at `start`."""
    depth, quote = 0, ""
    for place in range(start, len(text)):
        sign = text[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        else:
            depth += (sign in "[{") - (sign in "]}")
        if depth == 0:
            return place
    raise AssertionError("a list without an end")


def in_order(text: str, draw: random.Random) -> str:
    """The file with every such list in an order of its own."""
    key = re.compile(rf"\b(?:{'|'.join(LISTS)}) = (?=\[)")
    place = 0
    while found := key.search(text, place):
        end = end_of(text, found.end())
        listed = items(text[found.end() + 1 : end])
        draw.shuffle(listed)
        text = f"{text[: found.end()]}[{', '.join(listed)}{text[end:]}"
        place = found.end()
    return text


def drawn(defects: dict, seed: int) -> list[str]:
    """A few of the defects, so that all have their turn."""
    names = list(defects)
    return list(dict.fromkeys(names[(A_RUN * seed + nth) % len(names)] for nth in range(A_RUN)))


@pytest.fixture(scope="module")
def running(module_servers):
    token = fastapi.secrets()
    return token, {
        "fort": module_servers.python("fort"),
        "redoubt": module_servers.node("redoubt", env={"TOKEN": token["TOKEN"]}),
        "pier": module_servers.uvicorn("pier:app"),
        "quay": module_servers.node("quay"),
    }


def test_a_list_is_taken_apart_and_put_together():
    text = 'origins = ["a", "b"]\nendpoint = [{ get = "/x,y", json = { "/a" = [1, 2] } }, "/z"]\nother = [2, 1]'
    orders = {in_order(text, random.Random(seed)) for seed in range(20)}
    assert len(orders) == 4 and text in orders
    assert all(order.endswith("other = [2, 1]") and "[1, 2]" in order for order in orders)


@pytest.mark.parametrize("seed", range(ORDERS))
def test_cors_and_auth(seaworthy, running, tmp_path, monkeypatch, seed):
    env, servers = running
    draw = random.Random(BASE * 1000 + seed)
    monkeypatch.setattr(fastapi, "CONTRACT", in_order(fastapi.CONTRACT, draw))
    for server, defects, template in [
        ("fort", fastapi.FASTAPI, fastapi.TARGET),
        ("redoubt", express.EXPRESS, express.PLAIN),
    ]:
        names = drawn(defects, seed)
        target = in_order(template, draw)
        found = fastapi.audit(seaworthy, tmp_path, servers[server], names, env, target=target)
        for name in names:
            assert fastapi.failing(found[name]) == set(defects[name]), (BASE, seed, server, name, target)


@pytest.mark.parametrize("seed", range(ORDERS))
def test_contract_and_sockets(seaworthy, running, tmp_path_factory, seed):
    _, servers = running
    draw = random.Random(BASE * 1000 + seed)
    for server, family, defects, template in [
        ("pier", "contract", sockets.PIER_CONTRACT, sockets.PIER_ENDPOINTS),
        ("quay", "contract", sockets.QUAY_CONTRACT, sockets.QUAY_ENDPOINTS),
        ("quay", "websocket", sockets.QUAY_SOCKET, sockets.QUAY),
    ]:
        names = drawn(defects, seed)
        text = in_order(sockets.targets(template, names, servers[server].port), draw)
        found = sockets.ordinary(seaworthy, tmp_path_factory, family, text)
        for name in names:
            assert sockets.above_info(found[name]) == sorted(defects[name]), (BASE, seed, server, name, text)
