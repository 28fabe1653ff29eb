//! The rules that limit an SSL Labs letter, newest revision's number beside each.

use super::letter::{Cap, Letter};
use crate::facts::rating::posture::{Leaf, Path, Posture};
use crate::wire::tls::{CipherSuite, Class, Version};
use crate::wire::x509::Hash;

use Letter::{A, AMinus, B, C, F, M, T};

/// 180 days, below which HSTS does not count.
const HSTS_DAYS: u64 = 180;
const DAY: u64 = 86_400;

/// Every limit that applies, in the order of the guide: certificate, F, C, B, A-, A.
pub(super) fn all(posture: &Posture) -> Vec<Cap> {
    let mut caps = Vec::new();
    if let Some(leaf) = &posture.leaf {
        caps.extend(of_leaf(leaf));
    }
    protocol(posture, &mut caps);
    suites(posture, &mut caps);
    exchange(posture, &mut caps);
    modern_clients(posture, &mut caps);
    bonus(posture, &mut caps);
    caps
}

/// The limits that a certificate sets.
pub(super) fn of_leaf(leaf: &Leaf) -> Vec<Cap> {
    let mut caps = Vec::new();
    trust(leaf, &mut caps);
    key(leaf, &mut caps);
    caps
}

fn cap(caps: &mut Vec<Cap>, limit: Letter, rule: &'static str, because: impl Into<String>) {
    caps.push(Cap {
        limit,
        rule,
        because: because.into(),
    });
}

fn trust(leaf: &Leaf, caps: &mut Vec<Cap>) {
    if !leaf.in_time {
        cap(
            caps,
            T,
            "certificate",
            "a certificate of the chain is outside its dates",
        );
    }
    match leaf.path {
        Path::Untrusted => cap(caps, T, "certificate", "the chain leads to no trust anchor"),
        // At best, an intermediate is missing.
        Path::Unfinished => cap(caps, B, "2009i", "the chain is incomplete"),
        Path::Trusted | Path::Open => {}
    }
    if leaf.revoked {
        cap(caps, T, "certificate", "the stapled response says: revoked");
    }
    if leaf.hash == Hash::Sha1 {
        cap(
            caps,
            T,
            "2009o",
            format!("the certificate is signed with {}", leaf.signature),
        );
    }
    if !leaf.names_host {
        cap(
            caps,
            M,
            "certificate",
            "the certificate does not name the host",
        );
    }
}

fn key(leaf: &Leaf, caps: &mut Vec<Cap>) {
    let weakest = leaf.hash.min(leaf.hash_above);
    if weakest < Hash::Sha1 {
        cap(
            caps,
            F,
            "2009e",
            "a certificate is signed with MD5 or older",
        );
    } else if leaf.hash_above == Hash::Sha1 {
        cap(
            caps,
            A,
            "2009f",
            "a certificate above the server's is signed with SHA-1",
        );
    }
    match leaf.key.rsa_equivalent() {
        Some(0..1024) => cap(caps, F, "2009e", format!("the key is {}", leaf.key)),
        Some(1024..2048) => cap(caps, B, "2009e", format!("the key is {}", leaf.key)),
        Some(_) | None => {}
    }
    if leaf.key.exponent == Some(1) {
        cap(caps, F, "2009l", "the RSA exponent is 1");
    }
}

fn protocol(posture: &Posture, caps: &mut Vec<Cap>) {
    let best = posture.accepted().last();
    if posture.accepts(Version::Ssl2) {
        cap(caps, F, "2009c, 2009l", "SSLv2 is accepted (DROWN)");
    }
    if posture.accepts(Version::Ssl3) {
        if best == Some(Version::Ssl3) {
            cap(caps, F, "2009i", "SSLv3 is the best version accepted");
        }
        if posture.at(Version::Ssl3).any(|suite| suite.is(Class::Cbc)) {
            cap(
                caps,
                C,
                "2009g",
                "SSLv3 is accepted with CBC suites (POODLE)",
            );
        }
        cap(caps, B, "2009h", "SSLv3 is accepted");
    }
    if best.is_some_and(|best| best < Version::Tls12) {
        cap(caps, C, "2009j", "nothing newer than TLS 1.1 is accepted");
    }
    for version in [Version::Tls10, Version::Tls11] {
        if posture.accepts(version) {
            cap(caps, B, "2009q", format!("{version} is accepted"));
        }
    }
    if best.is_some() && !posture.accepts(Version::Tls13) {
        cap(caps, AMinus, "2009r", "TLS 1.3 is not accepted");
    }
    if posture.compression {
        cap(caps, C, "2009j", "TLS compression is used (CRIME)");
    }
}

