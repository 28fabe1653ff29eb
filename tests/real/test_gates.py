"""A service behind a gate: nginx with basic authentication in front of a page, and its way in.

Without the credential the gate is all there is to see; with `send_headers` the service behind it is
audited like any other, and no output tells the credential.
"""

import base64
import subprocess

import pytest

CREDENTIAL = "Basic " + base64.b64encode(b"staging:rope and tackle").decode()

PAGE = """
auth_basic "staging"; auth_basic_user_file {users}; root {root};
add_header X-Content-Type-Options nosniff always; add_header Cache-Control no-store always;
"""

TARGET = """
[[target]]
name = "staging"
url = "{url}"
{gate}
endpoint = [{{ get = "/ok.json", status = 200 }}]
"""

GATE = 'send_headers = { Authorization = { env = "GATE" } }'


@pytest.fixture(scope="module")
def staging(module_servers, web_root, tmp_path_factory):
    users = tmp_path_factory.mktemp("gate") / "users"
    line = subprocess.run(
        ["openssl", "passwd", "-apr1", "rope and tackle"], capture_output=True, text=True, check=True
    ).stdout
    users.write_text(f"staging:{line}")
    users.chmod(0o644)
    users.parent.chmod(0o755)
    return module_servers.nginx(PAGE.format(users=users, root=web_root))


def audit(seaworthy, tmp_path, server, gate):
    file = tmp_path / "targets.toml"
    file.write_text(TARGET.format(url=server.http, gate=gate))
    where = ("--evidence", tmp_path / "evidence.jsonl", "-o", tmp_path / "report.md")
    report = seaworthy.json(file, "--only", "headers,contract", *where, env={"GATE": CREDENTIAL})
    return report["targets"][0]


def outcomes(target, rule):
    return {finding["outcome"] for finding in target["findings"] if finding["rule"] == rule}


def test_without_a_credential_the_gate_is_all_that_is_seen(seaworthy, staging, tmp_path):
    target = audit(seaworthy, tmp_path, staging, "")
    assert "pass" not in outcomes(target, "contract/wrong-status")


def test_with_one_the_service_behind_it_is_audited(seaworthy, staging, tmp_path):
    target = audit(seaworthy, tmp_path, staging, GATE)
    assert outcomes(target, "contract/wrong-status") == {"pass"}
    assert target["families"]["headers"]["grade"] is not None


def test_no_output_tells_the_credential(seaworthy, staging, tmp_path):
    audit(seaworthy, tmp_path, staging, GATE)
    secret = CREDENTIAL.removeprefix("Basic ")
    for name in ("evidence.jsonl", "report.md"):
        assert secret not in (tmp_path / name).read_text()
    assert "$GATE" in (tmp_path / "evidence.jsonl").read_text()
