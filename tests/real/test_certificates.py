"""Certificates of every kind behind nginx, each held against what openssl says of it.

The number is openssl's verify return code (`openssl verify -help` calls them X509_V_ERR_*); where
it disagrees with us, the row says why.
"""

import subprocess
from dataclasses import dataclass, field, replace

import pytest

from harness.authority import openssl
from harness.issuer import AUTHORITY, SERVER, Issuer
from harness.servers import free_port

MUST_STAPLE = (*SERVER, "tlsfeature=status_request")
CLIENT_ONLY = (SERVER[0], "extendedKeyUsage=clientAuth", SERVER[2])


@dataclass
class Pki:
    """A root, an intermediate below it, and a root that nobody is told of."""

    root: Issuer
    middle: Issuer
    stranger: Issuer


@dataclass
class Case:
    """What is served, what we call it, what openssl calls it."""

    name: str
    make: object
    faults: list
    openssl: int
    options: dict = field(default_factory=dict)


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    directory = tmp_path_factory.mktemp("pki")
    root = Issuer.root(directory / "root")
    stranger = Issuer.root(directory / "stranger", "Stranger")
    return Pki(root, root.authority("Middle", ends=900), stranger)


def chain(pki, **options):
    return pki.middle.issue(**options).followed_by(pki.middle)


FRESH = ["tls/certificate-expires-soon", "tls/certificate-renewal-due"]

CASES = [
    Case("sound", chain, [], 0),
    Case("expired", lambda p: chain(p, begins=-90, ends=-1), ["expired"], 10),
    Case("expired a minute ago", lambda p: chain(p, begins=-90, ends=-60 / 86400), ["expired"], 10),
    Case("not yet", lambda p: chain(p, begins=1, ends=90), ["not-yet-valid"], 9),
    Case(
        "another name",
        lambda p: chain(p, extensions=(*SERVER[:2], "subjectAltName=DNS:other.example")),
        ["name-mismatch"],
        62,
    ),
    Case(
        "a star for two labels",
        lambda p: chain(p, extensions=(*SERVER[:2], "subjectAltName=DNS:*.localhost,DNS:*")),
        ["name-mismatch"],
        62,
    ),
    # openssl falls back to the common name, which RFC 9525 and every browser forbid.
    Case(
        "no alternative names",
        lambda p: chain(p, extensions=SERVER[:2]),
        ["no-alternative-names", "name-mismatch"],
        0,
    ),
    Case(
        "an address as a name",
        lambda p: chain(p, extensions=(*SERVER[:2], "subjectAltName=DNS:127.0.0.1")),
        ["name-mismatch"],
        64,
        {"host": "127.0.0.1"},
    ),
    Case("an address", chain, [], 0, {"host": "127.0.0.1"}),
    Case("for clients", lambda p: chain(p, extensions=CLIENT_ONLY), ["wrong-purpose"], 26),
    Case("RSA 1024", lambda p: chain(p, key="rsa1024"), ["weak-key"], 66),
    Case(
        "SHA-1",
        lambda p: chain(p, digest="sha1"),
        ["unverifiable-signature", "weak-signature"],
        68,
        {"rules": ["tls/weak-signature"], "not": ["tls/chain-not-accepted"]},
    ),
    # openssl goes by the common name, see above.
    Case(
        "version 1",
        lambda p: chain(p, extensions=()),
        ["no-alternative-names", "name-mismatch", "old-version"],
        0,
    ),
    Case("unknown authority", lambda p: p.stranger.issue().followed_by(p.stranger), ["unknown-ca", "root-sent"], 19, {"trust": False}),
    Case("unknown authority, not sent", lambda p: p.stranger.issue().followed_by(), ["unknown-ca"], 21, {"trust": False}),
    Case("incomplete", lambda p: p.middle.issue().followed_by(), ["missing-intermediate"], 21),
    # openssl sorts the chain itself.
    Case("wrong order", lambda p: p.middle.issue().followed_by(p.root, p.middle), ["wrong-order", "root-sent"], 0),
    Case("twice", lambda p: p.middle.issue().followed_by(p.middle, p.middle), ["duplicate"], 0),
    Case("root sent", lambda p: p.middle.issue().followed_by(p.middle, p.root), ["root-sent"], 0),
    Case("stranger sent", lambda p: p.middle.issue().followed_by(p.middle, p.stranger), ["root-sent", "unrelated"], 0),
    Case("about to expire", lambda p: chain(p, begins=-85, ends=5), [], 0, {"rules": ["tls/certificate-expires-soon"]}),
    Case("renewal due", lambda p: chain(p, begins=-65, ends=25), [], 0, {"rules": ["tls/certificate-renewal-due"]}),
    Case("six days, half left", lambda p: chain(p, begins=-3, ends=3), [], 0),
]


