//! The fields that isolate a page from other origins: COOP and COEP (HTML §7.1), CORP (Fetch
//! §3.7) and `Origin-Agent-Cluster`.

use super::Fault;
use super::structured::{self, Bare};
use crate::model::Untrusted;

/// A policy token with the endpoint its violations are reported to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported<T> {
    /// The policy in force.
    pub policy: T,
    /// The `report-to` parameter.
    pub report_to: Option<Untrusted>,
}

/// `Cross-Origin-Opener-Policy`: which windows share a browsing context group with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenerPolicy {
    /// Any window that opened it or that it opens; the default.
    UnsafeNone,
    /// Same-origin windows, and windows it opens itself.
    SameOriginAllowPopups,
    /// Nobody who opens it; windows it opens itself.
    NoopenerAllowPopups,
    /// Same-origin windows only.
    SameOrigin,
}

/// `Cross-Origin-Embedder-Policy`: which cross-origin resources the page may load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbedderPolicy {
    /// All; the default.
    UnsafeNone,
    /// All, but without credentials.
    Credentialless,
    /// Those that opt in.
    RequireCorp,
}

/// `Document-Isolation-Policy`: the page in a process of its own, whatever its frames and openers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsolationPolicy {
    /// Not isolated; the default.
    None,
    /// Isolated; other origins' resources are asked for without credentials.
    IsolateAndCredentialless,
    /// Isolated; other origins' resources must opt in.
    IsolateAndRequireCorp,
}

/// `Cross-Origin-Resource-Policy`: whose pages may embed the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourcePolicy {
    /// Those of the same origin.
    SameOrigin,
    /// Those of the same registrable domain and scheme.
    SameSite,
    /// Everybody's.
    CrossOrigin,
}

/// Reads the combined field; a token in the wrong case is another token.
///
/// # Errors
/// What makes browsers fall back to `unsafe-none`.
pub fn opener(combined: &str) -> Result<Reported<OpenerPolicy>, Fault> {
    reported(combined, |token| match token {
        "unsafe-none" => Some(OpenerPolicy::UnsafeNone),
        "same-origin-allow-popups" => Some(OpenerPolicy::SameOriginAllowPopups),
        "noopener-allow-popups" => Some(OpenerPolicy::NoopenerAllowPopups),
        "same-origin" => Some(OpenerPolicy::SameOrigin),
        _ => None,
    })
}

/// Reads the combined field; a token in the wrong case is another token.
///
/// # Errors
/// What makes browsers fall back to `unsafe-none`.
pub fn embedder(combined: &str) -> Result<Reported<EmbedderPolicy>, Fault> {
    reported(combined, |token| match token {
        "unsafe-none" => Some(EmbedderPolicy::UnsafeNone),
        "credentialless" => Some(EmbedderPolicy::Credentialless),
        "require-corp" => Some(EmbedderPolicy::RequireCorp),
        _ => None,
    })
}

/// Reads the combined field; a token in the wrong case is another token.
///
/// # Errors
/// What makes browsers fall back to `none`.
pub fn isolation(combined: &str) -> Result<Reported<IsolationPolicy>, Fault> {
    reported(combined, |token| match token {
        "none" => Some(IsolationPolicy::None),
        "isolate-and-credentialless" => Some(IsolationPolicy::IsolateAndCredentialless),
        "isolate-and-require-corp" => Some(IsolationPolicy::IsolateAndRequireCorp),
        _ => None,
    })
}

fn reported<T>(combined: &str, read: impl Fn(&str) -> Option<T>) -> Result<Reported<T>, Fault> {
    let item = structured::item(combined)?;
    let token = item.value.token();
    let why = "not a token browsers know here: the field is ignored";
    let policy = token.and_then(read).ok_or(Fault::new(item.at, why))?;
    let report_to = item.string_parameter("report-to").map(Untrusted::from);
    Ok(Reported { policy, report_to })
}

