//! The authorities that a verdict of trust is relative to.

use std::fmt;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::{Der, TrustAnchor};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::X509Name;

use super::certificate::Certificate;
use super::der::{Reader, SEQUENCE};
use super::name;
use super::parts::Parts;
use super::spki::Spki;
use crate::model::Untrusted;

/// A set of trust anchors (RFC 5280 §6.1.1 (d)): names with their keys.
#[derive(Clone)]
pub struct Anchors {
    pub(super) store: Arc<RootCertStore>,
    /// The user named them, so that a chain that ends nowhere most likely lacks an intermediate.
    pub(super) chosen: bool,
}

impl Anchors {
    /// Mozilla's roots, built in.
    #[must_use]
    pub fn bundled() -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        Self {
            store: Arc::new(RootCertStore { roots }),
            chosen: false,
        }
    }

    /// None.
    #[must_use]
    pub fn none() -> Self {
        Self {
            store: Arc::new(RootCertStore::empty()),
            chosen: false,
        }
    }

    /// These as well; `chosen` if the user named them. What is no certificate is left out.
    #[must_use]
    pub fn and<'a>(mut self, ders: impl IntoIterator<Item = &'a [u8]>, chosen: bool) -> Self {
        let before = self.count();
        let read = ders.into_iter().filter_map(anchor);
        Arc::make_mut(&mut self.store).roots.extend(read);
        self.chosen |= chosen && self.count() > before;
        self
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.store.roots.len()
    }

    /// Those with the name of the certificate's issuer, with their keys.
    pub(super) fn issuing<'a>(
        &'a self,
        certificate: &'a Certificate,
    ) -> impl Iterator<Item = (&'a TrustAnchor<'static>, Spki)> {
        let named = |anchor: &&TrustAnchor<'_>| {
            name::same(anchor.subject.as_ref(), &certificate.parts.issuer)
        };
        let anchors = self.store.roots.iter().filter(named);
        anchors.filter_map(|anchor| Some((anchor, key(anchor)?)))
    }

    /// The anchor that is this very key under this very name.
    pub(super) fn same_as(&self, certificate: &Certificate) -> Option<&TrustAnchor<'static>> {
        let parts = &certificate.parts;
        self.store.roots.iter().find(|anchor| {
            name::same(anchor.subject.as_ref(), &parts.subject)
                && key(anchor).is_some_and(|key| key.same_as(&parts.spki))
        })
    }
}

/// A certificate as an anchor: its name, its key, its name constraints, and nothing else of it
/// (RFC 5280 §6.1.1 (d), RFC 5937). Read here, since webpki takes no root that has a critical
/// certificatePolicies.
fn anchor(der: &[u8]) -> Option<TrustAnchor<'static>> {
    const NAME_CONSTRAINTS: &str = "2.5.29.30";
    let parts = Parts::read(der)?;
    let constraints = parts
        .extension(NAME_CONSTRAINTS)
        .and_then(|extension| Reader::new(&extension.value).take(SEQUENCE))
        .map(|list| Der::from(list.body.to_vec()));
    Some(TrustAnchor {
        name_constraints: constraints,
        subject: Der::from(parts.subject),
        subject_public_key_info: Der::from(parts.spki_contents),
    })
}

impl fmt::Debug for Anchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} anchors", self.count())
    }
}

/// The anchor's name as text.
pub(super) fn text(anchor: &TrustAnchor<'_>) -> Untrusted {
    let whole = sequence(anchor.subject.as_ref());
    X509Name::from_der(&whole).map_or_else(|_| Untrusted::default(), |(_, read)| name::text(&read))
}

/// Is it one of Mozilla's, so that the promises of public authorities apply?
pub(super) fn is_public(anchor: &TrustAnchor<'_>) -> bool {
    webpki_roots::TLS_SERVER_ROOTS.iter().any(|root| {
        root.subject == anchor.subject
            && root.subject_public_key_info == anchor.subject_public_key_info
    })
}

fn key(anchor: &TrustAnchor<'_>) -> Option<Spki> {
    Spki::read(anchor.subject_public_key_info.as_ref())
}

/// Anchors keep their names without the outer header; this puts it back (X.690 §8.1.3).
fn sequence(contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let mut whole = vec![SEQUENCE];
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        whole.push(short);
    } else {
        let octets = length.to_be_bytes();
        let digits: Vec<u8> = octets.into_iter().skip_while(|octet| *octet == 0).collect();
        whole.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
        whole.extend(digits);
    }
    whole.extend_from_slice(contents);
    whole
}

#[cfg(test)]
mod tests {
    use super::{Anchors, is_public, text};

    #[test]
    fn every_bundled_root_has_a_name_and_is_public() {
        let anchors = Anchors::bundled();
        assert!(anchors.count() > 100);
        for anchor in &anchors.store.roots {
            assert!(text(anchor).raw().contains('='), "{anchor:?}");
            assert!(is_public(anchor));
        }
    }

    #[test]
    fn what_is_no_certificate_is_no_anchor() {
        let anchors = Anchors::none().and([&[1, 2, 3][..]], true);
        assert_eq!((anchors.count(), anchors.chosen), (0, false));
    }
}