def self_signed(pki, ca):
    issuer = Issuer.root(pki.root.path.parent / f"self-{ca}", "localhost")
    extensions = (f"basicConstraints=critical,CA:{'TRUE' if ca else 'FALSE'}", SERVER[2])
    openssl(
        "req", "-x509", "-key", issuer.key, "-out", issuer.path, "-days", 90, "-subj", "/CN=localhost",
        *(word for line in extensions for word in ("-addext", line)),
    )  # fmt: skip
    return issuer.followed_by()


CASES += [
    Case("self-signed", lambda p: self_signed(p, False), ["self-signed"], 18, {"trust": False}),
    Case("self-signed authority", lambda p: self_signed(p, True), ["self-signed", "authority-as-leaf"], 18, {"trust": False}),
]


def below(pki, extensions):
    """Below an intermediate with these extensions."""
    middle = pki.root.authority("Odd", extensions=extensions)
    return middle.issue().followed_by(middle)


NARROW = (*AUTHORITY, "nameConstraints=critical,permitted;DNS:example.net,permitted;IP:192.0.2.0/255.255.255.0")
NO_AUTHORITY = ("basicConstraints=critical,CA:FALSE",)

CASES += [
    Case("issuer is no authority", lambda p: below(p, NO_AUTHORITY), ["issuer-not-authority"], 26),
    Case("issuer may not sign", lambda p: below(p, (AUTHORITY[0], "keyUsage=critical,digitalSignature")), ["issuer-not-authority"], 32),
    Case("issuer is bound to other names", lambda p: below(p, NARROW), ["name-constraint"], 47),
    Case("issuer expired", lambda p: expired_issuer(p), ["expired"], 10),
]


# Where RFC 5280 is the judge and libraries have limits: openssl's code, and whether GnuTLS takes it.
POLICY = "certificatePolicies=critical,1.2.3.4"
DEMAND = ("certificatePolicies=1.2.3.4", "policyConstraints=critical,requireExplicitPolicy:0")
AGENCY = (*AUTHORITY, "nameConstraints=critical,permitted;dirName:agency", "[agency]", "commonName=")
ANY_PURPOSE = (SERVER[0], "extendedKeyUsage=anyExtendedKeyUsage", SERVER[2])
UNKNOWN = "1.3.6.1.4.1.99999.7=critical,DER:0500"
MANY_YEARS = -75 * 365


def under(*extensions, leaf=SERVER):
    """Below an intermediate with these extensions, a leaf with those."""

    def make(pki):
        middle = pki.root.authority("Odd", extensions=(*AUTHORITY, *extensions))
        return middle.issue(extensions=leaf).followed_by(middle)

    return make


def within(name):
    """Below an intermediate that may certify subjects that begin with this name."""
    return lambda pki: below(pki, (*AGENCY[:-1], AGENCY[-1] + name))


def deep(pki, length, limit=None):
    """Below so many intermediates, the first of which allows so many below it."""
    first = "basicConstraints=critical,CA:TRUE" + ("" if limit is None else f",pathlen:{limit}")
    above, chain = pki.root, []
    for number in range(length):
        extensions = (AUTHORITY[0] if number else first, AUTHORITY[1])
        above = above.authority(f"Authority {number}", extensions=extensions)
        chain.insert(0, above)
    return above.issue().followed_by(*chain)


