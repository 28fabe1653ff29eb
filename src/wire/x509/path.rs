//! One path, from a leaf to an anchor, held against RFC 5280 §6.1.
//!
//! Signatures, and the present time, are left to the way that found it; here is what the certificates on the
//! way say about each other.

use std::collections::BTreeSet;

use super::certificate::Certificate;
use super::constraints::{Answer, Constraints, GeneralName};
use super::der::{Reader, SEQUENCE};
use super::extensions::KeyUsage;
use super::fault::{Doubt, PathFault};
use super::name;
use super::policy;
use crate::model::Untrusted;

const SUBJECT_ALT_NAME: &str = "2.5.29.17";
const NAME_CONSTRAINTS: &str = "2.5.29.30";
/// Comparisons of a name with a subtree; webpki allows as many.
const MOST_COMPARED: usize = 250_000;

const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

/// What every client processes (RFC 5280 §4.2), policy mappings, and the pointer to a revocation
/// list, which all of them accept marked critical whether or not they follow it.
const PROCESSED: &[&str] = &[
    "2.5.29.15",
    SUBJECT_ALT_NAME,
    "2.5.29.19",
    NAME_CONSTRAINTS,
    "2.5.29.31",
    policy::POLICIES,
    policy::MAPPINGS,
    policy::CONSTRAINTS,
    "2.5.29.37",
    policy::INHIBIT_ANY,
];

/// Extensions that some clients refuse when they are critical, and others do not mind.
#[rustfmt::skip]
const NAMED: &[(&str, &str)] = &[
    ("2.5.29.14",                "subjectKeyIdentifier"),
    ("2.5.29.18",                "issuerAltName"),
    ("2.5.29.35",                "authorityKeyIdentifier"),
    ("2.5.29.46",                "freshestCRL"),
    ("1.3.6.1.5.5.7.1.1",        "authorityInfoAccess"),
    ("1.3.6.1.5.5.7.1.11",       "subjectInfoAccess"),
    ("1.3.6.1.5.5.7.1.24",       "TLS feature"),
    ("1.3.6.1.4.1.11129.2.4.3",  "the poison of a precertificate"),
];

