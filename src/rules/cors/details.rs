//! What scripts see, what browsers remember, and what was left over from development.

use super::preflight::judge;
use super::{CORS_CREDENTIALS, decide, on_answer, on_preflight};
use crate::facts::cors::{Answer, Asker, CorsFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};
use crate::wire::cors::{MaxAge, Origin, UNHEARD_OF};

const EXPOSE: Reference = Reference::Standard(
    "Fetch, Access-Control-Expose-Headers",
    "https://fetch.spec.whatwg.org/#http-access-control-expose-headers",
);
const MAX_AGE: Reference = Reference::Standard(
    "Fetch, Access-Control-Max-Age",
    "https://fetch.spec.whatwg.org/#http-access-control-max-age",
);
const ALLOW_HEADERS: Reference = Reference::Standard(
    "Fetch, Access-Control-Allow-Headers",
    "https://fetch.spec.whatwg.org/#http-access-control-allow-headers",
);

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("cors/expose-missing"),
        title: "A declared response header is hidden from scripts",
        severity: Severity::Medium,
        rationale: "Scripts read only a handful of response fields unless the server exposes more; \
                    with credentials, `*` exposes none.",
        expected: "the field in Access-Control-Expose-Headers",
        remediation: "List the field in Access-Control-Expose-Headers, by name.",
        observed_by: "The answers to declared origins that pass the CORS check and carry the field.",
        references: &[EXPOSE],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(is_exposed),
    },
    Rule {
        id: RuleId::new("cors/max-age-malformed"),
        title: "Access-Control-Max-Age is no number of seconds",
        severity: Severity::Low,
        rationale: "Browsers ignore it and ask again after five seconds: one more round trip for \
                    nearly every call.",
        expected: "seconds, in digits",
        remediation: "Send the number of seconds in digits, e.g. `Access-Control-Max-Age: 7200`.",
        observed_by: "The preflights of declared origins.",
        references: &[MAX_AGE],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(max_age_is_readable),
    },
    Rule {
        id: RuleId::new("cors/max-age-absent"),
        title: "Preflights are not remembered",
        severity: Severity::Info,
        rationale: "Without Access-Control-Max-Age browsers ask again after five seconds: one more \
                    round trip for nearly every call.",
        expected: "Access-Control-Max-Age above 0",
        remediation: "Send `Access-Control-Max-Age: 7200`; browsers cap it at 600 to 86400 seconds.",
        observed_by: "The preflights of declared origins.",
        references: &[MAX_AGE],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(is_remembered),
    },
    Rule {
        id: RuleId::new("cors/development-origin"),
        title: "A production server allows a development origin",
        severity: Severity::Info,
        rationale: "Whatever runs on a user's own machine under that port reads answers with the \
                    user's cookies; a plain http origin can be written by whoever holds the network.",
        expected: "https origins that are not local",
        remediation: "Take local and http origins off the production allow-list.",
        observed_by: "Declared origins that are let in with credentials, where `env = \"production\"`.",
        references: &[CORS_CREDENTIALS],
        cap: None,
        rests_on: &[Topic::AllowedOrigin],
        check: Check::Cors(is_production),
    },
    Rule {
        id: RuleId::new("cors/mirrors-request"),
        title: "Any requested header is allowed",
        severity: Severity::Info,
        rationale: "The server mirrors Access-Control-Request-Headers instead of keeping a list; \
                    only the list of origins stands between a page and every header.",
        expected: "a list of headers",
        remediation: "List the headers the application reads.",
        observed_by: "A preflight that asks for a header nobody uses.",
        references: &[ALLOW_HEADERS],
        cap: None,
        rests_on: &[Topic::Preflight],
        check: Check::Cors(keeps_a_list),
    },
    Rule {
        id: RuleId::new("cors/foreign-origin-error"),
        title: "A foreign origin makes the server fail",
        severity: Severity::Low,
        rationale: "The CORS layer throws for origins off its list. Nothing is given away, but any \
                    page can fill the error log and trip the alarms.",
        expected: "the plain answer without CORS fields, or 403",
        remediation: "Leave the CORS fields away for origins off the list instead of raising an error.",
        observed_by: "A 5xx to a foreign origin, where the same request without Origin is answered.",
        references: &[],
        cap: None,
        rests_on: &[Topic::RefusedOrigin],
        check: Check::Cors(survives_strangers),
    },
];

const DECLARED: fn(Asker) -> bool = |asker| asker == Asker::Declared;
const NONE: &str = "no declared origin to try";

