"""Latency against servers whose delays are known.

The box these run on may be busy: samples that the binary itself marks as late are left out, medians
are compared, and what a server really took is what the server measured.
"""

import json
from statistics import median

import pytest

from harness.evidence import on_time, samples
from harness.network import BlackHole, slow_names

pytestmark = pytest.mark.quiet

DELAYS = {"handshake": 40, "first": 60, "body": 30}
NAME_DELAY = 30


def tolerance(expected: float) -> float:
    """Of a phase, in milliseconds."""
    return max(1, expected * 0.02)


def rules(report, outcome="fail") -> set[str]:
    (target,) = report["targets"]
    return {found["rule"] for found in target["findings"] if found["outcome"] == outcome}


def latency(report) -> dict:
    (target,) = report["targets"]
    return target["facts"]["latency"]


@pytest.fixture
def timed(servers, ca, seaworthy, tmp_path):
    """Runs the latency family against a server with delays; returns report, samples and its log."""

    def run(*arguments, host="localhost", env=None, path="/", **delays):
        certificate = ca.certificate("localhost", host)
        flags = [part for name, ms in delays.items() for part in (f"--{name}", ms)]
        server = servers.python(
            "delays", "--certificate", certificate.chain, "--key", certificate.key, *flags
        )
        evidence = tmp_path / "evidence.jsonl"
        report = seaworthy.json(
            f"https://{host}:{server.port}{path}", "--only", "latency", "--cacert", ca.path,
            "--evidence", evidence, "--no-report", *arguments, env=env,
        )  # fmt: skip
        log = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
        return report, evidence, log

    return run


def test_every_phase_is_what_was_injected(timed):
    host = f"slow-{NAME_DELAY}.test"
    env = {"LD_PRELOAD": str(slow_names())}
    _, evidence, log = timed("--samples", "20,0", host=host, env=env, **DELAYS)
    taken = on_time(samples(evidence))
    assert len(taken) >= 5, "this machine was late nearly all the time"
    served = [one for one in log if one["nth"] == 0]

    def close(phase, truth):
        found = median(sample[phase] for sample in taken)
        assert abs(found - truth) <= tolerance(truth), f"{phase}: {found}, not {truth}"

    close("dns", NAME_DELAY)
    close("tcp", 0)
    for phase, cause in (("tls", "handshake"), ("server", "first"), ("transfer", "body")):
        truth = median(one[cause] for one in served)
        assert truth >= DELAYS[cause]
        close(phase, truth)


def test_phases_sum_to_the_time_to_first_byte_that_is_reported(timed):
    report, _, _ = timed("--samples", "6,4", **DELAYS)
    for series in (latency(report)["cold"], latency(report)["warm"]):
        timing = series["median"]
        parts = [timing[f"{phase}_ms"] for phase in ("dns", "tcp", "tls", "server")]
        assert sum(parts) == pytest.approx(timing["ttfb_ms"], abs=0.0005)
        assert timing["ttfb_ms"] + timing["transfer_ms"] == pytest.approx(timing["total_ms"])


def test_six_cold_and_ten_warm_samples_by_default(timed):
    report, evidence, _ = timed()
    assert (len(samples(evidence)), len(samples(evidence, "warm"))) == (6, 10)
    assert latency(report)["keeps_alive"] is True
    assert all(sample["dns"] == 0 and sample["tls"] == 0 for sample in samples(evidence, "warm"))


def test_a_slow_service_is_condemned_on_eight_samples(timed):
    report, evidence, _ = timed("--samples", "6,0", first=700)
    if len(on_time(samples(evidence))) < 8:
        pytest.fail("this machine was late too often to judge")
    assert len(samples(evidence)) == 8
    assert rules(report) == {"latency/cold-over-target"}
    assert report["targets"][0]["families"]["latency"]["grade"] == "B"


