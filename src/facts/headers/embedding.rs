//! Who may frame a page: `frame-ancestors` if any policy has it, else `X-Frame-Options`.

use crate::facts::Header;
use crate::wire::http::csp::source::Keyword;
use crate::wire::http::csp::{Policy, Source};
use crate::wire::http::frame_options::FrameOptions;

/// Ordered from the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Embedding {
    /// No page.
    Nobody,
    /// Pages of the same origin.
    SameOrigin,
    /// Pages of the origins that are listed.
    Listed,
    /// Pages of everybody.
    Anyone,
}

impl Embedding {
    /// In words.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Nobody => "no page may frame it",
            Self::SameOrigin => "pages of its own origin may frame it",
            Self::Listed => "pages of the listed origins may frame it",
            Self::Anyone => "every page may frame it",
        }
    }
}

/// All policies must allow; `X-Frame-Options` counts only where none speaks (CSP3 §6.4.2.1).
pub(super) fn of(policies: &[Policy], options: &Header<FrameOptions>) -> Embedding {
    let ancestors = policies
        .iter()
        .filter_map(|policy| policy.directive("frame-ancestors"));
    match ancestors
        .map(|directive| by_sources(&directive.sources))
        .min()
    {
        Some(strictest) => strictest,
        None => by_options(options),
    }
}

fn by_sources(sources: &[Source]) -> Embedding {
    let each = sources.iter().map(|source| match source {
        Source::Keyword(Keyword::SelfOrigin) => Embedding::SameOrigin,
        Source::Scheme(scheme) if scheme == "https" || scheme == "http" => Embedding::Anyone,
        Source::Host(host) if host.host == "*" => Embedding::Anyone,
        Source::Host(_) => Embedding::Listed,
        Source::None
        | Source::Keyword(_)
        | Source::Nonce(_)
        | Source::Hash(..)
        | Source::Scheme(_)
        | Source::Invalid(_) => Embedding::Nobody,
    });
    each.max().unwrap_or(Embedding::Nobody)
}

fn by_options(options: &Header<FrameOptions>) -> Embedding {
    match options.value() {
        Some(FrameOptions::Deny | FrameOptions::Conflict) => Embedding::Nobody,
        Some(FrameOptions::SameOrigin) => Embedding::SameOrigin,
        Some(FrameOptions::Void(_)) | None => Embedding::Anyone,
    }
}

#[cfg(test)]
mod tests {
    use super::{Embedding, of};
    use crate::facts::Header;
    use crate::model::Pointer;
    use crate::wire::http::csp::{Delivery, Policy};
    use crate::wire::http::frame_options;

    /// Policies, X-Frame-Options, and who may frame.
    #[rustfmt::skip]
    const CASES: &[(&[&str], Option<&str>, Embedding)] = &[
        (&[],                                        None,               Embedding::Anyone),
        (&[],                                        Some("DENY"),       Embedding::Nobody),
        (&[],                                        Some("SAMEORIGIN"), Embedding::SameOrigin),
        (&[],                                        Some("DENY, SAMEORIGIN"), Embedding::Nobody),
        (&[],                                        Some("ALLOW-FROM https://a.example"), Embedding::Anyone),
        (&["default-src 'none'"],                    None,               Embedding::Anyone), // no fallback
        (&["frame-ancestors 'none'"],                None,               Embedding::Nobody),
        (&["frame-ancestors"],                       None,               Embedding::Nobody),
        (&["frame-ancestors 'self'"],                Some("DENY"),       Embedding::SameOrigin), // CSP wins
        (&["frame-ancestors *"],                     Some("DENY"),       Embedding::Anyone),
        (&["frame-ancestors https:"],                None,               Embedding::Anyone),
        (&["frame-ancestors https://*"],             None,               Embedding::Anyone),
        (&["frame-ancestors 'self' a.example"],      None,               Embedding::Listed),
        (&["frame-ancestors *", "frame-ancestors 'self'"], None,         Embedding::SameOrigin),
    ];

    #[test]
    fn everything_the_response_says_counts() {
        for (policies, options, expected) in CASES {
            let policies: Vec<Policy> = policies
                .iter()
                .map(|text| Policy::parse(text, Delivery::Header, 0))
                .collect();
            let options = options.map_or(Header::Absent, |text| Header::Present {
                at: Pointer::default(),
                value: frame_options::parse(text),
            });
            assert_eq!(of(&policies, &options), *expected, "{policies:?}");
        }
    }
}
