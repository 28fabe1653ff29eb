//! The cold time to first byte, against the declared thresholds.
//!
//! Always called cold, because it includes connection setup, and always shown beside the server's
//! own share: a far handshake is no slow server. A threshold is crossed only where noise cannot
//! explain it; where the samples fit either side, the better side is taken and the letter is shown
//! with `~`.

use crate::facts::latency::{LatencyFacts, Series};
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
    let Some(cold) = &latency.cold else {
        return if latency.limited {
            Verdict::Unknown(
                "no cold sample taken: half of a rate limit is used up (--burst)".to_owned(),
            )
        } else if latency.cold_declared {
            Verdict::Unknown("no cold sample was answered".to_owned())
        } else {
            Verdict::NotTested("no cold samples were asked for".to_owned())
        };
    };
    if cold.against(latency.alert_ms.into()) == Some(Standing::Beyond) {
        return Verdict::NotApplicable("beyond the alert already: latency/cold-over-alert");
    }
    verdict(cold, latency.target_ms)
}

fn is_within_alert(latency: &LatencyFacts) -> Verdict {
    match &latency.cold {
        // One thing that could not be seen is one finding: latency/cold-over-target has it.
        None => Verdict::NotApplicable("no cold sample was answered: latency/cold-over-target"),
        Some(cold) if cold.against(latency.alert_ms.into()).is_none() => {
            Verdict::NotApplicable("this machine was late: latency/cold-over-target")
        }
        Some(cold) => verdict(cold, latency.alert_ms),
    }
}

fn verdict(cold: &Series, threshold: Millis) -> Verdict {
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
            Verdict::Fail(vec![
                Observed::new(&at, said).wanted(format!("at most {threshold}")),
            ])
        }
        None => Verdict::Unknown(format!(
            "this machine was too busy to time it: late in {} of {} samples",
            cold.late, cold.answered
        )),
    }
}
