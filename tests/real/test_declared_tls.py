"""What a target file declares of suites and of the certificate's issuer, held against nginx."""

import pytest

from harness.issuer import SERVER, Issuer
from harness.servers import free_port

GCM_128 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
GCM_256 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
BOTH = f'suites = ["{GCM_128}", "{GCM_256}"]'

# What nginx is told, what is declared, the flags, and how the two rules answer.
ROWS = [
    ("ECDHE+AESGCM", BOTH, ["--ciphers"], "pass", "not_applicable"),
    ("ECDHE+AESGCM", BOTH, [], "not_tested", "not_applicable"),
    ("ECDHE+AESGCM:ECDHE-ECDSA-AES128-SHA", BOTH, ["--ciphers"], "fail", "not_applicable"),
    ("ECDHE+AESGCM", f'suites = ["{GCM_256}"]', ["--ciphers"], "fail", "not_applicable"),
    ("ECDHE+AESGCM", 'issuer = "Harbour Authority"', [], "not_applicable", "pass"),
    ("ECDHE+AESGCM", 'issuer = ["Another", "harbour"]', [], "not_applicable", "pass"),
    ("ECDHE+AESGCM", 'issuer = "Another"', [], "not_applicable", "fail"),
]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return Issuer.root(tmp_path_factory.mktemp("pki") / "root", "Harbour Authority")


@pytest.mark.parametrize("ciphers, declared, flags, suites, issued", ROWS)
def test_declared_suites_and_issuer(
    seaworthy, servers, issuer, tmp_path, ciphers, declared, flags, suites, issued
):
    own = issuer.issue(extensions=SERVER).followed_by()
    port = free_port()
    servers.nginx(
        f"listen 127.0.0.1:{port} ssl; server_name localhost; ssl_protocols TLSv1.2;"
        f" ssl_certificate {own.chain}; ssl_certificate_key {own.key}; ssl_ciphers {ciphers};"
        ' return 200 "aye";'
    )
    file = tmp_path / "targets.toml"
    file.write_text(
        f'[[target]]\nname = "harbour"\nurl = "https://localhost:{port}/"\ntls = {{ {declared} }}\n'
    )
    report = seaworthy.json(file, "--only", "tls", "--cacert", issuer.path, *flags)
    outcomes = {one["rule"]: one["outcome"] for one in report["targets"][0]["findings"]}
    found = outcomes["tls/undeclared-suite"], outcomes["tls/other-issuer"]
    assert found == (suites, issued)
