//! Who is let in that nobody declared.
//!
//! Each attack on the comparison of origins has its own rule, because each has its own mend. Of
//! several that succeed, those that follow from another are left out.

use super::{ASVS_ORIGIN, CORS_CREDENTIALS, decide, on_answer};
use crate::facts::cors::{Answer, Asker, CorsFacts};
use crate::model::{RuleId, Severity};
use crate::rules::{Check, Observed, Rule, Verdict};
use crate::wire::cors::Ruse;

const EXACT: &str = "Compare the whole origin, scheme and port included, with a list of strings, and \
                     answer it only when it is on the list.";
const SEEN_BY: &str = "A request with an origin made from a declared one, and with a cookie. The \
                       answer names that origin and allows credentials, so a browser hands it over.";

const fn rule(
    id: &'static str,
    title: &'static str,
    severity: Severity,
    rationale: &'static str,
    check: fn(&CorsFacts) -> Verdict,
) -> Rule {
    Rule {
        id: RuleId::new(id),
        title,
        severity,
        rationale,
        expected: "no access for this origin",
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        check: Check::Cors(check),
    }
}

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    rule(
        "cors/reflects-any-origin",
        "Any website may read answers with the user's cookies",
        Severity::Critical,
        "The server answers whatever origin asks and allows credentials: any page the user visits \
         reads and acts as the user.",
        |cors| by_ruse(cors, Ruse::Reflection),
    ),
    rule(
        "cors/allows-null",
        "The origin `null` is allowed with credentials",
        Severity::Critical,
        "Any page makes itself `null` with a sandboxed frame, so this lets in everybody.",
        |cors| by_ruse(cors, Ruse::Null),
    ),
    rule(
        "cors/allows-substring",
        "Any origin that contains an allowed name is allowed",
        Severity::Critical,
        "Whoever registers a name with yours inside it reads answers with the user's cookies.",
        |cors| by_ruse(cors, Ruse::Substring),
    ),
    rule(
        "cors/allows-prefix",
        "Any origin that begins like an allowed one is allowed",
        Severity::Critical,
        "`https://app.example.com.attacker.example` begins like `https://app.example.com`, and \
         anybody can have it.",
        |cors| by_ruse(cors, Ruse::Prefix),
    ),
    rule(
        "cors/allows-suffix",
        "Any origin that ends like an allowed one is allowed",
        Severity::High,
        "`https://attackerexample.com` ends like `example.com` without the dot, and anybody can \
         register it.",
        |cors| by_ruse(cors, Ruse::Suffix),
    ),
    rule(
        "cors/allows-lookalike",
        "An origin that resembles an allowed one is allowed",
        Severity::High,
        "The name begins, continues and ends like an allowed one without being it; the check \
         compares parts of it.",
        lookalike,
    ),
    rule(
        "cors/allows-unescaped-dot",
        "A dot in the allow-list stands for any character",
        Severity::High,
        "The pattern's dots are not escaped: `appxexample.com` passes for `app.example.com`, and \
         can be registered by anybody.",
        |cors| by_ruse(cors, Ruse::Dot),
    ),
    rule(
        "cors/allows-shared-suffix",
        "Any site on the same hosting suffix is allowed",
        Severity::High,
        "Names under a shared suffix such as `pages.dev` or `netlify.app` belong to whoever asks \
         first: an attacker's page is one upload away.",
        |cors| by_ruse(cors, Ruse::Sibling),
    ),
    rule(
        "cors/allows-underscore",
        "An underscore ends the allowed name",
        Severity::Medium,
        "The pattern takes `_` for the end of the host, so `app.example.com_.attacker.example` \
         passes where browsers resolve such names.",
        |cors| by_ruse(cors, Ruse::Underscore),
    ),
    rule(
        "cors/allows-plain-http",
        "The http twin of an https origin is allowed",
        Severity::Medium,
        "Whoever holds the network can serve `http://` pages of that host and read answers with \
         the user's cookies, past TLS.",
        |cors| by_ruse(cors, Ruse::Plaintext),
    ),
    rule(
        "cors/allows-subdomain",
        "Any sub-domain of an allowed origin is allowed",
        Severity::Medium,
        "One forgotten or taken-over sub-domain, or a script injected into any of them, reads \
         answers with the user's cookies.",
        subdomain,
    ),
    rule(
        "cors/allows-any-port",
        "Any port of an allowed host is allowed",
        Severity::Low,
        "Another program on the developer's machine serves pages on another port and gets in.",
        |cors| by_ruse(cors, Ruse::Port),
    ),
    rule(
        "cors/denied-origin-allowed",
        "An origin declared as denied is allowed",
        Severity::High,
        "The target file says that this origin must not read answers, and it can.",
        denied,
    ),
    Rule {
        id: RuleId::new("cors/open-without-credentials"),
        title: "Undeclared origins may read answers without credentials",
        severity: Severity::Medium,
        rationale: "No cookies are at stake, but the allow-list is not kept: any page reads what an \
                    anonymous visitor sees, which matters most behind a firewall or an IP allow-list.",
        expected: "no access for origins outside the allow-list",
        remediation: EXACT,
        observed_by: "A request with an origin made from a declared one. The answer names that \
                      origin, without allowing credentials.",
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        check: Check::Cors(without_credentials),
    },
];

/// The ruses that explain another: what lets these in lets the other in as well.
const fn causes(ruse: Ruse) -> &'static [Ruse] {
    match ruse {
        Ruse::Reflection => &[],
        Ruse::Prefix | Ruse::Suffix | Ruse::Port => &[Ruse::Reflection, Ruse::Substring],
        Ruse::Underscore => &[Ruse::Reflection, Ruse::Substring, Ruse::Prefix],
        Ruse::Plaintext | Ruse::Subdomain => &[Ruse::Reflection, Ruse::Substring, Ruse::Suffix],
        Ruse::Null | Ruse::Substring | Ruse::Composite | Ruse::Dot | Ruse::Sibling => {
            &[Ruse::Reflection]
        }
    }
}

