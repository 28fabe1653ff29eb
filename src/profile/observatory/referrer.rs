//! Test: referrer-policy.

use super::Hop;
use super::javascript::trim;
use super::markup::Markup;

const GOOD: [&str; 4] = [
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
];

const BAD: [&str; 4] = [
    "origin",
    "origin-when-cross-origin",
    "unsafe-url",
    "no-referrer-when-downgrade",
];

/// The last word it knows counts, that of `<meta>` after that of the field.
pub(super) fn test(last: &Hop, markup: &Markup) -> &'static str {
    let field = last.fields.value("referrer-policy");
    let values: Vec<String> = field.into_iter().chain(markup.referrer.clone()).collect();
    if values.is_empty() {
        return "referrer-policy-not-implemented";
    }
    let joined = values.join(", ");
    let policy = joined
        .split(',')
        .map(|word| trim(word).to_lowercase())
        .rfind(|word| GOOD.contains(&word.as_str()) || BAD.contains(&word.as_str()));
    match policy.as_deref() {
        None => "referrer-policy-header-invalid",
        Some(word) if GOOD.contains(&word) => "referrer-policy-private",
        Some(_) => "referrer-policy-unsafe",
    }
}