LIMITS = [
    Case("critical policies above", under(POLICY), [], 0, {"gnutls": True}),
    Case("critical policies in the leaf", lambda p: chain(p, extensions=(*SERVER, POLICY)), [], 0, {"gnutls": True}),
    Case("no anyPolicy, critical", under("inhibitAnyPolicy=critical,0"), [], 0, {"gnutls": True}),
    # GnuTLS 3.7 knows no policyConstraints, and openssl holds them only with -policy_check.
    Case("a policy is demanded and there", under(*DEMAND, leaf=(*SERVER, DEMAND[0])), [], 0),
    Case("a policy is demanded and missing", under(*DEMAND), ["policy-missing"], 0, {"gnutls": False}),
    Case("subject within the constraint", within("localhost"), [], 0, {"gnutls": True}),
    Case("subject in other capitals", within("LocalHost"), [], 0),
    # GnuTLS 3.7 does not hold directoryName constraints.
    Case("subject outside the constraint", within("agency"), ["name-constraint"], 47),
    Case("begins in 1951", lambda p: chain(p, begins=MANY_YEARS), [], 0, {"gnutls": True}),
    Case("an authority of 1951", lambda p: old_authority(p), [], 0, {"gnutls": True}),
    Case("eight intermediates", lambda p: deep(p, 8), [], 0, {"gnutls": True}),
    Case("as many as allowed", lambda p: deep(p, 3, limit=2), [], 0, {"gnutls": True}),
    Case("one more than allowed", lambda p: deep(p, 4, limit=2), ["path-too-long"], 25, {"gnutls": False}),
    Case("an unknown critical extension", lambda p: chain(p, extensions=(*SERVER, UNKNOWN)), ["critical-extension"], 34,
         {"gnutls": False, "not": ["tls/key-not-proven"]}),
    Case("an unknown critical one above", under(UNKNOWN), ["critical-extension"], 34, {"gnutls": False}),
    # GnuTLS takes any purpose in the leaf, and openssl does not.
    Case("any purpose", lambda p: chain(p, extensions=ANY_PURPOSE), ["wrong-purpose"], 26, {"gnutls": True}),
    Case("any purpose above", under("extendedKeyUsage=anyExtendedKeyUsage"), ["wrong-purpose"], 26, {"gnutls": False}),
    Case("clients above", under("extendedKeyUsage=clientAuth"), ["wrong-purpose"], 26, {"gnutls": False}),
    Case("half a day, fresh", lambda p: chain(p, begins=-1 / 24, ends=11 / 24), [], 0, {"gnutls": True, "not": FRESH}),
    Case("a day, two thirds left", lambda p: chain(p, begins=-8 / 24, ends=16 / 24), [], 0, {"gnutls": True, "not": FRESH}),
]


def old_authority(pki):
    middle = pki.root.authority("Old", begins=MANY_YEARS, ends=900)
    return middle.issue().followed_by(middle)


