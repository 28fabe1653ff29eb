//! Test: cross-origin-resource-sharing.

use super::Scan;
use super::fields::folded;

/// A reflected origin with credentials passes: the request whose `Origin` it would be compared
/// with does not hold it under that name.
pub(super) fn test(scan: &Scan) -> &'static str {
    let allowed = scan
        .preflight
        .as_ref()
        .and_then(|fields| folded(fields.value("access-control-allow-origin").as_deref(), 256));
    match allowed.as_deref() {
        None => "cross-origin-resource-sharing-not-implemented",
        Some("*") => "cross-origin-resource-sharing-implemented-with-public-access",
        Some(_) => "cross-origin-resource-sharing-implemented-with-restricted-access",
    }
}
