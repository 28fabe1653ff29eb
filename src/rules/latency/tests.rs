use super::RULES;
use crate::evidence::{
    Cause, Evidence, Failure, Flag, LatencyEvidence, LoadEvidence, Observation, PassedOver, Sample,
    Skip, Stage, Temperature,
};
use crate::facts::latency::{LatencyFacts, read};
use crate::model::{Endpoint, LoadThreshold, Method, Micros, Millis, Phases, Place, StatusSet};
use crate::rules::Check;

/// A cold sample whose first byte came after so many milliseconds, a fifth of it the server's.
fn cold(ms: u64) -> Sample {
    let server = Micros(ms * 200);
    let phases = Phases {
        tcp: Micros(ms * 1000) - server,
        server,
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

fn warm(reused: bool) -> Sample {
    Sample {
        temperature: Temperature::Warm,
        reused,
        ..cold(50)
    }
}

fn late(ms: u64) -> Sample {
    Sample {
        lag: Micros(ms * 100),
        retaken: true,
        ..cold(ms)
    }
}

fn passed(cause: Cause) -> Sample {
    let passed = PassedOver {
        address: "[2001:db8::1]:443".to_owned(),
        cause,
    };
    Sample {
        passed_over: vec![passed],
        fallback: Micros(250_000),
        ..cold(300)
    }
}

fn broken(status: Option<u16>) -> Sample {
    let failure = Failure {
        stage: Stage::Head,
        cause: Cause::TimedOut,
        detail: String::new(),
        after: Millis(10_000),
    };
    let outcome = match status {
        Some(status) => Observation::Seen((status, Phases::default())),
        None => Observation::Failed(failure),
    };
    Sample {
        outcome,
        ..cold(100)
    }
}

fn evidence(samples: Vec<Sample>) -> Evidence {
    let mut evidence = Evidence::unseen("https://www.example/");
    let load = Observation::Skipped(Skip::NeedsFlag(Flag::Load));
    evidence.latency = Observation::Seen(LatencyEvidence {
        samples,
        limited: false,
        load,
    });
    evidence
}

/// What each rule says, by the slug of its id.
fn answers(facts: &LatencyFacts) -> Vec<(&'static str, &'static str)> {
    let rules = RULES.iter().copied().flatten();
    rules
        .filter_map(|rule| {
            let (Check::Latency(check) | Check::Load(check)) = rule.check else {
                return None;
            };
            let slug = rule.id.as_str().trim_start_matches("latency/");
            Some((slug, check(facts).word()))
        })
        .collect()
}

/// The rules that do not just pass or not apply.
fn remarkable(evidence: &Evidence) -> Vec<(&'static str, &'static str)> {
    let state = read(evidence);
    let mut answers = answers(state.known().expect("samples were answered"));
    answers.retain(|(_, word)| !matches!(*word, "pass" | "n/a"));
    answers
}

#[test]
fn thresholds_are_crossed_only_for_certain() {
    let series = |ms: &[u64]| ms.iter().copied().map(cold).collect::<Vec<_>>();
    #[rustfmt::skip]
    let cases = [
        (series(&[100; 6]),                                &[][..], false),
        (series(&[500; 6]),                                &[], false), // equal is within
        (series(&[700; 6]),                                &[], true),  // six cannot condemn
        (series(&[700; 8]),                                &[("cold-over-target", "fail")], false),
        (series(&[499, 700, 700, 700, 700, 700, 700, 700]), &[], true),
        (series(&[2_000; 8]),                              &[("cold-over-alert", "fail")], false),
        (series(&[700, 900, 900, 1_100, 1_100, 1_200, 1_300, 1_400]),
                                                           &[("cold-over-target", "fail")], true),
        (series(&[3_000, 100, 100, 100, 100, 100]),        &[], true),
        (series(&[100]),                                   &[], true),
        ((0..8).map(|_| late(700)).collect(),              &[("cold-over-target", "unknown")], false),
        ((0..6).map(|_| late(400)).collect(),              &[], false), // late, and within even so
    ];
    for (samples, expected, in_doubt) in cases {
        let shown: Vec<_> = samples.iter().map(|s| s.phases().unwrap().ttfb()).collect();
        let evidence = evidence(samples);
        assert_eq!(remarkable(&evidence), expected, "{shown:?}");
        let state = read(&evidence);
        assert_eq!(state.known().unwrap().in_doubt(), in_doubt, "{shown:?}");
    }
}

#[test]
fn connections_are_judged_by_what_they_cost() {
    #[rustfmt::skip]
    let cases = [
        (vec![cold(300), warm(true), warm(true)],  &[][..]),
        (vec![cold(300), warm(true), warm(false)], &[("connection-not-kept", "fail")]),
        (vec![passed(Cause::TimedOut)],            &[("dead-address", "fail")]),
        (vec![passed(Cause::Refused)],             &[("refusing-address", "fail")]),
        (vec![passed(Cause::Unreachable)],         &[]), // no route from here
        (vec![cold(300), broken(None)],            &[("answers-unsteadily", "fail")]),
        (vec![cold(300), broken(Some(503))],       &[("answers-unsteadily", "fail")]),
        (vec![broken(Some(503)), broken(Some(503))], &[("only-errors", "fail")]),
        (vec![broken(Some(500)), broken(None)],    &[("only-errors", "fail")]),
        (vec![cold(300), broken(Some(404))],       &[("times-refusal", "fail")]),
    ];
    for (samples, expected) in cases {
        assert_eq!(remarkable(&evidence(samples)), expected);
    }
}

#[test]
fn nothing_answered_is_not_measured() {
    let state = read(&evidence(vec![broken(None), broken(None)]));
    assert_eq!(
        state.failure().map(|failure| failure.cause),
        Some(Cause::TimedOut)
    );
}

#[test]
fn nothing_asked_for_is_not_a_failure() {
    let mut evidence = evidence(vec![warm(true)]);
    evidence.target.latency.cold = 0;
    assert_eq!(remarkable(&evidence), [("cold-over-target", "not tested")]);
    evidence.target.latency.warm = 0;
    assert_eq!(read(&evidence).known(), None);
    assert_eq!(read(&evidence).failure(), None);
}

#[test]
fn the_median_sample_is_shown_whole_and_found_again() {
    let state = read(&evidence([300, 100, 200, 900, 250].map(cold).into()));
    let series = state.known().unwrap().cold().cloned().unwrap();
    assert_eq!((series.median.ttfb(), series.at), (Micros(250_000), 4));
    assert_eq!(series.median.server, Micros(50_000));
    assert_eq!(series.confidence(), "100 ms to 900 ms, n=5");
    assert_eq!(series.outliers.far, 1);
}

fn pinned(address: &str, sample: Sample) -> Sample {
    Sample {
        pinned: true,
        address: address.to_owned(),
        ..sample
    }
}

#[test]
fn addresses_are_kept_apart() {
    let (one, other) = ("192.0.2.1:443", "192.0.2.2:443");
    let samples = vec![cold(100), pinned(one, cold(100)), pinned(other, cold(900))];
    let state = read(&evidence(samples));
    let facts = state.known().unwrap();
    let series = facts.addresses.values().flatten();
    let medians: Vec<_> = series.map(|series| series.median.ttfb()).collect();
    assert_eq!(medians, [Micros(100_000), Micros(900_000)]);
    assert_eq!(facts.cold().map(|cold| cold.taken), Some(1));
}

#[test]
fn an_address_may_be_slow_or_dead_by_itself() {
    let (one, other) = ("192.0.2.1:443", "192.0.2.2:443");
    let eight = |address: &str, sample: Sample| vec![pinned(address, sample); 8];
    #[rustfmt::skip]
    let cases = [
        (eight(other, cold(100)),     &[][..]),
        (eight(other, cold(700)),     &[("slow-address", "fail")]),
        (eight(other, broken(None)),  &[("dead-address", "fail")]),
        (eight(one, cold(700)),       &[]), // the only one: the name's own samples tell
    ];
    for (of_other, expected) in cases {
        let mut samples = vec![cold(100); 6];
        if of_other[0].address == other {
            samples.extend(eight(one, cold(100)));
        }
        samples.extend(of_other);
        assert_eq!(remarkable(&evidence(samples)), expected);
    }
}

#[test]
fn conditions_on_load_are_tested_only_under_load() {
    let mut evidence = evidence(vec![cold(100)]);
    assert_eq!(remarkable(&evidence), []);
    evidence.target.latency.load = vec![LoadThreshold("p95 < 500ms".to_owned())];
    assert_eq!(remarkable(&evidence), [("load-threshold", "not tested")]);
    let mut run = LoadEvidence {
        succeeded: 100,
        histogram: vec![(1_000, 100)],
        ..Default::default()
    };
    for (slowest, expected) in [(1_000, &[][..]), (900_000, &[("load-threshold", "fail")])] {
        run.histogram = vec![(1_000, 90), (slowest, 10)];
        if let Observation::Seen(latency) = &mut evidence.latency {
            latency.load = Observation::Seen(run.clone());
        }
        assert_eq!(remarkable(&evidence), expected);
    }
    run.histogram = vec![(1_000, 10)];
    if let Observation::Seen(latency) = &mut evidence.latency {
        latency.load = Observation::Seen(run);
    }
    assert_eq!(remarkable(&evidence), [("load-threshold", "unknown")]);
}

fn answered(place: Place, status: u16) -> Sample {
    Sample {
        place,
        ..broken(Some(status))
    }
}

type Statuses<'a> = (Place, &'a [u16], Option<&'a str>, &'a [(&'a str, &'a str)]);

/// What was sampled: of the target's own URL, or of the one declared endpoint whose status may be
/// declared too; and what is remarkable about it.
#[rustfmt::skip]
const STATUSES: &[Statuses<'_>] = &[
    (Place::Target,      &[200, 304, 301],      None,        &[]),
    (Place::Target,      &[404, 404],           None,        &[("times-refusal", "fail")]),
    (Place::Target,      &[401, 403],           None,        &[("times-refusal", "fail")]),
    (Place::Endpoint(0), &[404, 404],           None,        &[("times-refusal", "fail")]),
    (Place::Endpoint(0), &[401, 401],           Some("401"), &[]), // as declared
    (Place::Endpoint(0), &[200, 429],           None,        &[("times-refusal", "not tested")]),
    (Place::Endpoint(0), &[429, 429],           None,        &[("cold-over-target", "unknown"), ("times-refusal", "not tested")]),
    (Place::Endpoint(0), &[429, 429],           Some("429"), &[]),
    (Place::Endpoint(0), &[200, 404, 429],      None,        &[("times-refusal", "fail")]),
    (Place::Endpoint(0), &[200, 502],           None,        &[("answers-unsteadily", "fail")]),
];

#[test]
fn the_status_of_what_is_timed_counts() {
    for (place, statuses, declared, expected) in STATUSES {
        let samples = statuses.iter().map(|status| answered(*place, *status));
        let mut evidence = evidence(samples.collect());
        let mut endpoint = Endpoint::new(Method::get(), "/health");
        endpoint.status = declared.map(|status| StatusSet::of(&[status]));
        evidence.target.endpoints.push(endpoint);
        assert_eq!(remarkable(&evidence), *expected, "{statuses:?}");
    }
}

#[test]
fn each_timed_request_is_judged_by_itself() {
    let at = |place, sample| Sample { place, ..sample };
    let mut samples = vec![at(Place::Endpoint(0), cold(100)); 8];
    samples.extend(vec![at(Place::Endpoint(1), cold(700)); 8]);
    samples.extend(vec![at(Place::Endpoint(2), cold(2_000)); 8]);
    let mut evidence = evidence(samples);
    evidence.target.endpoints = ["/a", "/b", "/c"]
        .map(|path| Endpoint::new(Method::get(), path))
        .into();
    let state = read(&evidence);
    let facts = state.known().unwrap();
    let labels: Vec<&str> = facts
        .timed
        .iter()
        .map(|timed| timed.label.as_str())
        .collect();
    assert_eq!(labels, ["GET /a", "GET /b", "GET /c"]);
    let expected = [("cold-over-target", "fail"), ("cold-over-alert", "fail")];
    assert_eq!(remarkable(&evidence), expected);
}