/// Whether `answer` lets a stranger in to read, with or without credentials.
fn lets_in(answer: &Answer, credentials: bool) -> bool {
    answer.asker.is_stranger()
        && answer.echoes()
        && answer.anonymous.is_none()
        && answer.gives_all() == credentials
}

/// Whether a ruse is let in for the same declared origin.
fn has(cors: &CorsFacts, ruse: Ruse, like: &Answer, credentials: bool) -> bool {
    cors.answers.iter().any(|answer| {
        answer.asker == Asker::Hostile(ruse)
            && lets_in(answer, credentials)
            && (answer.resembles == like.resembles || answer.resembles.is_none())
    })
}

fn is_explained(cors: &CorsFacts, ruse: Ruse, answer: &Answer, credentials: bool) -> bool {
    causes(ruse)
        .iter()
        .any(|cause| has(cors, *cause, answer, credentials))
}

fn observe(answer: &Answer, ruse: Ruse) -> Observed {
    let origin = answer.origin.as_deref().unwrap_or_default();
    let credentials = if answer.gives_all() {
        "with credentials"
    } else {
        "without credentials"
    };
    let like = answer
        .resembles
        .as_ref()
        .map_or(String::new(), |from| format!(", made from {from}"));
    on_answer(
        answer,
        format!(
            "Origin {origin}{like} is allowed {credentials}: {}",
            ruse.text()
        ),
    )
}

fn by_ruse(cors: &CorsFacts, ruse: Ruse) -> Verdict {
    let observed = cors
        .answers
        .iter()
        .filter(|answer| answer.asker == Asker::Hostile(ruse) && lets_in(answer, true))
        .filter(|answer| !is_explained(cors, ruse, answer, true))
        .map(|answer| observe(answer, ruse))
        .collect();
    decide(
        cors,
        |asker| asker == Asker::Hostile(ruse),
        "no origin of this kind to try",
        first(observed),
    )
}

/// The composite got in, and the trials that would tell how were not made.
fn lookalike(cors: &CorsFacts) -> Verdict {
    let observed = composites(cors)
        .filter(|answer| !was_split(cors, answer))
        .map(|answer| observe(answer, Ruse::Composite))
        .collect();
    decide(
        cors,
        |asker| asker == Asker::Hostile(Ruse::Composite),
        "no declared name to resemble",
        first(observed),
    )
}

/// The composite is a sub-domain too: when it got in and none of its parts did, that is why.
fn subdomain(cors: &CorsFacts) -> Verdict {
    let parts = [Ruse::Prefix, Ruse::Suffix, Ruse::Substring];
    let ending = composites(cors).filter(|answer| {
        was_split(cors, answer) && !parts.iter().any(|part| has(cors, *part, answer, true))
    });
    let plain = cors.answers.iter().filter(|answer| {
        answer.asker == Asker::Hostile(Ruse::Subdomain)
            && lets_in(answer, true)
            && !is_explained(cors, Ruse::Subdomain, answer, true)
    });
    let observed = plain
        .chain(ending)
        .map(|answer| observe(answer, Ruse::Subdomain))
        .collect();
    decide(
        cors,
        |asker| asker == Asker::Hostile(Ruse::Subdomain),
        "no declared name has sub-domains",
        first(observed),
    )
}

fn composites(cors: &CorsFacts) -> impl Iterator<Item = &Answer> {
    cors.answers.iter().filter(|answer| {
        answer.asker == Asker::Hostile(Ruse::Composite)
            && lets_in(answer, true)
            && !is_explained(cors, Ruse::Composite, answer, true)
    })
}

fn was_split(cors: &CorsFacts, composite: &Answer) -> bool {
    cors.answers.iter().any(|answer| {
        matches!(answer.asker, Asker::Hostile(Ruse::Substring | Ruse::Suffix))
            && answer.resembles == composite.resembles
    })
}

fn denied(cors: &CorsFacts) -> Verdict {
    let observed = cors
        .answers
        .iter()
        .filter(|answer| {
            answer.asker == Asker::Denied && answer.echoes() && answer.anonymous.is_none()
        })
        .map(|answer| {
            let origin = answer.origin.as_deref().unwrap_or_default();
            on_answer(answer, format!("Origin {origin} is allowed"))
        })
        .collect();
    decide(
        cors,
        |asker| asker == Asker::Denied,
        "no origin was declared as denied",
        observed,
    )
}

fn without_credentials(cors: &CorsFacts) -> Verdict {
    if !cors.has_list() {
        return Verdict::NotApplicable("no allow-list was declared");
    }
    let observed = cors.answers.iter().filter_map(|answer| {
        let Asker::Hostile(ruse) = answer.asker else {
            return None;
        };
        let open = lets_in(answer, false) && !is_explained(cors, ruse, answer, false);
        // A composite's parts say more than it does.
        let parts = ruse == Ruse::Composite && was_split(cors, answer);
        (open && !parts).then(|| observe(answer, ruse))
    });
    decide(
        cors,
        Asker::is_stranger,
        "no origin to try",
        first(observed.collect()),
    )
}

/// One trial a declared origin proves the point; the rest are in the evidence.
fn first(observed: Vec<Observed>) -> Vec<Observed> {
    let mut kept: Vec<Observed> = Vec::new();
    for one in observed {
        if !kept.iter().any(|other| other.said == one.said) {
            kept.push(one);
        }
    }
    kept
}
