//! `Access-Control-Allow-Origin: *`, which lets everybody read, and nobody with credentials.

use super::{ASVS_ORIGIN, CORS_CHECK, CORS_CREDENTIALS, decide, on_answer, on_preflight};
use crate::facts::cors::{Answer, Asker, CorsFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Rule, Verdict};
use crate::wire::cors::{AccessFault, Ruse};

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("cors/wildcard"),
        title: "`*` is answered where an allow-list is declared",
        severity: Severity::Medium,
        rationale: "Every page may read what an anonymous visitor sees. Tokens a page holds itself \
                    still protect the rest, but the allow-list is not kept.",
        expected: "the declared origin that asked, or nothing",
        remediation: "Answer the origin that asked when it is on the list, with `Vary: Origin`; or \
                      declare `cors = { public = true }` if everybody is meant to read.",
        observed_by: "The field of every answer to a request with an `Origin`.",
        references: &[CORS_CHECK, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(is_a_list),
    },
    Rule {
        id: RuleId::new("cors/wildcard-with-credentials"),
        title: "`*` is answered to calls that send credentials",
        severity: Severity::High,
        rationale: "To a call with credentials `*` allows nobody: every such call of the declared \
                    pages fails in the browser.",
        expected: "the origin that asked",
        remediation: "Answer the origin that asked instead of `*`, with `Vary: Origin`.",
        observed_by: "The CORS check, with credentials, on answers to declared origins and on their \
                      preflights.",
        references: &[CORS_CHECK, CORS_CREDENTIALS],
        cap: None,
        rests_on: &[Topic::AllowedOrigin, Topic::Preflight],
        check: Check::Cors(takes_credentials),
    },
    Rule {
        id: RuleId::new("cors/wildcard-contradiction"),
        title: "`*` stands beside `Access-Control-Allow-Credentials`",
        severity: Severity::Low,
        rationale: "The two contradict each other and browsers refuse the pair. Some frameworks \
                    answer so until a cookie is sent, and then reflect every origin.",
        expected: "one of the two",
        remediation: "Leave Access-Control-Allow-Credentials away, or answer the origin that asked.",
        observed_by: "Both fields of every answer to a request with an `Origin`.",
        references: &[CORS_CREDENTIALS],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(is_consistent),
    },
    Rule {
        id: RuleId::new("cors/public-unreadable"),
        title: "A public service cannot be read by other origins",
        severity: Severity::High,
        rationale: "It is declared as open to everybody's pages, and browsers refuse them the answer.",
        expected: "Access-Control-Allow-Origin: *",
        remediation: "Send `Access-Control-Allow-Origin: *` on every answer.",
        observed_by: "The CORS check, without credentials, on the answer to an origin nobody knows.",
        references: &[CORS_CHECK],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(is_public),
    },
];

const ANYBODY: fn(Asker) -> bool = |asker| asker != Asker::Nobody;

fn is_a_list(cors: &CorsFacts) -> Verdict {
    if !cors.has_list() {
        return Verdict::NotApplicable("no allow-list was declared");
    }
    let open = cors.answers.iter().filter(|answer| answer.is_open());
    let observed = open
        .map(|answer| on_answer(answer, "Access-Control-Allow-Origin: *"))
        .collect();
    decide(cors, ANYBODY, "no request carried an Origin", observed)
}

fn is_public(cors: &CorsFacts) -> Verdict {
    if cors.declared.is_none() || cors.has_list() {
        return Verdict::NotApplicable("not declared as public");
    }
    let foreign = |asker| asker == Asker::Hostile(Ruse::Reflection);
    let observed = cors
        .answers
        .iter()
        .filter(|answer| foreign(answer.asker) && answer.status < 400 && !cors.is_outside(answer))
        .filter_map(|answer| Some(on_answer(answer, answer.anonymous?.text())));
    decide(cors, foreign, "no origin to try", observed.collect())
}

fn takes_credentials(cors: &CorsFacts) -> Verdict {
    if !cors.with_credentials() {
        return Verdict::NotApplicable("no credentials were declared");
    }
    let answers = cors.to_declared().filter(|answer| answer.is_open());
    let answers = answers.map(|answer| on_answer(answer, "`*` to a call with credentials"));
    // Such a preflight fails, and the call behind it is never sent (Fetch, "CORS-preflight fetch").
    let preflights = cors
        .declared_preflights()
        .filter(|one| one.access() == Some(AccessFault::WildcardWithCredentials));
    let preflights =
        preflights.map(|one| on_preflight(one, "`*` to the preflight of a call with credentials"));
    decide(
        cors,
        |asker| asker == Asker::Declared,
        "no declared origin to try",
        answers.chain(preflights).collect(),
    )
}

fn is_consistent(cors: &CorsFacts) -> Verdict {
    if cors.with_credentials() {
        return Verdict::NotApplicable("judged by cors/wildcard-with-credentials");
    }
    let grants = |answer: &&Answer| {
        answer.is_open()
            && answer
                .allow_credentials
                .as_ref()
                .is_some_and(|value| value.raw() == "true")
    };
    let both = cors.answers.iter().filter(grants);
    let observed = both
        .map(|answer| on_answer(answer, "`*` beside `true`"))
        .collect();
    decide(cors, ANYBODY, "no request carried an Origin", observed)
}
