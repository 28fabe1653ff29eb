"""Real TLS servers as they come, with a certificate and nothing else set: each gets a verdict.

The truth is asked one hello at a time, by code that shares nothing with the program under test.
"""

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.authority import openssl
from harness.hello import VERSIONS, Oracle
from harness.servers import HERE, free_port
from test_tls_protocol import tls

SERVERS = HERE / "servers"


def binary(name):
    """Debian keeps servers in /usr/sbin, which may be on no path."""
    return shutil.which(name) or f"/usr/sbin/{name}"


def pem(certificate, tmp_path):
    """Chain and key in one file."""
    path = tmp_path / "site.pem"
    path.write_text(Path(certificate.chain).read_text() + Path(certificate.key).read_text())
    return path


def s_server(servers, it, tmp_path, port):
    return servers.start(
        "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-www", "-quiet",
        "-cert", it.chain, "-key", it.key, port=port,
    )  # fmt: skip


def nginx(servers, it, tmp_path, port):
    """Without `ssl_protocols`: the versions are nginx's own choice."""
    server = servers.nginx(
        f"listen 127.0.0.1:{port} ssl; return 200 ok; ssl_certificate {it.chain}; ssl_certificate_key {it.key};"
    )
    return replace(server, port=port)


def haproxy(servers, it, tmp_path, port):
    conf = tmp_path / "haproxy.cfg"
    conf.write_text(
        f"defaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n"
        f"frontend site\n bind 127.0.0.1:{port} ssl crt {pem(it, tmp_path)}\n"
        f" http-request return status 200 content-type text/plain string ok\n"
    )
    return servers.start(binary("haproxy"), "-f", conf, port=port)


def hitch(servers, it, tmp_path, port):
    site = pem(it, tmp_path)
    back = servers.nginx("return 200 ok;")
    return servers.start(
        binary("hitch"), f"--frontend=[127.0.0.1]:{port}", f"--backend=[127.0.0.1]:{back.port}",
        "--user=nobody" if os.geteuid() == 0 else "--quiet", site, port=port,
    )  # fmt: skip


def gnutls(servers, it, tmp_path, port):
    return servers.start(
        "gnutls-serv", "--http", "--port", port, "--x509certfile", it.chain, "--x509keyfile", it.key,
        port=port,
    )  # fmt: skip


def lighttpd(module):
    def start(servers, it, tmp_path, port):
        (tmp_path / "index.html").write_text("ok")
        conf = tmp_path / "lighttpd.conf"
        conf.write_text(
            f"""
            server.modules = ( "mod_{module}" )
            server.port = {port}
            server.bind = "127.0.0.1"
            server.document-root = "{tmp_path}"
            index-file.names = ( "index.html" )
            ssl.engine = "enable"
            ssl.pemfile = "{pem(it, tmp_path)}"
            """
        )
        return servers.start(binary("lighttpd"), "-D", "-f", conf, port=port)

    return start


def apache(servers, it, tmp_path, port):
    modules = "/usr/lib/apache2/modules"
    conf = tmp_path / "apache.conf"
    conf.write_text(
        f"""
        ServerRoot {tmp_path}
        ServerName localhost
        PidFile {tmp_path}/apache.pid
        ErrorLog {tmp_path}/error.log
        LoadModule mpm_event_module {modules}/mod_mpm_event.so
        LoadModule ssl_module {modules}/mod_ssl.so
        LoadModule authz_core_module {modules}/mod_authz_core.so
        LoadModule socache_shmcb_module {modules}/mod_socache_shmcb.so
        Listen 127.0.0.1:{port}
        User www-data
        Group www-data
        <VirtualHost *:{port}>
            SSLEngine on
            SSLCertificateFile {it.chain}
            SSLCertificateKeyFile {it.key}
        </VirtualHost>
        """
    )
    return servers.start(binary("apache2"), "-DFOREGROUND", "-f", conf, port=port)


def stunnel(servers, it, tmp_path, port):
    back = servers.nginx("return 200 ok;")
    conf = tmp_path / "stunnel.conf"
    conf.write_text(
        f"foreground = yes\npid =\n[site]\naccept = 127.0.0.1:{port}\nconnect = 127.0.0.1:{back.port}\n"
        f"cert = {it.chain}\nkey = {it.key}\n"
    )
    return servers.start("stunnel4", conf, port=port)


def h2o(servers, it, tmp_path, port):
    conf = tmp_path / "h2o.conf"
    conf.write_text(
        f"{'user: root' if os.geteuid() == 0 else ''}\n"
        f"hosts:\n default:\n  listen:\n   host: 127.0.0.1\n   port: {port}\n"
        f"   ssl:\n    certificate-file: {it.chain}\n    key-file: {it.key}\n"
        f"  paths:\n   /:\n    file.dir: {tmp_path}\n"
    )
    return servers.start("h2o", "-c", conf, port=port)


def nghttpx(servers, it, tmp_path, port):
    back = servers.nginx("return 200 ok;")
    return servers.start(
        "nghttpx", f"-f127.0.0.1,{port}", f"-b127.0.0.1,{back.port}", "--no-ocsp", "--conf=/dev/null",
        it.key, it.chain, port=port,
    )  # fmt: skip


