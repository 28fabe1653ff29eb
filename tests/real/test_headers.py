"""Headers against servers we did not write: sets known to be good, snippets applied, harmlessness."""

import json
import subprocess
from pathlib import Path

import pytest
from harness.servers import free_port

PAGE = "<!doctype html><html lang=en><head><title>Quay</title></head><body><p>hello</p></body></html>"

PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), cross-origin-isolated=(), display-capture=(), "
    "encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), keyboard-map=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
    "publickey-credentials-get=(), screen-wake-lock=(), sync-xhr=(self), usb=(), web-share=(), "
    "xr-spatial-tracking=(), clipboard-read=(), clipboard-write=(), gamepad=(), hid=(), "
    "idle-detection=(), interest-cohort=(), serial=(), unload=()"
)

# The set the OWASP Secure Headers project proposes, field by field.
OWASP = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Frame-Options": "deny",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'self'; form-action 'self'; base-uri 'self'; object-src 'none'; "
        "frame-ancestors 'none'; upgrade-insecure-requests"
    ),
    "X-Permitted-Cross-Domain-Policies": "none",
    "Referrer-Policy": "no-referrer",
    "Clear-Site-Data": '"cache","cookies","storage"',
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Cache-Control": "no-store, max-age=0",
    "X-DNS-Prefetch-Control": "off",
}

# What the REST Security Cheat Sheet asks of every answer of an API.
REST = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

HARDENED = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def nginx_fields(fields):
    def quoted(value):
        return '"' + value.replace('"', '\\"') + '"'

    return "".join(f"add_header {name} {quoted(value)} always;\n" for name, value in fields.items())


def audit(seaworthy, ca, url, *arguments):
    """The one target of a run over the headers family, and its failures by rule."""
    report = seaworthy.json(url, "--only", "headers", "--cacert", ca.path, *arguments)
    (target,) = report["targets"]
    failed = [finding for finding in target["findings"] if finding["outcome"] == "fail"]
    return target, failed


def above_info(failed):
    return [(one["rule"], one["observed"]) for one in failed if one["severity"] != "info"]


def test_helmets_defaults_are_good(seaworthy, servers, ca):
    certificate = ca.certificate()
    server = servers.node("helm", certificate.key, certificate.chain, "helmet")
    target, failed = audit(seaworthy, ca, server.https)
    assert above_info(failed) == []
    assert target["families"]["headers"]["grade"] == "A+"


@pytest.mark.parametrize(
    "name, fields, media, body",
    [
        ("owasp", OWASP, "text/html", PAGE),
        ("rest", REST, "application/json", '{"ok":true}'),
        ("nginx", HARDENED, "text/html", PAGE),
    ],
)
def test_known_good_sets_behind_nginx(seaworthy, servers, ca, name, fields, media, body):
    block = f"""
        server_tokens off; charset utf-8; default_type {media};
        {nginx_fields(fields)}
        location = / {{ return 200 '{body}'; }}
        location / {{ return 404; }}
    """
    server = servers.nginx(block, certificate=ca.certificate())
    target, failed = audit(seaworthy, ca, server.https)
    assert above_info(failed) == [], name
    assert target["families"]["headers"]["grade"] == "A+"


def caddy(servers, certificate, block):
    port = free_port()
    path = servers.directory / f"Caddyfile-{port}"
    path.write_text(
        "{\n admin off\n auto_https off\n}\n"
        f"https://localhost:{port} {{\n bind 127.0.0.1\n tls {certificate.chain} {certificate.key}\n"
        f"{block}\n}}\n"
    )
    return servers.start("caddy", "run", "--config", path, "--adapter", "caddyfile", port=port)


CADDY_PAGE = f"""
    handle / {{
        header Content-Type "text/html; charset=utf-8"
        respond `{PAGE}`
    }}
    handle {{
        respond 404
    }}
"""


def test_a_hardened_caddy_is_good(seaworthy, servers, ca):
    lines = "\n".join(f'    {name} "{value}"' for name, value in HARDENED.items())
    block = f"header {{\n{lines}\n    -Server\n}}\n{CADDY_PAGE}"
    server = caddy(servers, ca.certificate(), block)
    target, failed = audit(seaworthy, ca, server.https)
    assert above_info(failed) == []
    assert target["families"]["headers"]["grade"] == "A+"


# Rules whose mending is one field, so that every kind of server has a line for it.
MENDED = [
    "headers/hsts-missing",
    "headers/nosniff-missing",
    "headers/framing-allowed",
    "headers/referrer-policy-missing",
    "headers/coop-missing",
    "headers/permissions-policy-missing",
]


