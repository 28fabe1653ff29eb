"""Protocols no library speaks any more, and middleboxes that make other scanners print nonsense."""

import time
from dataclasses import replace

import pytest

from harness.authority import openssl
from harness.servers import free_port
from test_tls_protocol import HEALTHY, spoken, tls


@pytest.fixture(scope="module")
def der(ca, tmp_path_factory):
    path = tmp_path_factory.mktemp("der") / "leaf.der"
    openssl("x509", "-in", ca.certificate(key="rsa").leaf, "-outform", "DER", "-out", path)
    return path


@pytest.fixture
def healthy(servers, ca):
    return servers.nginx(HEALTHY, certificate=ca.certificate(key="rsa"))


def middlebox(servers, fault, *upstreams):
    return servers.python("middlebox", fault, *[upstream.port for upstream in upstreams])


def names(protocols):
    """nginx's words as ours."""
    return [{"TLSv1": "TLSv1.0"}.get(word, word) for word in protocols.split()]


def connections(server):
    return server.log().count("connection ")


# What the server of the first flight speaks, and what must be seen of it.
HELLOS = {
    "ssl2": {"versions": ["SSLv2", "TLSv1.2"]},
    "ssl3": {"versions": ["SSLv3"], "classes": {"rc4", "small-block", "static-rsa", "cbc"}},
    "export": {"versions": ["TLSv1.0", "TLSv1.2"], "classes": {"export", "rc4", "static-rsa"}},
    "dh512": {"versions": ["TLSv1.2"], "classes": {"dhe"}, "dh_bits": 512},
    "hybrid": {"versions": ["TLSv1.2", "TLSv1.3"], "post_quantum": "accepted"},
    "hybrid-only": {"versions": ["TLSv1.3"], "post_quantum": "accepted"},
    "bare": {"versions": ["TLSv1.2"], "features": {"renegotiation": False, "ems": False}},
    "deflate": {"versions": ["TLSv1.2"], "features": {"compression": True}},
    "heartbeat": {"versions": ["TLSv1.2"], "features": {"heartbeat": True}},
    "warning": {"versions": ["TLSv1.2"], "features": {"ems": True}},
    "closing": {"versions": ["TLSv1.2"]},
    "split": {"versions": ["TLSv1.2"], "features": {"renegotiation": True}},
}


@pytest.mark.parametrize("what", HELLOS)
def test_a_first_flight_is_enough(what, seaworthy, servers, der):
    expected = HELLOS[what]
    server = servers.python("hellos", der, what)
    facts = tls(seaworthy, server.https)
    assert spoken(facts) == expected["versions"]
    assert set(facts["classes"]) == expected.get("classes", set())
    for name in ("dh_bits", "post_quantum"):
        assert name not in expected or facts[name] == expected[name]
    for name, value in expected.get("features", {}).items():
        assert facts["features"][name] == value, name
    if "hybrid" in what:
        assert "X25519MLKEM768" in facts["groups"]


@pytest.mark.parametrize("fault", ["limit=4", "limit=8", "mute=4"])
def test_a_rate_limit_is_inconclusive_and_never_a_verdict(fault, seaworthy, servers, healthy):
    box = middlebox(servers, fault, healthy)
    facts = tls(seaworthy, box.https)
    wrong = {"SSLv2": "accepted", "SSLv3": "accepted", "TLSv1.0": "accepted", "TLSv1.1": "accepted",
             "TLSv1.2": "refused", "TLSv1.3": "refused"}  # fmt: skip
    if facts is None:
        return  # nothing at all was said, which is not wrong either
    assert not [version for version, lie in wrong.items() if facts["versions"].get(version) == lie]
    assert facts["inconclusive"]
    assert facts["classes"] == []


def test_a_rate_limit_does_not_pass(seaworthy, servers, healthy):
    box = middlebox(servers, "limit=6", healthy)
    done = seaworthy(box.https, "--only", "tls", "-k", "--no-report", "--format", "json")
    assert done.returncode != 0


def test_two_servers_behind_one_name_contradict_each_other(seaworthy, servers, ca):
    certificate = ca.certificate(key="rsa")

    def s_server(*arguments):
        port = free_port()
        return servers.start(
            "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-www", "-quiet",
            "-cert", certificate.chain, "-key", certificate.key, *arguments, port=port,
        )  # fmt: skip

    box = middlebox(servers, "flap", s_server("-tls1_2"), s_server("-tls1_3"))
    facts = tls(seaworthy, box.https)
    assert "refused" not in facts["versions"].values(), "nothing is refused for good"
    assert facts["inconclusive"]
    assert facts["stability"]["contradictions"]


def test_one_address_with_two_certificates_or_two_libraries_is_seen(seaworthy, servers, ca):
    """Whatever a run receives counts. Where the balancer's turns fall so that every certificate that
    can be read came from one server, a run cannot know of the other: one of six does."""
    one, two = (servers.nginx(HEALTHY, certificate=ca.certificate()) for _ in range(2))
    box = middlebox(servers, "flap", one, two)
    runs = (tls(seaworthy, box.https)["stability"]["differences"] for _ in range(6))
    assert any("two certificates" in found["what"] for run in runs for found in run)
    same = middlebox(servers, "flap", one, one)
    assert tls(seaworthy, same.https)["stability"]["differences"] == []
    both = [ca.certificate(), ca.certificate(key="rsa")]
    port = free_port()
    servers.nginx(
        f"listen 127.0.0.1:{port} ssl; ssl_protocols TLSv1.2 TLSv1.3; return 200 ok;"
        + "".join(f"ssl_certificate {it.chain}; ssl_certificate_key {it.key};" for it in both)
    )
    assert tls(seaworthy, f"https://localhost:{port}")["stability"]["differences"] == []


