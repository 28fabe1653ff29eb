//! The login endpoint: does it turn people away, alike, and without breaking?

use super::{CWE_209, OWASP_AUTHENTICATION};
use crate::facts::auth::{AuthFacts, LoginFacts, LoginTried, differ, steady};
use crate::facts::contract::{Checked, Standing};
use crate::model::{Attempt, RuleId, Severity, Topic, Untrusted};
use crate::rules::{Check, LEFT_OUT, Observed, Reference, Rule, Verdict};
use crate::wire::refusal::Answer;

const SEEN_BY: &str = "A login as a user nobody is, once with a wrong password as one that exists (when \
                       `known_user` is declared), with a quote in the name, and with a broken body.";

/// Append only: an id, once published, is never reused.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("auth/login-accepts-anybody"),
        title: "The login lets in a user who does not exist",
        severity: Severity::Critical,
        rationale: "The password is not checked.",
        expected: "the declared refusal",
        remediation: "Check the password against the stored hash before anything is issued.",
        observed_by: SEEN_BY,
        references: &[OWASP_AUTHENTICATION, Reference::Rfc(9110, "15.5.2")],
        cap: None,
        rests_on: &[Topic::Login],
        check: Check::Auth(accepts),
    },
    Rule {
        id: RuleId::new("auth/login-status"),
        title: "A wrong login has another status than declared",
        severity: Severity::Medium,
        rationale: "Clients show the wrong message, and monitors count failures as successes.",
        expected: "the declared status",
        remediation: "Answer the declared status, or declare this one.",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(9110, "15.5.2")],
        cap: None,
        rests_on: &[Topic::Login],
        check: Check::Auth(status),
    },
    Rule {
        id: RuleId::new("auth/login-body"),
        title: "A wrong login has another body than declared",
        severity: Severity::Medium,
        rationale: "Clients built against the declared answer show nothing, or the wrong thing.",
        expected: "the declared members",
        remediation: "Answer the declared body, or declare this one (`json`, `exists`).",
        observed_by: SEEN_BY,
        references: &[Reference::Rfc(6901, "5")],
        cap: None,
        rests_on: &[Topic::Login],
        check: Check::Auth(body),
    },
    Rule {
        id: RuleId::new("auth/login-tells-users"),
        title: "The login tells which users exist",
        severity: Severity::Medium,
        rationale: "A wrong password for a user that exists is answered otherwise than a user that does not: \
         lists of accounts can be made, and then attacked.",
        expected: "one answer for both",
        remediation: "Answer both with the same status, the same fields and the same words.",
        observed_by: "A login as a user nobody is, and once with a wrong password as the one declared as \
                      `known_user`. What also differs from the answer to one more user nobody is (with a \
                      quote in the name) is no difference, nor are names, numbers and nonces.",
        references: &[Reference::Standard(
            "CWE-204, observable response discrepancy",
            "https://cwe.mitre.org/data/definitions/204.html",
        )],
        cap: None,
        rests_on: &[Topic::Login, Topic::WrongPassword],
        check: Check::Auth(uniform),
    },
    Rule {
        id: RuleId::new("auth/login-breaks"),
        title: "The login breaks on unusual input",
        severity: Severity::Medium,
        rationale: "A quote or a broken body reaches code that does not expect it; where a quote does, SQL \
         injection is near.",
        expected: "4xx",
        remediation: "Validate the body first, and pass values to the database as parameters.",
        observed_by: SEEN_BY,
        references: &[
            Reference::Rfc(9110, "15.6.1"),
            Reference::Standard(
                "CWE-89, SQL injection",
                "https://cwe.mitre.org/data/definitions/89.html",
            ),
        ],
        cap: None,
        rests_on: &[Topic::Login, Topic::LoginInput],
        check: Check::Auth(breaks),
    },
    Rule {
        id: RuleId::new("auth/login-shows-code"),
        title: "The login shows the program's inside",
        severity: Severity::Medium,
        rationale: "A stack trace or a database's own words tell an attacker what runs here and where it breaks.",
        expected: "an error without internals",
        remediation: "Answer errors with a fixed body; log the details.",
        observed_by: SEEN_BY,
        references: &[CWE_209],
        cap: None,
        rests_on: &[Topic::Login, Topic::LoginInput],
        check: Check::Auth(shows),
    },
];

