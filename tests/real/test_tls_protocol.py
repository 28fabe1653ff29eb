"""Every fact about protocol and suites, held against servers whose truth is their configuration."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.authority import openssl
from harness.servers import free_port

VERSIONS = ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
MODERN = "ECDHE+AESGCM:ECDHE+CHACHA20"


def tls(seaworthy, url, *arguments):
    """The facts of one audit of TLS alone."""
    report = seaworthy.json(url, "--only", "tls", "-k", "--no-report", *arguments)
    return report["targets"][0]["facts"]["tls"]


def spoken(facts):
    """The versions that are accepted, after making sure that no other is left open."""
    states = {version: facts["versions"][version] for version in VERSIONS}
    assert set(states.values()) <= {"accepted", "refused"}, states
    return [version for version in VERSIONS if states[version] == "accepted"]


@pytest.fixture(scope="module")
def rsa(ca):
    return ca.certificate(key="rsa")


@pytest.fixture(scope="module")
def ec(ca):
    return ca.certificate()


def s_server(servers, certificate, *arguments):
    """`openssl s_server` on one address; it answers HTTP and serves one connection at a time."""
    port = free_port()
    given = ["-cert", certificate.chain, "-key", certificate.key] if certificate else ["-nocert"]
    return servers.start(
        "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-www", "-quiet", *given, *arguments,
        port=port,
    )  # fmt: skip


# s_server's arguments, the versions it speaks, the weak classes it takes.
OLD = ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
S_SERVER = {
    "tls1.0 only": (["-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0"], ["TLSv1.0"], {"static-rsa", "cbc"}),
    "tls1.1 only": (["-tls1_1", "-cipher", "ECDHE-RSA-AES256-SHA:@SECLEVEL=0"], ["TLSv1.1"], {"cbc"}),
    "tls1.2 only": (["-tls1_2", "-cipher", MODERN], ["TLSv1.2"], set()),
    "tls1.3 only": (["-tls1_3"], ["TLSv1.3"], set()),
    "1.2 and 1.3": (["-no_tls1", "-no_tls1_1", "-cipher", MODERN], ["TLSv1.2", "TLSv1.3"], set()),
    "1.0 and 1.2, not 1.1": (
        ["-no_tls1_1", "-no_tls1_3", "-cipher", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"],
        ["TLSv1.0", "TLSv1.2"],
        {"cbc"},
    ),
    "1.0 to 1.3": (
        ["-cipher", "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"],
        ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
        {"cbc"},
    ),
    "NULL": (
        ["-tls1_2", "-cipher", "NULL-SHA256:ECDHE-RSA-NULL-SHA:@SECLEVEL=0"],
        ["TLSv1.2"],
        {"null", "static-rsa"},
    ),
    "anonymous": (
        ["-tls1_2", "-cipher", "AECDH-AES256-SHA:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"],
        ["TLSv1.2"],
        {"anonymous", "cbc"},
    ),
    "CBC only": (["-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384"], ["TLSv1.2"], {"cbc"}),
    "static RSA only": (["-tls1_2", "-cipher", "AES256-GCM-SHA384"], ["TLSv1.2"], {"static-rsa"}),
    "DHE only": (["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"], ["TLSv1.2"], {"dhe"}),
}


@pytest.mark.parametrize("name", S_SERVER)
def test_openssl_is_seen_as_configured(name, seaworthy, servers, rsa):
    arguments, versions, classes = S_SERVER[name]
    server = s_server(servers, rsa, *arguments)
    facts = tls(seaworthy, server.https)
    assert spoken(facts) == versions
    assert set(facts["classes"]) == classes
    assert facts["inconclusive"] == []


@pytest.mark.parametrize("depth", [[], ["--ciphers"]], ids=["must", "ciphers"])
def test_every_suite_of_openssl_is_listed(depth, seaworthy, servers, rsa):
    """The oracle is one s_client for each suite the server was given."""
    given = "ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES128-SHA AES128-SHA DHE-RSA-AES128-SHA256 CAMELLIA256-SHA"
    server = s_server(
        servers, rsa, "-no_tls1", "-no_tls1_1", "-cipher", given.replace(" ", ":") + ":@SECLEVEL=0"
    )
    facts = tls(seaworthy, server.https, *depth)
    taken = {iana(suite) for suite in given.split() if s_client_gets(server.port, suite)}
    assert taken == {iana(suite) for suite in given.split()}, "the oracle itself"
    if depth:
        assert set(facts["suites"]["TLSv1.2"]) == taken and facts["all_suites"]
        assert len(facts["suites"]["TLSv1.3"]) == 3
    assert set(facts["suites"]["TLSv1.2"]) <= taken
    assert set(facts["classes"]) == {"cbc", "static-rsa", "dhe"}
    assert facts["dh_bits"] == 2048


def s_client_gets(port, suite):
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_2", "-cipher", suite + ":@SECLEVEL=0"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
    )  # fmt: skip
    return f"Cipher is {suite}" in done.stdout


def iana(suite):
    """The registered name, by openssl's own table."""
    for line in openssl("ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0").splitlines():
        name, own = line.split(" - ")[0].strip(), line.split(" - ")[1].split()[0]
        if own == suite:
            return name
    raise LookupError(suite)


