"""One service on many stacks, right and with five defects, each found once under the right rule.

All of a stack's variants are audited in one run. What is true of a stack whatever its user writes is
listed with its reason, and nothing else may be found of the good service above info.
"""

import socket
from dataclasses import replace

import pytest
from harness.defects import not_shown, shown_of_good
from harness.http_stacks import STACKS, Stack
from harness.servers import until_ready

SECRETS = {"TOKEN": "good-token"}

TARGET = """
[[target]]
name = "NAME"
url = "http://127.0.0.1:PORT/health"
auth = { scheme = "bearer", token = { env = "TOKEN" } }
cors = { origins = ["https://app.example.com"], methods = ["GET", "PUT"], headers = ["Authorization", "X-Client"] }
endpoint = [{ get = "/health" }, { get = "/api/items" }, { put = "/api/users/42", protected = true, mutating = false }]
protected = ["GET /api/users/42"]
latency = { cold_samples = 1, warm_samples = 1 }
"""

SOCKET = """
[target.websocket]
path = "/ws"
public = true
origins = ["https://app.example.com"]
max_message = "64KiB"
echo = { send = '{"type":"ping"}', json = { "/type" = "ping" } }
"""

FAMILIES = ("cors", "auth", "websocket", "contract")


def target(stack: Stack, name, port) -> str:
    text = TARGET if "socket" in stack.without else TARGET + SOCKET
    if stack.prefix:
        text = text.replace('{ get = "/health" }', '{ get = "/health", cors = false }')
    return text.replace("NAME", name).replace("PORT", str(port))


def reserved() -> socket.socket:
    """A port that no other test is given: it is bound, and a server that reuses addresses may listen on it."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return held


def start(servers, stack: Stack) -> dict:
    """Every variant runs: its port by the defect's name."""
    held = {name: reserved() for name in stack.defects()}
    ports = {name: one.getsockname()[1] for name, one in held.items()}
    command = stack.command([f"{name}={port}" for name, port in ports.items()])
    server = servers.start(*command, port=ports["good"], env=stack.environment)
    for port in ports.values():
        until_ready(replace(server, port=port))
    for one in held.values():
        one.close()
    return ports


def audit(seaworthy, tmp_path, stack: Stack, ports: dict) -> dict:
    """What was found of each variant, by the defect's name."""
    (tmp_path / "targets.toml").write_text("".join(target(stack, name, port) for name, port in ports.items()))
    only = [word for family in FAMILIES for word in ("--only", family)]
    report = seaworthy.json(tmp_path / "targets.toml", *only, "--no-report", "--fail-on", "none", env=SECRETS)
    return {target["name"]: target for target in report["targets"]}


def failing(target) -> list:
    return [one for one in target["findings"] if one["outcome"] == "fail" and one["severity"] != "info"]


def each_command_shows(found: dict, ports: dict):
    """Every command shows its defect; on the good service, none does."""

    def on_the_good_one(command, name):
        return command.replace(str(ports[name]), str(ports["good"]))

    above_info = [target | {"findings": failing(target)} for target in found.values()]
    _, wrong = not_shown(above_info, SECRETS)
    assert wrong == [], "\n".join(wrong)
    empty = shown_of_good(above_info, SECRETS, on_the_good_one)
    assert empty == [], "\n".join(empty)


CASES = [pytest.param(name, marks=() if stack.core else pytest.mark.beyond_ci) for name, stack in STACKS.items()]


@pytest.mark.parametrize("name", CASES)
def test_each_defect_is_found_once(request, seaworthy, servers, tmp_path, record_property, name):
    stack = STACKS[name]
    ports = start(servers, stack)
    found = audit(seaworthy, tmp_path, stack, ports)
    wrong = []
    for defect, expected in stack.defects().items():
        failed = failing(found[defect])
        if {one["rule"] for one in failed} - set(stack.defaults) != expected:
            wrong.append(f"{defect}: expected {sorted(expected)}")
            wrong += [f"    {one['rule']}: {one['observed']}" for one in failed]
    assert wrong == [], "\n".join([name, *wrong])
    # CI runs the commands of every rule elsewhere: test_commands.py.
    if request.config.getoption("--all"):
        each_command_shows(found, ports)
        record_property("http stack", {"name": name, "versions": stack.versions()})
