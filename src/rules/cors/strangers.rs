//! Who is let in that nobody declared.
//!
//! Each attack on the comparison of origins has its own rule, because each has its own mend. Of
//! several that succeed, those that follow from another are left out.

use super::{ASVS_ORIGIN, CORS_CREDENTIALS, decide, each_said_once, on_answer};
use crate::facts::cors::{Answer, Asker, CorsFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Rule, Verdict};
use crate::wire::cors::Ruse;
use crate::wire::domain::registered;

const EXACT: &str = "Compare the whole origin, scheme and port included, with a list of strings, and \
                     answer it only when it is on the list.";
const SEEN_BY: &str = "A request with an origin made from a declared one, and with a cookie. The \
                       answer names that origin and allows credentials, so a browser hands it over.";

const NO_ACCESS: &str = "no access for this origin";

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("cors/reflects-any-origin"),
        title: "Any website may read answers with the user's cookies",
        severity: Severity::Critical,
        rationale: "The server answers whatever origin asks and allows credentials: any page the user visits \
         reads and acts as the user.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Reflection)),
    },
    Rule {
        id: RuleId::new("cors/allows-null"),
        title: "The origin `null` is allowed with credentials",
        severity: Severity::Critical,
        rationale: "Any page makes itself `null` with a sandboxed frame, so this lets in everybody.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Null)),
    },
    Rule {
        id: RuleId::new("cors/allows-substring"),
        title: "Any origin that contains an allowed name is allowed",
        severity: Severity::Critical,
        rationale: "Whoever registers a name with yours inside it reads answers with the user's cookies.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Substring)),
    },
    Rule {
        id: RuleId::new("cors/allows-prefix"),
        title: "Any origin that begins like an allowed one is allowed",
        severity: Severity::Critical,
        rationale: "`https://app.example.com.attacker.example` begins like `https://app.example.com`, and \
         anybody can have it.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Prefix)),
    },
    Rule {
        id: RuleId::new("cors/allows-suffix"),
        title: "Any origin that ends like an allowed one is allowed",
        severity: Severity::High,
        rationale: "`https://attackerexample.com` ends like `example.com` without the dot, and anybody can \
         register it.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Suffix)),
    },
    Rule {
        id: RuleId::new("cors/allows-lookalike"),
        title: "An origin that resembles an allowed one is allowed",
        severity: Severity::High,
        rationale: "The name begins, continues and ends like an allowed one without being it; the check \
         compares parts of it.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(lookalike),
    },
    Rule {
        id: RuleId::new("cors/allows-unescaped-dot"),
        title: "A dot in the allow-list stands for any character",
        severity: Severity::High,
        rationale: "The pattern's dots are not escaped: `appxexample.com` passes for `app.example.com`, and \
         can be registered by anybody.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Dot)),
    },
    Rule {
        id: RuleId::new("cors/allows-shared-suffix"),
        title: "Any site on the same hosting suffix is allowed",
        severity: Severity::High,
        rationale: "Names under a shared suffix such as `pages.dev` or `netlify.app` belong to whoever asks \
         first: an attacker's page is one upload away.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Sibling)),
    },
    Rule {
        id: RuleId::new("cors/allows-underscore"),
        title: "An underscore ends the allowed name",
        severity: Severity::Medium,
        rationale: "The pattern takes `_` for the end of the host, so `app.example.com_.attacker.example` \
         passes where browsers resolve such names.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Underscore)),
    },
    Rule {
        id: RuleId::new("cors/allows-plain-http"),
        title: "The http twin of an https origin is allowed",
        severity: Severity::Medium,
        rationale: "Whoever holds the network can serve `http://` pages of that host and read answers with \
         the user's cookies, past TLS.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Plaintext)),
    },
    Rule {
        id: RuleId::new("cors/allows-subdomain"),
        title: "Any sub-domain of an allowed domain is allowed",
        severity: Severity::Medium,
        rationale: "One forgotten or taken-over sub-domain, or a script injected into any of them, reads \
         answers with the user's cookies.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(subdomain),
    },
    Rule {
        id: RuleId::new("cors/allows-any-port"),
        title: "Any port of an allowed host is allowed",
        severity: Severity::Low,
        rationale: "Another program on the developer's machine serves pages on another port and gets in.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(|cors| by_ruse(cors, Ruse::Port)),
    },
    Rule {
        id: RuleId::new("cors/denied-origin-allowed"),
        title: "An origin declared as denied is allowed",
        severity: Severity::High,
        rationale: "The target file says that this origin must not read answers, and it can.",
        expected: NO_ACCESS,
        remediation: EXACT,
        observed_by: SEEN_BY,
        references: &[CORS_CREDENTIALS, ASVS_ORIGIN],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(denied),
    },
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
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(without_credentials),
    },
];

/// The ruses that explain another: what lets these in lets the other in as well.
const fn causes(ruse: Ruse) -> &'static [Ruse] {
    match ruse {
        Ruse::Reflection => &[],
        // Where strangers share a suffix, a name that ends in another's is a name beside it.
        Ruse::Suffix => &[Ruse::Reflection, Ruse::Substring, Ruse::Sibling],
        Ruse::Prefix | Ruse::Port => &[Ruse::Reflection, Ruse::Substring],
        Ruse::Underscore => &[Ruse::Reflection, Ruse::Substring, Ruse::Prefix],
        Ruse::Plaintext | Ruse::Subdomain | Ruse::Dot => {
            &[Ruse::Reflection, Ruse::Substring, Ruse::Suffix]
        }
        Ruse::Composite => &[Ruse::Reflection, Ruse::Suffix],
        Ruse::Null | Ruse::Substring | Ruse::Sibling => &[Ruse::Reflection],
    }
}

/// Whether `answer` lets a stranger in to read, with or without credentials.
pub(super) fn lets_in(answer: &Answer, credentials: bool) -> bool {
    answer.asker.is_stranger()
        && answer.echoes()
        && answer.anonymous.is_none()
        && answer.gives_all() == credentials
}

/// Whether a ruse is let in for the same declared origin, or for another whose name this one ends in
/// or holds: `staging-app.example.com`, a dot replaced, ends in `app.example.com`.
fn has(cors: &CorsFacts, ruse: Ruse, like: &Answer, credentials: bool) -> bool {
    cors.answers.iter().any(|answer| {
        answer.asker == Asker::Hostile(ruse)
            && lets_in(answer, credentials)
            && (answer.resembles == like.resembles
                || answer.resembles.is_none()
                || holds(ruse, answer, like))
    })
}

/// Whether an origin bears the name that another ruse took from a declared one.
fn holds(ruse: Ruse, taken: &Answer, origin: &Answer) -> bool {
    let host = |origin: &Option<String>| {
        let (_, host) = origin.as_deref()?.split_once("://")?;
        Some(host.to_owned())
    };
    let (Some(name), Some(host)) = (host(&taken.resembles), host(&origin.origin)) else {
        return false;
    };
    match ruse {
        Ruse::Suffix => host.ends_with(registered(&name).unwrap_or(&name)),
        Ruse::Substring => host.contains(&name),
        Ruse::Reflection
        | Ruse::Null
        | Ruse::Prefix
        | Ruse::Composite
        | Ruse::Dot
        | Ruse::Sibling
        | Ruse::Underscore
        | Ruse::Subdomain
        | Ruse::Plaintext
        | Ruse::Port => false,
    }
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
        each_said_once(observed),
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
        each_said_once(observed),
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
        each_said_once(observed),
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
        answer.asker == Asker::Hostile(Ruse::Substring) && answer.resembles == composite.resembles
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
        each_said_once(observed.collect()),
    )
}
