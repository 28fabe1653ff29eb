//! Field lines as Node's `http` hands them on.

use super::javascript::trim;

/// Field lines in order, duplicates kept, values as Latin-1 text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<(String, String)>);

/// Of these the first line counts and the rest is dropped.
#[rustfmt::skip]
const FIRST_ONLY: &[&str] = &[
    "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host",
    "if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards",
    "proxy-authorization", "referer", "retry-after", "server", "user-agent",
];

impl Fields {
    /// The value of a field: the first line, or all lines joined by `, `.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        let mut lines = self.lines(name);
        let first = lines.next()?;
        if FIRST_ONLY.contains(&name) {
            return Some(first);
        }
        Some(lines.fold(first, |all, line| format!("{all}, {line}")))
    }

    /// Every line of a field: what `set-cookie` comes as.
    pub fn lines<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        self.0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches([' ', '\t']).to_owned())
    }

    /// The media type as it is compared: exactly what stands before the first `;`.
    pub(super) fn media_type(&self) -> String {
        let value = self.value("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or("").to_owned()
    }
}

/// A value cut to `count` characters, trimmed and lower-cased; empty counts as absent.
pub(super) fn folded(value: Option<&str>, count: usize) -> Option<String> {
    let value = value.filter(|value| !value.is_empty())?;
    Some(trim(super::javascript::first(value, count)).to_lowercase())
}
