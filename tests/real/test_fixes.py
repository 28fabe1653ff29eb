"""Every snippet where it belongs: scan, apply what is offered, scan again.

The findings are gone, no other came or went, and the answer is otherwise what it was.
"""

import ssl
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.servers import free_port

PAGE = "<!doctype html><html lang=en><head><title>Quay</title></head><body><p>hello</p></body></html>"
FIELDS = [
    "headers/hsts-missing",
    "headers/nosniff-missing",
    "headers/framing-allowed",
    "headers/referrer-policy-missing",
    "headers/coop-missing",
    "headers/permissions-policy-missing",
    "headers/csp-missing",
]
# Over plain http nothing is promised.
PLAIN = [rule for rule in FIELDS if rule != "headers/hsts-missing"]
COOKIES = ["headers/cookie-session-insecure", "headers/cookie-session-readable", "headers/cookie-samesite-missing"]
SESSION = "sid=6b1f0c2a9d8e7f605142; Path=/"
VERSION, CHARSET = "headers/banner-version", "headers/charset-missing"
# Findings about what is set together or not, which follow the ones above.
FOLLOWING = {
    "headers/error-drops-fields", "headers/frame-options-void", "headers/csp-style-open",
    "headers/hsts-without-subdomains",
    # Without its version, the name alone is left, on error pages as well.
    "headers/banner-product", "headers/error-page-version",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Tests' temporary folder, servers and certificate."""

    servers: object
    path: Path
    certificate: object

    def file(self, name, text):
        path = self.path / name
        path.write_text(text)
        return path


def nginx(block):
    def start(place, lines):
        return place.servers.nginx(f"{lines}\n{block(place)}", certificate=place.certificate).https

    return start


def static(place):
    root = place.path / "www"
    root.mkdir(exist_ok=True)
    (root / "index.html").write_text(PAGE)
    return f"types {{ text/html html; }} root {root}; location = / {{ try_files /index.html =404; }} location / {{ return 404; }}"


def proxied(place):
    back = place.servers.nginx(
        "add_header X-Frame-Options ALLOWALL always; add_header X-Powered-By PHP/8.2.7 always; default_type text/html;"
        f'add_header Set-Cookie "{SESSION}";'
        f"location = / {{ return 200 '{PAGE}'; }} location / {{ return 404; }}"
    )
    return f"location / {{ proxy_pass {back.http}; }}"


def fastcgi(place):
    back = place.servers.python("fastcgi")
    return f"location / {{ fastcgi_pass 127.0.0.1:{back.port}; fastcgi_param DOCUMENT_URI $uri; }}"


def apache(place, lines):
    port = free_port()
    root = place.path / f"apache-{port}"
    (root / "www").mkdir(parents=True)
    (root / "www/index.html").write_text(PAGE)
    modules = Path("/usr/lib/apache2/modules")
    wanted = ["mpm_event", "authz_core", "dir", "mime", "headers", "ssl", "socache_shmcb"]
    loaded = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in wanted)
    (root / "httpd.conf").write_text(
        f"ServerRoot {root}\nPidFile {root}/pid\nServerName localhost\n{loaded}\nErrorLog {root}/error.log\n"
        f"Listen 127.0.0.1:{port}\nDocumentRoot {root}/www\nDirectoryIndex index.html\nTypesConfig /etc/mime.types\n"
        f"SSLEngine on\nSSLCertificateFile {place.certificate.chain}\nSSLCertificateKeyFile {place.certificate.key}\n"
        f"FileETag None\n<Directory />\nRequire all granted\n</Directory>\n{lines}\n"
    )
    return place.servers.start("apache2", "-D", "FOREGROUND", "-f", root / "httpd.conf", port=port).https


def caddy(place, lines):
    port = free_port()
    certificate = f"tls {place.certificate.chain} {place.certificate.key}"
    page = f'handle / {{\nheader Content-Type text/html\nheader Set-Cookie "{SESSION}"\nrespond `{PAGE}`\n}}\nhandle {{\nrespond 404\n}}'
    path = place.file(
        f"Caddyfile-{port}",
        "{\n admin off\n auto_https off\n}\n"
        f"https://localhost:{port} {{\n bind 127.0.0.1\n {certificate}\n{lines}\n{page}\n}}\n",
    )
    return place.servers.start("caddy", "run", "--config", path, "--adapter", "caddyfile", port=port).https


