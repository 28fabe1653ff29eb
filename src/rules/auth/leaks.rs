//! What refusals give away.

use super::{CWE_209, NOBODY_REFUSED, OWASP_AUTHENTICATION, decide, observe};
use crate::facts::auth::{AuthFacts, Echo, Tried};
use crate::model::{Attempt, Bypass, RuleId, Severity, Topic, Untrusted};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::leak::Kind;

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("auth/error-shows-code"),
        title: "A refusal shows the program's inside",
        severity: Severity::Medium,
        rationale: "A stack trace, a debug page or a database's own words tell an attacker what runs \
                    here and where it breaks.",
        expected: "an error without internals",
        remediation: "Turn debug mode off and answer errors with a fixed body; log the details.",
        observed_by: "Bodies of answers to requests without valid credentials, by the signatures of \
                      common frameworks.",
        references: &[CWE_209],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(code),
    },
    Rule {
        id: RuleId::new("auth/error-shows-secret"),
        title: "A refusal shows a secret",
        severity: Severity::High,
        rationale: "Whoever asks without credentials is handed one.",
        expected: "an error without secrets",
        remediation: "Take the value out of the answer, and replace it: it must be taken as known.",
        observed_by: "Bodies of answers to requests without valid credentials, by the shapes of keys \
                      and connection strings.",
        references: &[
            CWE_209,
            Reference::Standard(
                "OWASP ASVS 5.0, V13.3.1",
                "https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x22-V13-Configuration.md",
            ),
        ],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(secret),
    },
    Rule {
        id: RuleId::new("auth/secret-disclosed"),
        title: "An answer holds a credential that the request did not carry",
        severity: Severity::Critical,
        rationale: "Whoever asks is handed somebody's credential, and can act as its owner.",
        expected: "no credential but in the answer that issues it",
        remediation: "Take it out of the answer and replace it: it must be taken as known. A key that \
                      pages are meant to carry is declared `public = true`.",
        observed_by: "Every answer, held against the supplied secrets of at least 12 bytes, plain, escaped \
                      and in base64. Not a user's name; not what is declared `public = true`; not the \
                      answer to a declared POST that sends a password, a grant or a secret of its own.",
        references: &[
            Reference::Standard(
                "CWE-200, exposure of sensitive information",
                "https://cwe.mitre.org/data/definitions/200.html",
            ),
            OWASP_AUTHENTICATION,
        ],
        cap: None,
        rests_on: &[Topic::Disclosure],
        check: Check::Auth(disclosed),
    },
    Rule {
        id: RuleId::new("auth/echoes-credential"),
        title: "A refusal repeats the credential",
        severity: Severity::Low,
        rationale: "Credentials in bodies end in logs and error trackers; a real one with a typing \
                    error will too.",
        expected: "an error without the credential",
        remediation: "Leave the credential out of the message.",
        observed_by: "The made-up credential that was sent stands in the answer's body.",
        references: &[CWE_209],
        cap: None,
        rests_on: &[Topic::Refusal, Topic::BadCredential],
        check: Check::Auth(echo),
    },
];

const ANY: fn(&Attempt) -> bool = |attempt| *attempt != Attempt::Valid;

fn code(auth: &AuthFacts) -> Verdict {
    search(auth, leaks(auth, |kind| kind != Kind::Secret))
}

fn secret(auth: &AuthFacts) -> Verdict {
    search(auth, leaks(auth, |kind| kind == Kind::Secret))
}

/// Nothing was found in a refusal only where all of it was read.
fn search(auth: &AuthFacts, found: Vec<Observed>) -> Verdict {
    let verdict = decide(auth, ANY, found);
    if verdict == Verdict::Pass && refusals(auth).next().is_none() {
        return Verdict::NotApplicable(NOBODY_REFUSED);
    }
    let unread = refusals(auth).find_map(|tried| {
        let why = tried.unread.as_ref()?;
        Some(format!(
            "{} with {}: {why}",
            tried.label,
            tried.credential()
        ))
    });
    match unread {
        Some(why) if verdict == Verdict::Pass => Verdict::NotTested(why),
        Some(_) | None => verdict,
    }
}

fn refusals(auth: &AuthFacts) -> impl Iterator<Item = &Tried> {
    let all = auth.attempts.iter();
    all.filter(|tried| ANY(&tried.attempt) && !tried.got_in())
}

/// One observation a signature: every refusal shows the same.
fn leaks(auth: &AuthFacts, which: fn(Kind) -> bool) -> Vec<Observed> {
    let mut seen: Vec<&'static str> = Vec::new();
    let mut observed = Vec::new();
    for tried in refusals(auth) {
        for leak in tried.leaks.iter().filter(|leak| which(leak.kind)) {
            if !seen.contains(&leak.what) {
                seen.push(leak.what);
                let said = format!(
                    "{} with {}: {}: {}",
                    tried.status,
                    tried.credential(),
                    leak.what,
                    leak.excerpt.raw()
                );
                observed.push(observe(tried, Untrusted::from(said)));
            }
        }
    }
    observed
}

fn disclosed(auth: &AuthFacts) -> Verdict {
    let observed = auth.disclosed.iter().map(|one| {
        let said = format!("{} with the value of {} in it", one.status, one.secret);
        Observed::new(&one.at, said).about(one.label.clone())
    });
    match (decide(auth, |_| true, observed.collect()), &auth.unsearched) {
        (Verdict::Pass, Some(why)) => Verdict::NotTested(why.clone()),
        (verdict, _) => verdict,
    }
}

fn echo(auth: &AuthFacts) -> Verdict {
    let echoed = refusals(auth)
        // A body that names the URL it refuses repeats no credential: it was in the wrong place.
        .filter(|tried| tried.attempt != Attempt::Bypass(Bypass::TokenInQuery))
        .filter(|tried| tried.echo == Echo::Credential);
    let observed = echoed.map(|tried| {
        observe(
            tried,
            format!("{}: the credential stands in the body", tried.status),
        )
    });
    search(auth, observed.take(1).collect())
}
