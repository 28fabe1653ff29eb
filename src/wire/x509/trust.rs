//! Does a chain lead to a trust anchor, and if not, what is in the way?
//!
//! The answer "trusted" is webpki's, by way of rustls, and so what clients would say. It stops at
//! the first thing it dislikes, so the reasons are found by walking the chain ourselves: an expired
//! certificate of an unknown authority is both.

use std::time::Duration;

use super::anchors::{self, Anchors};
use super::certificate::{Certificate, Spki};
use super::chain::Chain;
use super::signature::Check;
use super::way::Way;
use crate::model::{Timestamp, Untrusted};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};

/// Whether, by which way, and why not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// The chain leads to an anchor. Dates are left aside: see [`Self::in_time`].
    pub trusted: bool,
    /// Every certificate on the way is within its dates.
    pub in_time: bool,
    /// The anchor reached.
    pub anchor: Option<Untrusted>,
    /// The anchor is one of Mozilla's, so that the promises of public authorities apply.
    pub public: bool,
    /// The places of the certificates on the way, leaf first, without an anchor that was not sent.
    pub path: Vec<usize>,
    /// What is in the way.
    pub faults: Vec<PathFault>,
}

/// One thing between a chain and trust.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathFault {
    /// No certificate was sent, or the first one cannot be read.
    NoLeaf,
    /// The server vouches for itself.
    SelfSigned,
    /// The chain ends in an authority that is no anchor.
    UnknownCa {
        /// Its name.
        issuer: Untrusted,
    },
    /// The issuer of the last certificate was not sent and is no anchor, though one is likely to
    /// stand above it: the certificate bears the marks of a public authority, or the user chose
    /// the anchors.
    MissingIntermediate {
        /// Its name.
        issuer: Untrusted,
    },
    /// The certificate at this place is not signed by the key of its alleged issuer.
    BadSignature {
        /// Its place.
        place: usize,
    },
    /// The signature on the certificate at this place is one that clients do not verify.
    Unverifiable {
        /// Its place.
        place: usize,
    },
    /// The certificate at this place signs others but is no authority, or not for that.
    IssuerNotAuthority {
        /// Its place.
        place: usize,
    },
    /// extKeyUsage, here or above, does not allow TLS servers.
    WrongPurpose,
    /// The server's own certificate is marked as an authority; webpki and Firefox refuse that.
    AuthorityAsLeaf,
    /// An authority above does not allow this name.
    NameConstraint,
    /// More authorities in a row than one of them allows.
    PathTooLong,
    /// A critical extension that no client knows (RFC 5280 §4.2).
    CriticalExtension,
    /// There is no moment at which every certificate on the way is within its dates.
    DatesNeverMeet,
    /// What webpki said, where none of the above fits.
    Other {
        /// Its words.
        said: String,
    },
}

impl PathFault {
    /// As reports name it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoLeaf => "no-leaf",
            Self::SelfSigned => "self-signed",
            Self::UnknownCa { .. } => "unknown-ca",
            Self::MissingIntermediate { .. } => "missing-intermediate",
            Self::BadSignature { .. } => "bad-signature",
            Self::Unverifiable { .. } => "unverifiable",
            Self::IssuerNotAuthority { .. } => "issuer-not-authority",
            Self::WrongPurpose => "wrong-purpose",
            Self::AuthorityAsLeaf => "authority-as-leaf",
            Self::NameConstraint => "name-constraint",
            Self::PathTooLong => "path-too-long",
            Self::CriticalExtension => "critical-extension",
            Self::DatesNeverMeet => "dates-never-meet",
            Self::Other { .. } => "other",
        }
    }
}

/// What webpki says.
enum Opinion {
    Trusted,
    /// At another time it would be.
    OutOfTime,
    Refused(CertificateError),
    /// It does not read the leaf at all.
    Unread,
}

