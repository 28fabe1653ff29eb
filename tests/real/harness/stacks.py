"""Real TLS servers as they come, with a certificate and nothing else set, and their versions."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from harness.authority import openssl
from harness.servers import HERE, free_port

BEYOND = HERE / "beyond"


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
    return servers.start("java", HERE / "servers" / "Https.java", port, store, port=port)


def python_threads(servers, it, tmp_path, port):
    return servers.python("https_threads", it.chain, it.key, port=port)


def node(servers, it, tmp_path, port):
    return servers.node("https_node", it.chain, it.key, port=port)


def uvicorn(servers, it, tmp_path, port):
    return servers.uvicorn("asgi_ok:app", "--ssl-certfile", it.chain, "--ssl-keyfile", it.key, port=port)


def module(name, *arguments):
    def start(servers, it, tmp_path, port):
        given = [argument.format(port=port, chain=it.chain, key=it.key) for argument in arguments]
        return servers.start(Path(sys.executable).parent / name, *given, port=port, cwd=HERE / "servers")

    return start


hypercorn = module("hypercorn", "asgi_ok:app", "--bind", "127.0.0.1:{port}", "--certfile", "{chain}", "--keyfile", "{key}")
granian = module(
    "granian", "asgi_ok:app", "--interface", "asgi", "--host", "127.0.0.1", "--port", "{port}",
    "--ssl-certificate", "{chain}", "--ssl-keyfile", "{key}",
)  # fmt: skip


def fetch(*argv):
    """Bun and Deno."""

    def start(servers, it, tmp_path, port):
        program = next(BEYOND.glob(argv[0]))
        given = (program, *argv[1:], HERE / "servers/https_fetch.js", port, it.chain, it.key)
        return servers.start(*given, port=port, env={"HOME": str(tmp_path)})

    return start


def tlslite(servers, it, tmp_path, port):
    (tmp_path / "index.html").write_text("ok")
    return servers.start(
        BEYOND / ".venv/bin/tls.py", "server", "-c", it.chain, "-k", it.key, "-d", tmp_path,
        f"127.0.0.1:{port}", port=port,
    )  # fmt: skip


def go(servers, it, tmp_path, port):
    program = tmp_path / "https"
    environment = os.environ | {"CGO_ENABLED": "0", "GOCACHE": str(BEYOND / ".venv/go-cache"), "GOTOOLCHAIN": "local"}
    build = [BEYOND / ".venv/bin/go", "build", "-o", program, HERE / "servers/https.go"]
    subprocess.run(build, env=environment, check=True, cwd=tmp_path)
    return servers.start(program, port, it.chain, it.key, port=port)


def erlang(servers, it, tmp_path, port):
    (tmp_path / "index.html").write_text("ok")
    script = HERE / "servers/https_erlang.escript"
    return servers.start("escript", script, port, it.chain, it.key, tmp_path, port=port, env={"HOME": str(tmp_path)})


@cache
def said(*argv) -> str:
    """What a command prints about itself."""
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr


def debian(package) -> str:
    """The upstream version of an installed package."""
    version = said("dpkg-query", "-W", "-f=${Version}", package)
    return re.sub(r"^\d+:|[-+~]\D.*$|-\d.*$", "", version)


def python_package(name, venv=None) -> str:
    """Of the tests' own environment, or of another."""
    python = venv / "bin/python" if venv else sys.executable
    return said(python, "-c", f"import importlib.metadata as m; print(m.version({name!r}))").strip()


def openssl_3() -> str:
    return f"OpenSSL {debian('libssl3')}"


def python_openssl() -> str:
    return said(sys.executable, "-c", "import ssl; print(ssl.OPENSSL_VERSION)").split(" ")[1]


@dataclass(frozen=True)
class Stack:
    """How a server starts, its version, the TLS library in it, and whether CI runs it."""

    start: Callable
    version: Callable[[], str]
    library: Callable[[], str]
    core: bool = False
    # What it cannot take.
    intolerant: str | None = None