def test_short_primes_are_measured(seaworthy, servers, rsa, tmp_path):
    primes = tmp_path / "dh1024.pem"
    openssl("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "dh_rfc5114:1", "-out", primes)
    server = s_server(servers, rsa, "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", "-dhparam", primes)
    assert tls(seaworthy, server.https)["dh_bits"] == 1024


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
@pytest.mark.parametrize("how, said", [("-verify", "requested"), ("-Verify", "required")])
def test_client_certificates_do_not_hide_the_version(version, how, said, seaworthy, servers, rsa):
    server = s_server(servers, rsa, version, how, "1", "-verify_return_error")
    facts = tls(seaworthy, server.https)
    assert facts["features"]["client_certificate"] == said
    assert spoken(facts) == [version.replace("-tls1_", "TLSv1.")]


def test_nginx_demands_a_certificate_in_http(seaworthy, servers, ca, rsa):
    """The handshake completes, and the answer is 400."""
    server = servers.nginx(
        f"ssl_verify_client on; ssl_client_certificate {ca.path}; return 200 ok;", certificate=rsa
    )
    assert tls(seaworthy, server.https)["features"]["client_certificate"] == "required"


@pytest.mark.parametrize("profile, protocols", [("modern", "TLSv1.3"), ("intermediate", "TLSv1.2 TLSv1.3")])
def test_groups_that_a_profile_speaks_of_are_all_asked(profile, protocols, seaworthy, servers, ec):
    """X25519MLKEM768 aside, which nginx on OpenSSL 3.0 does not have: what is missing is said to be."""
    port = free_port()
    servers.nginx(
        f"listen 127.0.0.1:{port} ssl; ssl_protocols {protocols}; return 200 ok; ssl_ecdh_curve X25519:P-256:P-384;"
        f"ssl_prefer_server_ciphers on; ssl_certificate {ec.chain}; ssl_certificate_key {ec.key};"
        "add_header strict-transport-security max-age=63072000;" + f"ssl_ciphers {MODERN};"
    )
    facts = tls(seaworthy, f"https://localhost:{port}", "--ciphers")
    held = facts["mozilla"][profile][0]
    groups = {one["what"] for one in held["deviations"] if one["what"].startswith("group ")}
    assert groups == {"group X25519MLKEM768"}
    assert [what for what in held.get("unseen", []) if "group" in what or "--ciphers" in what] == []


@pytest.mark.parametrize("group, version", [("P-384", "-tls1_3"), ("P-521", "-tls1_3"), ("P-521", "-tls1_2"), ("X448", "-tls1_2")])
def test_the_certificate_of_a_server_of_one_group_is_seen(group, version, seaworthy, servers, rsa):
    server = s_server(servers, rsa, "-groups", group, version, "-cipher", "ECDHE")
    facts = tls(seaworthy, server.https)
    assert facts["groups"] == [{"P-384": "secp384r1", "P-521": "secp521r1", "X448": "x448"}[group]]
    assert facts["certificate"]["key"]["bits"] == 2048 and facts["inconclusive"] == []


def test_both_certificates_are_found(seaworthy, servers, rsa, ec):
    server = s_server(
        servers, rsa, "-dcert", ec.chain, "-dkey", ec.key, "-no_tls1", "-no_tls1_1", "-cipher", MODERN
    )
    facts = tls(seaworthy, server.https, "--ciphers")
    assert {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"} <= set(
        facts["suites"]["TLSv1.2"]
    )


HEALTHY = """
    server_name localhost;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
    location / { return 200 "ok"; }
"""


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("order", ["off", "on"])
def test_a_healthy_nginx_takes_ten_connections_and_few_for_every_suite_and_group(
    kind, order, seaworthy, servers, request
):
    certificate = request.getfixturevalue(kind)
    server = servers.nginx(HEALTHY + f"ssl_prefer_server_ciphers {order};", certificate=certificate)
    facts = tls(seaworthy, server.https)
    assert spoken(facts) == ["TLSv1.2", "TLSv1.3"]
    assert facts["classes"] == [] and facts["inconclusive"] == []
    assert facts["features"]["scsv"] and facts["features"]["ems"] and facts["features"]["renegotiation"]
    assert facts["post_quantum"] == "refused"
    assert facts["connections"] <= 10
    every = tls(seaworthy, server.https, "--ciphers")
    word = {"rsa": "RSA", "ec": "ECDSA"}[kind]
    assert every["suites"]["TLSv1.2"] == [
        f"TLS_ECDHE_{word}_WITH_AES_128_GCM_SHA256",
        f"TLS_ECDHE_{word}_WITH_AES_256_GCM_SHA384",
        f"TLS_ECDHE_{word}_WITH_CHACHA20_POLY1305_SHA256",
    ]
    assert every["all_suites"] and len(every["suites"]["TLSv1.3"]) == 3
    assert every["server_order"]["TLSv1.2"] == (order == "on")
    assert {"x25519", "secp256r1"} <= set(every["groups"])
    assert every["features"]["resumption"] is True
    assert every["connections"] <= 35


def test_early_data_is_proved(seaworthy, servers, ec):
    server = servers.nginx(HEALTHY + "ssl_early_data on;", certificate=ec)
    assert tls(seaworthy, server.https)["features"]["early_data"] is True


def test_caddy(seaworthy, servers, ec, tmp_path):
    port = free_port()
    site = tmp_path / "Caddyfile"
    site.write_text(
        f"""{{
            admin off
            auto_https off
        }}
        https://localhost:{port} {{
            tls {ec.chain} {ec.key}
            respond ok
        }}"""
    )
    server = servers.start("caddy", "run", "--config", site, "--adapter", "caddyfile", port=port, env={"HOME": str(tmp_path)})
    facts = tls(seaworthy, server.https)
    assert spoken(facts) == ["TLSv1.2", "TLSv1.3"]
    assert facts["features"]["alpn"] == "h2"
    assert facts["inconclusive"] == []
    assert facts["connections"] <= 20


@pytest.mark.parametrize(("listen", "chosen"), [("ssl http2", "h2"), ("ssl", "http/1.1")])
def test_what_alpn_chose_is_seen_under_tls13_alone(seaworthy, servers, ec, listen, chosen):
    port = free_port()
    servers.nginx(
        f"listen 127.0.0.1:{port} {listen}; ssl_protocols TLSv1.3; return 200 aye;"
        f"ssl_certificate {ec.chain}; ssl_certificate_key {ec.key};"
    )
    url = f"https://localhost:{port}"
    report = seaworthy.json(url, "--only", "tls", "-k", "--no-report")["targets"][0]
    assert spoken(report["facts"]["tls"]) == ["TLSv1.3"]
    assert report["facts"]["tls"]["features"]["alpn"] == chosen
    words = {one["outcome"] for one in report["findings"] if one["rule"] == "tls/no-http2"}
    assert words == {"pass" if chosen == "h2" else "fail"}


def test_gnutls_with_a_gap(seaworthy, servers, ec):
    """GnuTLS with 1.2 and 1.0 refuses 1.1: a refusal says nothing about lower versions."""
    port = free_port()
    server = servers.start(
        "gnutls-serv", "--http", "--port", port, "--x509certfile", ec.chain, "--x509keyfile", ec.key,
        "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.0:%COMPAT",
        port=port, host="127.0.0.1",
    )  # fmt: skip
    facts = tls(seaworthy, server.https)
    assert facts["versions"]["TLSv1.0"] == "accepted"
    assert facts["versions"]["TLSv1.1"] == "refused"
    assert facts["versions"]["TLSv1.2"] == "accepted"
    assert facts["versions"]["TLSv1.3"] == "refused"


def test_haproxy(seaworthy, servers, rsa, tmp_path):
    port = free_port()
    pem = tmp_path / "site.pem"
    pem.write_text(Path(rsa.chain).read_text() + Path(rsa.key).read_text())
    conf = tmp_path / "haproxy.cfg"
    conf.write_text(
        f"""
        defaults
            mode http
            timeout client 5s
            timeout server 5s
            timeout connect 5s
        frontend site
            bind 127.0.0.1:{port} ssl crt {pem} alpn h2,http/1.1 ssl-min-ver TLSv1.2 ciphers {MODERN}
            http-request return status 200 content-type text/plain string ok
        """.rstrip() + "\n"
    )
    server = servers.start(shutil.which("haproxy") or "/usr/sbin/haproxy", "-f", conf, port=port)
    facts = tls(seaworthy, server.https)
    assert spoken(facts) == ["TLSv1.2", "TLSv1.3"]
    assert facts["classes"] == [] and facts["inconclusive"] == []
    assert facts["connections"] <= 10


# What a server with one thread never answers.
UNANSWERED = [["HEAD"], ["OPTIONS"], ["PROPFIND"], ["HEAD", "OPTIONS", "PROPFIND", "TRACE"]]


@pytest.mark.parametrize("methods", UNANSWERED, ids=" ".join)
def test_a_method_that_is_never_answered_costs_no_other_question(methods, seaworthy, servers, ca, ec, tmp_path):
    """The server serves nobody while it waits: what it answers otherwise is held against it."""
    config = tmp_path / "targets.toml"

    def outcomes(*unanswered):
        server = servers.python("one_thread", ec.chain, ec.key, *unanswered)
        config.write_text(
            f"""
            [[target]]
            name = "page"
            url = "{server.https}"
            timeout = "2s"
            [target.cors]
            origins = ["https://app.example"]
            """
        )
        report = seaworthy.json(config, "--cacert", ca.path, "--no-report")["targets"][0]
        # The path that nobody made is another one each time.
        asked = {re.sub("-[0-9a-f]{8}-", "-", line) for line in server.log().splitlines()}
        assert not unanswered or set(unanswered) & {line.split()[0] for line in asked}, "it was asked"
        gets = {line for line in asked if line.startswith("GET ")}
        return {one["rule"]: one["outcome"] for one in report["findings"]}, gets

    usual, gets = outcomes()
    found, gets_beside = outcomes(*methods)
    # The preflight is the one question that rests on such a method.
    open_now = {rule for rule, outcome in found.items() if outcome == "unknown" != usual.get(rule)}
    assert {rule.split("/")[0] for rule in open_now} <= {"cors"}
    assert {rule for rule, outcome in usual.items() if outcome == "fail"} - found.keys() == set()
    assert gets_beside == gets