def caddy(servers, it, tmp_path, port):
    site = tmp_path / "Caddyfile"
    site.write_text(
        f"{{\n admin off\n auto_https off\n}}\nhttps://localhost:{port} {{\n tls {it.chain} {it.key}\n respond ok\n}}\n"
    )
    return servers.start(
        "caddy", "run", "--config", site, "--adapter", "caddyfile", port=port, env={"HOME": str(tmp_path)}
    )


def java(servers, it, tmp_path, port):
    store = tmp_path / "store.p12"
    openssl("pkcs12", "-export", "-in", it.chain, "-inkey", it.key, "-out", store, "-passout", "pass:changeit")
    return servers.start("java", SERVERS / "Https.java", port, store, port=port)


def python_threads(servers, it, tmp_path, port):
    return servers.python("https_threads", it.chain, it.key, port=port)


def node(servers, it, tmp_path, port):
    return servers.node("https_node", it.chain, it.key, port=port)


def uvicorn(servers, it, tmp_path, port):
    return servers.uvicorn("asgi_ok:app", "--ssl-certfile", it.chain, "--ssl-keyfile", it.key, port=port)


def module(name, *arguments):
    def start(servers, it, tmp_path, port):
        given = [argument.format(port=port, chain=it.chain, key=it.key) for argument in arguments]
        return servers.start(Path(sys.executable).parent / name, *given, port=port, cwd=SERVERS)

    return start


hypercorn = module("hypercorn", "asgi_ok:app", "--bind", "127.0.0.1:{port}", "--certfile", "{chain}", "--keyfile", "{key}")
granian = module(
    "granian", "asgi_ok:app", "--interface", "asgi", "--host", "127.0.0.1", "--port", "{port}",
    "--ssl-certificate", "{chain}", "--ssl-keyfile", "{key}",
)  # fmt: skip

STACKS = {
    "openssl s_server": s_server,
    "nginx": nginx,
    "haproxy": haproxy,
    "apache2": apache,
    "hitch": hitch,
    "stunnel": stunnel,
    "h2o": h2o,
    "nghttpx": nghttpx,
    "gnutls-serv": gnutls,
    "lighttpd with OpenSSL": lighttpd("openssl"),
    "lighttpd with GnuTLS": lighttpd("gnutls"),
    "lighttpd with mbedTLS": lighttpd("mbedtls"),
    "lighttpd with NSS": lighttpd("nss"),
    "lighttpd with wolfSSL": lighttpd("wolfssl"),
    "caddy": caddy,
    "JDK HttpsServer": java,
    "Python ssl in threads": python_threads,
    "node": node,
    "uvicorn": uvicorn,
    "hypercorn": hypercorn,
    "granian": granian,
}


# What a stack cannot take. Debian 12's wolfSSL module ends the connection where a stapled response is
# asked for and it has none to give.
INTOLERANT = {"lighttpd with wolfSSL": "status_request"}


@pytest.fixture(scope="module")
def certificates(ca, tmp_path_factory):
    """Some servers drop root's privileges before they read their key."""
    made = {"ec": ca.certificate(), "rsa": ca.certificate(key="rsa")}
    for it in made.values():
        os.chmod(it.key, 0o644)
    return made


@pytest.mark.parametrize("key", ["ec", "rsa"])
@pytest.mark.parametrize("name", STACKS)
def test_a_server_as_it_comes_gets_a_verdict(name, key, seaworthy, servers, certificates, tmp_path):
    server = STACKS[name](servers, certificates[key], tmp_path, free_port())
    port = int(server.port)
    oracle = Oracle(port)
    spoken = {version for version in VERSIONS if oracle.speaks(version)}

    must = tls(seaworthy, f"https://localhost:{port}")
    every = tls(seaworthy, f"https://localhost:{port}", "--ciphers")
    for facts in (must, every):
        assert facts["inconclusive"] == []
        assert facts["versions"]["SSLv2"] == "refused"
        assert {v for v in VERSIONS if facts["versions"][v] == "accepted"} == spoken
        assert {v for v in VERSIONS if facts["versions"][v] == "refused"} == VERSIONS.keys() - spoken
        assert facts["stability"]["contradictions"] == [] and facts["stability"]["differences"] == []
        found = [one["to"].split(":")[0] for one in facts["stability"]["intolerances"]]
        assert found == ([INTOLERANT[name]] if name in INTOLERANT else [])
    # Who closes is asked everything twice, and the control in between.
    assert must["connections"] <= 24 or name in INTOLERANT
    truth = {version: oracle.suites(version) for version in spoken}
    assert {version: set(suites) for version, suites in every["suites"].items()} == truth
    assert every["all_suites"]
    for version, suites in must["suites"].items():
        assert set(suites) <= truth[version]
    # Suites with a secret in common are listed, and in no class by default.
    with_secret = any("PSK" in suite for suites in truth.values() for suite in suites)
    assert set(must["classes"]) <= set(every["classes"])
    assert with_secret or set(must["classes"]) == set(every["classes"])
    if "TLSv1.3" in spoken:
        groups = oracle.groups_of_tls13()
        assert groups <= set(every["groups"])
        assert (every["post_quantum"] == "accepted") == any("MLKEM" in group for group in groups)