def of_lighttpd(module, library, **options):
    return Stack(lighttpd(module), lambda: debian("lighttpd"), library, **options)


STACKS = {
    "openssl s_server": Stack(s_server, lambda: debian("openssl"), openssl_3),
    "nginx": Stack(nginx, lambda: debian("nginx"), openssl_3, core=True),
    "haproxy": Stack(haproxy, lambda: debian("haproxy"), openssl_3, core=True),
    "apache2": Stack(apache, lambda: debian("apache2"), openssl_3, core=True),
    "hitch": Stack(hitch, lambda: debian("hitch"), openssl_3),
    "stunnel": Stack(stunnel, lambda: debian("stunnel4"), openssl_3),
    "h2o": Stack(h2o, lambda: debian("h2o"), openssl_3),
    "nghttpx": Stack(nghttpx, lambda: debian("nghttp2-proxy"), openssl_3),
    "gnutls-serv": Stack(
        gnutls, lambda: debian("gnutls-bin"), lambda: f"GnuTLS {debian('libgnutls30')}", core=True
    ),
    "lighttpd with OpenSSL": of_lighttpd("openssl", openssl_3),
    "lighttpd with GnuTLS": of_lighttpd("gnutls", lambda: f"GnuTLS {debian('libgnutls30')}"),
    "lighttpd with mbedTLS": of_lighttpd("mbedtls", lambda: f"mbedTLS {debian('libmbedtls14')}", core=True),
    "lighttpd with NSS": of_lighttpd("nss", lambda: f"NSS {debian('libnss3')}"),
    # Debian 12's module ends the connection where a stapled response is asked for and it has none to give.
    "lighttpd with wolfSSL": of_lighttpd(
        "wolfssl", lambda: f"wolfSSL {debian('libwolfssl35')}", core=True, intolerant="status_request"
    ),
    "caddy": Stack(caddy, lambda: debian("caddy"), lambda: "Go's crypto/tls", core=True),
    "JDK HttpsServer": Stack(java, lambda: debian("openjdk-17-jdk-headless"), lambda: "JSSE", core=True),
    "Python ssl in threads": Stack(
        python_threads, lambda: ".".join(map(str, sys.version_info[:3])), lambda: f"OpenSSL {python_openssl()}"
    ),
    "node": Stack(
        node, lambda: said("node", "--version").strip().lstrip("v"),
        lambda: f"OpenSSL {said('node', '-p', 'process.versions.openssl').strip()}",
    ),
    "uvicorn": Stack(
        uvicorn, lambda: python_package("uvicorn"), lambda: f"OpenSSL {python_openssl()}", core=True
    ),
    "hypercorn": Stack(hypercorn, lambda: python_package("hypercorn"), lambda: f"OpenSSL {python_openssl()}"),
    "granian": Stack(granian, lambda: python_package("granian"), lambda: "rustls", core=True),
    "bun": Stack(
        fetch("node_modules/@oven/bun-linux-*/bin/bun", "run"),
        lambda: said(next(BEYOND.glob("node_modules/@oven/bun-linux-*/bin/bun")), "--version").strip(),
        lambda: "BoringSSL",
    ),
    "deno": Stack(
        fetch("node_modules/@deno/linux-*/deno", "run", "--allow-net", "--allow-read"),
        lambda: said(next(BEYOND.glob("node_modules/@deno/linux-*/deno")), "--version").split()[1],
        lambda: "rustls",
    ),
    "tlslite-ng": Stack(tlslite, lambda: python_package("tlslite-ng", BEYOND / ".venv"), lambda: "its own"),
    "Go net/http": Stack(
        go, lambda: said(BEYOND / ".venv/bin/go", "version").split()[2].lstrip("go"), lambda: "Go's crypto/tls"
    ),
    "Erlang httpd": Stack(erlang, lambda: debian("erlang-inets"), lambda: f"Erlang ssl {debian('erlang-ssl')}"),
}  # fmt: skip
