"""tinyproxy and microsocks between seaworthy and nginx: all of an audit goes through them.

The target's name is known to the proxy alone, by a hosts file of its own, so that whatever went past
the proxy would not arrive.
"""

import json
import re

import pytest

from harness.servers import free_port

CREDENTIALS = "me:rope%2D7"

TINYPROXY = """
Port {port}
Listen 127.0.0.1
MaxClients 50
LogLevel Connect
BasicAuth me rope-7
{allowed}
"""

TARGET = """
[[target]]
name = "inside"
url = "https://app.example:{port}/"
endpoint = [{{ get = "/ok.json", status = 200 }}]
"""


@pytest.fixture(scope="module")
def service(module_servers, web_root, ca):
    certificate = ca.certificate("app.example")
    body = f"root {web_root}; add_header Strict-Transport-Security 'max-age=31536000' always;"
    return module_servers.nginx(body, certificate=certificate)


def with_hosts(directory, *argv):
    """Runs a program for which `app.example` is this machine, and leaves everybody else's names alone."""
    hosts = directory / "hosts"
    hosts.write_text("127.0.0.1 localhost app.example\n")
    script = f"mount --bind {hosts} /etc/hosts && exec \"$@\""
    return ("unshare", "-rm", "sh", "-c", script, "sh", *map(str, argv))


def tinyproxy(servers, tmp_path, allowed=""):
    port = free_port()
    configuration = tmp_path / "tinyproxy.conf"
    configuration.write_text(TINYPROXY.format(port=port, allowed=allowed))
    return servers.start(*with_hosts(tmp_path, "tinyproxy", "-d", "-c", configuration), port=port)


def microsocks(servers, tmp_path):
    port = free_port()
    argv = ("microsocks", "-i", "127.0.0.1", "-p", port, "-u", "me", "-P", "rope-7")
    return servers.start(*with_hosts(tmp_path, *argv), port=port)


def audit(seaworthy, tmp_path, service, ca, proxy, *arguments):
    file = tmp_path / "targets.toml"
    file.write_text(TARGET.format(port=service.port))
    evidence = tmp_path / "evidence.jsonl"
    report = seaworthy.json(
        file, "--cacert", ca.path, "--proxy", proxy, "--evidence", evidence, "--no-report",
        *arguments,
    )  # fmt: skip
    assert "rope-7" not in evidence.read_text() and "rope%2D7" not in evidence.read_text()
    return report["targets"][0], json.loads(evidence.read_text())


PROXIES = {"http": tinyproxy, "socks5h": microsocks}


@pytest.mark.parametrize("scheme", PROXIES)
def test_an_audit_goes_through(seaworthy, servers, service, ca, tmp_path, scheme):
    proxy = PROXIES[scheme](servers, tmp_path)
    url = f"{scheme}://{CREDENTIALS}@127.0.0.1:{proxy.port}"
    target, evidence = audit(seaworthy, tmp_path, service, ca, url)
    assert target["proxy"] == f"{scheme}://127.0.0.1:{proxy.port}"
    graded = {family for family, mark in target["families"].items() if mark["grade"] not in (None, "?", "-")}
    assert {"tls", "headers", "contract"} <= graded, target["families"]
    assert target["facts"]["latency"]["cold"] is not None
    hellos = evidence["tls"]["seen"]["hellos"]
    assert len(hellos) >= 9 and all("seen" in hello["reply"] for hello in hellos if hello["attempt"] == 1)
    failed = {finding["rule"] for finding in target["findings"] if finding["outcome"] == "fail"}
    # It has addresses of its own, and they are nobody's fault.
    assert not any(re.search("address", rule) for rule in failed), failed


def test_without_the_password_the_proxy_is_named_and_nothing_judged(seaworthy, servers, service, ca, tmp_path):
    proxy = tinyproxy(servers, tmp_path)
    target, _ = audit(seaworthy, tmp_path, service, ca, f"http://127.0.0.1:{proxy.port}")
    assert target["grade"] in (None, "?")
    assert not [finding for finding in target["findings"] if finding["outcome"] == "fail"]
    said = " ".join(finding["observed"] for finding in target["findings"])
    assert "asks for a name and a password" in said, said


def test_a_port_that_is_not_let_through_is_no_finding(seaworthy, servers, service, ca, tmp_path):
    proxy = tinyproxy(servers, tmp_path, allowed="ConnectPort 443")
    url = f"http://{CREDENTIALS}@127.0.0.1:{proxy.port}"
    target, _ = audit(seaworthy, tmp_path, service, ca, url)
    assert not [finding for finding in target["findings"] if finding["outcome"] == "fail"]
    assert any("403 to CONNECT" in finding["observed"] for finding in target["findings"])
