//! Conformance to Mozilla's Server Side TLS, in both directions: what is offered and should not
//! be, and what should be offered and is not.

mod guidelines;

use super::posture::Posture;
use crate::model::TlsProfile;
use crate::wire::tls::{CipherSuite, Class, Group, Known, Version};
use crate::wire::x509::KeyKind;
use guidelines::{GUIDELINES, Guideline, HSTS_MIN_AGE};

/// The edition that is held against a target when none is named.
pub const LATEST: &str = "6.0";

/// One profile of one edition, held against a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conformance {
    /// The edition: `5.7`, `5.8` or `6.0`.
    pub version: &'static str,
    /// True without deviations; `None` when something it depends on could not be decided.
    pub conforms: Option<bool>,
    /// What differs.
    pub deviations: Vec<Deviation>,
    /// What was not looked at, so that a deviation there would not be seen.
    pub unseen: Vec<String>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deviation {
    /// Which way.
    pub kind: Direction,
    /// What, in a few words.
    pub what: String,
}

/// Which way something differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Offered, and should not be.
    Offered,
    /// Wanted, and not there.
    Missing,
}

/// Every edition's conformance, by profile, newest edition first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mozilla {
    /// TLS 1.3 only.
    pub modern: Vec<Conformance>,
    /// TLS 1.2 and 1.3.
    pub intermediate: Vec<Conformance>,
    /// TLS 1.0 to 1.3; there is none in 6.0.
    pub old: Vec<Conformance>,
}

impl Mozilla {
    /// Holds every profile of every edition against a server.
    #[must_use]
    pub fn of(posture: &Posture) -> Self {
        let all = |profile| {
            let wanted = GUIDELINES
                .iter()
                .filter(|guideline| guideline.profile == profile);
            wanted
                .map(|guideline| conformance(guideline, posture))
                .collect()
        };
        Self {
            modern: all(TlsProfile::Modern),
            intermediate: all(TlsProfile::Intermediate),
            old: all(TlsProfile::Old),
        }
    }

    /// The newest edition that has this profile.
    #[must_use]
    pub fn newest(&self, profile: TlsProfile) -> Option<&Conformance> {
        match profile {
            TlsProfile::Modern => self.modern.first(),
            TlsProfile::Intermediate => self.intermediate.first(),
            TlsProfile::Old => self.old.first(),
        }
    }
}

/// Deviations and what was not seen, as they are found.
#[derive(Default)]
struct Found {
    deviations: Vec<Deviation>,
    unseen: Vec<String>,
}

impl Found {
    fn offered(&mut self, what: impl Into<String>) {
        self.deviations.push(Deviation {
            kind: Direction::Offered,
            what: what.into(),
        });
    }

    fn missing(&mut self, what: impl Into<String>) {
        self.deviations.push(Deviation {
            kind: Direction::Missing,
            what: what.into(),
        });
    }

    fn unseen(&mut self, what: impl Into<String>) {
        self.unseen.push(what.into());
    }
}

fn conformance(guideline: &Guideline, posture: &Posture) -> Conformance {
    let mut found = Found::default();
    versions(guideline, posture, &mut found);
    suites(guideline, posture, &mut found);
    groups(guideline, posture, &mut found);
    certificate(guideline, posture, &mut found);
    service(guideline, posture, &mut found);
    found.deviations.sort();
    let decided = found.unseen.is_empty() && posture.inconclusive.is_empty();
    Conformance {
        version: guideline.version,
        // One deviation suffices for a no; a yes needs everything to have been seen.
        conforms: if found.deviations.is_empty() {
            decided.then_some(true)
        } else {
            Some(false)
        },
        deviations: found.deviations,
        unseen: found.unseen,
    }
}

fn versions(guideline: &Guideline, posture: &Posture, found: &mut Found) {
    for version in Version::ALL {
        let wanted = guideline.versions.contains(&version);
        match posture.versions.get(&version) {
            Some(Known::Accepted) if !wanted => found.offered(version.name()),
            Some(Known::Refused) if wanted => found.missing(version.name()),
            Some(Known::Accepted | Known::Refused) => {}
            Some(Known::Unsettled) | None => found.unseen(version.name()),
        }
    }
}

