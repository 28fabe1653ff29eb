//! `Vary: Origin`, without which a cache hands the answer for one origin to another.

use super::{CORS_CACHES, allowed, decide, on_answer};
use crate::facts::cors::{Answer, Asker, CorsFacts, Occasion};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};

const REFERENCES: &[Reference] = &[CORS_CACHES, Reference::Rfc(9110, "12.5.5")];
const SEEN_BY: &str = "Answers to GET and HEAD that may be stored (no `no-store`), at places where the \
                       answer depends on the origin: two origins, or none, were answered differently.";

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("cors/vary-missing"),
        title: "Answers chosen by origin lack `Vary: Origin`",
        severity: Severity::Medium,
        rationale: "A browser's or CDN's cache keeps one answer for all origins: the next page from \
                    another allowed origin is given this one's and fails, at random.",
        expected: "Vary: Origin",
        remediation: "Send `Vary: Origin` on every answer of a server that chooses \
                      Access-Control-Allow-Origin, allowed or not.",
        observed_by: SEEN_BY,
        references: REFERENCES,
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(when_allowed),
    },
    Rule {
        id: RuleId::new("cors/vary-missing-when-refused"),
        title: "Answers without access lack `Vary: Origin`",
        severity: Severity::Low,
        rationale: "An answer to a refused origin, or to a request without one, that a cache keeps \
                    has no Access-Control-Allow-Origin: given to an allowed page it breaks the call.",
        expected: "Vary: Origin",
        remediation: "Send `Vary: Origin` also when the origin is refused or absent.",
        observed_by: SEEN_BY,
        references: REFERENCES,
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(when_refused),
    },
];

const ANYBODY: fn(Asker) -> bool = |_| true;
const NONE: &str = "no request carried an Origin";

fn when_allowed(cors: &CorsFacts) -> Verdict {
    judge(cors, Answer::echoes)
}

/// Only where an allowed origin is known to be answered otherwise: elsewhere there may be no CORS. Where
/// that answer lacks the field as well, `cors/vary-missing` says so: it is one cause.
fn when_refused(cors: &CorsFacts) -> Verdict {
    let covered: Vec<(&String, Occasion)> = cors
        .answers
        .iter()
        .filter(|answer| answer.echoes() && answer.kept_apart)
        .map(|answer| (&answer.endpoint, answer.occasion))
        .collect();
    judge(cors, |answer| {
        let refused = !answer.echoes() && !answer.is_open();
        // That a declared origin is left out is a fault of its own.
        let meant = answer.asker != Asker::Declared;
        refused && meant && covered.contains(&(&answer.endpoint, answer.occasion))
    })
}

fn judge(cors: &CorsFacts, which: impl Fn(&Answer) -> bool) -> Verdict {
    if !cors.chooses_by_origin() && cors.unseen.is_empty() {
        return Verdict::NotApplicable("every origin is answered alike");
    }
    let bare = cors
        .answers
        .iter()
        .filter(|answer| which(answer) && !answer.kept_apart);
    let observed = bare.map(|answer| {
        let asked = answer.origin.as_ref().map_or_else(
            || "without an Origin".to_owned(),
            |origin| format!("Origin {origin}"),
        );
        on_answer(
            answer,
            format!(
                "{asked}: {}, no Vary: Origin",
                allowed(answer.allow_origin.as_ref())
            ),
        )
    });
    decide(cors, ANYBODY, NONE, observed.take(3).collect())
}