def test_a_slow_handshake_is_not_called_a_slow_server(timed):
    report, _, _ = timed("--samples", "6,0", handshake=200)
    cold = latency(report)["cold"]["median"]
    assert cold["tls_ms"] > 200 > 50 > cold["server_ms"]


def test_a_dead_first_address_costs_at_most_300_ms_and_is_a_finding(servers, seaworthy, tmp_path):
    server = servers.python("delays")
    evidence = tmp_path / "evidence.jsonl"
    with BlackHole("127.0.0.9", server.port):
        env = {"LD_PRELOAD": str(slow_names()), "DEAD_ADDRESS": "127.0.0.9"}
        url = f"http://dead-first.test:{server.port}"
        arguments = ("--only", "latency", "--samples", "6,2", "--evidence", evidence)
        report = seaworthy.json(url, *arguments, "--no-report", env=env)
    assert "latency/dead-address" in rules(report)
    (passed,) = latency(report)["passed_over"]
    assert passed["address"] == f"127.0.0.9:{server.port}"
    assert passed["cause"] == "timed-out"
    assert 250 <= median(sample["tcp"] for sample in on_time(samples(evidence))) <= 300


def test_every_address_is_sampled_by_itself(servers, seaworthy):
    near = servers.python("delays")
    servers.python(
        "delays", "--host", "127.0.0.2", "--first", "40", port=near.port, host="127.0.0.2"
    )
    resolve = [
        flag for ip in ("127.0.0.1", "127.0.0.2")
        for flag in ("--resolve", f"two.test:{near.port}:{ip}")
    ]  # fmt: skip
    url = f"http://two.test:{near.port}"
    arguments = ("--only", "latency", "--samples", "6,0", "--all-addresses", "--no-report")
    report = seaworthy.json(url, *arguments, *resolve)
    each = latency(report)["addresses"]
    servers_of = {address: series["median"]["server_ms"] for address, series in each.items()}
    assert servers_of[f"127.0.0.2:{near.port}"] >= 40 > servers_of[f"127.0.0.1:{near.port}"]


def test_cold_samples_are_full_handshakes_and_warm_ones_share_a_connection(
    servers, ca, seaworthy
):
    log = '$ssl_session_reused $connection_requests $connection'
    nginx = servers.nginx(
        'ssl_session_tickets on; access_log timed.log timed; return 200 "aye";',
        certificate=ca.certificate(),
        http=f"log_format timed '{log}'; ssl_session_cache shared:all:1m;",
    )
    report = seaworthy.json(nginx.https, "--only", "latency", "--cacert", ca.path, "--no-report")
    lines = (servers.directory / f"nginx-{nginx.port}" / "timed.log").read_text().split("\n")
    served = [line.split() for line in lines if line]
    assert all(resumed == "." for resumed, _, _ in served), "a handshake was resumed"
    per_connection = [connection for _, _, connection in served]
    assert max(map(per_connection.count, per_connection)) >= 11
    assert latency(report)["keeps_alive"] is True


def test_a_connection_that_is_not_kept_is_a_finding(servers, ca, seaworthy):
    nginx = servers.nginx('keepalive_timeout 0; return 200 "aye";', certificate=ca.certificate())
    report = seaworthy.json(nginx.https, "--only", "latency", "--cacert", ca.path, "--no-report")
    assert rules(report) == {"latency/connection-not-kept"}


def test_redirects_are_listed_and_never_summed(timed):
    report, evidence, _ = timed("--samples", "6,0", path="/hop", first=50)
    hops = latency(report)["hops"]
    assert [(hop["url"].rsplit("/", 1)[1], hop["status"]) for hop in hops] == [("hop", 302), ("", 200)]
    assert {sample["status"] for sample in samples(evidence)} == {302}
    assert latency(report)["cold"]["median"]["server_ms"] < 100


LOADED = """
[[target]]
name = "loaded"
url = "{url}"
allow_load = {allowed}
latency = {{ load = {conditions} }}
"""


