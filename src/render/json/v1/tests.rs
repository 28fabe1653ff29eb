//! The whole form at once. Whatever changes in the snapshot changes for every consumer.

use crate::evidence::{Evidence, LatencyEvidence, Observation, Sample, Skip, Temperature, sample};
use crate::facts::State;
use crate::facts::tls::fixtures;
use crate::grade;
use crate::model::{
    Ask, Endpoint, Grade, Method, Micros, Millis, Phases, Place, RuleId, Source, Timestamp,
};
use crate::render::json;
use crate::report::{Counts, Families, Idle, IdleWaiver, Outcome, Report, WaivedBy};
use crate::wire::x509::fixtures::Authority;

/// A target with everything the form has a place for.
fn evidence() -> Evidence {
    let root = Authority::root("Root");
    let leaf = root.server("api.example.com");
    let seen = fixtures::evidence(&[&leaf, &root.der], Vec::new(), &[&root.der]);
    let fields = &[("Content-Type", "text/html"), ("Server", "nginx/1.25.3")];
    let page = "<!doctype html><title>A page</title>";
    let page = sample::exchange(Ask::Page.of_target(), "GET /", 200, fields, page);
    let limits = &[("RateLimit-Limit", "100"), ("RateLimit-Reset", "60")];
    let ask = Ask::Declared.of_endpoint(0);
    let health = sample::exchange(ask, "GET /health", 200, limits, "ok");
    let mut evidence = sample::evidence(sample::target(), vec![page, health]);
    evidence.target.endpoints = vec![Endpoint::new(Method::get(), "/health")];
    evidence.tls = seen.tls;
    evidence.run.conditions = seen.run.conditions;
    evidence.at = seen.at;
    evidence.target.source = Some(Source {
        file: "targets.toml".to_owned(),
        line: 4,
        column: Some(1),
    });
    evidence.run.list = "targets.toml".to_owned();
    evidence.run.version = "0.0.0".to_owned();
    evidence.latency = Observation::Seen(LatencyEvidence {
        samples: (0..6).map(cold).collect(),
        limited: false,
        load: Observation::Skipped(Skip::NotNeeded),
    });
    evidence
}

fn cold(nth: u64) -> Sample {
    let phases = Phases {
        tcp: Micros(20_000),
        tls: Micros(30_000),
        server: Micros(10_000 + nth * 1_000),
        ..Phases::default()
    };
    Sample {
        place: Place::Target,
        temperature: Temperature::Cold,
        address: "192.0.2.1:443".to_owned(),
        outcome: Observation::Seen((200, phases)),
        pinned: false,
        reused: false,
        fallback: Micros(0),
        passed_over: Vec::new(),
        lag: Micros(0),
        retaken: false,
        bytes: 0,
    }
}

/// One rule, failed, waived and not tested, stands for all.
fn report() -> Report {
    let mut report = Report::new(&[evidence()]);
    "seaworthy 0.0.0".clone_into(&mut report.tool);
    let target = report.targets.first_mut().unwrap();
    let id = RuleId::new("headers/hsts-missing");
    target.findings.retain(|finding| finding.rule == id);
    let failed = target.findings.first().cloned().unwrap();
    assert_eq!(failed.outcome, Outcome::Fail, "{failed:?}");
    let mut waived = failed.clone();
    waived.outcome = Outcome::Waived;
    waived.waived = Some(WaivedBy {
        reason: "until the new proxy".to_owned(),
        expires: Timestamp::from_secs(1_900_000_000),
        ticket: Some("OPS-1".to_owned()),
    });
    let mut not_tested = failed;
    not_tested.outcome = Outcome::NotTested;
    (not_tested.snippet, not_tested.reproduce) = (None, None);
    target.findings.extend([waived, not_tested]);
    target.not_checked.truncate(1);
    target.idle_waivers = vec![IdleWaiver {
        rule: id.to_string(),
        endpoint: None,
        everywhere: false,
        expires: Timestamp::from_secs(0),
        why: Idle::Expired,
    }];
    target.families = families();
    target.took = Millis(1_234);
    // What grows with the catalogue and with other people's guidelines says nothing about the form.
    if let State::Known(tls) = &mut target.facts.tls {
        tls.mozilla.modern.truncate(1);
        tls.mozilla.intermediate.clear();
        tls.mozilla.old.clear();
    }
    report.summary.counts = Counts {
        targets: 1,
        checks: 3,
        fail: 1,
        waived: 1,
        not_tested: 1,
        medium: 1,
        ..Counts::default()
    };
    report
}

fn families() -> Families {
    Families::new(|family| grade::Mark {
        grade: match family.name() {
            "tls" => grade::Letter::Graded(Grade::AMinus),
            "latency" => grade::Letter::NotMeasured,
            _ => grade::Letter::NotConfigured,
        },
        score: (family.name() == "tls").then_some(96),
        caps: vec![grade::Cap {
            limit: Grade::AMinus,
            because: grade::Reason::Rule(RuleId::new("tls/no-http2")),
        }],
        in_doubt: family.name() == "tls",
        coverage: (family.name() == "tls").then_some(grade::Fraction {
            shown: 1,
            essential: 2,
        }),
    })
}

/// What is made anew for each run: the certificates' keys, and with them their digests.
fn steady(json: &str) -> String {
    let lines = json.lines().map(|line| match line.split_once("\": \"") {
        Some((name, _))
            if ["sha256", "spki_sha256", "serial", "certificate"]
                .iter()
                .any(|end| name.trim_start() == format!("\"{end}")) =>
        {
            let comma = if line.ends_with(',') { "," } else { "" };
            format!("{name}\": \"(digits)\"{comma}\n")
        }
        _ => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn the_whole_form() {
    let json = json::render(&report()).unwrap();
    insta::assert_snapshot!(steady(&json));
}