def lines_of(failed, rules=MENDED):
    """The snippet of each rule that failed; every one of them has to."""
    by_rule = {one["rule"]: one for one in failed}
    assert set(rules) <= set(by_rule), sorted(by_rule)
    return {rule: by_rule[rule]["snippet"] for rule in rules}


def assert_mended(seaworthy, ca, url, rules=MENDED):
    _, failed = audit(seaworthy, ca, url)
    still = {one["rule"] for one in failed} & set(rules)
    assert still == set(), [one["observed"] for one in failed if one["rule"] in still]
    # What mends the page mends its errors, too.
    assert "headers/error-drops-fields" not in {one["rule"] for one in failed}


def joined(snippets, software):
    assert {snippet["software"] for snippet in snippets.values()} == {software}
    return "\n".join("\n".join(snippet["lines"]) for snippet in snippets.values())


def test_nginx_snippets_mend(seaworthy, servers, ca):
    """nginx in front of an application that sends one of the fields already."""
    back = servers.nginx(
        "add_header X-Frame-Options ALLOWALL always; charset utf-8; default_type text/html;"
        f"location = / {{ return 200 '{PAGE}'; }} location / {{ return 404; }}"
    )
    block = f"location / {{ proxy_pass {back.http}; }}"
    certificate = ca.certificate()
    _, failed = audit(seaworthy, ca, servers.nginx(block, certificate=certificate).https)
    rules = [*MENDED, "headers/banner-version"]
    lines = joined(lines_of(failed, rules), "nginx")
    mended = servers.nginx(f"{lines}\n{block}", certificate=certificate)
    assert_mended(seaworthy, ca, mended.https, rules)


def test_apache_snippets_mend(seaworthy, servers, ca, tmp_path):
    certificate = ca.certificate()

    def apache(lines):
        port = free_port()
        root = tmp_path / f"apache-{port}"
        (root / "www").mkdir(parents=True)
        (root / "www/index.html").write_text(PAGE)
        modules = Path("/usr/lib/apache2/modules")
        wanted = ["mpm_event", "authz_core", "dir", "mime", "headers", "ssl", "socache_shmcb"]
        loaded = "\n".join(
            f"LoadModule {name}_module {modules}/mod_{name}.so" for name in wanted
        )
        (root / "httpd.conf").write_text(
            f"ServerRoot {root}\nPidFile {root}/pid\nServerName localhost\n{loaded}\n"
            f"ErrorLog {root}/error.log\nListen 127.0.0.1:{port}\nDocumentRoot {root}/www\n"
            "DirectoryIndex index.html\nTypesConfig /etc/mime.types\nAddDefaultCharset utf-8\n"
            f"SSLEngine on\nSSLCertificateFile {certificate.chain}\n"
            f"SSLCertificateKeyFile {certificate.key}\n"
            f"<Directory />\nRequire all granted\n</Directory>\n{lines}\n"
        )
        return servers.start("apache2", "-D", "FOREGROUND", "-f", root / "httpd.conf", port=port)

    _, failed = audit(seaworthy, ca, apache("").https)
    rules = [*MENDED, "headers/banner-version"]
    mended = apache(joined(lines_of(failed, rules), "Apache httpd"))
    assert_mended(seaworthy, ca, mended.https, rules)


def test_caddy_snippets_mend(seaworthy, servers, ca):
    certificate = ca.certificate()
    _, failed = audit(seaworthy, ca, caddy(servers, certificate, CADDY_PAGE).https)
    lines = joined(lines_of(failed), "Caddy")
    assert_mended(seaworthy, ca, caddy(servers, certificate, f"{lines}\n{CADDY_PAGE}").https)


def test_haproxy_snippets_mend(seaworthy, servers, ca, tmp_path):
    certificate = ca.certificate()
    both = tmp_path / "both.pem"
    both.write_text(certificate.chain.read_text() + certificate.key.read_text())
    back = servers.nginx(
        "server_tokens off; charset utf-8; default_type text/html;"
        f"location = / {{ return 200 '{PAGE}'; }} location / {{ return 404; }}"
    )

    def haproxy(lines):
        port = free_port()
        path = tmp_path / f"haproxy-{port}.cfg"
        path.write_text(
            "defaults\n    mode http\n    timeout connect 5s\n    timeout client 5s\n"
            f"    timeout server 5s\nfrontend quay\n    bind 127.0.0.1:{port} ssl crt {both}\n"
            # Nothing in HAProxy's answers names it unless it is told to.
            "    http-after-response set-header Server haproxy\n"
            + "".join(f"    {line}\n" for line in lines.splitlines())
            + f"    default_backend back\nbackend back\n    server one 127.0.0.1:{back.port}\n"
        )
        return servers.start("haproxy", "-db", "-f", path, port=port)

    _, failed = audit(seaworthy, ca, haproxy("").https)
    mended = haproxy(joined(lines_of(failed), "HAProxy"))
    assert_mended(seaworthy, ca, mended.https)


