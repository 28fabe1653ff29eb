"""Headers against servers we did not write: sets known to be good, and harmlessness."""

import json
import subprocess

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
    server = servers.node("helm", certificate.key, certificate.chain)
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