def gnutls_takes(chained, root, host):
    """GnuTLS's verdict on the chain file."""
    done = subprocess.run(
        ["certtool", "--verify", "--load-ca-certificate", root, "--verify-hostname", host,
         "--verify-purpose", "1.3.6.1.5.5.7.3.1"],
        input=chained.chain.read_text(), capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    return done.returncode == 0


@pytest.mark.parametrize("case", LIMITS, ids=lambda case: case.name)
def test_the_limits_of_a_library_are_no_fault_of_the_server(seaworthy, servers, pki, case):
    chained = case.make(pki)
    server = serve(servers, chained)
    assert verify_code(server, pki.root.path, "localhost") == case.openssl
    if "gnutls" in case.options:
        assert gnutls_takes(chained, pki.root.path, "localhost") == case.options["gnutls"]
    target = audit(seaworthy, server, pki.root.path)
    certificate = target["facts"]["tls"]["certificate"]
    assert certificate["faults"] == case.faults
    assert certificate["trust"]["trusted"] == (not case.faults)
    assert target["facts"]["tls"]["key_proof"] == "valid"
    for rule in case.options.get("not", []):
        assert rule not in failed(target)


# keyUsage, what nginx is told beside, whether the rule fails and GnuTLS ends the handshake.
USES = [
    ("digitalSignature", "", False),
    ("digitalSignature,keyEncipherment", "", False),
    ("keyEncipherment", "", True),
    ("keyEncipherment", "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;", True),
    ("keyEncipherment", "ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256;", False),
    ("dataEncipherment", "", True),
]


@pytest.mark.parametrize("usage, lines, refused", USES)
def test_a_key_is_used_as_its_certificate_says(seaworthy, servers, pki, usage, lines, refused):
    extensions = (*SERVER, f"keyUsage=critical,{usage}")
    own = chain(pki, key="rsa", extensions=extensions)
    port = free_port()
    body = f'server_name localhost; ssl_certificate {own.chain}; ssl_certificate_key {own.key}; {lines} return 200 "aye";'
    # `listen … ssl` by hand: the harness would add versions of its own.
    server = replace(servers.nginx(f"listen 127.0.0.1:{port} ssl; {body}"), port=port)
    client = subprocess.run(
        ["gnutls-cli", "--x509cafile", pki.root.path, "--sni-hostname", "localhost",
         "--verify-hostname", "localhost", "-p", str(server.port), "127.0.0.1"],
        input="", capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert ("Key usage violation" in client.stdout + client.stderr) == refused
    target = audit(seaworthy, server, pki.root.path)
    assert ("tls/certificate-key-usage" in failed(target)) == refused


def expired_issuer(pki):
    middle = pki.root.authority("Old", begins=-900, ends=-1)
    return middle.issue(begins=-90, ends=90).followed_by(middle)


def serve(servers, chained, staple=None):
    """nginx, told to take even what it should not."""
    lines = "ssl_ciphers DEFAULT@SECLEVEL=0;"
    if staple:
        lines += f"ssl_stapling on; ssl_stapling_file {staple};"
    return servers.nginx('return 200 "aye";', certificate=chained, http=lines)


def verify_code(server, root, host):
    """openssl's own verdict, at the level of security that browsers have."""
    by = ["-verify_ip", host] if host[0].isdigit() else ["-verify_hostname", host]
    trust = ["-CAfile", root] if root else []
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost",
         "-cipher", "DEFAULT@SECLEVEL=2", *trust, *by],
        input="", capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if "Verify return code" in line]
    return int(lines[-1].split(":")[1].split()[0])


def audit(seaworthy, server, root, host="localhost", flags=(), **options):
    trust = ["--cacert", root] if root else []
    url = f"https://{host}:{server.port}/"
    where = server.log_path.parent
    report = seaworthy.json(url, "--only", "tls", *trust, *flags, cwd=where, **options)
    return report["targets"][0]


