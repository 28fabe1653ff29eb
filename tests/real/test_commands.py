"""Every command beside a finding of the four families, executed, shows what the finding says.

On every planted defect of every service that the other tests audit; none is left out.
"""

import json

import pytest
import test_cors_auth as fort_tests
import test_cors_auth_express_nginx as edge
import test_sockets_contract as sockets
from harness.defects import ELSEWHERE, JUDGES, not_shown, shown_of_good


@pytest.fixture(scope="module")
def env():
    return fort_tests.secrets()


def all_shown(targets, secrets, least, to_good=None):
    """Each shows its defect; where one server has them all, none shows it of the good service."""
    ran, wrong = not_shown(targets.values(), secrets)
    assert wrong == [], "\n".join(wrong)
    assert ran >= least, "too few commands were run to mean anything"
    if to_good:
        empty = shown_of_good(targets.values(), secrets, to_good)
        assert empty == [], "\n".join(empty)


def planted(defects) -> int:
    """How many findings there are at least."""
    return sum(map(len, defects.values()))


def by_host(command, name):
    return command.replace(f"//{name}.localhost", "//good.localhost").replace(f"{name}.localhost:", "good.localhost:")


def by_path(command, name):
    return command.replace(f"/{name}/", "/good/")


def test_cors_and_auth_on_fastapi(seaworthy, module_servers, env, tmp_path):
    server = module_servers.python("fort")
    names = [*fort_tests.FASTAPI, "mirrors"]
    all_shown(fort_tests.audit(seaworthy, tmp_path, server, names, env), env, planted(fort_tests.FASTAPI), by_host)


def test_other_cors_contracts(seaworthy, module_servers, tmp_path):
    server = module_servers.python("fort")
    for name, declared, expected in fort_tests.OTHER_CONTRACTS:
        found = fort_tests.other_contract(seaworthy, server, tmp_path, name, declared)
        all_shown(found, {}, len(expected))


def test_cors_and_auth_on_express(seaworthy, module_servers, env, tmp_path):
    server = module_servers.node("redoubt", env={"TOKEN": env["TOKEN"]})
    found = fort_tests.audit(seaworthy, tmp_path, server, list(edge.EXPRESS), env, target=edge.PLAIN)
    all_shown(found, env, planted(edge.EXPRESS), by_host)


@pytest.mark.parametrize("name", [name for name in edge.NGINX if edge.NGINX[name][-1]])
def test_cors_and_auth_on_nginx(seaworthy, servers, env, tmp_path, name):
    server = edge.nginx(servers, name)
    found = fort_tests.audit(seaworthy, tmp_path, server, ["edge"], env, target=edge.PLAIN)
    all_shown(found, env, 1)


SERVICES = {
    "FastAPI contract": ("pier", "contract", sockets.PIER_ENDPOINTS, sockets.PIER_CONTRACT),
    "Express contract": ("quay", "contract", sockets.QUAY_ENDPOINTS, sockets.QUAY_CONTRACT),
    "FastAPI sockets": ("pier", "websocket", sockets.PIER, sockets.PIER_SOCKET),
    "Express sockets": ("quay", "websocket", sockets.QUAY, sockets.QUAY_SOCKET),
    "sockets by hand": ("breakwater", "websocket", sockets.BREAKWATER_SOCKETS, sockets.BREAKWATER),
}


@pytest.fixture(scope="module")
def running(module_servers):
    return {
        "pier": module_servers.uvicorn("pier:app"),
        "quay": module_servers.node("quay"),
        "breakwater": module_servers.python("breakwater"),
    }


@pytest.mark.parametrize("service", SERVICES)
def test_contract_and_sockets(seaworthy, running, tmp_path_factory, service):
    server, family, template, defects = SERVICES[service]
    text = sockets.targets(template, defects, running[server].port)
    found = sockets.audit(seaworthy, tmp_path_factory, family, text)
    all_shown(found, sockets.TOKENS, planted(defects), by_path)


def test_sockets_that_trust_a_cookie(seaworthy, running, tmp_path_factory):
    found = sockets.with_cookie(running["quay"], seaworthy, tmp_path_factory, "any-origin", '"any"')
    all_shown(found, sockets.TOKENS, 1)


@pytest.mark.parametrize(("declared", "defect", "expected"), [case for case in sockets.DECLARED_OF_SOCKETS if case[2]])
def test_what_is_declared_of_a_socket(seaworthy, running, tmp_path_factory, declared, defect, expected):
    template = sockets.SOCKETS.replace("PATH", "ws/42").replace("OTHER", "") + declared
    text = sockets.targets(template, [defect], running["quay"].port)
    all_shown(sockets.audit(seaworthy, tmp_path_factory, "websocket", text), sockets.TOKENS, len(expected))


@pytest.mark.parametrize("defect", ["deaf", "full"])
def test_sockets_held_at_once(seaworthy, running, tmp_path_factory, defect):
    template = sockets.SOCKETS.replace("PATH", "ws/42").replace("OTHER", "") + sockets.CROWD
    text = sockets.targets(template, [defect], running["quay"].port)
    found = sockets.ordinary(seaworthy, tmp_path_factory, "websocket", text)
    all_shown(found, sockets.TOKENS, len(sockets.CROWDS[defect]))


def test_limits_of_posts(seaworthy, running, tmp_path_factory):
    for name, (_, expected) in sockets.LIMITS.items():
        found = sockets.limits_of_posts(running["quay"], seaworthy, tmp_path_factory, name)
        all_shown(found, {}, len(expected))


@pytest.mark.parametrize("case", [case for case in sockets.NGINX_CASES if case != "good"])
def test_contract_on_nginx(seaworthy, servers, web_root, tmp_path_factory, case):
    _, found = sockets.nginx_contract(servers, web_root, seaworthy, tmp_path_factory, case)
    all_shown(found, {}, 1)


@pytest.mark.parametrize("case", [case for case in sockets.NGINX_LIMITS if sockets.NGINX_LIMITS[case][1]])
def test_rate_limits_on_nginx(seaworthy, servers, web_root, tmp_path_factory, case):
    found = sockets.nginx_limits(servers, web_root, seaworthy, tmp_path_factory, case, "--burst")
    all_shown(found, {}, 1)


def test_every_rule_has_one_judge_or_a_reason(seaworthy):
    families = ("cors", "auth", "websocket", "contract")
    rules = json.loads(seaworthy("rules", "--format", "json").stdout)
    shown = {rule["id"] for rule in rules if rule["family"] in families} - {f"{one}/not-measured" for one in families}
    lists = (JUDGES, ELSEWHERE)
    assert {rule for one in lists for rule in one} == shown
    assert sum(map(len, lists)) == len(shown)