/// Judges the chain against `anchors` as of `at`.
#[must_use]
pub fn trust(chain: &Chain, anchors: &Anchors, at: Timestamp) -> Trust {
    let Some(leaf) = chain.leaf() else {
        return Trust {
            faults: vec![PathFault::NoLeaf],
            ..Trust::default()
        };
    };
    let way = Way::find(chain, anchors, at);
    let opinion = opinion(chain, anchors, at);
    // Past an authority in the leaf's place, or version 1, webpki does not go: the way decides.
    let (trusted, in_time) = match &opinion {
        // webpki does not look at keyUsage; others do (RFC 5280 §6.1.4 (n)).
        Opinion::Trusted => (way.is_entitled(), true),
        Opinion::OutOfTime => (way.is_entitled(), false),
        Opinion::Refused(_) | Opinion::Unread => {
            let decides = leaf.is_authority() || leaf.version < 3;
            (decides && way.is_sound(), way.is_in_time(at))
        }
    };
    let mut faults = if trusted {
        Vec::new()
    } else {
        reasons(chain, anchors, &way, &opinion)
    };
    if leaf.authority.is_some_and(|marked| marked.ca) {
        faults.push(PathFault::AuthorityAsLeaf);
    }
    let anchor = way.anchor.filter(|_| trusted);
    Trust {
        trusted,
        in_time,
        anchor: anchor.map(anchors::text),
        public: anchor.is_some_and(anchors::is_public),
        path: way.places,
        faults,
    }
}

/// The key that signed the leaf: of a certificate that was sent, or of an anchor.
#[must_use]
pub fn issuer_key(chain: &Chain, anchors: &Anchors) -> Option<Spki> {
    let leaf = chain.leaf()?;
    let mut sent = chain
        .issued(0)
        .filter_map(|(place, _)| chain.certificate(place));
    let sent = sent.next().map(|issuer| issuer.spki().clone());
    let fits = |key: &Spki| leaf.signed_by(key) != Check::Invalid;
    sent.or_else(|| anchors.issuing(leaf).map(|(_, key)| key).find(fits))
}

/// Asks as of `at`, and, if that fails, at every moment at which some certificate begins: if there
/// is a time at which all are valid, it begins at one of them.
fn opinion(chain: &Chain, anchors: &Anchors, at: Timestamp) -> Opinion {
    let now = match ask(chain, anchors, at) {
        Ok(()) => return Opinion::Trusted,
        Err(Error::InvalidCertificate(error)) => error,
        Err(_) => return Opinion::Unread,
    };
    let mut refused = now;
    for (_, certificate) in chain.certificates() {
        match ask(chain, anchors, certificate.not_before) {
            Ok(()) => return Opinion::OutOfTime,
            Err(Error::InvalidCertificate(error)) if is_about_dates(&refused) => refused = error,
            Err(_) => {}
        }
    }
    Opinion::Refused(refused)
}

fn ask(chain: &Chain, anchors: &Anchors, at: Timestamp) -> Result<(), Error> {
    let ders: Vec<CertificateDer<'_>> = chain
        .sent
        .iter()
        .map(|sent| CertificateDer::from(sent.der.as_slice()))
        .collect();
    let Some((leaf, others)) = ders.split_first() else {
        return Err(Error::NoCertificatesPresented);
    };
    let seconds = u64::try_from(at.secs()).unwrap_or(0);
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let algorithms = default_provider().signature_verification_algorithms.all;
    let leaf = ParsedCertificate::try_from(leaf)?;
    verify_server_cert_signed_by_trust_anchor(&leaf, &anchors.store, others, time, algorithms)
}

fn is_about_dates(error: &CertificateError) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    matches!(
        error,
        Expired | NotValidYet | ExpiredContext { .. } | NotValidYetContext { .. }
    )
}

/// Everything the way shows, and what webpki adds where that explains nothing.
fn reasons(chain: &Chain, anchors: &Anchors, way: &Way<'_>, opinion: &Opinion) -> Vec<PathFault> {
    let mut faults = way.faults();
    if way.anchor.is_none() {
        faults.extend(
            way.end()
                .map(|(place, last)| dead_end(chain, anchors, place, last)),
        );
    }
    if chain.leaf().is_some_and(|leaf| !leaf.is_for_servers()) {
        faults.push(PathFault::WrongPurpose);
    }
    if let (true, Opinion::Refused(error)) = (faults.is_empty(), opinion) {
        faults.push(named(error));
    }
    faults
}

