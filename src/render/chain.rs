//! A chain as a tree: the anchor on top, the server's own certificate at the bottom, each with key,
//! signature, dates and timestamps.

use crate::facts::tls::{CertificateFacts, Link, Role};
use crate::model::Untrusted;

/// The lines of the picture, most of their text the peer's.
#[must_use]
pub fn lines(facts: &CertificateFacts, unicode: bool) -> Vec<Untrusted> {
    let mut lines = Vec::new();
    let mut depth = 0;
    let mut add = |texts: Vec<String>| {
        for (index, text) in texts.into_iter().enumerate() {
            lines.push(Untrusted::from(margin(depth, index, unicode) + &text));
        }
        depth += 1;
    };
    match &facts.trust.anchor {
        // Where the anchor itself was sent, it is the first of the certificates below.
        Some(anchor) if !ends_in_itself(facts) => {
            add(vec![format!("{} (trust anchor)", anchor.raw())]);
        }
        Some(_) => {}
        None => add(vec!["no trust anchor".to_owned()]),
    }
    for place in facts.trust.path.iter().rev() {
        if let Some(link) = facts.chain.get(*place) {
            let own = (*place == 0).then_some(facts);
            add(vec![who(link), when(link, own)]);
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

/// A branch before the first line of a certificate, and room below it before the others.
fn margin(depth: usize, line: usize, unicode: bool) -> String {
    let room = depth.saturating_sub(1) * 3;
    match (depth, line, unicode) {
        (0, 0, _) => String::new(),
        (0, _, _) => "   ".to_owned(),
        (_, 0, true) => format!("{:room$}└─ ", ""),
        (_, 0, false) => format!("{:room$}`- ", ""),
        (_, _, _) => format!("{:room$}   ", ""),
    }
}

fn who(link: &Link) -> String {
    let mut parts = vec![link.name.raw().to_owned()];
    parts.extend(link.key.as_ref().map(ToString::to_string));
    parts.extend(link.signature.as_ref().map(ToString::to_string));
    parts.join("  ")
}

fn when(link: &Link, own: Option<&CertificateFacts>) -> String {
    let mut parts = Vec::new();
    if let (Some(first), Some(last)) = (link.not_before, link.not_after) {
        parts.push(format!("{} to {}", first.date(), last.date()));
    }
    if let Some((left, _, unit)) = own.and_then(CertificateFacts::left_of_life) {
        parts.push(format!("{left} {unit} left"));
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
        let picture = |chain: &[&Vec<u8>], roots: &[&Vec<u8>]| picture(chain, roots).join("\n");
        assert_eq!(
            picture(&[&leaf, m, r], &[r]),
            "CN=Root (trust anchor)\n\
             └─ Middle  EC prime256v1  ecdsa-with-SHA256\n   2024-04-20 to 2029-10-11\n   \
             └─ www.example  EC prime256v1  ecdsa-with-SHA256\n      2027-01-14 to 2027-04-15  90 days left\n\
             beside it, number 3: Root (root)"
        );
        assert_eq!(
            picture(&[&leaf, m, r], &[]),
            "no trust anchor\n\
             └─ Root  EC prime256v1  ecdsa-with-SHA256\n   2024-04-20 to 2029-10-11  sent along\n   \
             └─ Middle  EC prime256v1  ecdsa-with-SHA256\n      2024-04-20 to 2029-10-11\n      \
             └─ www.example  EC prime256v1  ecdsa-with-SHA256\n         2027-01-14 to 2027-04-15  90 days left"
        );
    }
}