fn is_exposed(cors: &CorsFacts) -> Verdict {
    if cors
        .declared
        .as_ref()
        .is_none_or(|cors| cors.expose.is_empty())
    {
        return Verdict::NotApplicable("no response header was declared");
    }
    let read = || {
        let all = cors.answers.iter().chain(&cors.limited);
        all.filter(|answer| cors.serves(answer.asker) && cors.fault(answer).is_none())
    };
    let observed: Vec<_> = read()
        .filter(|answer| !answer.hidden.is_empty())
        .map(|answer| on_answer(answer, format!("hidden: {}", answer.hidden.join(", "))))
        .collect();
    let offered = |name: &&String| read().any(|answer| answer.offered.contains(name));
    let mut declared = cors.declared.iter().flat_map(|cors| &cors.expose);
    let missing = declared.find(|name| !offered(name));
    match missing.filter(|_| observed.is_empty() && read().next().is_some()) {
        Some(name) => Verdict::NotTested(format!("no answer sent {name} to a declared origin")),
        None => decide(cors, |asker| cors.serves(asker), NONE, observed),
    }
}

fn max_age_is_readable(cors: &CorsFacts) -> Verdict {
    let observed = cors
        .declared_preflights()
        .filter_map(|preflight| match &preflight.max_age {
            MaxAge::Malformed(value) => Some(on_preflight(
                preflight,
                format!("Access-Control-Max-Age: {value}"),
            )),
            MaxAge::Absent | MaxAge::Seconds(_) => None,
        });
    judge(cors, None, observed.collect())
}

fn is_remembered(cors: &CorsFacts) -> Verdict {
    let observed = cors
        .declared_preflights()
        .filter(|preflight| preflight.faults.is_empty())
        .filter_map(|preflight| {
            let said = match &preflight.max_age {
                MaxAge::Absent => "no Access-Control-Max-Age",
                MaxAge::Seconds(0) => "Access-Control-Max-Age: 0",
                MaxAge::Malformed(_) | MaxAge::Seconds(_) => return None,
            };
            Some(on_preflight(preflight, said))
        });
    judge(cors, None, observed.collect())
}

fn is_production(cors: &CorsFacts) -> Verdict {
    if !cors.production {
        return Verdict::NotApplicable("not declared as production");
    }
    let observed = cors
        .to_declared()
        .filter(|answer| answer.gives_all())
        .filter_map(|answer| {
            let origin = answer.origin.as_deref()?;
            let parsed = Origin::parse(origin).ok()?;
            let development = parsed.is_local() || parsed.scheme() == "http";
            development.then(|| on_answer(answer, format!("{origin} is allowed with credentials")))
        });
    decide(cors, DECLARED, NONE, observed.collect())
}

fn keeps_a_list(cors: &CorsFacts) -> Verdict {
    let mirrored = cors.preflights.iter().filter(|preflight| {
        let listed = preflight
            .allow_headers
            .as_ref()
            .map(|value| value.raw().to_ascii_lowercase());
        listed.is_some_and(|listed| listed.contains(UNHEARD_OF))
    });
    let observed =
        mirrored.map(|preflight| on_preflight(preflight, format!("{UNHEARD_OF} is allowed")));
    let stranger_asked = cors
        .preflights
        .iter()
        .any(|preflight| preflight.asker.is_stranger());
    if !stranger_asked {
        return Verdict::NotApplicable("no stranger's preflight was sent");
    }
    Verdict::unless(observed.collect())
}

fn survives_strangers(cors: &CorsFacts) -> Verdict {
    // Where every origin breaks it, cors/declared-origin-error says so.
    let breaks_for_all = |answer: &Answer| {
        let mut declared = cors.to_declared();
        declared.any(|other| other.status >= 500 && other.endpoint == answer.endpoint)
    };
    let observed =
        cors.answers
            .iter()
            .filter(|answer| answer.asker.is_stranger() && answer.status >= 500)
            .filter(|answer| !breaks_for_all(answer))
            .filter_map(|answer| {
                let control = cors.answers.iter().find(|other| {
                    other.asker == Asker::Nobody && other.endpoint == answer.endpoint
                })?;
                let origin = answer.origin.as_deref().unwrap_or_default();
                let said = format!(
                    "{} to Origin {origin}, {} without",
                    answer.status, control.status
                );
                (control.status < 500).then(|| on_answer(answer, said))
            });
    decide(
        cors,
        Asker::is_stranger,
        "no origin to try",
        observed.take(3).collect(),
    )
}
