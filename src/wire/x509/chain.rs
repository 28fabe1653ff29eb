//! How the certificates of one handshake hang together (RFC 5246 §7.4.2, RFC 8446 §4.4.2).

use super::certificate::{Certificate, Malformed};
use super::name;
use super::parts::Parts;
use super::scheme::Check;

/// Certificates beyond this many are counted but not read, so that a peer cannot make us verify
/// signatures without end.
const MOST_READ: usize = 16;

/// One certificate as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The octets.
    pub der: Vec<u8>,
    /// What they say.
    pub read: Result<Certificate, Malformed>,
}

/// The certificates of one handshake, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Each, up to sixteen.
    pub sent: Vec<Sent>,
    /// How many came beyond those.
    pub unread: usize,
    /// `links[child]` lists `(parent, check)`: the parent has the issuer's name, and its key does
    /// not contradict the signature.
    links: Vec<Vec<(usize, Check)>>,
}

impl Chain {
    /// Reads what a server sent, leaf first.
    #[must_use]
    pub fn read(ders: &[Vec<u8>]) -> Self {
        let sent: Vec<Sent> = ders
            .iter()
            .take(MOST_READ)
            .map(|der| Sent {
                der: der.clone(),
                read: Certificate::parse(der),
            })
            .collect();
        let mut chain = Self {
            unread: ders.len() - sent.len(),
            sent,
            links: Vec::new(),
        };
        chain.links = (0..chain.sent.len())
            .map(|child| chain.parents_of(child))
            .collect();
        chain
    }

    /// Is it made of these octets?
    #[must_use]
    pub fn is(&self, ders: &[Vec<u8>]) -> bool {
        self.sent.len() + self.unread == ders.len()
            && self
                .sent
                .iter()
                .zip(ders)
                .all(|(sent, der)| sent.der == *der)
    }

    /// The certificate the server presents as its own.
    #[must_use]
    pub fn leaf(&self) -> Option<&Certificate> {
        self.certificate(0)
    }

    /// The `index`th, if it could be read.
    #[must_use]
    pub fn certificate(&self, index: usize) -> Option<&Certificate> {
        self.sent.get(index)?.read.as_ref().ok()
    }

    /// Those that could be read, with their places.
    pub fn certificates(&self) -> impl Iterator<Item = (usize, &Certificate)> {
        self.sent
            .iter()
            .enumerate()
            .filter_map(|(index, sent)| sent.read.as_ref().ok().map(|read| (index, read)))
    }

    /// Places of those that repeat an earlier one, octet for octet.
    #[must_use]
    pub fn duplicates(&self) -> Vec<usize> {
        let repeats = |index: usize, sent: &Sent| {
            self.sent
                .iter()
                .take(index)
                .any(|earlier| earlier.der == sent.der)
        };
        let places = self.sent.iter().enumerate();
        places
            .filter(|(index, sent)| repeats(*index, sent))
            .map(|(index, _)| index)
            .collect()
    }

    /// Places of roots that were sent along: clients have their own or do not trust them at all.
    /// A server's own self-signed certificate is not one of them.
    #[must_use]
    pub fn roots(&self) -> Vec<usize> {
        self.certificates()
            .filter(|(index, certificate)| *index > 0 && certificate.is_self_signed())
            .map(|(index, _)| index)
            .collect()
    }

    /// Places of those that stand before what they certify, and behind nothing they certify.
    #[must_use]
    pub fn misplaced(&self) -> Vec<usize> {
        let duplicates = self.duplicates();
        let certifies = |parent: usize, child: usize| {
            parent != child
                && !duplicates.contains(&child)
                && self.issued(child).any(|(place, _)| place == parent)
        };
        (0..self.sent.len())
            .filter(|place| !duplicates.contains(place))
            .filter(|&place| {
                (place + 1..self.sent.len()).any(|later| certifies(place, later))
                    && !(0..place).any(|earlier| certifies(place, earlier))
            })
            .collect()
    }

    /// Places of those that no path from the leaf passes through.
    #[must_use]
    pub fn unrelated(&self) -> Vec<usize> {
        let mut reached = vec![0];
        let mut next = 0;
        while let Some(&place) = reached.get(next) {
            for (parent, _) in self.issued(place) {
                if !reached.contains(&parent) {
                    reached.push(parent);
                }
            }
            next += 1;
        }
        let duplicates = self.duplicates();
        let odd = |place: &usize| !reached.contains(place) && !duplicates.contains(place);
        self.certificates()
            .map(|(place, _)| place)
            .filter(odd)
            .collect()
    }

