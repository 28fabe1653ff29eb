"""The harness itself: a server that runs is reached, one that cannot run fails the test."""

import socket
import ssl
import urllib.request

import pytest

from harness.servers import free_port


def fetch(url, cafile=None):
    context = ssl.create_default_context(cafile=cafile) if cafile else None
    with urllib.request.urlopen(url, timeout=10, context=context) as response:
        return response.status, response.read()


def test_nginx_answers_over_tls_with_a_certificate_of_our_ca(servers, ca):
    certificate = ca.certificate()
    nginx = servers.nginx('return 200 "aye";', certificate=certificate)
    assert fetch(nginx.https, cafile=ca.path) == (200, b"aye")


def test_an_asgi_application_answers(servers):
    app = servers.uvicorn("aye:app")
    assert fetch(app.http) == (200, b'"aye"')


def test_an_express_application_answers(servers):
    app = servers.node("aye")
    assert fetch(app.http) == (200, b"aye")


def test_a_server_that_ends_at_once_fails_with_its_log(servers):
    with pytest.raises(RuntimeError, match="unknown directive"):
        servers.nginx("sink on;")


def test_servers_are_gone_after_their_test(tmp_path):
    from harness.servers import Servers

    with Servers(tmp_path) as started:
        port = started.node("aye").port
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_free_ports_are_free():
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