def haproxy(place, lines):
    port = free_port()
    both = place.file("both.pem", place.certificate.chain.read_text() + place.certificate.key.read_text())
    back = place.servers.nginx(
        f'server_tokens off; default_type text/html; add_header Set-Cookie "{SESSION}";'
        f"location = / {{ return 200 '{PAGE}'; }} location / {{ return 404; }}"
    )
    settings = "\n".join(f"    {line}" for line in lines.splitlines())
    path = place.file(
        f"haproxy-{port}.cfg",
        "defaults\n    mode http\n    timeout connect 5s\n    timeout client 5s\n    timeout server 5s\n"
        f"frontend quay\n    bind 127.0.0.1:{port} ssl crt {both}\n"
        # Nothing in HAProxy's answers names it unless it is told to.
        f"    http-after-response set-header Server haproxy\n{settings}\n"
        f"    default_backend back\nbackend back\n    server one 127.0.0.1:{back.port}\n",
    )
    return place.servers.start("haproxy", "-db", "-f", path, port=port).https


def lighttpd(place, lines):
    port = free_port()
    root = place.path / "lighttpd"
    root.mkdir(exist_ok=True)
    (root / "index.html").write_text(PAGE)
    path = place.file(
        f"lighttpd-{port}.conf",
        'server.modules = ( "mod_openssl", "mod_setenv" )\nserver.bind = "127.0.0.1"\n'
        f'server.port = {port}\nserver.document-root = "{root}"\nindex-file.names = ( "index.html" )\n'
        'mimetype.assign = ( ".html" => "text/html; charset=utf-8" )\nssl.engine = "enable"\netag.use-mtime = "disable"\n'
        f'ssl.pemfile = "{place.certificate.chain}"\nssl.privkey = "{place.certificate.key}"\n{lines}\n',
    )
    return place.servers.start("lighttpd", "-D", "-f", path, port=port).https


def node(kind):
    def start(place, lines):
        fix = place.file("fix", lines)
        certificate = place.certificate
        return place.servers.node("node_app", certificate.key, certificate.chain, kind, fix).https

    return start


def python(kind, server):
    def start(place, lines):
        port = free_port()
        certificate = place.certificate
        env = {"KIND": kind, "FIX": str(place.file("fix.py", lines)) if lines else ""}
        folder = Path(__file__).parent / "servers"
        argv = {
            "uvicorn": ["-m", "uvicorn", "python_app:app", "--port", port,
                        "--ssl-keyfile", certificate.key, "--ssl-certfile", certificate.chain],
            "gunicorn": ["-m", "gunicorn", "python_app:app", "--bind", f"127.0.0.1:{port}",
                         "--keyfile", certificate.key, "--certfile", certificate.chain],
            "itself": ["python_app.py", port, certificate.key, certificate.chain],
        }[server]  # fmt: skip
        return place.servers.start(sys.executable, *argv, port=port, env=env, cwd=folder).https

    return start


DJANGO = {
    "settings.py": "SECRET_KEY = 'x'\nALLOWED_HOSTS = ['*']\nROOT_URLCONF = 'urls'\nUSE_TZ = True\n"
    "MIDDLEWARE = ['django.middleware.csrf.CsrfViewMiddleware']\nWSGI_APPLICATION = 'wsgi.application'\n",
    "urls.py": "from django.http import HttpResponse\nfrom django.middleware.csrf import get_token\n"
    "from django.urls import path\n\ndef page(request):\n    get_token(request)\n"
    f"    return HttpResponse({PAGE!r})\n\nurlpatterns = [path('', page)]\n",
    "wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    "asgi.py": "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n",
    "manage.py": "import sys\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n",
}