fn observe(login: &LoginFacts, tried: &LoginTried, said: impl Into<Untrusted>) -> Observed {
    Observed::new(&tried.at, said).about(login.label.clone())
}

/// Asks the login endpoint's facts, where there are any.
fn judge(
    auth: &AuthFacts,
    needed: impl Fn(&Attempt) -> bool,
    observed: impl Fn(&LoginFacts) -> Vec<Observed>,
) -> Verdict {
    let Some(login) = &auth.login else {
        return Verdict::NotApplicable("no login is declared");
    };
    let observed = observed(login);
    match &login.unseen {
        _ if !observed.is_empty() => Verdict::Fail(observed),
        Some(why) => Verdict::Unknown(why.clone()),
        None if login.left_out.iter().any(needed) => Verdict::NotTested(LEFT_OUT.to_owned()),
        None if login.tried.is_empty() => Verdict::NotTested("no login was tried".to_owned()),
        None => Verdict::Pass,
    }
}

const fn is_wrong(attempt: &Attempt) -> bool {
    matches!(attempt, Attempt::UnknownUser | Attempt::WrongPassword)
}

const fn is_wrong_login(tried: &LoginTried) -> bool {
    is_wrong(&tried.attempt)
}

/// Anything that was sent to the login may break it.
const fn any(_: &Attempt) -> bool {
    true
}

fn accepts(auth: &AuthFacts) -> Verdict {
    judge(auth, is_wrong, |login| {
        let wrong = login.tried.iter().filter(|tried| is_wrong_login(tried));
        let let_in = wrong.filter(|tried| {
            let served = tried.answer == Answer::Served && tried.unreached.is_none();
            served && !login.wanted.contains(tried.status)
        });
        let_in
            .map(|tried| {
                observe(
                    login,
                    tried,
                    format!("{} with {}", tried.status, tried.attempt),
                )
            })
            .collect()
    })
}

fn status(auth: &AuthFacts) -> Verdict {
    judge(auth, is_wrong, |login| {
        let wrong = login
            .tried
            .iter()
            .filter(|tried| is_wrong_login(tried))
            .filter(|tried| {
                let own_rule = matches!(tried.answer, Answer::Served | Answer::Broken);
                // What is refused for its form says nothing of a wrong login; a login that is not
                // there does.
                let gone = matches!(tried.answer, Answer::Hidden | Answer::MethodRefused);
                let speaks = tried.unreached.is_none() || gone;
                speaks && !own_rule && !login.wanted.contains(tried.status)
            });
        wrong
            .map(|tried| {
                let said = format!("{} with {}", tried.status, tried.attempt);
                observe(login, tried, said).wanted(login.wanted.to_string())
            })
            .take(1)
            .collect()
    })
}

/// What one attempt shows, the others show as well.
fn body(auth: &AuthFacts) -> Verdict {
    let verdict = judge(auth, is_wrong, |login| {
        let not_met =
            |checked: &&Checked| matches!(checked.standing, Standing::NotMet | Standing::NearAlert);
        let surely = |tried: &LoginTried| tried.checked.iter().any(|checked| not_met(&checked));
        let mut reached = login.tried.iter().filter(|tried| tried.unreached.is_none());
        let first = reached.find(|tried| surely(tried));
        let observed = first.into_iter().flat_map(|tried| {
            let misses = tried.checked.iter().filter(not_met);
            misses.map(move |missed| {
                observe(login, tried, missed.said())
                    .wanted(missed.declared())
                    .of_part(missed.name())
            })
        });
        observed.collect()
    });
    let tried = auth.login.iter().flat_map(|login| &login.tried);
    let mut checked = tried.flat_map(|tried| &tried.checked);
    match checked.find(|checked| checked.standing == Standing::Open) {
        Some(open) if verdict == Verdict::Pass => Verdict::Unknown(open.found.raw().to_owned()),
        Some(_) | None => verdict,
    }
}