# What the second server has, the first being one of TLS 1.3 with a certificate of its own.
LATER = {
    "another certificate": (True, "ssl_protocols TLSv1.3;", "two certificates"),
    "another version": (False, "ssl_protocols TLSv1.2;", "TLSv1.3 accepted"),
}


@pytest.mark.parametrize("what", LATER)
def test_what_later_connections_are_shown_counts_as_well(what, seaworthy, servers, ca):
    """All hellos go to the first server; only exchanges and samples meet the second."""
    anew, protocols, said = LATER[what]
    one = ca.certificate()
    pair = [(one, "ssl_protocols TLSv1.3;"), (ca.certificate() if anew else one, protocols)]
    upstreams = []
    for certificate, protocols in pair:
        port = free_port()
        server = servers.nginx(
            f"listen 127.0.0.1:{port} ssl; {protocols} return 200 ok;"
            f"ssl_certificate {certificate.chain}; ssl_certificate_key {certificate.key};"
        )
        upstreams.append(replace(server, port=port))
    box = middlebox(servers, "later=14", *upstreams)
    report = seaworthy.json(box.https, "--skip", "cors", "-k", "--no-report")["targets"][0]
    found = [one["what"] for one in report["facts"]["tls"]["stability"]["differences"]]
    assert [what for what in found if said in what]
    assert [one["outcome"] for one in report["findings"] if one["rule"] == "tls/answers-differ"] == ["fail"]
    same = middlebox(servers, "later=14", upstreams[0], upstreams[0])
    report = seaworthy.json(same.https, "--skip", "cors", "-k", "--no-report")["targets"][0]
    assert report["facts"]["tls"]["stability"]["differences"] == []


# What kills a hello, and what it is called.
INTOLERANCES = {"grease": "GREASE", "big": "TCP segment", "staple": "status_request", "alpn": "ALPN", "tls13": "TLS 1.3"}


@pytest.mark.parametrize("fault", INTOLERANCES)
def test_intolerance_is_a_finding_of_its_own(fault, seaworthy, servers, healthy):
    box = middlebox(servers, fault, healthy)
    facts = tls(seaworthy, box.https)
    assert spoken(facts) == (["TLSv1.2"] if fault == "tls13" else ["TLSv1.2", "TLSv1.3"])
    assert facts["classes"] == [] and facts["inconclusive"] == []
    assert [INTOLERANCES[fault] in found["to"] for found in facts["stability"]["intolerances"]] == [True]


def test_no_hello_is_too_long_for_old_servers(seaworthy, servers, healthy):
    box = middlebox(servers, "suites", healthy)
    for depth in ([], ["--ciphers"]):
        facts = tls(seaworthy, box.https, *depth)
        assert spoken(facts) == ["TLSv1.2", "TLSv1.3"]
        assert facts["inconclusive"] == [] and facts["stability"]["intolerances"] == []


@pytest.mark.parametrize("fault", ["mum", "mum=1"])
@pytest.mark.parametrize("protocols", ["TLSv1.2 TLSv1.3", "TLSv1.2", "TLSv1.3", "TLSv1 TLSv1.1 TLSv1.2"])
def test_closing_is_a_refusal_where_the_control_is_answered(fault, protocols, seaworthy, servers, ca):
    """Event loops drop the alert that their TLS library wanted to send."""
    it, port = ca.certificate(key="rsa"), free_port()
    server = servers.nginx(
        f"listen 127.0.0.1:{port} ssl; ssl_protocols {protocols}; return 200 ok;"
        f"ssl_certificate {it.chain}; ssl_certificate_key {it.key};"
        "ssl_ciphers ECDHE+AESGCM:ECDHE-RSA-AES128-SHA@SECLEVEL=0;"
    )
    box = middlebox(servers, fault, replace(server, port=port))
    facts = tls(seaworthy, box.https)
    assert spoken(facts) == names(protocols)
    assert facts["inconclusive"] == []
    assert facts["stability"]["intolerances"] == [] and facts["stability"]["dead"] == 0
    assert "TLSv1.1" in protocols or facts["connections"] <= 24


def test_a_healthy_server_is_opened_ten_times(seaworthy, servers, healthy):
    """Counted outside: what is opened is what is reported."""
    box = middlebox(servers, "none", healthy)
    facts = tls(seaworthy, box.https)
    assert facts["connections"] <= 10
    # One more was opened to see whether the middlebox accepts.
    assert connections(box) == facts["connections"] + 1


def test_a_hundred_milliseconds_away_it_takes_three_round_trips(seaworthy, servers, healthy):
    box = middlebox(servers, "delay=100", healthy)
    start = time.monotonic()
    facts = tls(seaworthy, box.https)
    took = time.monotonic() - start
    assert spoken(facts) == ["TLSv1.2", "TLSv1.3"]
    assert took < 1.0, "twice the target, so that a busy machine does not fail it"


@pytest.mark.parametrize("fault", ["drip=5", "mute=0"])
def test_slowness_ends_at_the_deadline(fault, seaworthy, servers, healthy):
    box = middlebox(servers, fault, healthy)
    start = time.monotonic()
    seaworthy(box.https, "--only", "tls", "-k", "--no-report", "--timeout", "5s", "--format", "json")
    assert time.monotonic() - start < 30


def test_plain_http_is_not_tls(seaworthy, servers):
    server = servers.nginx('location / { return 200 "ok"; }')
    done = seaworthy(server.https, "--only", "tls", "--no-report", "--format", "json")
    assert done.returncode != 0
    assert "tls/not-measured" in done.stdout