def failed(target, prefix="tls/"):
    return {
        finding["rule"]
        for finding in target["findings"]
        if finding["outcome"] == "fail" and finding["rule"].startswith(prefix)
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_fault_is_named_and_openssl_agrees(seaworthy, servers, pki, case):
    server = serve(servers, case.make(pki))
    root = pki.root.path if case.options.get("trust", True) else None
    host = case.options.get("host", "localhost")
    assert verify_code(server, root, host) == case.openssl
    target = audit(seaworthy, server, root, host)
    certificate = target["facts"]["tls"]["certificate"]
    assert certificate["faults"] == case.faults
    for rule in case.options.get("rules", []):
        assert rule in failed(target)
    for rule in case.options.get("not", []):
        assert rule not in failed(target)
    if case.name == "sound":
        about = ("tls/certificate", "tls/chain", "tls/weak", "tls/self", "tls/unknown", "tls/staple")
        assert not failed(target, about)


STAPLES = [
    ("good", SERVER, {"status": "good"}, [], "good"),
    ("revoked", SERVER, {"status": "revoked"}, ["revoked"], "revoked"),
    ("must-staple, good", MUST_STAPLE, {"status": "good"}, [], "good"),
    ("must-staple, none", MUST_STAPLE, None, ["staple-missing"], None),
    ("must-staple, revoked", MUST_STAPLE, {"status": "revoked"}, ["revoked", "staple-missing"], "revoked"),
]


@pytest.mark.parametrize("name, extensions, staple, faults, said", STAPLES, ids=[row[0] for row in STAPLES])
def test_staples(seaworthy, servers, pki, name, extensions, staple, faults, said):
    leaf = pki.middle.issue(extensions=extensions)
    response = pki.middle.staple(leaf, **staple) if staple else None
    server = serve(servers, leaf.followed_by(pki.middle), response)
    assert openssl_status(server) == said
    target = audit(seaworthy, server, pki.root.path)
    assert target["facts"]["tls"]["certificate"]["faults"] == faults


def openssl_status(server):
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost", "-status"],
        input="", capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    lines = [line.strip() for line in done.stdout.splitlines() if "Cert Status" in line]
    return lines[0].split(":")[1].strip() if lines else None


def test_a_staple_signed_by_somebody_else_is_not_believed(seaworthy, servers, pki):
    leaf = pki.middle.issue()
    forged = pki.stranger.staple(leaf, status="revoked")
    server = serve(servers, leaf.followed_by(pki.middle), forged)
    faults = audit(seaworthy, server, pki.root.path)["facts"]["tls"]["certificate"]["faults"]
    assert "revoked" not in faults and "staple-invalid" in faults


def test_the_facts_are_what_openssl_prints(seaworthy, servers, pki):
    leaf = pki.middle.issue()
    server = serve(servers, leaf.followed_by(pki.middle))
    facts = audit(seaworthy, server, pki.root.path)["facts"]["tls"]["certificate"]
    printed = subprocess.run(
        ["openssl", "x509", "-in", leaf.path, "-noout", "-serial", "-fingerprint", "-sha256", "-dates", "-dateopt", "iso_8601"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    shown = dict(line.split("=", 1) for line in printed.splitlines())
    assert facts["serial"].upper().lstrip("0") == shown["serial"].lstrip("0")
    assert facts["sha256"].upper() == shown["sha256 Fingerprint"].replace(":", "")
    assert facts["not_before"] == shown["notBefore"].replace(" ", "T")
    assert facts["not_after"] == shown["notAfter"].replace(" ", "T")
    assert (facts["subject"], facts["issuer"]) == ("CN=localhost", "CN=Middle")
    assert facts["san"] == ["localhost", "127.0.0.1"]
    assert facts["key"] == {"type": "EC", "bits": 256, "curve": "prime256v1"}
    assert facts["signature"] == "sha256WithRSAEncryption"
    assert [link["role"] for link in facts["chain"]] == ["leaf", "intermediate"]
    assert facts["trust"]["trusted"] and facts["trust"]["anchor"] == "CN=Real Root"


def test_the_systems_anchors_count_where_they_are_asked_for(seaworthy, servers, pki):
    server = serve(servers, chain(pki))
    for roots, file, faults in [
        ("system", pki.root.path, []),
        ("system", pki.stranger.path, ["unknown-ca"]),
        ("bundled", pki.root.path, ["unknown-ca"]),
    ]:
        target = audit(
            seaworthy, server, None, flags=["--roots", roots], env={"SSL_CERT_FILE": str(file)}
        )
        assert target["facts"]["tls"]["certificate"]["faults"] == faults, (roots, file)


def test_trust_can_be_left_aside(seaworthy, servers, pki):
    server = serve(servers, chain(pki, begins=-90, ends=-1))
    rules = failed(audit(seaworthy, server, None, flags=["--insecure"]))
    assert "tls/certificate-expired" in rules and "tls/unknown-ca" not in rules


def test_every_address_of_the_name_is_looked_at(seaworthy, servers, pki):
    """Two servers on one port of two addresses; the second one has another certificate."""
    one, two = chain(pki), chain(pki, begins=-90, ends=-1)
    server = serve(servers, one)
    body = f'listen 127.0.0.2:{server.port} ssl; ssl_certificate {two.chain}; ssl_certificate_key {two.key}; return 200;'
    servers.nginx(body)
    both = [flag for ip in ("127.0.0.1", "127.0.0.2") for flag in ("--resolve", f"localhost:{server.port}:{ip}")]
    alone = audit(seaworthy, server, pki.root.path, flags=both)
    assert "tls/addresses-differ" not in failed(alone)
    target = audit(seaworthy, server, pki.root.path, flags=[*both, "--all-addresses"])
    assert {"tls/addresses-differ", "tls/certificate-expired"} <= failed(target)
    seen = target["facts"]["tls"]["addresses"]["seen"]
    assert {one["address"] for one in seen} == {f"127.0.0.{n}:{server.port}" for n in (1, 2)}


def test_a_second_certificate_that_has_expired_withholds_the_letter(seaworthy, servers, pki):
    for first, second, letter in [("rsa", "ec", None), ("ec", "rsa", None)]:
        other = chain(pki, key=second, begins=-90, ends=-1)
        body = f'ssl_certificate {other.chain}; ssl_certificate_key {other.key}; return 200 "aye";'
        server = servers.nginx(body, certificate=chain(pki, key=first))
        rating = audit(seaworthy, server, pki.root.path)["facts"]["tls"]["ssl_labs"]
        # The guide does not say which of the two counts, unless it is the one that expired.
        own = "T" if rating["caps"][0]["limit"] == "T" else letter
        assert rating["grade"] == own
        assert own == "T" or "outside its dates" in rating["open"][0]["question"]


def test_both_certificates_of_a_server_are_judged(seaworthy, servers, pki):
    rsa = chain(pki, key="rsa", begins=-90, ends=-1)
    body = f'ssl_certificate {rsa.chain}; ssl_certificate_key {rsa.key}; return 200 "aye";'
    server = servers.nginx(body, certificate=chain(pki))
    target = audit(seaworthy, server, pki.root.path)
    tls = target["facts"]["tls"]
    kinds = {one["key"]["type"] for one in (tls["certificate"], *tls["other_certificates"])}
    assert kinds == {"EC", "RSA"}
    assert "tls/certificate-expired" in failed(target)


INTERMEDIATE = """
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
    ssl_ecdh_curve X25519:prime256v1:secp384r1;
    ssl_prefer_server_ciphers off;
"""


def test_mozillas_own_configuration_deviates_by_what_the_library_lacks(seaworthy, servers, pki):
    """OpenSSL before 3.5 has no hybrid group; everything else is as 6.0 wants it."""
    hsts = 'add_header Strict-Transport-Security "max-age=63072000" always; return 200 "aye";'
    server = servers.nginx(hsts, certificate=chain(pki), http=INTERMEDIATE)
    flags = ["--tls-profile", "intermediate", "--ciphers"]
    target = audit(seaworthy, server, pki.root.path, flags=flags)
    held = {one["version"]: one for one in target["facts"]["tls"]["mozilla"]["intermediate"]}
    library = subprocess.run(["openssl", "list", "-kem-algorithms"], capture_output=True, text=True)
    lacking = [] if "MLKEM" in library.stdout else [{"kind": "missing", "what": "group X25519MLKEM768"}]
    assert held["6.0"]["deviations"] == lacking
    assert ("tls/mozilla-profile" in failed(target)) == bool(lacking)
    assert target["facts"]["tls"]["ssl_labs"]["grade"] == "A+"


def test_the_letter_of_ssl_labs_follows_the_certificate(seaworthy, servers, pki):
    for made, root, letter in [
        (chain(pki), pki.root, "A"),
        (chain(pki, begins=-90, ends=-1), pki.root, "T"),
        (pki.middle.issue().followed_by(pki.middle, pki.root), None, "T"),
        # The issuer that was not sent may be unknown (T) or just missing (B).
        (chain(pki), None, None),
        (pki.middle.issue().followed_by(), pki.root, None),
        (chain(pki, extensions=(*SERVER[:2], "subjectAltName=DNS:other.example")), pki.root, "M"),
        (chain(pki, key="rsa1024"), pki.root, "B"),
        (chain(pki, digest="sha1"), pki.root, "T"),
    ]:
        server = serve(servers, made)
        target = audit(seaworthy, server, root.path if root else None)
        assert target["facts"]["tls"]["ssl_labs"]["grade"] == letter


CHACHA_AND_GCM = "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20:@SECLEVEL=0;"
HSTS = 'add_header Strict-Transport-Security "max-age=31536000" always;'

# What nginx is told beside a sound certificate (ECDSA or RSA), and the letter of the guide 2009r.
LETTERS = [
    ("TLS 1.2 and 1.3, HSTS", f"{HSTS} ssl_protocols TLSv1.2 TLSv1.3; {CHACHA_AND_GCM}", "ec", "A+"),
    ("no HSTS", f"ssl_protocols TLSv1.2 TLSv1.3; {CHACHA_AND_GCM}", "ec", "A"),
    ("HSTS of a month", f"{HSTS.replace('31536000', '2592000')} ssl_protocols TLSv1.2 TLSv1.3; {CHACHA_AND_GCM}", "ec", "A"),
    # No older version to fall back to, so nothing honours the signal: the guide asks all the same.
    ("TLS 1.3 only", f"{HSTS} ssl_protocols TLSv1.3;", "ec", "A"),
    ("TLS 1.2 only", f"{HSTS} ssl_protocols TLSv1.2; {CHACHA_AND_GCM}", "ec", "A-"),
    ("TLS 1.1 as well", f"{HSTS} ssl_protocols TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers DEFAULT:@SECLEVEL=0;", "ec", "B"),
    ("TLS 1.0 as well", f"{HSTS} ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers DEFAULT:@SECLEVEL=0;", "ec", "B"),
    ("TLS 1.0 only", "ssl_protocols TLSv1; ssl_ciphers DEFAULT:@SECLEVEL=0;", "rsa", "C"),
    ("CBC only", "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA;", "rsa", "B"),
    ("static RSA only", "ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256;", "rsa", "B"),
    ("anonymous as well", "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:aNULL:@SECLEVEL=0;", "ec", "F"),
    ("NULL as well", "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:eNULL:@SECLEVEL=0;", "ec", "F"),
    ("DH 1024", "ssl_protocols TLSv1.2 TLSv1.3; ssl_dhparam {dh}; ssl_ciphers ECDHE+AESGCM:DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0;", "rsa", "B"),
]


@pytest.fixture(scope="module")
def dh_1024(tmp_path_factory):
    path = tmp_path_factory.mktemp("dh") / "dh.pem"
    openssl("dhparam", "-dsaparam", "-out", path, 1024)
    return path


@pytest.mark.parametrize("name, lines, key, letter", LETTERS, ids=[row[0] for row in LETTERS])
def test_the_letter_of_ssl_labs_follows_the_configuration(
    seaworthy, servers, pki, dh_1024, name, lines, key, letter
):
    extensions = (*SERVER, "keyUsage=critical,digitalSignature,keyEncipherment")
    own = chain(pki, key=key, extensions=extensions)
    port = free_port()
    body = f"""
        server_name localhost; ssl_certificate {own.chain}; ssl_certificate_key {own.key};
        {lines.replace("{dh}", str(dh_1024))} return 200 "aye";
    """
    # `listen … ssl` by hand: the harness would add versions of its own.
    server = servers.nginx(f"listen 127.0.0.1:{port} ssl; {body}")
    tls = audit(seaworthy, replace(server, port=port), pki.root.path)["facts"]["tls"]
    assert tls["ssl_labs"]["grade"] == letter, (tls["ssl_labs"], tls["inconclusive"])
