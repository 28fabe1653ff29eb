//! Does a visitor get in at all?

use crate::facts::landing::{Gate, Landing};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/redirect-loop"),
        title: "Redirects lead nowhere",
        severity: Severity::High,
        rationale: "Browsers follow twenty redirects and then show an error: nobody gets in. Often a \
                    proxy ends TLS, asks the application over plain http, and is told to use https.",
        expected: "an answer after a few redirects",
        remediation: "Tell the application the public scheme and host (`X-Forwarded-Proto`, \
                      `Forwarded`), and let one place alone decide where visitors are sent.",
        observed_by: "The redirects from the target's URL, until one leads where one was already, or \
                      for twenty. Where cookies are set on the way nothing is said: a browser that \
                      sends them back may get in.",
        references: &[
            Reference::Rfc(9110, "15.4"),
            Reference::Standard(
                "Fetch §4.4 (HTTP-redirect fetch)",
                "https://fetch.spec.whatwg.org/#http-redirect-fetch",
            ),
        ],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Landing(ends),
    },
    Rule {
        id: RuleId::new("headers/connection-reset"),
        title: "The first connection was reset",
        severity: Severity::Info,
        rationale: "Visitors whose browser does not try again see an error. A listener that is short \
                    of places, a process that just started and a network on the way all do this.",
        expected: "an answer to the first request",
        remediation: "Look for restarts and full queues at that time; audit again to see whether it \
                      comes again.",
        observed_by: "The first request; it is sent once more where its connection ended before an \
                      answer. A network between here and the target can end it too.",
        references: &[Reference::Rfc(9110, "9.2.2")],
        cap: None,
        rests_on: &[],
        check: Check::Landing(is_answered_at_once),
    },
    Rule {
        id: RuleId::new("headers/fails-once"),
        title: "A request failed once, and was answered when it was sent again",
        severity: Severity::Info,
        rationale: "The same request works and fails within a moment: an instance that is not \
                    ready, a pool that runs dry, a race. Clients that do not try again see an error.",
        expected: "the same answer to the same request",
        remediation: "Look for errors of that moment in the logs, instance by instance.",
        observed_by: "The control, a harmless request that is sent again and again, and the requests \
                      with credentials: where one is answered 500 or above, or its connection ends, \
                      it is sent once more, straight away. It counts for no block, and the first \
                      answer for no verdict.",
        references: &[Reference::Rfc(9110, "15.6")],
        cap: None,
        rests_on: &[],
        check: Check::Landing(is_steady),
    },
];

fn ends(landing: &Landing) -> Verdict {
    match &landing.gate {
        Some(gate) if gate.keeps_everybody_out() => Verdict::fail(&landing.at, gate.to_string()),
        Some(gate @ Gate::Endless { .. }) => Verdict::Unknown(gate.to_string()),
        Some(_) => Verdict::NotApplicable("something else stands there: headers/not-measured"),
        None => Verdict::Pass,
    }
}

fn is_steady(landing: &Landing) -> Verdict {
    match &landing.failed_once {
        Some(once) => {
            let label = &once.label;
            let said = format!("{label}: {}, and {} when sent again", once.first, once.then);
            Verdict::fail(&once.at, said)
        }
        None => Verdict::Pass,
    }
}

fn is_answered_at_once(landing: &Landing) -> Verdict {
    match &landing.sent_again {
        Some(why) => Verdict::fail(&landing.at, format!("{why}; sent again")),
        None => Verdict::Pass,
    }
}
