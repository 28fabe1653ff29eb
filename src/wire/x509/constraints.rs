//! Name constraints: which names an authority may certify (RFC 5280 §4.2.1.10).

use std::mem::discriminant;

use super::der::{Element, Reader, SEQUENCE, context, primitive};
use super::name::{self, Rdn};

/// A name as certificates and constraints have it (RFC 5280 §4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum GeneralName {
    Email(String),
    Dns(String),
    Directory(Vec<Rdn>),
    Uri(String),
    /// An address; in a constraint, the address and its mask.
    Ip(Vec<u8>),
    /// Another kind, by its tag, or one that could not be read.
    Other(u8),
}

/// The names that may stand below an authority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Constraints {
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
}

/// What constraints say of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    Allowed,
    /// It is of a restricted kind that is not judged here.
    Unjudged,
    Refused,
}

impl GeneralName {
    pub(super) fn read(element: Element<'_>) -> Self {
        const EMAIL: u8 = primitive(1);
        const DNS: u8 = primitive(2);
        const DIRECTORY: u8 = context(4);
        const URI: u8 = primitive(6);
        const ADDRESS: u8 = primitive(7);
        let text = || {
            std::str::from_utf8(element.body)
                .ok()
                .map(str::to_lowercase)
        };
        let read = match element.tag {
            EMAIL => text().map(Self::Email),
            DNS => text().map(Self::Dns),
            URI => text().map(Self::Uri),
            ADDRESS => Some(Self::Ip(element.body.to_vec())),
            // A Name is a CHOICE, so its tag is explicit: the SEQUENCE stands inside.
            DIRECTORY => {
                let inside = element.inside().take(SEQUENCE);
                inside
                    .and_then(|name| name::rdns(name.body))
                    .map(Self::Directory)
            }
            _ => None,
        };
        read.unwrap_or(Self::Other(element.tag))
    }

    /// Every name of a SubjectAltName extension; `None` if it is none.
    pub(super) fn list(extension: &[u8]) -> Option<Vec<Self>> {
        let mut rest = Reader::new(extension).take(SEQUENCE)?.inside();
        let mut names = Vec::new();
        while !rest.is_empty() {
            names.push(Self::read(rest.read()?));
        }
        Some(names)
    }

    /// What a report calls it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Email(text) | Self::Dns(text) | Self::Uri(text) => text.clone(),
            Self::Directory(_) => "the subject".to_owned(),
            Self::Ip(octets) => address(octets),
            Self::Other(_) => "a name of another kind".to_owned(),
        }
    }

    /// Is it within this subtree of the same kind?
    fn is_within(&self, subtree: &Self) -> bool {
        match (self, subtree) {
            (Self::Dns(name), Self::Dns(base)) => is_below(name, base),
            (Self::Email(name), Self::Email(base)) => mailbox_is_within(name, base),
            (Self::Uri(name), Self::Uri(base)) => {
                uri_host(name).is_some_and(|host| host_is_within(host, base))
            }
            (Self::Ip(name), Self::Ip(base)) => is_in_network(name, base),
            (Self::Directory(name), Self::Directory(base)) => name.starts_with(base),
            _ => false,
        }
    }

    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(one), Self::Other(two)) => one == two,
            _ => discriminant(self) == discriminant(other),
        }
    }
}

impl Constraints {
    /// Reads the contents of NameConstraints ::= SEQUENCE { permitted [0], excluded [1] }.
    pub(super) fn read(contents: &[u8]) -> Option<Self> {
        let mut inside = Reader::new(contents);
        let permitted = inside
            .optional(context(0))
            .map_or(Some(Vec::new()), subtrees)?;
        let excluded = inside
            .optional(context(1))
            .map_or(Some(Vec::new()), subtrees)?;
        Some(Self {
            permitted,
            excluded,
        })
    }

    /// How many subtrees there are.
    pub(super) fn len(&self) -> usize {
        self.permitted.len() + self.excluded.len()
    }

    pub(super) fn judge(&self, name: &GeneralName) -> Answer {
        let mut permitted = self
            .permitted
            .iter()
            .filter(|subtree| subtree.is_like(name))
            .peekable();
        let mut excluded = self
            .excluded
            .iter()
            .filter(|subtree| subtree.is_like(name))
            .peekable();
        let restricted = permitted.peek().is_some() || excluded.peek().is_some();
        if !restricted {
            return Answer::Allowed;
        }
        if matches!(name, GeneralName::Other(_)) {
            return Answer::Unjudged;
        }
        let outside =
            permitted.peek().is_some() && !permitted.any(|subtree| name.is_within(subtree));
        if outside || excluded.any(|subtree| name.is_within(subtree)) {
            Answer::Refused
        } else {
            Answer::Allowed
        }
    }
}

