//! A chain as a tree: the anchor on top, the server's own certificate at the bottom, each with key,
//! signature, dates and timestamps.

use crate::facts::tls::{CertificateFacts, Link, Role};
use crate::model::Untrusted;

/// The lines of the picture, most of their text the peer's.
#[must_use]
pub fn lines(facts: &CertificateFacts, unicode: bool) -> Vec<Untrusted> {
    let mut lines = Vec::new();
    let mut depth = 0;
    let mut add = |text: String| {
        lines.push(Untrusted::from(branch(depth, unicode) + &text));
        depth += 1;
    };
    match &facts.trust.anchor {
        // Where the anchor itself was sent, it is the first of the certificates below.
        Some(anchor) if !ends_in_itself(facts) => add(format!("{} (trust anchor)", anchor.raw())),
        Some(_) => {}
        None => add("no trust anchor".to_owned()),
    }
    for place in facts.trust.path.iter().rev() {
        if let Some(link) = facts.chain.get(*place) {
            add(described(link, (*place == 0).then_some(facts)));
        }
    }
    let aside = facts.chain.iter().enumerate();
    for (place, link) in aside.filter(|(place, _)| !facts.trust.path.contains(place)) {
        let text = format!(
            "beside it, number {}: {} ({})",
            place + 1,
            link.name.raw(),
            word(link.role)
        );
        lines.push(Untrusted::from(text));
    }
    lines
}

fn ends_in_itself(facts: &CertificateFacts) -> bool {
    let last = facts
        .trust
        .path
        .last()
        .and_then(|place| facts.chain.get(*place));
    last.is_some_and(|link| Some(&link.subject) == facts.trust.anchor.as_ref())
}

fn branch(depth: usize, unicode: bool) -> String {
    match (depth, unicode) {
        (0, _) => String::new(),
        (_, true) => format!("{:width$}└─ ", "", width = (depth - 1) * 3),
        (_, false) => format!("{:width$}`- ", "", width = (depth - 1) * 3),
    }
}

fn described(link: &Link, own: Option<&CertificateFacts>) -> String {
    let mut parts = vec![link.name.raw().to_owned()];
    parts.extend(link.key.as_ref().map(ToString::to_string));
    parts.extend(link.signature.as_ref().map(ToString::to_string));
    if let (Some(first), Some(last)) = (link.not_before, link.not_after) {
        parts.push(format!("{} to {}", first.date(), last.date()));
    }
    if let Some(days) = own.and_then(|facts| facts.days_left) {
        parts.push(format!("{days} days left"));
    }
    match link.scts {
        0 => {}
        1 => parts.push("1 timestamp".to_owned()),
        scts => parts.push(format!("{scts} timestamps")),
    }
    if own.is_none() && link.role == Role::Root {
        parts.push("sent along".to_owned());
    }
    parts.join("  ")
}

const fn word(role: Role) -> &'static str {
    match role {
        Role::Leaf => "leaf",
        Role::Intermediate => "intermediate",
        Role::Root => "root",
        Role::Duplicate => "sent before",
        Role::Unrelated => "part of no chain",
        Role::Malformed => "no certificate",
    }
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::facts::State;
    use crate::facts::tls::fixtures::{HOST, evidence};
    use crate::facts::tls::read;
    use crate::wire::x509::fixtures::{Authority, valid};

    fn picture(chain: &[&Vec<u8>], roots: &[&Vec<u8>]) -> Vec<String> {
        let State::Known(tls) = read(&evidence(chain, Vec::new(), roots)) else {
            panic!("TLS was seen");
        };
        let facts = tls.certificate.expect("a certificate");
        lines(&facts, true)
            .iter()
            .map(|line| line.raw().to_owned())
            .collect()
    }

    #[test]
    fn the_anchor_stands_on_top_and_the_leaf_at_the_bottom() {
        let root = Authority::root("Root");
        let middle = root.authority("Middle");
        let leaf = middle.server_with(HOST, |params| valid(params, -1, 90));
        let (m, r) = (&middle.der, &root.der);
        let of_middle = "Middle  EC prime256v1  ecdsa-with-SHA256  2024-04-20 to 2029-10-11";
        let of_root = "Root  EC prime256v1  ecdsa-with-SHA256  2024-04-20 to 2029-10-11";
        let of_leaf =
            "www.example  EC prime256v1  ecdsa-with-SHA256  2027-01-14 to 2027-04-15  90 days left";
        let complete = [
            "CN=Root (trust anchor)".to_owned(),
            format!("└─ {of_middle}"),
            format!("   └─ {of_leaf}"),
        ];
        assert_eq!(picture(&[&leaf, m], &[r]), complete);
        let mut beside = complete.to_vec();
        beside.push("beside it, number 3: Root (root)".to_owned());
        assert_eq!(picture(&[&leaf, m, r], &[r]), beside);
        let unknown = [
            "no trust anchor".to_owned(),
            format!("└─ {of_root}  sent along"),
            format!("   └─ {of_middle}"),
            format!("      └─ {of_leaf}"),
        ];
        assert_eq!(picture(&[&leaf, m, r], &[]), unknown);
        assert_eq!(
            picture(&[&leaf], &[r]),
            ["no trust anchor".to_owned(), format!("└─ {of_leaf}")]
        );
    }
}
