//! Registrable domains, for telling whether two hosts belong to one site.
//!
//! The Observatory asks the Public Suffix List. Here stand the suffixes of more than one label that
//! countries register under in a regular way; what is below any other two-label suffix counts as
//! one site, where the list would tell more.

/// Second-level labels that are suffixes under most country codes.
#[rustfmt::skip]
const SECOND_LEVEL: &[&str] = &[
    "ac", "co", "com", "edu", "gob", "gov", "gouv", "go", "ltd", "mil", "ne", "net", "nom", "or",
    "org", "plc", "sch",
];

/// Country codes under which everyone registers directly, although a second-level label of the
/// above may be somebody's.
#[rustfmt::skip]
const DIRECT: &[&str] = &[
    "be", "ca", "ch", "cz", "de", "dk", "eu", "fi", "io", "lu", "nl", "no", "se", "sk", "us",
];

/// The last label of the suffix and the one below; `None` for addresses and single labels.
pub(super) fn registrable(host: &str) -> Option<String> {
    let host = host.trim_matches(['[', ']']).trim_end_matches('.');
    if host.parse::<std::net::IpAddr>().is_ok() {
        return None;
    }
    let labels: Vec<&str> = host.split('.').collect();
    let take = match labels.as_slice() {
        [] | [_] => return None,
        [.., second, top] if is_suffix(second, top) => 3,
        _ => 2,
    };
    let from = labels.len().checked_sub(take)?;
    labels.get(from..).map(|kept| kept.join("."))
}

/// What may be the domain of a cookie: also names reserved for local use (RFC 6761).
pub(super) fn registrable_or_private(host: &str) -> Option<String> {
    let top = host.rsplit('.').next().unwrap_or("");
    if host == top {
        return matches!(host, "localhost" | "invalid").then(|| host.to_owned());
    }
    registrable(host)
}

fn is_suffix(second: &str, top: &str) -> bool {
    top.len() == 2 && !DIRECT.contains(&top) && SECOND_LEVEL.contains(&second)
}
