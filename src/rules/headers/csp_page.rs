//! Content Security Policy against the page it came with: nonces, and what it stops.

use super::csp::{document, judged, protected};
use super::scope::{DOCUMENT, Scope, as_far_as_read, unsettled};
use crate::facts::headers::HeadersFacts;
use crate::model::{RuleId, Severity, Topic, Untrusted};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::csp::nonce::Weakness;

const NONCES: Reference = Reference::Standard(
    "CSP Level 3 §7.1",
    "https://www.w3.org/TR/CSP3/#security-nonces",
);

/// So many blocked things are told one by one.
const SHOWN: usize = 10;

/// Which classes each of these weighs on.
pub const SCOPE: &[Scope] = &[
    (RuleId::new("headers/csp-nonce-reused"), DOCUMENT),
    (RuleId::new("headers/csp-nonce-weak"), DOCUMENT),
    (RuleId::new("headers/csp-nonce-unused"), DOCUMENT),
    (RuleId::new("headers/csp-blocks-page"), DOCUMENT),
];

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/csp-nonce-reused"),
        title: "The nonce of the Content Security Policy is the same in two answers",
        severity: Severity::High,
        rationale: "A nonce that an attacker can read from an earlier answer is a password on a \
                    poster: every injected script may carry it.",
        expected: "a fresh nonce in every response",
        remediation: "Draw at least 128 random bits for each response, and let no cache keep the page.",
        observed_by: "The page is asked for twice over. A cache between here and the server can be \
                      what repeats it; visitors behind it get the same.",
        references: &[NONCES],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(is_fresh),
    },
    Rule {
        id: RuleId::new("headers/csp-nonce-weak"),
        title: "The nonce of the Content Security Policy is easy to guess",
        severity: Severity::Low,
        rationale: "Whoever guesses the nonce runs any script.",
        expected: "at least 128 random bits in base64",
        remediation: "Draw 16 random bytes for each response and write them in base64.",
        observed_by: "Length and look of the nonce. That a long one is random is not shown by this.",
        references: &[NONCES],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(is_strong),
    },
    Rule {
        id: RuleId::new("headers/csp-nonce-unused"),
        title: "No element of the page carries the nonce of its policy",
        severity: Severity::Info,
        rationale: "The nonce lets nothing run then, and the scripts it was drawn for may be stopped.",
        expected: "the nonce on the elements it is for",
        remediation: "Put the nonce on the page's own `<script>` and `<style>` elements, or drop it.",
        observed_by: "The markup as sent. Elements that scripts add later are not seen.",
        references: &[NONCES],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(is_used),
    },
    Rule {
        id: RuleId::new("headers/csp-blocks-page"),
        title: "The page needs what its own Content Security Policy stops",
        severity: Severity::Low,
        rationale: "A part of the page does not work in any browser that enforces the policy.",
        expected: "everything on the page allowed by its policy",
        remediation: "Allow it by hash, nonce or exact address, or take it off the page.",
        observed_by: "Every load, inline script, handler and style in the markup as sent is held \
                      against all policies together.",
        references: &[Reference::Standard(
            "CSP Level 3 §6.7",
            "https://www.w3.org/TR/CSP3/#algorithms-for-directives",
        )],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(page_works),
    },
];

fn is_fresh(headers: &HeadersFacts) -> Verdict {
    judged(
        with_nonce(headers).map(|document| match &document.nonces.reused {
            None => Verdict::NotTested(
                "there is no second answer with a nonce to compare with".to_owned(),
            ),
            Some((_, same)) if same.is_empty() => Verdict::Pass,
            Some((at, same)) => {
                let said = Untrusted::from(format!("{} came again", same.join(", ")));
                Verdict::Fail(vec![Observed::new(at, said).about(document.label.as_str())])
            }
        }),
    )
}

fn is_strong(headers: &HeadersFacts) -> Verdict {
    judged(with_nonce(headers).map(|document| {
        let said = match document.nonces.weakness {
            None => return Verdict::Pass,
            Some(Weakness::Short { bits }) => format!("at most {bits} bits"),
            Some(Weakness::Typed) => "it is a word, not a random value".to_owned(),
        };
        Verdict::Fail(vec![
            Observed::new(&document.place(), said).about(document.label.as_str()),
        ])
    }))
}

fn is_used(headers: &HeadersFacts) -> Verdict {
    judged(with_nonce(headers).map(|document| {
        if document.nonces.used {
            return Verdict::Pass;
        }
        if let Some(unread) = &document.unread {
            return unsettled(unread);
        }
        let observed = Observed::new(&document.place(), "no element carries it");
        Verdict::Fail(vec![observed.about(document.label.as_str())])
    }))
}

fn page_works(headers: &HeadersFacts) -> Verdict {
    judged(protected(headers).map(|document| {
        let body = document.at.join("response/seen/body");
        let each = document.blocked.iter().take(SHOWN).map(|blocked| {
            let said = format!(
                "{} stops {} (byte {})",
                blocked.directive, blocked.what, blocked.at
            );
            Observed::new(&body, Untrusted::from(said)).about(document.label.as_str())
        });
        let mut observed: Vec<Observed> = each.collect();
        let more = document.blocked.len().saturating_sub(SHOWN);
        if more > 0 {
            observed.push(Observed::new(&body, format!("and {more} more")));
        }
        as_far_as_read(Verdict::unless(observed), document.unread.as_ref())
    }))
}

fn with_nonce(headers: &HeadersFacts) -> Result<&crate::facts::headers::Document, Verdict> {
    let document = document(headers)?;
    if document.nonces.named.is_empty() {
        Err(Verdict::NotApplicable("no nonce in the policy"))
    } else {
        Ok(document)
    }
}