def test_express_snippets_mend(seaworthy, servers, ca, tmp_path):
    certificate = ca.certificate()
    arguments = (certificate.key, certificate.chain)
    _, failed = audit(seaworthy, ca, servers.node("helm", *arguments, "bare").https)
    rules = [*MENDED, "headers/banner-product"]
    mended = tmp_path / "mended.js"
    mended.write_text(joined(lines_of(failed, rules), "Express"))
    server = servers.node("helm", *arguments, f"mended:{mended}")
    assert_mended(seaworthy, ca, server.https, rules)


def test_fastapi_snippets_mend(seaworthy, servers, ca, tmp_path):
    certificate = ca.certificate()
    tls = ("--ssl-keyfile", certificate.key, "--ssl-certfile", certificate.chain)
    _, failed = audit(seaworthy, ca, servers.uvicorn("lighthouse:app", *tls).https)
    mended = tmp_path / "mended.py"
    mended.write_text(joined(lines_of(failed), "FastAPI or Starlette"))
    server = servers.uvicorn("lighthouse:app", *tls, env={"MENDED": str(mended)})
    assert_mended(seaworthy, ca, server.https)


def test_nginx_without_always_is_told(seaworthy, servers, ca):
    """The fields are there on success, and gone where an attacker picks the text."""
    fields = nginx_fields(HARDENED).replace(" always;", ";")
    block = f"""
        server_tokens off; charset utf-8; default_type text/html; {fields}
        location = / {{ return 200 '{PAGE}'; }}
        location / {{ return 404; }}
    """
    server = servers.nginx(block, certificate=ca.certificate())
    _, failed = audit(seaworthy, ca, server.https)
    lost = [one["observed"] for one in failed if one["rule"] == "headers/error-drops-fields"]
    assert any("Strict-Transport-Security" in said for said in lost), lost


def test_what_is_exposed_is_found_and_soft_404s_are_not(seaworthy, servers, ca, tmp_path):
    root = tmp_path / "www"
    (root / ".git").mkdir(parents=True)
    (root / "index.html").write_text(PAGE)
    subprocess.run(["git", "init", "-q", root], check=True, timeout=30)
    (root / ".env").write_text('APP=shop\nKEY="-----BEGIN PRIVATE KEY-----\nMII/x\n-----END PRIVATE KEY-----"\n')
    certificate = ca.certificate()
    files = servers.nginx(f"root {root}; index index.html;", certificate=certificate)
    _, failed = audit(seaworthy, ca, files.https)
    exposed = sorted(one["observed"] for one in failed if one["rule"] == "headers/exposed-secret")
    assert exposed == ["/.env is an environment file", "/.git/HEAD is a Git repository"]
    soft = servers.nginx(
        f"default_type text/html; location / {{ return 200 '{PAGE}'; }}", certificate=certificate
    )
    _, failed = audit(seaworthy, ca, soft.https)
    assert not [one for one in failed if "expos" in one["rule"] or "source-map" in one["rule"]]


def test_passive_asks_once(seaworthy, servers):
    server = servers.nginx(f"default_type text/html; location / {{ return 200 '{PAGE}'; }}")
    audit_url = server.http + "/"
    seaworthy.json(audit_url, "--only", "headers", "--passive")
    (log,) = server.log_path.parent.glob("nginx-*/access.log")
    requests = log.read_text().splitlines()
    assert len(requests) == 1 and '"GET / HTTP/1.1"' in requests[0], requests


def test_a_good_json_api_is_not_asked_for_what_pages_owe(seaworthy, servers, ca):
    block = f"""
        server_tokens off; default_type application/json; {nginx_fields(REST)}
        location = / {{ return 200 '{{"ok":true}}'; }}
        location / {{ return 404 '{{"error":"not found"}}'; }}
    """
    server = servers.nginx(block, certificate=ca.certificate())
    report = seaworthy.json(server.https, "--only", "headers", "--cacert", ca.path)
    (target,) = report["targets"]
    assert target["kind"] == "api"
    (answer,) = [page for page in target["facts"]["headers"]["pages"] if page["part"] == "answer"]
    assert answer["class"] == "api", json.dumps(answer)[:400]
    by_rule = {finding["rule"]: finding["outcome"] for finding in target["findings"]}
    for rule in ("framing-allowed", "coop-missing", "referrer-policy-missing"):
        assert by_rule[f"headers/{rule}"] == "not_applicable"
    assert target["families"]["headers"]["grade"] in ("A", "A+")