/// Why no issuer was found for the last certificate on the way.
fn dead_end(chain: &Chain, anchors: &Anchors, place: usize, last: &Certificate) -> PathFault {
    let issuer = last.issuer.clone();
    if last.is_self_signed() {
        return if place == 0 {
            PathFault::SelfSigned
        } else {
            PathFault::UnknownCa { issuer }
        };
    }
    // An anchor of that name, or one that was sent, would have been followed had its key fitted.
    if chain.is_contradicted(place) || anchors.issuing(last).next().is_some() {
        return PathFault::BadSignature { place };
    }
    let public_marks = last.forum_policy || !last.scts.is_empty();
    if public_marks || anchors.chosen {
        PathFault::MissingIntermediate { issuer }
    } else {
        PathFault::UnknownCa { issuer }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a foreign, non-exhaustive enum; its own words are kept"
)]
fn named(error: &CertificateError) -> PathFault {
    match error {
        error if is_about_dates(error) => PathFault::DatesNeverMeet,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            PathFault::WrongPurpose
        }
        CertificateError::UnhandledCriticalExtension => PathFault::CriticalExtension,
        // rustls passes these on without a variant of its own.
        CertificateError::Other(other) => match format!("{other:?}") {
            said if said.contains("UnsupportedCriticalExtension") => PathFault::CriticalExtension,
            said if said.contains("NameConstraintViolation") => PathFault::NameConstraint,
            said if said.contains("PathLenConstraintViolated") => PathFault::PathTooLong,
            said => PathFault::Other { said },
        },
        error => PathFault::Other {
            said: format!("{error:?}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyUsagePurpose, NameConstraints};

    use super::{Anchors, PathFault, trust};
    use crate::wire::x509::Chain;
    use crate::wire::x509::fixtures::{Authority, NOW, der, self_signed, valid};

    const HOST: &str = "www.example.org";

    /// What it is, what was sent, the anchors, whether the user chose them, the verdict.
    type Row<'a> = (&'a str, &'a [&'a Vec<u8>], &'a [&'a Vec<u8>], bool, &'a str);

    /// The verdict in words: trusted, in time, faults.
    fn words(sent: &[&Vec<u8>], anchors: &[&Vec<u8>], chosen: bool) -> String {
        let sent: Vec<Vec<u8>> = sent.iter().map(|der| (*der).clone()).collect();
        let mut anchors = Anchors::none().and(anchors.iter().map(|der| der.as_slice()), chosen);
        anchors.chosen = chosen;
        let verdict = trust(&Chain::read(&sent), &anchors, NOW);
        let faults: Vec<String> = verdict.faults.iter().map(word).collect();
        let trusted = if verdict.trusted {
            "trusted"
        } else {
            "refused"
        };
        let in_time = if verdict.in_time { "" } else { " late" };
        format!("{trusted}{in_time} {}", faults.join("+"))
            .trim()
            .to_owned()
    }

    fn word(fault: &PathFault) -> String {
        let detail = match fault {
            PathFault::UnknownCa { issuer } | PathFault::MissingIntermediate { issuer } => {
                format!("({})", issuer.raw())
            }
            PathFault::BadSignature { place }
            | PathFault::Unverifiable { place }
            | PathFault::IssuerNotAuthority { place } => format!("({place})"),
            PathFault::NoLeaf
            | PathFault::SelfSigned
            | PathFault::WrongPurpose
            | PathFault::AuthorityAsLeaf
            | PathFault::NameConstraint
            | PathFault::PathTooLong
            | PathFault::CriticalExtension
            | PathFault::DatesNeverMeet
            | PathFault::Other { .. } => String::new(),
        };
        format!("{}{detail}", fault.name())
    }

    #[test]
    fn a_chain_is_trusted_or_the_reason_is_named() {
        let root = Authority::root("Root");
        let middle = root.authority("Middle");
        let leaf = middle.server(HOST);
        let old_leaf = middle.server_with(HOST, |params| valid(params, -90, -1));
        let new_leaf = middle.server_with(HOST, |params| valid(params, 1, 90));
        let old_middle = root.authority_with("Old", |params| valid(params, -900, -1));
        let below_old = old_middle.server_with(HOST, |params| valid(params, -90, 90));
        let never = old_middle.server_with(HOST, |params| valid(params, 1, 90));
        let alone = self_signed(HOST, false);
        let alone_ca = self_signed(HOST, true);
        let stranger = Authority::root("Root");
        #[rustfmt::skip]
        let cases: &[Row<'_>] = &[
            ("complete",            &[&leaf, &middle.der],            &[&root.der],   false, "trusted"),
            ("root sent",           &[&leaf, &middle.der, &root.der], &[&root.der],   false, "trusted"),
            ("any order",           &[&leaf, &root.der, &middle.der], &[&root.der],   false, "trusted"),
            ("anchor in between",   &[&leaf],                         &[&middle.der], false, "trusted"),
            ("expired",             &[&old_leaf, &middle.der],        &[&root.der],   false, "trusted late"),
            ("not yet",             &[&new_leaf, &middle.der],        &[&root.der],   false, "trusted late"),
            ("issuer expired",      &[&below_old, &old_middle.der],   &[&root.der],   false, "trusted late"),
            ("dates never meet",    &[&never, &old_middle.der],       &[&root.der],   false, "refused late dates-never-meet"),
            ("unknown, whole",      &[&leaf, &middle.der, &root.der], &[],            false, "refused unknown-ca(CN=Root)"),
            ("unknown, no root",    &[&leaf, &middle.der],            &[],            false, "refused unknown-ca(CN=Root)"),
            ("unknown and expired", &[&old_leaf, &middle.der],        &[],            false, "refused late unknown-ca(CN=Root)"),
            ("one is missing",      &[&leaf],                         &[&root.der],   true,  "refused missing-intermediate(CN=Middle)"),
            ("self-signed",         &[&alone],                        &[&root.der],   true,  "refused self-signed"),
            ("self-signed CA",      &[&alone_ca],                     &[&root.der],   true,  "refused self-signed+authority-as-leaf"),
            ("self-signed, known",  &[&alone],                        &[&alone],      true,  "trusted"),
            ("CA, known",           &[&alone_ca],                     &[&alone_ca],   true,  "trusted authority-as-leaf"),
            ("CA below a root",     &[&middle.der],                   &[&root.der],   true,  "trusted authority-as-leaf"),
            ("same name, new key",  &[&leaf, &middle.der],            &[&stranger.der], true, "refused bad-signature(1)"),
            ("no certificate",      &[&vec![0x30, 0]],                &[&root.der],   true,  "refused late no-leaf"),
            ("nothing",             &[],                              &[&root.der],   true,  "refused late no-leaf"),
        ];
        for (what, sent, anchors, chosen, expected) in cases {
            assert_eq!(words(sent, anchors, *chosen), *expected, "{what}");
        }
    }

    #[test]
    fn an_issuer_that_may_not_issue_is_named() {
        let root = Authority::root("Root");
        let no_ca = root.authority_with("Fake", |params| params.is_ca = IsCa::ExplicitNoCa);
        let no_use = root.authority_with("Fake", |params| {
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        });
        let narrow = root.authority_with("Narrow", |params| {
            let permitted_subtrees = vec![GeneralSubtree::DnsName("example.net".to_owned())];
            params.name_constraints = Some(NameConstraints {
                permitted_subtrees,
                excluded_subtrees: Vec::new(),
            });
        });
        let mail = root.authority_with("Mail", |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
        });
        let client = root.server_with(HOST, |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        });
        #[rustfmt::skip]
        let cases = [
            (vec![no_ca.server(HOST), no_ca.der],   "refused issuer-not-authority(1)"),
            (vec![no_use.server(HOST), no_use.der], "refused issuer-not-authority(1)"),
            (vec![narrow.server(HOST), narrow.der], "refused name-constraint"),
            (vec![mail.server(HOST), mail.der],     "refused wrong-purpose"),
            (vec![client],                          "refused wrong-purpose"),
        ];
        for (sent, expected) in cases {
            let sent: Vec<&Vec<u8>> = sent.iter().collect();
            assert_eq!(words(&sent, &[&root.der], true), expected);
        }
    }

    #[test]
    fn signatures_nobody_verifies_are_told_from_forged_ones() {
        let old = der("rsa1024-sha1-v1");
        assert_eq!(words(&[&old], &[], false), "refused self-signed");
        let root = Authority::root("Root");
        let mut forged = root.server(HOST);
        if let Some(byte) = forged.last_mut() {
            *byte ^= 1;
        }
        assert_eq!(
            words(&[&forged, &root.der], &[&root.der], true),
            "refused bad-signature(0)"
        );
    }

    #[test]
    fn marks_of_a_public_authority_make_a_missing_issuer_likely() {
        let leaf = der("ocsp-leaf");
        let verdict = trust(&Chain::read(&[leaf]), &Anchors::bundled(), NOW);
        assert!(matches!(
            verdict.faults.as_slice(),
            [PathFault::MissingIntermediate { .. }]
        ));
    }
}