fn suites(guideline: &Guideline, posture: &Posture, found: &mut Found) {
    let allowed = |suite: CipherSuite| guideline.suites().any(|name| name == suite.name());
    let mut extra: Vec<&str> = posture
        .everywhere()
        .map(|(_, suite)| suite)
        .filter(|suite| !allowed(*suite))
        .map(CipherSuite::name)
        .collect();
    extra.sort_unstable();
    extra.dedup();
    for name in extra {
        found.offered(name);
    }
    if !posture.all_suites {
        found.unseen(if posture.all_asked {
            "the whole list of suites"
        } else {
            "the whole list of suites (--ciphers)"
        });
        return;
    }
    let offered = |name: &str| posture.everywhere().any(|(_, suite)| suite.name() == name);
    for name in guideline.suites().filter(|name| usable(name, posture)) {
        if !offered(name) {
            found.missing(name);
        }
    }
}

/// Suites of a version that is refused, or for a key the server does not have, are not missing.
fn usable(name: &str, posture: &Posture) -> bool {
    let Some(suite) = CipherSuite::by_name(name) else {
        return false;
    };
    let spoken = posture.accepted().any(|version| suite.usable_at(version));
    let rsa = posture
        .leaf
        .as_ref()
        .is_some_and(|leaf| leaf.key.kind == KeyKind::Rsa);
    spoken && (suite.is_tls13() || name.contains("_ECDSA_") != rsa)
}

fn groups(guideline: &Guideline, posture: &Posture, found: &mut Found) {
    for group in &posture.groups {
        let name = group.name();
        if !guideline
            .groups
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(&name))
        {
            found.offered(format!("group {name}"));
        }
    }
    for wanted in guideline.groups {
        let taken = |group: &Group| group.name().eq_ignore_ascii_case(wanted);
        let hybrid = *wanted == "X25519MLKEM768";
        if posture.groups.iter().any(taken) {
            continue;
        }
        if posture.all_groups || (hybrid && posture.no_hybrid) {
            found.missing(format!("group {wanted}"));
        } else {
            let how = if posture.all_asked {
                ""
            } else {
                " (--ciphers)"
            };
            found.unseen(format!("group {wanted}{how}"));
        }
    }
}

fn certificate(guideline: &Guideline, posture: &Posture, found: &mut Found) {
    let Some(leaf) = &posture.leaf else {
        found.unseen("the certificate");
        return;
    };
    let curve_allowed = leaf
        .key
        .curve
        .as_deref()
        .is_some_and(|curve| matches!(curve, "prime256v1" | "secp384r1"));
    let key_allowed = match leaf.key.kind {
        KeyKind::Ec => guideline.ecdsa && curve_allowed,
        KeyKind::Rsa => guideline.rsa_bits.is_some_and(|bits| leaf.key.bits >= bits),
        KeyKind::RsaPss
        | KeyKind::Ed25519
        | KeyKind::Ed448
        | KeyKind::Dsa
        | KeyKind::MlDsa
        | KeyKind::Other(_) => false,
    };
    if !key_allowed {
        found.offered(format!("a certificate with a key of {}", leaf.key));
    }
    if !guideline.signatures.contains(&leaf.signature.as_str()) {
        found.offered(format!("a certificate signed with {}", leaf.signature));
    }
    if leaf.days > guideline.longest_days {
        found.offered(format!(
            "a certificate for {} days, more than {}",
            leaf.days, guideline.longest_days
        ));
    }
    // Without a responder there is nothing to staple.
    if leaf.has_responder && !posture.staple {
        found.missing("a stapled OCSP response");
    }
}

