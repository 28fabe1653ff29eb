//! The cold time to first byte, against the declared thresholds.
//!
//! Always called cold, because it includes connection setup, and always shown beside the server's
//! own share: a far handshake is no slow server. A threshold is crossed only where noise cannot
//! explain it; where the samples fit either side, the better side is taken and the letter is shown
//! with `~`.

use super::named;
use crate::facts::latency::{LatencyFacts, Series, Timed};
use crate::model::statistics::Standing;
use crate::model::{Family, Grade, Micros, Millis, Pointer, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

const TTFB: Reference = Reference::Standard(
    "web.dev: Time to First Byte",
    "https://web.dev/articles/ttfb",
);

const LARGEST_PHASE: &str = "Look at the largest phase. A large server share is the application's \
                             own: its start-up, queries and rendering. Large tcp and tls shares are \
                             distance: serve from nearer, or over fewer round trips.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("latency/not-measured"),
        title: "Latency could not be measured",
        severity: Severity::High,
        rationale: "Nothing can be said about how long visitors wait.",
        expected: "timed answers",
        remediation: "Make the address answer requests.",
        observed_by: "Timed requests to the URL as declared.",
        references: &[Reference::Rfc(9112, "9")],
        cap: None,
        rests_on: &[],
        check: Check::Measured(Family::Latency),
    },
    Rule {
        id: RuleId::new("latency/cold-over-target"),
        title: "The first byte takes longer than the declared target",
        severity: Severity::Medium,
        rationale: "Every first visit waits that long before anything can be shown.",
        expected: "a median cold time to first byte within the target",
        remediation: LARGEST_PHASE,
        observed_by: OBSERVED_BY,
        references: &[TTFB],
        cap: Some(Grade::B),
        rests_on: &[Topic::Samples],
        check: Check::Latency(is_within_target),
    },
    Rule {
        id: RuleId::new("latency/cold-over-alert"),
        title: "The first byte takes longer than the declared alert",
        severity: Severity::Medium,
        rationale: "Beyond a second people notice that they wait, and many leave.",
        expected: "a median cold time to first byte within the alert",
        remediation: LARGEST_PHASE,
        observed_by: OBSERVED_BY,
        references: &[TTFB],
        cap: Some(Grade::C),
        rests_on: &[Topic::Samples],
        check: Check::Latency(is_within_alert),
    },
];

const OBSERVED_BY: &str = "The median of at least eight new connections with full handshakes, and \
    only if its 99.5 % lower confidence bound lies above the threshold. The network between here \
    and the target is part of it, so another place sees other figures. Samples taken while this \
    machine was late are taken again once, and never count against the target.";

fn is_within_target(latency: &LatencyFacts) -> Verdict {
    let Some(all) = sampled(latency) else {
        return if latency.limited {
            Verdict::Unknown(
                "no cold sample taken: half of a rate limit is used up (--burst)".to_owned(),
            )
        } else if let Some(timed) = latency.timed.iter().find(|timed| timed.limited() > 0) {
            let (label, limited) = (&timed.label, timed.limited());
            Verdict::Unknown(format!(
                "{label}: a rate limit answered {limited} samples with 429"
            ))
        } else if latency.cold_declared {
            Verdict::Unknown("no cold sample was answered".to_owned())
        } else {
            Verdict::NotTested("no cold samples were asked for".to_owned())
        };
    };
    let is_beyond_alert =
        |cold: &Series| cold.against(latency.alert_ms.into()) == Some(Standing::Beyond);
    let within_alert = all.into_iter().filter(|(_, cold)| !is_beyond_alert(cold));
    let verdicts: Vec<Verdict> = within_alert
        .map(|(timed, cold)| verdict(timed, cold, latency.target_ms))
        .collect();
    if verdicts.is_empty() {
        return Verdict::NotApplicable("beyond the alert already: latency/cold-over-alert");
    }
    together(verdicts)
}

fn is_within_alert(latency: &LatencyFacts) -> Verdict {
    // One thing that could not be seen is one finding: latency/cold-over-target has it.
    let Some(all) = sampled(latency) else {
        return Verdict::NotApplicable("no cold sample was answered: latency/cold-over-target");
    };
    let on_time = all
        .into_iter()
        .filter(|(_, cold)| cold.against(latency.alert_ms.into()).is_some());
    let verdicts: Vec<Verdict> = on_time
        .map(|(timed, cold)| verdict(timed, cold, latency.alert_ms))
        .collect();
    if verdicts.is_empty() {
        return Verdict::NotApplicable("this machine was late: latency/cold-over-target");
    }
    together(verdicts)
}

/// What was timed on new connections; `None` where nothing was.
fn sampled(latency: &LatencyFacts) -> Option<Vec<(&Timed, &Series)>> {
    let all = latency.timed.iter();
    let cold: Vec<_> = all
        .filter_map(|timed| Some((timed, timed.cold.as_ref()?)))
        .collect();
    (!cold.is_empty()).then_some(cold)
}

/// It fails where any fails, and is unknown where any is.
fn together(verdicts: Vec<Verdict>) -> Verdict {
    let (mut observed, mut open) = (Vec::new(), None);
    for verdict in verdicts {
        match verdict {
            Verdict::Fail(found) => observed.extend(found),
            Verdict::Pass => {}
            Verdict::Unknown(_) | Verdict::NotTested(_) | Verdict::NotApplicable(_) => {
                open = open.or(Some(verdict));
            }
        }
    }
    match open {
        Some(open) if observed.is_empty() => open,
        Some(_) | None => Verdict::unless(observed),
    }
}

fn verdict(timed: &Timed, cold: &Series, threshold: Millis) -> Verdict {
    match cold.against(Micros::from(threshold)) {
        Some(Standing::Within | Standing::Straddles) => Verdict::Pass,
        Some(Standing::Beyond) => {
            let at = Pointer("/latency/seen/samples".to_owned()).join(cold.at);
            let said = format!(
                "median {} cold ({}), {} of it the server",
                cold.median.ttfb(),
                cold.confidence(),
                cold.median.server
            );
            let observed = Observed::new(&at, said).wanted(format!("at most {threshold}"));
            Verdict::Fail(vec![named(timed, observed)])
        }
        None => Verdict::Unknown(format!(
            "this machine was too busy to time it: late in {} of {} samples",
            cold.late, cold.answered
        )),
    }
}
