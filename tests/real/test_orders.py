"""No verdict depends on the order of a target file: endpoints, origins, methods and header fields.

Each seed draws an order for every list of the file, and audits a few services under it, each of them
wrong in one place: on FastAPI, Express, ws, nginx and Deno. `SEED` in the environment draws other
orders. Whatever the order, no letter in the A range stands beside a grave defect, and none says more
than its fraction.
"""

import os
import random
import re

import pytest
import test_cors_auth as fastapi
import test_cors_auth_express_nginx as express
import test_sockets_contract as sockets
import test_stacks as stacks
from harness.http_stacks import STACKS

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


def says_no_more_than_it_knows(target: dict, families, seed):
    """A critical or high defect keeps the letter of its family out of the A range; where a question is
    open, the letter is A at most and its fraction stands beside it."""
    for name in families:
        family = target["families"][name]
        letter, coverage = family["grade"], family["coverage"]
        failed = [one for one in target["findings"] if one["family"] == name and one["outcome"] == "fail"]
        grave = {one["rule"] for one in failed if one["severity"] in ("critical", "high")}
        assert not (grave and letter.startswith("A")), (seed, target["name"], letter, grave)
        assert coverage["essential"] - coverage["shown"] == len(coverage["open"]), (seed, coverage)
        assert letter != "A+" or coverage["open"] == [], (seed, target["name"], coverage)


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
            says_no_more_than_it_knows(found[name], fastapi.FAMILIES, seed)


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
            says_no_more_than_it_knows(found[name], [family], seed)


@pytest.fixture(scope="module")
def nginxes(module_servers):
    """In front of one good service, each wrong in one place."""
    return {name: express.nginx(module_servers, name) for name in express.NGINX}


@pytest.mark.parametrize("seed", range(ORDERS))
def test_nginx(seaworthy, running, nginxes, tmp_path, monkeypatch, seed):
    env, _ = running
    draw = random.Random(BASE * 1000 + seed)
    monkeypatch.setattr(fastapi, "CONTRACT", in_order(fastapi.CONTRACT, draw))
    target = in_order(express.PLAIN, draw)
    for name in drawn(express.NGINX, seed):
        found = fastapi.audit(seaworthy, tmp_path, nginxes[name], ["edge"], env, target=target)["edge"]
        assert fastapi.failing(found) == express.NGINX[name][-1], (BASE, seed, name, target)
        says_no_more_than_it_knows(found, fastapi.FAMILIES, seed)


SECOND = 'protected = ["GET /api/users/42", "GET /api/users/42?page=2"]'


@pytest.fixture(scope="module")
def deno(module_servers):
    return stacks.start(module_servers, STACKS["Deno"])


@pytest.mark.parametrize("seed", range(ORDERS))
def test_deno(seaworthy, deno, tmp_path, monkeypatch, seed):
    stack = STACKS["Deno"]
    draw = random.Random(BASE * 1000 + seed)
    text = stacks.TARGET.replace('protected = ["GET /api/users/42"]', SECOND)
    assert SECOND in text
    monkeypatch.setattr(stacks, "TARGET", in_order(text, draw))
    names = ["good", *drawn({name: 0 for name in stack.defects() if name != "good"}, seed)]
    found = stacks.audit(seaworthy, tmp_path, stack, {name: deno[name] for name in names})
    for name in names:
        failed = {one["rule"] for one in stacks.failing(found[name])} - set(stack.defaults)
        assert failed == stack.defects()[name], (BASE, seed, name, stacks.TARGET)
        says_no_more_than_it_knows(found[name], stacks.FAMILIES, seed)