def django(server):
    def start(place, lines):
        port = free_port()
        folder = place.path / f"django-{port}"
        folder.mkdir()
        for name, text in DJANGO.items():
            (folder / name).write_text(text)
        # Each line goes to the file that the snippet names; settings are what is named by none.
        into = "settings.py"
        for line in lines.splitlines():
            if line.startswith("# ") and ".py" in line:
                into = line.removeprefix("# ").split(",")[0]
            elif line and not line.startswith((" ", "def ", "if ", "MIDDLEWARE")):
                into = "settings.py"
            with (folder / into).open("a") as file:
                file.write(line + "\n")
        certificate = place.certificate
        env = {"DJANGO_SETTINGS_MODULE": "settings"}
        argv = {
            "uvicorn": ["-m", "uvicorn", "asgi:application", "--port", port,
                        "--ssl-keyfile", certificate.key, "--ssl-certfile", certificate.chain],
            "gunicorn": ["-m", "gunicorn", "wsgi:application", "--bind", f"127.0.0.1:{port}",
                         "--keyfile", certificate.key, "--certfile", certificate.chain],
            "runserver": ["manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        }[server]  # fmt: skip
        started = place.servers.start(sys.executable, *argv, port=port, env=env, cwd=folder)
        return started.http if server == "runserver" else started.https

    return start


ASGI, WSGI = "Python, around any ASGI application", "Python, around any WSGI application"

# How it is started, whose snippet is offered, and the rules it fixes.
CORE = {
    "nginx, static": (nginx(static), "nginx", [*FIELDS, VERSION, CHARSET]),
    "nginx, proxy": (nginx(proxied), "nginx", [*FIELDS, *COOKIES, VERSION, CHARSET]),
    "Apache": (apache, "Apache httpd", [*FIELDS, VERSION, CHARSET]),
    "Caddy": (caddy, "Caddy", [*FIELDS, *COOKIES, CHARSET]),
    "HAProxy": (haproxy, "HAProxy", [*FIELDS, *COOKIES, CHARSET]),
    "Express": (node("express"), "Express", [*FIELDS, "headers/banner-product"]),
    "FastAPI": (python("fastapi", "uvicorn"), ASGI, FIELDS),
    "Django, gunicorn": (django("gunicorn"), "Django", FIELDS),
}
BEYOND = {
    "nginx, FastCGI": (nginx(fastcgi), "nginx", [*FIELDS, VERSION]),
    "lighttpd": (lighttpd, "lighttpd", [*FIELDS, VERSION]),
    "Fastify": (node("fastify"), "any server", FIELDS),
    "Hono": (node("hono"), "any server", FIELDS),
    "Starlette": (python("starlette", "uvicorn"), ASGI, FIELDS),
    "Litestar": (python("litestar", "uvicorn"), ASGI, FIELDS),
    "Flask": (python("flask", "itself"), "Flask", FIELDS),
    "Flask, gunicorn": (python("flask", "gunicorn"), WSGI, FIELDS),
    "Django, runserver": (django("runserver"), "Django", PLAIN),
    "Django, uvicorn": (django("uvicorn"), "Django", FIELDS),
}


def answer(url):
    """Status, body and the names of the fields."""
    unchecked = ssl._create_unverified_context()
    with urllib.request.urlopen(url + "/", timeout=30, context=unchecked) as response:
        return response.status, response.read(), {name.lower() for name in response.headers}


def failed(seaworthy, ca, url):
    """Each rule that failed, with the snippets it offers."""
    report = seaworthy.json(url, "--only", "headers", "--cacert", ca.path)
    (target,) = report["targets"]
    found = {}
    for one in target["findings"]:
        if one["outcome"] == "fail":
            found.setdefault(one["rule"], []).append(one.get("snippet"))
    return found


def applied(seaworthy, servers, ca, tmp_path, start, software, rules):
    place = Place(servers, tmp_path, ca.certificate())
    url = start(place, "")
    before, said = failed(seaworthy, ca, url), answer(url)
    assert set(rules) <= set(before), sorted(before)
    snippets = [snippet for rule in rules for snippet in before[rule] if snippet]
    assert {snippet["software"] for snippet in snippets} == {software}
    once = dict.fromkeys("\n".join(snippet["lines"]) for snippet in snippets)
    url = start(place, "\n".join(once) + "\n")
    after, now = failed(seaworthy, ca, url), answer(url)
    assert set(before) - set(rules) - FOLLOWING == set(after) - FOLLOWING
    assert "headers/error-drops-fields" not in after
    assert now[:2] == said[:2]
    assert said[2] - now[2] <= {"x-powered-by"}


@pytest.mark.parametrize("name", CORE)
def test_what_is_offered_fixes(name, seaworthy, servers, ca, tmp_path):
    applied(seaworthy, servers, ca, tmp_path, *CORE[name])


@pytest.mark.beyond_ci
@pytest.mark.parametrize("name", BEYOND)
def test_what_is_offered_fixes_elsewhere(name, seaworthy, servers, ca, tmp_path):
    applied(seaworthy, servers, ca, tmp_path, *BEYOND[name])
