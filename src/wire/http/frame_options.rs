//! `X-Frame-Options` as HTML processes it ("check a navigation response's adherence to
//! `X-Frame-Options`", HTML §7.4.2.3), which differs from what RFC 7034 asked for.

use super::Fault;
use super::field_list::split;

/// Who may frame the page, by this field alone. A `frame-ancestors` in a policy replaces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameOptions {
    /// Nobody.
    Deny,
    /// Ancestors of the same origin.
    SameOrigin,
    /// Nobody, because several values contradict each other.
    Conflict,
    /// Everybody: the value is `ALLOWALL`, `ALLOW-FROM …` or something browsers do not know.
    Void(Fault),
}

/// Reads the combined field; equal values count once, so `DENY, DENY` is `DENY`.
#[must_use]
pub fn parse(combined: &str) -> FrameOptions {
    let mut values: Vec<(String, usize)> = Vec::new();
    for (value, at) in split(combined) {
        let value = value.to_ascii_lowercase();
        if values.iter().all(|(known, _)| *known != value) {
            values.push((value, at));
        }
    }
    match values.as_slice() {
        [(value, at)] => single(value, *at),
        several => {
            let known = |value: &str| matches!(value, "deny" | "sameorigin" | "allowall");
            let at = several.get(1).map_or(0, |(_, at)| *at);
            if several.iter().any(|(value, _)| known(value)) {
                FrameOptions::Conflict
            } else {
                FrameOptions::Void(Fault::new(at, "several values, none of them known"))
            }
        }
    }
}

fn single(value: &str, at: usize) -> FrameOptions {
    match value {
        "deny" => FrameOptions::Deny,
        "sameorigin" => FrameOptions::SameOrigin,
        "allowall" => FrameOptions::Void(Fault::new(at, "ALLOWALL lets every site frame it")),
        _ if value.starts_with("allow-from") => {
            FrameOptions::Void(Fault::new(at, "browsers ignore ALLOW-FROM"))
        }
        _ => FrameOptions::Void(Fault::new(at, "browsers know DENY and SAMEORIGIN only")),
    }
}

#[cfg(test)]
mod tests {
    use super::{FrameOptions, parse};
    use proptest::prelude::*;

    #[rustfmt::skip]
    const CASES: &[(&str, &str)] = &[
        ("DENY",                          "deny"),
        ("sameorigin",                    "same-origin"),
        ("DENY, DENY",                    "deny"),
        ("SAMEORIGIN, sameorigin",        "same-origin"),
        ("DENY, SAMEORIGIN",              "conflict"),
        ("SAMEORIGIN, junk",              "conflict"),
        ("DENY;",                         "void at 0"),
        ("ALLOW-FROM https://a.example",  "void at 0"),
        ("ALLOWALL",                      "void at 0"),
        ("ALLOWALL, DENY",                "conflict"),
        ("junk, more",                    "void at 6"),
        ("\"DENY\"",                      "void at 0"),
        ("",                              "void at 0"),
    ];

    fn word(options: FrameOptions) -> String {
        match options {
            FrameOptions::Deny => "deny".to_owned(),
            FrameOptions::SameOrigin => "same-origin".to_owned(),
            FrameOptions::Conflict => "conflict".to_owned(),
            FrameOptions::Void(fault) => format!("void at {}", fault.at),
        }
    }

    #[test]
    fn browsers_decide_by_the_set_of_values() {
        for (text, expected) in CASES {
            assert_eq!(word(parse(text)), *expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "\\PC*|[DENYdeny, ;\"]{0,20}") {
            let _ = parse(&text);
        }
    }
}