/// A path: certificates with their places, leaf first, without the anchor itself.
pub(super) struct Path<'a> {
    pub(super) certificates: Vec<(usize, &'a Certificate)>,
    /// The anchor was sent along: its place.
    pub(super) anchor: Option<(usize, &'a Certificate)>,
    /// The anchor's own name constraints (RFC 5937), as contents.
    pub(super) constraints: Option<&'a [u8]>,
}

impl Path<'_> {
    pub(super) fn faults(&self) -> Vec<PathFault> {
        let mut faults = self.unentitled();
        faults.extend(self.too_long());
        for (place, certificate) in &self.certificates {
            faults.extend(extensions(*place, certificate));
        }
        let wrong = |(_, certificate): &&(usize, &Certificate)| !certificate.is_for_servers();
        let wrong = self.certificates.iter().filter(wrong);
        faults.extend(wrong.map(|(place, _)| PathFault::WrongPurpose { place: *place }));
        faults.extend(self.refused_names());
        let from_above: Vec<&Certificate> = self
            .certificates
            .iter()
            .rev()
            .map(|(_, read)| *read)
            .collect();
        if !policy::holds(&from_above) {
            faults.push(PathFault::PolicyMissing);
        }
        let begins = self
            .certificates
            .iter()
            .map(|(_, read)| read.not_before)
            .max();
        let ends = self
            .certificates
            .iter()
            .map(|(_, read)| read.not_after)
            .min();
        if begins > ends {
            faults.push(PathFault::DatesNeverMeet);
        }
        faults
    }

    pub(super) fn doubts(&self) -> Vec<Doubt> {
        let unread = |(place, certificate): &(usize, &Certificate)| {
            let critical = |id: &String| {
                let extension = certificate.parts.extension(id);
                extension.is_some_and(|extension| extension.critical)
            };
            let doubtful = certificate.unreadable.iter().any(critical);
            doubtful.then_some(Doubt::Unread { place: *place })
        };
        let mut doubts: Vec<Doubt> = self.certificates.iter().filter_map(unread).collect();
        let judged = self.judged_names().into_iter();
        let unjudged = judged.filter(|(_, _, answer)| *answer == Answer::Unjudged);
        doubts.extend(unjudged.map(|(place, _, _)| Doubt::NameForm { place }));
        doubts.dedup();
        doubts
    }

    /// Those that sign others and may not (§6.1.4 (k), (n)). An anchor that was sent is held to
    /// it, too: OpenSSL and GnuTLS refuse one that is no authority.
    fn unentitled(&self) -> Vec<PathFault> {
        let signers = self.certificates.iter().chain(&self.anchor).skip(1);
        let wrong = signers.filter(|(_, certificate)| !may_issue(certificate));
        wrong
            .map(|(place, _)| PathFault::IssuerNotAuthority { place: *place })
            .collect()
    }

    /// pathLenConstraint (§6.1.4 (l), (m)): self-issued certificates are not counted.
    fn too_long(&self) -> Vec<PathFault> {
        let mut below: u32 = 0;
        let mut faults = Vec::new();
        for (place, certificate) in self.certificates.iter().skip(1) {
            let most = certificate.authority.and_then(|marked| marked.path_length);
            if most.is_some_and(|most| below > most) {
                faults.push(PathFault::PathTooLong { place: *place });
            }
            below += u32::from(!certificate.is_self_issued());
        }
        faults
    }

    fn refused_names(&self) -> Vec<PathFault> {
        let judged = self.judged_names().into_iter();
        let refused = judged.filter(|(_, _, answer)| *answer == Answer::Refused);
        let mut faults: Vec<PathFault> = Vec::new();
        for (place, name, _) in refused {
            let told = |fault: &PathFault| matches!(fault, PathFault::NameConstraint { place: at, .. } if *at == place);
            if !faults.iter().any(told) {
                let name = Untrusted::from(name);
                faults.push(PathFault::NameConstraint { place, name });
            }
        }
        faults
    }

    /// Every name that stands below constraints, with what they say (§6.1.3 (b), (c)). Beyond
    /// [`MOST_COMPARED`] the rest is not judged.
    fn judged_names(&self) -> Vec<(usize, String, Answer)> {
        let mut constraints: Vec<Constraints> = self
            .constraints
            .and_then(Constraints::read)
            .into_iter()
            .collect();
        let mut judged = Vec::new();
        let mut left = MOST_COMPARED;
        for (index, (place, certificate)) in self.certificates.iter().enumerate().rev() {
            // Self-issued certificates inside the path serve a change of keys (§6.1.3 (b)).
            if !constraints.is_empty() && (index == 0 || !certificate.is_self_issued()) {
                let cost: usize = constraints.iter().map(Constraints::len).sum();
                for name in names(certificate) {
                    let Some(rest) = left.checked_sub(cost) else {
                        judged.push((*place, name.text(), Answer::Unjudged));
                        return judged;
                    };
                    left = rest;
                    let answers = constraints.iter().map(|each| each.judge(&name));
                    let answer = answers.max().unwrap_or(Answer::Allowed);
                    judged.push((*place, name.text(), answer));
                }
            }
            let extension = certificate.parts.extension(NAME_CONSTRAINTS);
            constraints.extend(extension.and_then(|extension| {
                Constraints::read(Reader::new(&extension.value).take(SEQUENCE)?.body)
            }));
        }
        judged
    }
}

/// May its key sign certificates? Without keyUsage, and as an authority, it may.
pub(super) fn may_issue(certificate: &Certificate) -> bool {
    certificate.is_authority() && certificate.may(KeyUsage::Certify)
}

/// Its subject, its alternative names, and without those the addresses of mail in its subject.
fn names(certificate: &Certificate) -> Vec<GeneralName> {
    let subject = name::rdns(&certificate.parts.subject).filter(|subject| !subject.is_empty());
    let extension = certificate.parts.extension(SUBJECT_ALT_NAME);
    let alternative = extension.and_then(|extension| GeneralName::list(&extension.value));
    let mut names: Vec<GeneralName> = subject
        .iter()
        .cloned()
        .map(GeneralName::Directory)
        .collect();
    if let Some(list) = alternative {
        names.extend(list);
        return names;
    }
    let mails = subject.iter().flatten().flatten();
    let mails = mails.filter(|(kind, _)| kind == EMAIL_ADDRESS);
    names.extend(mails.filter_map(|(_, value)| Some(GeneralName::Email(value.text()?.to_owned()))));
    names
}

/// The first critical one that is not processed, and the first that is there twice: clients do not
/// go on behind it, and a peer can send thousands.
fn extensions(place: usize, certificate: &Certificate) -> Vec<PathFault> {
    let all = &certificate.parts.extensions;
    let named = |id: &str| {
        let known = NAMED.iter().find(|(number, _)| *number == id);
        known.map_or(id, |(_, name)| name).to_owned()
    };
    let unprocessed = all
        .iter()
        .find(|extension| extension.critical && !PROCESSED.contains(&extension.id.as_str()));
    let mut seen = BTreeSet::new();
    let repeated = all.iter().find(|extension| !seen.insert(&extension.id));
    let critical = unprocessed.map(|extension| PathFault::CriticalExtension {
        place,
        extension: named(&extension.id),
    });
    let twice = repeated.map(|extension| PathFault::RepeatedExtension {
        place,
        extension: named(&extension.id),
    });
    critical.into_iter().chain(twice).collect()
}
