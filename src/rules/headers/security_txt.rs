//! Whom to tell of a hole: `/.well-known/security.txt` (RFC 9116).

use crate::facts::headers::{HeadersFacts, SecurityTxtSeen};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::http::security_txt::SecurityTxt;

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("headers/security-txt-missing"),
        title: "There is no security.txt",
        severity: Severity::Info,
        rationale: "Whoever finds a hole does not know whom to tell.",
        expected: "/.well-known/security.txt with Contact and Expires",
        remediation: "Serve a file with a Contact and an Expires line.",
        observed_by: "A GET of the path, for sites that answer with pages.",
        references: &[Reference::Rfc(9116, "3")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(is_there),
    },
    Rule {
        id: RuleId::new("headers/security-txt-flawed"),
        title: "security.txt breaks its own rules",
        severity: Severity::Info,
        rationale: "Tools that read it reject it, and people may doubt that anybody answers.",
        expected: "at least one Contact URI and exactly one Expires",
        remediation: "Mend the lines named.",
        observed_by: "The file, read by the grammar of RFC 9116. A signature is not verified.",
        references: &[Reference::Rfc(9116, "2.5")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(is_flawless),
    },
    Rule {
        id: RuleId::new("headers/security-txt-expired"),
        title: "security.txt has expired",
        severity: Severity::Low,
        rationale: "After that date the file says of itself that it is not to be used.",
        expected: "Expires in the future, less than a year away",
        remediation: "Review the file and move Expires ahead.",
        observed_by: "Expires, held against the time the file was fetched.",
        references: &[Reference::Rfc(9116, "2.5.5")],
        cap: None,
        rests_on: &[Topic::Page],
        check: Check::Headers(is_fresh),
    },
];

fn file(headers: &HeadersFacts) -> Result<(&SecurityTxtSeen, &SecurityTxt), Verdict> {
    let Some(seen) = &headers.security_txt else {
        return Err(Verdict::NotApplicable(
            "not asked for: no pages, or a passive run",
        ));
    };
    match &seen.file {
        Some(file) => Ok((seen, file)),
        None => Err(Verdict::NotApplicable(
            "no file: headers/security-txt-missing",
        )),
    }
}

fn is_there(headers: &HeadersFacts) -> Verdict {
    match &headers.security_txt {
        None => Verdict::NotApplicable("not asked for: no pages, or a passive run"),
        Some(SecurityTxtSeen { file: Some(_), .. }) => Verdict::Pass,
        Some(SecurityTxtSeen { at, .. }) => Verdict::fail(at, "no such file"),
    }
}

fn is_flawless(headers: &HeadersFacts) -> Verdict {
    let (seen, file) = match file(headers) {
        Ok(found) => found,
        Err(verdict) => return verdict,
    };
    let flaws = file.flaws.iter().map(|(flaw, line)| match line {
        0 => Observed::new(&seen.at, flaw.reason()),
        line => Observed::new(&seen.at, format!("line {line}: {}", flaw.reason())),
    });
    Verdict::unless(flaws.collect())
}

fn is_fresh(headers: &HeadersFacts) -> Verdict {
    match file(headers) {
        Err(verdict) => verdict,
        Ok((seen, file)) => match file.expires {
            None => Verdict::NotApplicable("no readable Expires: headers/security-txt-flawed"),
            Some(expires) if expires <= seen.received => {
                Verdict::fail(&seen.at, format!("Expires: {expires}"))
            }
            Some(_) => Verdict::Pass,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::model::Ask;
    use crate::rules::headers::sample::{Sample, words};

    /// The file as fetched on 2026-01-01, and what each rule answers.
    #[rustfmt::skip]
    const CASES: &[(u16, &str, [&str; 3])] = &[
        (200, "Contact: mailto:a@b.example\nExpires: 2026-06-01T00:00:00Z\n", ["pass", "pass", "pass"]),
        (200, "Contact: mailto:a@b.example\nExpires: 2026-01-01T00:00:00Z\n", ["pass", "pass", "fail"]),
        (200, "Contact: a@b.example\nExpires: 2026-06-01T00:00:00Z\n",        ["pass", "fail", "pass"]),
        (200, "Contact: mailto:a@b.example\n",                                ["pass", "fail", "n/a"]),
        (200, "<!doctype html><p>Contact: us",                                ["fail", "n/a",  "n/a"]),
        (404, "Contact: mailto:a@b.example\n",                                ["fail", "n/a",  "n/a"]),
    ];

    #[test]
    fn every_rule_answers_every_row() {
        for (status, body, expected) in CASES {
            let role = Ask::SecurityTxt.of_target();
            let at = "https://example.com/.well-known/security.txt";
            let facts = Sample::html().and(role, at, *status, &[], body).facts();
            assert_eq!(words(RULES, &facts), expected, "{body}");
        }
        assert_eq!(words(RULES, &Sample::html().facts()), ["n/a"; 3]);
    }
}