/// GeneralSubtrees ::= SEQUENCE OF SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL };
/// the two numbers are never there (RFC 5280 §4.2.1.10).
fn subtrees(list: Element<'_>) -> Option<Vec<GeneralName>> {
    let mut rest = list.inside();
    let mut bases = Vec::new();
    while !rest.is_empty() {
        let mut subtree = rest.take(SEQUENCE)?.inside();
        bases.push(GeneralName::read(subtree.read()?));
    }
    Some(bases)
}

/// `example.com` holds itself and everything below; `.example.com`, which is not in the standard
/// but in use, only what is below; the empty one holds all.
fn is_below(name: &str, base: &str) -> bool {
    if base.is_empty() {
        return true;
    }
    let Some(rest) = name.strip_suffix(base) else {
        return false;
    };
    base.starts_with('.') && !rest.is_empty() || rest.is_empty() || rest.ends_with('.')
}

/// A mailbox, all mailboxes of a host, or those of the hosts below a domain.
fn mailbox_is_within(name: &str, base: &str) -> bool {
    if base.contains('@') {
        return name == base;
    }
    name.rsplit_once('@')
        .is_some_and(|(_, host)| host_is_within(host, base))
}

/// One host, or, with a leading dot, those below it.
fn host_is_within(host: &str, base: &str) -> bool {
    if base.starts_with('.') {
        is_below(host, base)
    } else {
        host == base
    }
}

fn uri_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    Some(host.split(':').next().unwrap_or(host))
}

/// An address and a network with its mask, both of the same version.
fn is_in_network(address: &[u8], network: &[u8]) -> bool {
    let Some((base, mask)) = network.split_at_checked(address.len()) else {
        return false;
    };
    mask.len() == address.len()
        && address
            .iter()
            .zip(base)
            .zip(mask)
            .all(|((octet, base), mask)| octet & mask == base & mask)
}

fn address(octets: &[u8]) -> String {
    super::alt_name::AltName::address(octets)
        .text()
        .raw()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Answer, Constraints, GeneralName};
    use GeneralName::{Dns, Email, Ip, Other, Uri};

    fn dns(text: &str) -> GeneralName {
        Dns(text.to_owned())
    }

    fn email(text: &str) -> GeneralName {
        Email(text.to_owned())
    }

    fn uri(text: &str) -> GeneralName {
        Uri(text.to_owned())
    }

    #[test]
    fn names_are_held_against_subtrees_of_their_kind() {
        let ip = |octets: &[u8]| Ip(octets.to_vec());
        let network = || ip(&[192, 0, 2, 0, 255, 255, 255, 0]);
        #[rustfmt::skip]
        let cases: Vec<(GeneralName, GeneralName, bool)> = vec![
            (dns("example.com"),           dns("example.com"),   true),
            (dns("www.example.com"),       dns("example.com"),   true),
            (dns("*.example.com"),         dns("example.com"),   true),
            (dns("wwwexample.com"),        dns("example.com"),   false),
            (dns("example.com"),           dns(".example.com"),  false),
            (dns("a.example.com"),         dns(".example.com"),  true),
            (dns("anything.test"),         dns(""),              true),
            (email("a@example.com"),       email("example.com"), true),
            (email("a@b.example.com"),     email("example.com"), false),
            (email("a@b.example.com"),     email(".example.com"), true),
            (email("a@example.com"),       email("a@example.com"), true),
            (email("b@example.com"),       email("a@example.com"), false),
            (uri("https://example.com/x"), uri("example.com"),   true),
            (uri("https://u@b.example.com:9/"), uri(".example.com"), true),
            (uri("urn:example:x"),         uri("example.com"),   false),
            (ip(&[192, 0, 2, 7]),          network(),            true),
            (ip(&[192, 0, 3, 7]),          network(),            false),
            (ip(&[0; 16]),                 network(),            false),
        ];
        for (name, subtree, within) in cases {
            let permits = Constraints {
                permitted: vec![subtree.clone()],
                excluded: Vec::new(),
            };
            let excludes = Constraints {
                permitted: Vec::new(),
                excluded: vec![subtree.clone()],
            };
            let (inside, outside) = (Answer::Allowed, Answer::Refused);
            let (first, second) = if within {
                (inside, outside)
            } else {
                (outside, inside)
            };
            assert_eq!(
                permits.judge(&name),
                first,
                "{name:?} permitted by {subtree:?}"
            );
            assert_eq!(
                excludes.judge(&name),
                second,
                "{name:?} excluded by {subtree:?}"
            );
        }
    }

    #[test]
    fn kinds_do_not_restrict_each_other() {
        let constraints = Constraints {
            permitted: vec![dns("example.com"), Other(0x88)],
            excluded: Vec::new(),
        };
        assert_eq!(constraints.judge(&email("a@other.test")), Answer::Allowed);
        assert_eq!(constraints.judge(&Other(0x88)), Answer::Unjudged);
        assert_eq!(constraints.judge(&Other(0xa0)), Answer::Allowed);
    }
}