    /// Has this root the name of an issuer, or of a certificate, of the chain?
    #[must_use]
    pub fn may_end_at(&self, root: &[u8]) -> bool {
        let Some(root) = Parts::read(root) else {
            return false;
        };
        self.certificates().any(|(_, sent)| {
            name::same(&sent.parts.issuer, &root.subject)
                || name::same(&sent.parts.subject, &root.subject)
        })
    }

    /// Who may have issued `child`, among those sent.
    pub(super) fn issued(&self, child: usize) -> impl Iterator<Item = (usize, Check)> + '_ {
        self.links.get(child).into_iter().flatten().copied()
    }

    /// A certificate that was sent has the issuer's name, but its key did not sign `child`.
    pub(super) fn is_contradicted(&self, child: usize) -> bool {
        let Some(certificate) = self.certificate(child) else {
            return false;
        };
        self.certificates().any(|(_, parent)| {
            name::same(&parent.parts.subject, &certificate.parts.issuer)
                && certificate.signed_by(parent.spki()) == Check::Invalid
        })
    }

    fn parents_of(&self, child: usize) -> Vec<(usize, Check)> {
        let Some(certificate) = self.certificate(child) else {
            return Vec::new();
        };
        self.certificates()
            .filter(|(_, parent)| name::same(&parent.parts.subject, &certificate.parts.issuer))
            .map(|(place, parent)| (place, certificate.signed_by(parent.spki())))
            .filter(|(_, check)| *check != Check::Invalid)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Chain;
    use crate::wire::x509::fixtures::{Authority, der};

    struct Row {
        what: &'static str,
        sent: Vec<Vec<u8>>,
        duplicates: &'static [usize],
        roots: &'static [usize],
        misplaced: &'static [usize],
        unrelated: &'static [usize],
    }

    fn rows() -> Vec<Row> {
        let root = Authority::root("Root");
        let middle = root.authority("Middle");
        let other = Authority::root("Other");
        let leaf = middle.server("example.org");
        let row = |what, sent: &[&Vec<u8>]| Row {
            what,
            sent: sent.iter().map(|der| (*der).clone()).collect(),
            duplicates: &[],
            roots: &[],
            misplaced: &[],
            unrelated: &[],
        };
        vec![
            row("leaf alone", &[&leaf]),
            row("in order", &[&leaf, &middle.der]),
            Row {
                roots: &[2],
                ..row("root too", &[&leaf, &middle.der, &root.der])
            },
            Row {
                misplaced: &[1],
                roots: &[1],
                ..row("root early", &[&leaf, &root.der, &middle.der])
            },
            Row {
                misplaced: &[0],
                ..row("leaf last", &[&middle.der, &leaf])
            },
            Row {
                duplicates: &[1, 3],
                ..row("twice", &[&leaf, &leaf, &middle.der, &middle.der])
            },
            Row {
                unrelated: &[2],
                roots: &[2],
                ..row("stranger", &[&leaf, &middle.der, &other.der])
            },
            row("self-signed alone", &[&root.der]),
            row("nothing", &[]),
            row("no certificate behind", &[&leaf, &vec![1, 2, 3]]),
        ]
    }

    #[test]
    fn shapes_are_named() {
        for row in rows() {
            let chain = Chain::read(&row.sent);
            assert_eq!(
                chain.duplicates(),
                row.duplicates,
                "{}: duplicates",
                row.what
            );
            assert_eq!(chain.roots(), row.roots, "{}: roots", row.what);
            assert_eq!(chain.misplaced(), row.misplaced, "{}: misplaced", row.what);
            let unrelated = if row.what == "leaf last" {
                vec![1]
            } else {
                row.unrelated.to_vec()
            };
            assert_eq!(chain.unrelated(), unrelated, "{}: unrelated", row.what);
        }
    }

    #[test]
    fn a_flood_of_certificates_is_counted_but_not_read() {
        let chain = Chain::read(&vec![der("rsa1024-sha1-v1"); 40]);
        assert_eq!((chain.sent.len(), chain.unread), (16, 24));
    }
}