fn service(guideline: &Guideline, posture: &Posture, found: &mut Found) {
    match posture.hsts {
        Some(hsts) if hsts.max_age.0 < HSTS_MIN_AGE => {
            found.missing(format!("HSTS for {HSTS_MIN_AGE} s"));
        }
        Some(_) => {}
        None => found.unseen("HSTS"),
    }
    if guideline.server_order {
        match posture.server_order {
            Some(true) => {}
            Some(false) => found.missing("an order of the server's own"),
            None => found.unseen("the server's order (--ciphers)"),
        }
    }
    let dhe = posture.with(Class::Dhe).is_some();
    match (guideline.dh_bits, posture.dh_bits) {
        (Some(least), Some(bits)) if dhe && bits < least => {
            found.offered(format!(
                "Diffie-Hellman with {bits} bits, fewer than {least}"
            ));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Conformance, Mozilla};
    use crate::facts::rating::ssl_labs::tests::{accept, healthy};
    use crate::facts::rating::{Hsts, Posture};
    use crate::model::Seconds;
    use crate::wire::tls::{Group, Version};
    use crate::wire::x509::{Key, KeyKind};

    type Change = fn(&mut Posture);

    /// Everything 6.0 intermediate asks of a server with an RSA certificate.
    fn model() -> Posture {
        let mut posture = healthy();
        posture.groups = vec![
            Group::X25519MLKEM768,
            Group::X25519,
            Group::SECP256R1,
            Group::SECP384R1,
        ];
        accept(
            &mut posture,
            Version::Tls12,
            &["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"],
        );
        accept(
            &mut posture,
            Version::Tls13,
            &["TLS_CHACHA20_POLY1305_SHA256"],
        );
        posture.hsts = Some(Hsts {
            max_age: Seconds(63_072_000),
            include_subdomains: false,
        });
        posture
    }

    fn words(list: &[Conformance], version: &str) -> String {
        let edition = list
            .iter()
            .find(|edition| edition.version == version)
            .expect("an edition");
        let what: Vec<String> = edition
            .deviations
            .iter()
            .map(|one| format!("{:?} {}", one.kind, one.what))
            .collect();
        let verdict = edition
            .conforms
            .map_or("undecided", |yes| if yes { "yes" } else { "no" });
        format!("{verdict} {}", what.join(", ")).trim().to_owned()
    }

    #[test]
    fn the_model_server_conforms_to_the_newest_edition() {
        let mozilla = Mozilla::of(&model());
        assert_eq!(words(&mozilla.intermediate, "6.0"), "yes");
        assert_eq!(words(&mozilla.intermediate, "5.8"), "yes");
        let before = words(&mozilla.intermediate, "5.7");
        assert!(
            before.starts_with("no Offered group X25519MLKEM768, Missing TLS_DHE_RSA"),
            "{before}"
        );
        let modern = words(&mozilla.modern, "6.0");
        assert!(
            modern.starts_with("no Offered TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
            "{modern}"
        );
        assert!(
            modern.contains("Offered TLSv1.2") && modern.contains("a key of RSA 2048"),
            "{modern}"
        );
        assert_eq!(
            mozilla
                .old
                .iter()
                .map(|edition| edition.version)
                .collect::<Vec<_>>(),
            ["5.8", "5.7"]
        );
    }

    #[test]
    fn both_directions_are_listed() {
        #[rustfmt::skip]
        let cases: [(Change, &str); 8] = [
            (|p| accept(p, Version::Tls12, &["TLS_RSA_WITH_AES_128_CBC_SHA"]), "no Offered TLS_RSA_WITH_AES_128_CBC_SHA"),
            (|p| { p.groups.remove(0); },                                     "no Missing group X25519MLKEM768"),
            (|p| p.groups.push(Group::SECP521R1),                             "no Offered group secp521r1"),
            (|p| p.hsts = None,                                               "undecided"),
            (|p| p.hsts = Some(Hsts::default()),                              "no Missing HSTS for 63072000 s"),
            (|p| p.all_suites = false,                                        "undecided"),
            (|p| if let Some(leaf) = &mut p.leaf { leaf.days = 367; },        "no Offered a certificate for 367 days, more than 366"),
            (|p| if let Some(leaf) = &mut p.leaf { leaf.has_responder = true; }, "no Missing a stapled OCSP response"),
        ];
        for (change, expected) in cases {
            let mut posture = model();
            change(&mut posture);
            assert_eq!(words(&Mozilla::of(&posture).intermediate, "6.0"), expected);
        }
    }

    #[test]
    fn modern_takes_an_ecdsa_server_of_tls_13_alone() {
        let mut posture = model();
        posture.suites.remove(&Version::Tls12);
        posture
            .versions
            .insert(Version::Tls12, crate::wire::tls::Known::Refused);
        if let Some(leaf) = &mut posture.leaf {
            leaf.key = Key {
                kind: KeyKind::Ec,
                bits: 256,
                curve: Some("prime256v1".to_owned()),
                exponent: None,
            };
            leaf.signature = "ecdsa-with-SHA256".to_owned();
        }
        assert_eq!(words(&Mozilla::of(&posture).modern, "6.0"), "yes");
    }
}
