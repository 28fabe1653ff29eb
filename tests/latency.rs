//! Latency from the samples to the report, against embedded servers. Nothing here measures time:
//! what the figures are worth is shown in `tests/real` and `benches/latency.py`.

mod embedded;

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use embedded::{Told, failed, http, observe, observe_under, read_request, report, rules, server};
use seaworthy::evidence::{Conditions, Evidence, Sample, Temperature};
use seaworthy::facts::latency::LatencyFacts;
use seaworthy::model::{Millis, Schedule};
use seaworthy::report::Outcome;

fn file(port: u16, rest: &str) -> String {
    format!("[[target]]\nname = \"timed\"\nurl = \"http://127.0.0.1:{port}\"\n{rest}\n")
}

fn look(port: u16, rest: &str) -> Evidence {
    let mut evidence = observe(&file(port, rest), &["latency"], &[], &[]);
    assert_eq!(evidence.len(), 1);
    evidence.remove(0)
}

fn samples(evidence: &Evidence, temperature: Temperature) -> Vec<&Sample> {
    let all = evidence
        .latency
        .seen()
        .map_or(&[][..], |latency| &latency.samples);
    all.iter()
        .filter(|sample| sample.temperature == temperature)
        .collect()
}

#[expect(clippy::expect_used, reason = "a test without samples has failed")]
fn facts(evidence: &Evidence) -> LatencyFacts {
    let report = report(std::slice::from_ref(evidence));
    let latency = report
        .targets
        .first()
        .and_then(|target| target.facts.latency.known());
    latency.cloned().expect("samples were answered")
}

#[test]
fn six_cold_samples_connect_anew_and_ten_warm_ones_do_not() {
    let evidence = look(http(|_| Told::text(200, "aye")), "");
    let (cold, warm) = (
        samples(&evidence, Temperature::Cold),
        samples(&evidence, Temperature::Warm),
    );
    assert_eq!((cold.len(), warm.len()), (6, 10));
    assert!(cold.iter().all(|sample| !sample.reused));
    assert!(
        warm.iter()
            .all(|sample| sample.reused && sample.phases().unwrap().setup().0 == 0)
    );
    assert_eq!(facts(&evidence).keeps_alive, Some(true));
}

#[test]
fn the_declared_numbers_are_taken() {
    let evidence = look(
        http(|_| Told::text(200, "aye")),
        "latency = { cold_samples = 2, warm_samples = 3 }",
    );
    assert_eq!(samples(&evidence, Temperature::Cold).len(), 2);
    assert_eq!(samples(&evidence, Temperature::Warm).len(), 3);
}

#[test]
fn a_server_that_closes_is_found_out() {
    let port = server(|mut stream| {
        if read_request(&mut stream).is_some() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\naye");
        }
    });
    let report = report(&[look(port, "")]);
    assert_eq!(failed(&report.targets[0]), ["latency/connection-not-kept"]);
}

#[test]
fn a_server_that_fails_now_and_then_is_found_out() {
    let asked = AtomicUsize::new(0);
    let port = http(move |_| match asked.fetch_add(1, Ordering::SeqCst) % 4 {
        3 => Told::text(503, "no"),
        _ => Told::text(200, "aye"),
    });
    let report = report(&[look(port, "")]);
    assert_eq!(failed(&report.targets[0]), ["latency/answers-unsteadily"]);
}

#[test]
fn redirects_are_listed_apart() {
    let port = http(|asked| match asked.path() {
        "/" => Told::text(302, "").with("Location", "/home"),
        _ => Told::text(200, "aye"),
    });
    let evidence = observe(&file(port, ""), &["latency", "headers"], &[], &[]).remove(0);
    let statuses: Vec<_> = facts(&evidence).hops.iter().map(|hop| hop.status).collect();
    assert_eq!(statuses, [Some(302), Some(200)]);
    assert_eq!(facts(&evidence).cold().map(|cold| cold.taken), Some(6));
}

type Declared<'a> = (&'a str, &'a [(&'a str, u16)], &'a [&'a str]);

/// A service without a page: what is declared of it, what is timed, and what fails.
#[rustfmt::skip]
const TIMED: &[Declared<'_>] = &[
    ("",                                                           &[("GET /", 404)],       &["latency/times-refusal"]),
    ("endpoint = [{ get = \"/\", status = 404 }]",                 &[("GET /", 404)],       &[]),
    ("endpoint = [\"/docs\", \"/api/health\"]",                    &[("GET /api/health", 200)], &[]),
    ("endpoint = [\"/api/health\", { get = \"/docs\", max_time = \"9s\" }]", &[("GET /docs", 200)], &[]),
    ("endpoint = [{ get = \"/api/health\", protected = true }]",   &[("GET /", 404)],       &["latency/times-refusal"]),
    ("endpoint = [{ get = \"/docs\", timed = true }, { head = \"/api/health\", timed = true }]",
                                                                   &[("GET /docs", 200), ("HEAD /api/health", 200)], &[]),
    ("endpoint = [{ get = \"/private\", timed = true }]",          &[("GET /private", 403)], &["latency/times-refusal"]),
];