/// Reads the combined field: compared byte for byte, so case and duplicates matter.
///
/// # Errors
/// Any other value, which browsers treat as absent.
pub fn resource(combined: &str) -> Result<ResourcePolicy, Fault> {
    match combined {
        "same-origin" => Ok(ResourcePolicy::SameOrigin),
        "same-site" => Ok(ResourcePolicy::SameSite),
        "cross-origin" => Ok(ResourcePolicy::CrossOrigin),
        _ => Err(Fault::new(
            0,
            "same-origin, same-site or cross-origin, once and in lower case",
        )),
    }
}

/// Whether the page asks for an agent cluster keyed by its origin.
///
/// # Errors
/// Anything but a structured boolean.
pub fn origin_agent_cluster(combined: &str) -> Result<bool, Fault> {
    let item = structured::item(combined)?;
    match item.value {
        Bare::Boolean(asked) => Ok(asked),
        Bare::Integer(_)
        | Bare::Decimal(_)
        | Bare::String(_)
        | Bare::Token(_)
        | Bare::Bytes(_)
        | Bare::Date(_)
        | Bare::DisplayString(_) => Err(Fault::new(item.at, "a boolean is ?0 or ?1")),
    }
}

#[cfg(test)]
mod tests {
    use super::{EmbedderPolicy, IsolationPolicy, OpenerPolicy, ResourcePolicy};
    use super::{embedder, isolation, opener, origin_agent_cluster, resource};

    #[rustfmt::skip]
    const OPENERS: &[(&str, Option<OpenerPolicy>)] = &[
        ("same-origin",                          Some(OpenerPolicy::SameOrigin)),
        ("same-origin; report-to=\"coop\"",      Some(OpenerPolicy::SameOrigin)),
        ("same-origin-allow-popups",             Some(OpenerPolicy::SameOriginAllowPopups)),
        ("noopener-allow-popups",                Some(OpenerPolicy::NoopenerAllowPopups)),
        ("unsafe-none",                          Some(OpenerPolicy::UnsafeNone)),
        ("Same-Origin",                          None),
        ("same-origin, same-origin",             None),
        ("\"same-origin\"",                      None),
        ("",                                     None),
    ];

    #[test]
    fn opener_policies_are_tokens() {
        for (text, expected) in OPENERS {
            assert_eq!(
                opener(text).ok().map(|found| found.policy),
                *expected,
                "{text}"
            );
        }
        let reported = opener("same-origin; report-to=\"coop\"").unwrap();
        assert_eq!(reported.report_to, Some("coop".into()));
    }

    #[test]
    fn embedder_policies_are_tokens() {
        let policy = |text| embedder(text).ok().map(|found| found.policy);
        assert_eq!(policy("require-corp"), Some(EmbedderPolicy::RequireCorp));
        assert_eq!(
            policy("credentialless"),
            Some(EmbedderPolicy::Credentialless)
        );
        assert_eq!(policy("REQUIRE-CORP"), None);
    }

    #[test]
    fn isolation_policies_are_tokens() {
        let policy = |text| isolation(text).ok().map(|found| found.policy);
        let known = "isolate-and-require-corp; report-to=\"x\"";
        assert_eq!(policy(known), Some(IsolationPolicy::IsolateAndRequireCorp));
        assert_eq!(policy("none"), Some(IsolationPolicy::None));
        for ignored in ["require-corp", "\"none\"", "None", "none, none", ""] {
            assert_eq!(policy(ignored), None, "{ignored}");
        }
    }

    #[test]
    fn resource_policies_are_compared_byte_for_byte() {
        assert_eq!(resource("same-site"), Ok(ResourcePolicy::SameSite));
        for ignored in [
            "SAME-ORIGIN",
            "same-origin, same-origin",
            "same-origin;",
            "",
        ] {
            assert!(resource(ignored).is_err(), "{ignored}");
        }
    }

    #[test]
    fn agent_clusters_are_booleans() {
        assert_eq!(origin_agent_cluster("?1"), Ok(true));
        assert!(origin_agent_cluster("1").is_err());
    }
}