fn suites(posture: &Posture, caps: &mut Vec<Cap>) {
    for (class, what) in [
        (Class::Null, "without encryption"),
        (Class::Anonymous, "without authentication"),
        (Class::Export, "weakened for export"),
    ] {
        if let Some((version, suite)) = posture.with(class) {
            cap(
                caps,
                F,
                "insecure suites",
                format!("a suite {what}: {} at {version}", suite.name()),
            );
        }
    }
    rc4(posture, caps);
    if let Some((version, suite)) = small_block_chosen(posture) {
        cap(
            caps,
            C,
            "2009o",
            format!(
                "a 64-bit block cipher is negotiated: {} at {version}",
                suite.name()
            ),
        );
    }
}

fn rc4(posture: &Posture, caps: &mut Vec<Cap>) {
    let Some((version, suite)) = posture.with(Class::Rc4) else {
        return;
    };
    let seen = format!("{} at {version}", suite.name());
    if posture.everywhere().all(|(_, suite)| suite.is(Class::Rc4)) {
        cap(caps, F, "2009k", format!("every suite is RC4: {seen}"));
    }
    if version >= Version::Tls11 {
        cap(
            caps,
            C,
            "2009j",
            format!("RC4 with TLS 1.1 or newer: {seen}"),
        );
    }
    cap(caps, B, "2009i", format!("RC4 is accepted: {seen}"));
}

/// With TLS 1.1 or newer, where better was on offer or nothing else was there: one that is kept
/// for last is not punished (2009o).
fn small_block_chosen(posture: &Posture) -> Option<(Version, CipherSuite)> {
    let newer = posture
        .suites
        .keys()
        .copied()
        .filter(|version| *version >= Version::Tls11);
    newer
        .filter_map(|version| Some((version, chosen(posture, version)?)))
        .find(|(_, suite)| suite.is(Class::SmallBlock))
}

/// What a client that offers everything ends up with; the only suite, where there is one.
fn chosen(posture: &Posture, version: Version) -> Option<CipherSuite> {
    let only = || {
        posture
            .at(version)
            .next()
            .filter(|_| posture.at(version).count() == 1)
    };
    posture.chosen.get(&version).copied().or_else(only)
}

fn exchange(posture: &Posture, caps: &mut Vec<Cap>) {
    match posture.dh_bits {
        Some(bits @ 0..1024) => cap(caps, F, "2009e", format!("Diffie-Hellman with {bits} bits")),
        Some(bits @ 1024..2048) => cap(
            caps,
            B,
            "2009j",
            format!("Diffie-Hellman with {bits} bits (Logjam)"),
        ),
        Some(_) | None => {}
    }
    if posture.secure_renegotiation == Some(false) {
        let because = "secure renegotiation (RFC 5746) is missing";
        cap(caps, AMinus, "2009c", because);
    }
}

/// Modern clients offer ephemeral curves with authenticated encryption first, and CBC and static
/// RSA last. TLS 1.3 has nothing but the former.
fn modern_clients(posture: &Posture, caps: &mut Vec<Cap>) {
    if posture.accepts(Version::Tls13) || posture.suites.is_empty() {
        return;
    }
    let Some(best) = posture.accepted().last() else {
        return;
    };
    let used = |good: fn(CipherSuite) -> bool| match posture.chosen.get(&best) {
        Some(suite) => good(*suite),
        None => posture.at(best).any(good),
    };
    if !used(CipherSuite::forward_secret) {
        cap(caps, B, "2009p", "no forward secrecy with modern clients");
    }
    if !used(CipherSuite::aead) {
        cap(
            caps,
            B,
            "2009p",
            "no authenticated encryption with modern clients",
        );
    }
}

/// What stands between A and A+.
fn bonus(posture: &Posture, caps: &mut Vec<Cap>) {
    match posture.hsts {
        Some(hsts) if hsts.max_age.0 == 0 => cap(caps, A, "2009c", "no HSTS"),
        Some(hsts) if hsts.max_age.0 < HSTS_DAYS * DAY => {
            cap(
                caps,
                A,
                "2009c",
                format!("HSTS for {} only, below {HSTS_DAYS} days", hsts.max_age),
            );
        }
        Some(_) | None => {}
    }
    if posture.fallback_scsv == Some(false) {
        cap(caps, A, "2009h", "TLS_FALLBACK_SCSV is not honoured");
    }
    // Nothing honours the signal where there is no version to fall back from.
    if posture.fallback_scsv.is_none() && posture.has_one_version() {
        let because = "TLS_FALLBACK_SCSV means nothing with one version, and is asked for";
        cap(caps, A, "2009h", because);
    }
}