#[test]
fn what_is_timed_is_what_answers_or_what_is_declared() {
    let port = http(|asked| match asked.path() {
        "/docs" | "/api/health" => Told::text(200, "aye"),
        "/private" => Told::text(403, "no"),
        _ => Told::text(404, "nothing here"),
    });
    for (declared, expected, failing) in TIMED {
        let few = "latency = { cold_samples = 2, warm_samples = 1 }";
        let evidence = look(port, &format!("{few}\n{declared}"));
        let timed = facts(&evidence).timed;
        let statuses = timed
            .iter()
            .map(|timed| (timed.label.as_str(), &timed.statuses));
        let found: Vec<(&str, u16)> = statuses
            .flat_map(|(label, statuses)| statuses.keys().map(move |status| (label, *status)))
            .collect();
        assert!(timed.iter().all(|timed| timed.answers() == 3), "{declared}");
        assert_eq!(found, *expected, "{declared}");
        assert_eq!(
            failed(&report(&[evidence]).targets[0]),
            *failing,
            "{declared}"
        );
    }
}

#[test]
fn what_refuses_is_no_a_in_latency() {
    use seaworthy::model::{Family, Grade};
    for (status, best) in [(200, Grade::APlus), (404, Grade::B), (401, Grade::B)] {
        let report = report(&[look(http(move |_| Told::text(status, "aye")), "")]);
        let mark = report.targets[0].families.of(Family::Latency);
        assert_eq!(
            mark.grade,
            seaworthy::grade::Letter::Graded(best),
            "{status}"
        );
    }
}

/// Three users for 400 ms, two requests each.
fn under_load() -> Conditions {
    Conditions {
        load: Schedule::new(3, Millis(400)),
        ..Conditions::default()
    }
}

#[test]
fn a_load_run_sends_what_is_due_and_only_where_it_may() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let port = http(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Told::text(200, "aye")
    });
    let policy = "latency = { cold_samples = 1, warm_samples = 0, load = [\"rate(error) < 1%\"] }";
    let allowed = format!("allow_load = true\n{policy}");
    for (rest, load) in [(policy, false), (allowed.as_str(), true)] {
        let before = asked.load(Ordering::SeqCst);
        let evidence = observe_under(under_load(), &file(port, rest), &["latency"], &[]).remove(0);
        let sent = asked.load(Ordering::SeqCst) - before;
        let facts = facts(&evidence);
        let target = &report(std::slice::from_ref(&evidence)).targets[0];
        if load {
            let run = facts.load.expect("a load run");
            assert_eq!((run.intended, run.succeeded, run.errors.len()), (6, 6, 0));
            assert!(rules(target, Outcome::Pass).contains(&"latency/load-threshold"));
            assert!(sent >= 2 + 6);
        } else {
            assert!(facts.load.is_none());
            assert!(rules(target, Outcome::NotTested).contains(&"latency/load-threshold"));
            // A sample that this machine took late is taken again, so there may be a third.
            assert!(sent < 6, "{sent}");
        }
    }
}

/// A limiter in front of the service lets four requests through, two of them of the load.
#[test]
fn what_a_limiter_refuses_is_no_error_of_the_service() {
    let asked = AtomicUsize::new(0);
    let port = http(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0..=3 => Told::text(200, "aye"),
        _ => Told::text(429, "slow down").with("Retry-After", "60"),
    });
    let rest = "allow_load = true\nrate = [{ get = \"/\", limit = \"4/min\" }]\n\
                latency = { cold_samples = 1, warm_samples = 0, load = [\"rate(error) < 1%\"] }";
    let evidence = observe_under(under_load(), &file(port, rest), &["latency"], &[]).remove(0);
    let load = facts(&evidence).load.expect("a load run");
    assert_eq!((load.succeeded, load.limited, load.errors.len()), (2, 4, 0));
    assert_eq!(load.beyond.as_deref(), Some("the declared 4 in 60 s"));
    let target = &report(std::slice::from_ref(&evidence)).targets[0];
    let unknown = rules(target, Outcome::Unknown);
    assert!(unknown.contains(&"latency/load-threshold"));
    // A machine that was late leaves more than that open; the load alone costs no letter.
    let withheld = target.families.of(seaworthy::model::Family::Latency).grade
        == seaworthy::grade::Letter::NotMeasured;
    assert_eq!(withheld, unknown.len() > 1, "{unknown:?}");
    assert_eq!(failed(target), [""; 0]);
}
