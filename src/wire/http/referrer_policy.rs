//! `Referrer-Policy` (W3C Referrer Policy §4.1 and §8.1).

use super::Fault;
use super::field_list::words;

/// What a browser puts into `Referer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferrerPolicy {
    /// Nothing, ever.
    NoReferrer,
    /// The whole URL, unless that would go from TLS to plain http.
    NoReferrerWhenDowngrade,
    /// The whole URL, to the same origin only.
    SameOrigin,
    /// The origin, always.
    Origin,
    /// The origin, unless from TLS to plain http.
    StrictOrigin,
    /// The whole URL to the same origin, the origin to all others.
    OriginWhenCrossOrigin,
    /// The same, but nothing from TLS to plain http. The default of browsers.
    StrictOriginWhenCrossOrigin,
    /// The whole URL, always.
    UnsafeUrl,
}

impl ReferrerPolicy {
    const ALL: [(&'static str, Self); 8] = [
        ("no-referrer", Self::NoReferrer),
        ("no-referrer-when-downgrade", Self::NoReferrerWhenDowngrade),
        ("same-origin", Self::SameOrigin),
        ("origin", Self::Origin),
        ("strict-origin", Self::StrictOrigin),
        ("origin-when-cross-origin", Self::OriginWhenCrossOrigin),
        (
            "strict-origin-when-cross-origin",
            Self::StrictOriginWhenCrossOrigin,
        ),
        ("unsafe-url", Self::UnsafeUrl),
    ];

    /// The token. Keywords of a grammar have no case (RFC 5234 §2.3).
    fn from_token(token: &str) -> Option<Self> {
        let known = Self::ALL
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(token));
        known.map(|(_, policy)| *policy)
    }

    /// The keyword.
    #[must_use]
    pub fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, policy)| *policy == self);
        known.map_or("", |(name, _)| name)
    }

    /// Whether paths and queries may reach other origins.
    #[must_use]
    pub const fn leaks_url(self) -> bool {
        matches!(self, Self::NoReferrerWhenDowngrade | Self::UnsafeUrl)
    }

    /// Whether anything a page was reached by over TLS may travel in the clear.
    #[must_use]
    pub const fn survives_downgrade(self) -> bool {
        matches!(
            self,
            Self::Origin | Self::OriginWhenCrossOrigin | Self::UnsafeUrl
        )
    }
}

/// Reads the combined field: the last keyword a browser knows decides, so that a list can offer a
/// newer policy behind an older one (§11.1).
///
/// # Errors
/// No keyword at all that browsers know; the default applies.
pub fn parse(combined: &str) -> Result<ReferrerPolicy, Fault> {
    let known = words(combined).filter_map(|(token, _)| ReferrerPolicy::from_token(token));
    let at = words(combined).next().map_or(0, |(_, at)| at);
    known
        .last()
        .ok_or(Fault::new(at, "no policy here is one browsers know"))
}

/// What `<meta name=referrer>` says: one keyword, or one of four older words for it (HTML §4.2.5.1).
/// `None` changes nothing.
#[must_use]
pub fn of_meta(content: &str) -> Option<ReferrerPolicy> {
    let content = content.trim_matches([' ', '\t', '\n', '\x0c', '\r']);
    match content.to_ascii_lowercase().as_str() {
        "never" => Some(ReferrerPolicy::NoReferrer),
        "default" => Some(ReferrerPolicy::StrictOriginWhenCrossOrigin),
        "always" => Some(ReferrerPolicy::UnsafeUrl),
        "origin-when-crossorigin" => Some(ReferrerPolicy::OriginWhenCrossOrigin),
        keyword => ReferrerPolicy::from_token(keyword),
    }
}

/// The index of the line that decides: the last in which a keyword stands that browsers know.
#[must_use]
pub fn deciding(lines: &[String]) -> Option<usize> {
    lines.iter().rposition(|line| parse(line).is_ok())
}

/// Keywords browsers skip, with their byte offsets.
#[must_use]
pub fn unknown(combined: &str) -> Vec<Fault> {
    words(combined)
        .filter(|(token, _)| ReferrerPolicy::from_token(token).is_none())
        .map(|(_, at)| Fault::new(at, "not a referrer policy"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{ReferrerPolicy, deciding, of_meta, parse, unknown};

    /// The combined value, the policy in force, and how many words were skipped.
    #[rustfmt::skip]
    const CASES: &[(&str, Option<ReferrerPolicy>, usize)] = &[
        ("no-referrer",                                 Some(ReferrerPolicy::NoReferrer), 0),
        ("Strict-Origin",                               Some(ReferrerPolicy::StrictOrigin), 0),
        ("no-referrer, strict-origin-when-cross-origin", Some(ReferrerPolicy::StrictOriginWhenCrossOrigin), 0),
        ("no-referrer, shiny-new",                      Some(ReferrerPolicy::NoReferrer), 1),
        ("unsafe-url,",                                 Some(ReferrerPolicy::UnsafeUrl), 0),
        ("no-referrer; origin",                         None, 1),
        ("'no-referrer'",                               None, 1),
        ("none",                                        None, 1),
        ("",                                            None, 0),
    ];

    #[test]
    fn the_last_known_keyword_decides() {
        for (text, expected, skipped) in CASES {
            assert_eq!(parse(text).ok(), *expected, "{text}");
            assert_eq!(unknown(text).len(), *skipped, "{text}");
        }
    }

    /// `content`, and the policy it sets.
    #[rustfmt::skip]
    const METAS: &[(&str, Option<ReferrerPolicy>)] = &[
        ("unsafe-url",              Some(ReferrerPolicy::UnsafeUrl)),
        (" No-Referrer\n",          Some(ReferrerPolicy::NoReferrer)),
        ("never",                   Some(ReferrerPolicy::NoReferrer)),
        ("always",                  Some(ReferrerPolicy::UnsafeUrl)),
        ("default",                 Some(ReferrerPolicy::StrictOriginWhenCrossOrigin)),
        ("origin-when-crossorigin", Some(ReferrerPolicy::OriginWhenCrossOrigin)),
        ("shiny-new",               None),
        ("",                        None),
    ];

    #[test]
    fn a_meta_element_has_one_keyword() {
        for (content, expected) in METAS {
            assert_eq!(of_meta(content), *expected, "{content:?}");
        }
    }

    #[test]
    fn the_last_line_that_counts_decides() {
        let lines = |all: &[&str]| {
            all.iter()
                .map(|line| (*line).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(deciding(&lines(&["same-origin", "unsafe-url"])), Some(1));
        assert_eq!(deciding(&lines(&["same-origin", "shiny-new", ""])), Some(0));
        assert_eq!(deciding(&lines(&["none", "x"])), None);
    }

    #[test]
    fn names_and_keywords_are_each_others_inverse() {
        for (name, policy) in ReferrerPolicy::ALL {
            assert_eq!(policy.name(), name);
        }
    }
}
