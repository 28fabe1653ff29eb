//! Whether a message is the one that was declared.

use super::json::Assertion;
use crate::model::{Echo, Untrusted};

/// What does not hold of a message, if anything.
#[must_use]
pub fn miss(message: &[u8], echo: &Echo) -> Option<Untrusted> {
    let quoted = || Untrusted::from_bytes(message.get(..200).unwrap_or(message));
    if echo.json.is_empty() {
        return (message != echo.send.as_bytes()).then(quoted);
    }
    let Ok(document) = serde_json::from_slice(message) else {
        return Some(Untrusted::from(format!("not JSON: {}", quoted().raw())));
    };
    let asserted = echo
        .json
        .iter()
        .filter_map(|(at, wanted)| Assertion::of(at, wanted).ok());
    let misses = asserted.flat_map(|assertion| assertion.misses(&document));
    let mut words = misses.map(|miss| {
        format!(
            "{} is {}, wanted {}",
            miss.pointer,
            miss.found.raw(),
            miss.wanted
        )
    });
    words.next().map(Untrusted::from)
}