fn uniform(auth: &AuthFacts) -> Verdict {
    if let Some(login) = auth.login.as_ref().filter(|login| login.uniform) {
        if !login.known_user {
            return Verdict::NotTested(
                "no account that exists was named (`known_user`)".to_owned(),
            );
        }
    } else {
        return Verdict::NotApplicable("no uniform login is declared");
    }
    judge(auth, is_wrong, |login| {
        let by = |attempt: &Attempt| login.tried.iter().find(|tried| tried.attempt == *attempt);
        let (Some(unknown), Some(known)) = (by(&Attempt::UnknownUser), by(&Attempt::WrongPassword))
        else {
            return Vec::new();
        };
        if unknown.unreached.is_some() && known.unreached.is_some() {
            return Vec::new();
        }
        difference(unknown, known, by(&Attempt::QuoteInName))
            .map(|said| observe(login, known, said))
            .into_iter()
            .collect()
    })
}

/// How two answers differ: the status, else a field, else a member of the body. In what the answers
/// to two users who do not exist differ, it is by themselves; a quote may also be refused as such.
fn difference(
    unknown: &LoginTried,
    known: &LoginTried,
    again: Option<&LoginTried>,
) -> Option<String> {
    if unknown.status != known.status {
        return Some(format!(
            "{} for a wrong password, {} for an unknown user",
            known.status, unknown.status
        ));
    }
    let again = again.filter(|again| again.status == unknown.status);
    let steady_field = |place: usize| {
        again.is_none_or(|again| again.fields.get(place) == unknown.fields.get(place))
    };
    let mut fields = known.fields.iter().zip(&unknown.fields).enumerate();
    if let Some((_, ((name, ours), (_, theirs)))) =
        fields.find(|(place, (a, b))| a != b && steady_field(*place))
    {
        return Some(told_apart(name, ours, theirs));
    }
    let mut places = known.words.iter().chain(&unknown.words);
    let (place, _) = places.find(|(place, _)| says_more(place, unknown, known, again))?;
    let word = |tried: &LoginTried| steady(text(tried, place).unwrap_or_default());
    Some(told_apart(place, &word(known), &word(unknown)))
}

fn text<'t>(tried: &'t LoginTried, place: &str) -> Option<&'t str> {
    let found = tried.words.iter().find(|(at, _)| at == place);
    found.map(|(_, text)| text.as_str())
}

fn says_more(
    place: &str,
    unknown: &LoginTried,
    known: &LoginTried,
    again: Option<&LoginTried>,
) -> bool {
    let once_more = again.map(|again| text(again, place));
    match (text(known, place), text(unknown, place), once_more) {
        (Some(known), Some(unknown), Some(Some(again))) => differ(known, unknown, Some(again)),
        (Some(known), Some(unknown), None) => differ(known, unknown, None),
        // Sent to one of those who do not exist, and not to the other.
        (_, Some(_), Some(None)) | (_, None, Some(Some(_))) => false,
        (known, unknown, _) => known.is_some() != unknown.is_some(),
    }
}

fn told_apart(place: &str, known: &str, unknown: &str) -> String {
    let quoted = |text: &str| {
        if text.is_empty() {
            "nothing".to_owned()
        } else {
            format!("{text:?}")
        }
    };
    format!(
        "{place}: {} for a wrong password, {} for an unknown user",
        quoted(known),
        quoted(unknown)
    )
}

fn breaks(auth: &AuthFacts) -> Verdict {
    judge(auth, any, |login| {
        let broken = login
            .tried
            .iter()
            .filter(|tried| tried.answer == Answer::Broken);
        broken
            .map(|tried| {
                observe(
                    login,
                    tried,
                    format!("{} with {}", tried.status, tried.attempt),
                )
            })
            .collect()
    })
}

fn shows(auth: &AuthFacts) -> Verdict {
    judge(auth, any, |login| {
        let first = login.tried.iter().find(|tried| !tried.leaks.is_empty());
        let observed = first.and_then(|tried| {
            let leak = tried.leaks.first()?;
            let said = format!(
                "{} with {}: {}: {}",
                tried.status,
                tried.attempt,
                leak.what,
                leak.excerpt.raw()
            );
            Some(observe(login, tried, said))
        });
        observed.into_iter().collect()
    })
}