@pytest.fixture
def loaded(servers, seaworthy, tmp_path):
    """Runs a load against the server that stalls; returns server, exit code and facts."""

    def run(conditions, *arguments, allowed="true", stalls=()):
        server = servers.python("stalls", *stalls)
        file = tmp_path / "targets.toml"
        file.write_text(
            LOADED.format(url=server.http, allowed=allowed, conditions=json.dumps(conditions))
        )
        done = seaworthy(
            file, "--only", "latency", "--samples", "1,0", "--no-report", "--format", "json",
            *arguments,
        )  # fmt: skip
        return server, done.returncode, json.loads(done.stdout)

    return run


def percentiles(report) -> dict[str, float]:
    """In milliseconds."""
    load = latency(report)["load"]
    return {one["quantile"]: one["value"] / 1000 for one in load["percentiles_us"]}


def test_an_open_model_sends_what_was_asked_for_whatever_the_server_does(loaded):
    """How close the percentiles are to an independent generator's: `benches/latency.py load`."""
    _, _, report = loaded([], "--load", "20", "--for", "4s")
    assert latency(report)["load"]["succeeded"] == 20 * 5 * 4


def test_a_stall_is_not_left_out(loaded):
    _, _, report = loaded([], "--load", "4", "--for", "10s")
    # A tenth of the time nothing is answered: a closed model would see four slow requests of 200.
    assert percentiles(report)["p95"] > 350


def test_declared_conditions_fail_the_run_and_not_the_grade(loaded):
    conditions = ["p95 < 5s", "rate(error) < 1%", "throughput > 40/s"]
    stalls = ("--stall", "0", "--fail-every", "10")
    _, code, report = loaded(conditions, "--load", "10", "--for", "4s", stalls=stalls)
    (target,) = report["targets"]
    assert code == 1 and rules(report) == {"latency/load-threshold"}
    held = {one["condition"]: one["holds"] for one in latency(report)["load"]["thresholds"]}
    assert held == {"p95 < 5s": True, "rate(error) < 1%": False, "throughput > 40/s": True}
    assert set(latency(report)["load"]["errors"]) == {"status 500"}
    # One sample is too few for a letter; a condition that fails is none of it.
    assert target["families"]["latency"]["grade"] in ("A+", "?")


def test_no_load_is_sent_where_it_is_not_allowed(seaworthy, servers, tmp_path):
    server = servers.python("stalls")
    refuses = LOADED.format(url=server.http, allowed="false", conditions='["p95 < 1s"]')
    file = tmp_path / "targets.toml"
    file.write_text(refuses)
    load = ("--load", "2", "--for", "1s", "--only", "latency", "--samples", "1,0", "--no-report")
    done = seaworthy(file, *load)
    assert done.returncode == 2 and "allow_load" in done.stderr
    # Beside one that allows it, it is not asked, and what is not asked is no failure.
    file.write_text(refuses + LOADED.replace("loaded", "other").format(
        url=server.http, allowed="true", conditions="[]"
    ))  # fmt: skip
    report = seaworthy.json(file, *load)
    by_name = {target["name"]: target for target in report["targets"]}
    assert by_name["loaded"]["facts"]["latency"]["load"] is None
    assert by_name["other"]["facts"]["latency"]["load"] is not None


def test_more_users_than_a_guest_may_bring_are_refused(seaworthy):
    done = seaworthy("http://127.0.0.1:9", "--load", "21", "--for", "1s")
    assert done.returncode == 2
    assert "20" in done.stderr


def test_the_picture_shows_where_the_time_goes(timed, seaworthy, servers):
    server = servers.python("delays", "--first", "80")
    done = seaworthy(server.http, "--only", "latency", "--no-report", "-v", "--samples", "6,0")
    (row,) = [line for line in done.stdout.splitlines() if line.strip().startswith("server")]
    assert row.count("█") + row.count("#") > 20, done.stdout
