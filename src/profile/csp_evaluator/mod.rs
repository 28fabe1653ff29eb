//! The findings of Google's CSP Evaluator 1.1.8: the checks that `evaluate()` runs by default, on
//! the policy as a browser of CSP Level 3 sees it, in its order.

mod bypass;
mod checks;
mod policy;
mod syntax;

#[cfg(test)]
mod tests;

use serde::Serialize;

use policy::Csp;

/// One finding; `kind` and `severity` carry the numbers the package gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was found.
    #[serde(rename = "type")]
    pub kind: u16,
    /// Its name.
    pub name: &'static str,
    /// How bad: the lower the worse.
    pub severity: u16,
    /// The directive it was found in.
    pub directive: String,
    /// The value, where a value is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// What the evaluator answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Its findings, in its order.
    Findings(Vec<Finding>),
    /// It throws, since it takes every value for a host and this one makes no URL.
    Throws {
        /// The value it trips over.
        throws_at: String,
    },
}

/// Evaluates one policy.
#[must_use]
pub fn evaluate(policy: &str) -> Answer {
    let csp = Csp::parse(policy);
    let (effective, ignored) = csp.effective();
    match checks::all(&effective) {
        Ok(found) => Answer::Findings(ignored.into_iter().chain(found).collect()),
        Err(NoUrl(value)) => Answer::Throws { throws_at: value },
    }
}

/// A value that `new URL` refuses.
#[derive(Debug)]
struct NoUrl(String);

/// The live finding types of the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind(u16, &'static str);

/// The severities of the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
enum Severity {
    High = 10,
    Syntax = 20,
    Medium = 30,
    MediumMaybe = 50,
    Info = 60,
    None = 100,
}

const MISSING_SEMICOLON: Kind = Kind(100, "MISSING_SEMICOLON");
const UNKNOWN_DIRECTIVE: Kind = Kind(101, "UNKNOWN_DIRECTIVE");
const INVALID_KEYWORD: Kind = Kind(102, "INVALID_KEYWORD");
const NONCE_CHARSET: Kind = Kind(106, "NONCE_CHARSET");
const MISSING_DIRECTIVES: Kind = Kind(300, "MISSING_DIRECTIVES");
const SCRIPT_UNSAFE_INLINE: Kind = Kind(301, "SCRIPT_UNSAFE_INLINE");
const SCRIPT_UNSAFE_EVAL: Kind = Kind(302, "SCRIPT_UNSAFE_EVAL");
const PLAIN_URL_SCHEMES: Kind = Kind(303, "PLAIN_URL_SCHEMES");
const PLAIN_WILDCARD: Kind = Kind(304, "PLAIN_WILDCARD");
const SCRIPT_ALLOWLIST_BYPASS: Kind = Kind(305, "SCRIPT_ALLOWLIST_BYPASS");
const OBJECT_ALLOWLIST_BYPASS: Kind = Kind(306, "OBJECT_ALLOWLIST_BYPASS");
const NONCE_LENGTH: Kind = Kind(307, "NONCE_LENGTH");
const IP_SOURCE: Kind = Kind(308, "IP_SOURCE");
const DEPRECATED_DIRECTIVE: Kind = Kind(309, "DEPRECATED_DIRECTIVE");
const SRC_HTTP: Kind = Kind(310, "SRC_HTTP");
const SCRIPT_UNSAFE_HASHES: Kind = Kind(317, "SCRIPT_UNSAFE_HASHES");
const IGNORED: Kind = Kind(405, "IGNORED");

fn finding(kind: Kind, severity: Severity, directive: &str, value: Option<&str>) -> Finding {
    Finding {
        kind: kind.0,
        name: kind.1,
        severity: severity as u16,
        directive: directive.to_owned(),
        value: value.map(str::to_owned),
    }
}
