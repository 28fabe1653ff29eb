"""What every test here needs: the binary, ports, servers that are ended again, a private CA.

A server that cannot be started fails the test that wanted it; nothing here ever skips.
"""

import fcntl
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness.authority import Authority
from harness.binary import Seaworthy
from harness.servers import Servers

pytest_plugins = ["harness.stacks_page"]


def pytest_addoption(parser):
    parser.addoption(
        "--all", action="store_true", help="run what CI leaves out, too: tests marked beyond_ci"
    )


def pytest_collection_modifyitems(config, items):
    """CI runs a named core; what is marked `beyond_ci` is counted as deselected, never as passed."""
    if config.getoption("--all"):
        return
    beyond = [item for item in items if item.get_closest_marker("beyond_ci")]
    config.hook.pytest_deselected(items=beyond)
    items[:] = [item for item in items if item not in beyond]


@contextmanager
def held(path: Path, how: int):
    with path.open("a") as lock:
        fcntl.flock(lock, how)
        yield


@pytest.fixture(autouse=True)
def company(request, tmp_path_factory):
    """Tests run two at a time; one marked `quiet` runs alone, since it measures."""
    directory = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        directory = directory.parent
    turn, machine = directory / "turn", directory / "machine"
    # Whoever holds the turn is next: without it, a quiet test would wait until no other is left.
    if request.node.get_closest_marker("quiet"):
        with held(turn, fcntl.LOCK_EX), held(machine, fcntl.LOCK_EX):
            yield
        return
    with ExitStack() as stack:
        with held(turn, fcntl.LOCK_EX):
            stack.enter_context(held(machine, fcntl.LOCK_SH))
        yield


@pytest.fixture(scope="session")
def seaworthy() -> Seaworthy:
    """The binary under test: `seaworthy("--version")`, `seaworthy.json("https://…")`."""
    return Seaworthy.from_environment()


@pytest.fixture
def servers(tmp_path):
    """Starts servers; ends, at the end of the test, those it started and no others."""
    with Servers(tmp_path) as started:
        yield started


@pytest.fixture(scope="module")
def module_servers(tmp_path_factory):
    """Like `servers`, for one server that every test of a module looks at."""
    with Servers(tmp_path_factory.mktemp("servers")) as started:
        yield started


@pytest.fixture(scope="module")
def web_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    for name, text in {
        "index.html": "<title>harbour</title>",
        "file": "content",
        "ok.json": "{}",
        "app/index.html": "<!doctype html><title>App</title><div id=root></div>",
        ".git/HEAD": "ref: refs/heads/main\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    root.chmod(0o755)
    return root


@pytest.fixture(scope="session")
def ca(tmp_path_factory) -> Authority:
    """A private certificate authority; pass `--cacert ca.path` to trust it."""
    return Authority(tmp_path_factory.mktemp("ca"))
