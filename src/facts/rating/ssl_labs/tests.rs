//! The table: a healthy server, what is changed about it, the letter and the score.

use crate::facts::rating::ssl_labs::{Letter, SslLabs};
use crate::facts::rating::{Hsts, Leaf, Path, Posture};
use crate::model::Seconds;
use crate::wire::tls::{CipherSuite, Group, Known, Version};
use crate::wire::x509::{Hash, Key, KeyKind};

use Version::{Ssl2, Ssl3, Tls10, Tls11, Tls12, Tls13};

type Change = fn(&mut Posture);

/// RSA 2048, TLS 1.2 and 1.3, AES-GCM of both sizes, HSTS for a year.
pub(in crate::facts::rating) fn healthy() -> Posture {
    let mut posture = Posture {
        groups: vec![Group::X25519, Group::SECP256R1],
        all_groups: true,
        all_suites: true,
        secure_renegotiation: Some(true),
        fallback_scsv: Some(true),
        leaf: Some(leaf()),
        hsts: Some(Hsts {
            max_age: Seconds(31_536_000),
            include_subdomains: true,
        }),
        ..Posture::default()
    };
    for version in Version::ALL {
        posture.versions.insert(version, Known::Refused);
    }
    accept(
        &mut posture,
        Tls12,
        &[
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        ],
    );
    accept(
        &mut posture,
        Tls13,
        &["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"],
    );
    posture
}

fn leaf() -> Leaf {
    Leaf {
        names_host: true,
        in_time: true,
        path: Path::Trusted,
        revoked: false,
        has_responder: false,
        key: rsa(2048),
        signature: "sha256WithRSAEncryption".to_owned(),
        hash: Hash::Strong,
        hash_above: Hash::Strong,
        days: 90,
    }
}

fn rsa(bits: u32) -> Key {
    Key {
        kind: KeyKind::Rsa,
        bits,
        curve: None,
        exponent: Some(65537),
    }
}

/// `version` with these suites added.
pub(in crate::facts::rating) fn accept(posture: &mut Posture, version: Version, suites: &[&str]) {
    posture.versions.insert(version, Known::Accepted);
    let list = posture.suites.entry(version).or_default();
    list.extend(
        suites
            .iter()
            .map(|name| CipherSuite::by_name(name).expect("a suite")),
    );
}

/// Only these.
fn only(posture: &mut Posture, version: Version, suites: &[&str]) {
    posture.suites.clear();
    for answer in posture.versions.values_mut() {
        *answer = Known::Refused;
    }
    accept(posture, version, suites);
}

fn change(posture: &mut Posture, change: impl FnOnce(&mut Leaf)) {
    change(posture.leaf.as_mut().expect("a leaf"));
}

const RC4: &str = "TLS_RSA_WITH_RC4_128_SHA";
const DES3: &str = "TLS_RSA_WITH_3DES_EDE_CBC_SHA";
const CBC: &str = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA";

/// What is changed, how, the letter, the score.
#[rustfmt::skip]
const CASES: &[(&str, Change, &str, u8)] = &[
    ("nothing",              |_| {},                                                             "A+", 93),
    ("RSA 4096",             |p| change(p, |leaf| leaf.key = rsa(4096)),                         "A+", 93), // P-256 is 3072
    ("AES-256, P-384, 4096", |p| {
        change(p, |leaf| leaf.key = rsa(4096));
        p.groups = vec![Group::SECP384R1];
        only(p, Tls13, &["TLS_AES_256_GCM_SHA384"]);
    },                                                                                           "A+", 100),
    ("no HSTS",              |p| p.hsts = Some(Hsts::default()),                                 "A",  93),
    ("no SCSV, 1.3 only",    |p| { only(p, Tls13, &["TLS_AES_128_GCM_SHA256"]); p.fallback_scsv = None; }, "A", 89),
    ("HSTS 180 d",           |p| p.hsts = Some(Hsts { max_age: Seconds(15_552_000), include_subdomains: false }), "A+", 93),
    ("HSTS 180 d less 1 s",  |p| p.hsts = Some(Hsts { max_age: Seconds(15_551_999), include_subdomains: false }), "A", 93),
    ("no SCSV",              |p| p.fallback_scsv = Some(false),                                  "A",  93),
    ("SHA-1 intermediate",   |p| change(p, |leaf| leaf.hash_above = Hash::Sha1),                 "A",  93),
    ("no TLS 1.3",           |p| only(p, Tls12, &["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),      "A-", 89),
    ("TLS 1.1",              |p| accept(p, Tls11, &[CBC]),                                       "B",  92),
    ("TLS 1.0",              |p| accept(p, Tls10, &[CBC]),                                       "B",  91),
    ("SSLv3",                |p| accept(p, Ssl3, &[CBC]),                                        "C",  90),
    ("SSLv3, RC4 only",      |p| accept(p, Ssl3, &[RC4]),                                        "B",  90),
    ("SSLv3 best",           |p| only(p, Ssl3, &[CBC]),                                          "F",  83),
    ("SSLv2",                |p| accept(p, Ssl2, &[]),                                           "F",  78),
    ("TLS 1.0 only",         |p| only(p, Tls10, &[CBC]),                                         "C",  86),
    ("key 1024",             |p| change(p, |leaf| leaf.key = rsa(1024)),                         "B",  90),
    ("key 1023",             |p| change(p, |leaf| leaf.key = rsa(1023)),                         "F",  78),
    ("DH 1024",              |p| p.dh_bits = Some(1024),                                         "B",  90),
    ("DH 768",               |p| p.dh_bits = Some(768),                                          "F",  78),
    ("DH 2048",              |p| p.dh_bits = Some(2048),                                         "A+", 93),
    ("RC4 at 1.0",           |p| accept(p, Tls10, &[RC4]),                                       "B",  91),
    ("RC4 at 1.2",           |p| accept(p, Tls12, &[RC4]),                                       "C",  93),
    ("RC4 only",             |p| only(p, Tls12, &[RC4]),                                         "F",  89),
    ("3DES kept last",       |p| accept(p, Tls12, &[DES3]),                                      "A+", 81),
    ("3DES chosen",          |p| {
        accept(p, Tls12, &[DES3]);
        p.chosen.insert(Tls12, CipherSuite::by_name(DES3).expect("a suite"));
    },                                                                                           "C",  81),
    ("3DES only",            |p| only(p, Tls12, &[DES3]),                                        "C",  65),
    ("CBC only",             |p| only(p, Tls12, &[CBC]),                                         "B",  89),
    ("static RSA only",      |p| only(p, Tls12, &["TLS_RSA_WITH_AES_128_GCM_SHA256"]),           "B",  89),
    ("compression",          |p| p.compression = true,                                           "C",  93),
    ("NULL",                 |p| accept(p, Tls12, &["TLS_RSA_WITH_NULL_SHA256"]),                "F",  77),
    ("anonymous",            |p| accept(p, Tls12, &["TLS_DH_anon_WITH_AES_128_CBC_SHA"]),        "F",  0),
    ("export",               |p| accept(p, Tls10, &["TLS_RSA_EXPORT_WITH_RC4_40_MD5"]),          "F",  64),
    ("MD5",                  |p| change(p, |leaf| leaf.hash = Hash::Md5),                        "F",  93),
    ("exponent 1",           |p| change(p, |leaf| leaf.key.exponent = Some(1)),                  "F",  93),
    ("SHA-1 leaf",           |p| change(p, |leaf| leaf.hash = Hash::Sha1),                       "T",  93),
    ("expired",              |p| change(p, |leaf| leaf.in_time = false),                         "T",  93),
    ("untrusted",            |p| change(p, |leaf| leaf.path = Path::Untrusted),                         "T",  93),
    ("revoked",              |p| change(p, |leaf| leaf.revoked = true),                          "T",  93),
    ("another name",         |p| change(p, |leaf| leaf.names_host = false),                      "M",  93),
    ("untrusted, other name", |p| change(p, |leaf| { leaf.path = Path::Untrusted; leaf.names_host = false; }), "T", 93),
    ("anonymous only",       |p| { only(p, Tls12, &["TLS_DH_anon_WITH_AES_128_CBC_SHA"]); p.leaf = None; }, "F", 0),
];

#[test]
fn every_posture_gets_the_letter_of_the_guide() {
    for (what, change, letter, score) in CASES {
        let mut posture = healthy();
        change(&mut posture);
        let rating = SslLabs::of(&posture);
        let seen = (rating.grade.map(Letter::name), rating.score);
        assert_eq!(
            seen,
            (Some(*letter), Some(*score)),
            "{what}: {:?}",
            rating.caps
        );
    }
}

/// Another certificate beside the first one, with a key of another kind.
fn beside(posture: &mut Posture, change: impl FnOnce(&mut Leaf)) {
    let mut other = leaf();
    other.key = rsa(3072);
    change(&mut other);
    posture.other_leaves.push(other);
}

type OpenRow = (
    &'static str,
    Change,
    Option<&'static str>,
    &'static [(&'static str, &'static str)],
);

/// What is changed, how, the letter if there is one, the limit and the question that are open.
#[rustfmt::skip]
const OPEN: &[OpenRow] = &[
    ("SSLv2 timed out",    |p| p.inconclusive.push("whether SSLv2 is spoken".to_owned()), None, &[("F", "whether SSLv2 is spoken")]),
    ("an issuer is missing", |p| change(p, |leaf| leaf.path = Path::Unfinished), None,
                           &[("T", "whether the issuer that was not sent leads to a trust anchor")]),
    ("signed with Ed448",  |p| change(p, |leaf| leaf.path = Path::Open),         None,
                           &[("T", "whether the chain leads to a trust anchor")]),
    ("SCSV not tried",     |p| p.fallback_scsv = None,                           None,      &[("A", "whether TLS_FALLBACK_SCSV is honoured")]),
    ("HSTS not seen",      |p| p.hsts = None,                                    None,      &[("A", "whether HSTS is set, since no answer over HTTPS was seen")]),
    ("no RFC 5746",        |p| p.secure_renegotiation = Some(false),             None,
                           &[("F", "whether renegotiation is carried out in the insecure way, which is not tried")]),
    ("second expired",     |p| beside(p, |leaf| leaf.in_time = false),           None,
                           &[("T", "whether the certificate with the key RSA 3072 counts: a certificate of the chain is outside its dates")]),
    ("second is alike",    |p| beside(p, |_| {}),                                Some("A+"), &[]),
    // What is open and would change nothing withholds nothing.
    ("no HSTS, no SCSV seen", |p| { p.hsts = Some(Hsts::default()); p.fallback_scsv = None; }, Some("A"), &[("A", "whether TLS_FALLBACK_SCSV is honoured")]),
    ("TLS 1.1, HSTS not seen", |p| { accept(p, Tls11, &[CBC]); p.hsts = None; }, Some("B"), &[("A", "whether HSTS is set, since no answer over HTTPS was seen")]),
    ("both expired",       |p| { change(p, |leaf| leaf.in_time = false); beside(p, |leaf| leaf.in_time = false); }, Some("T"), &[]),
    ("expired, SSLv2 timed out", |p| { change(p, |leaf| leaf.in_time = false); p.inconclusive.push("whether SSLv2 is spoken".to_owned()); },
                           Some("T"), &[("F", "whether SSLv2 is spoken")]),
];

#[test]
fn a_letter_is_withheld_where_an_open_question_would_change_it() {
    for (what, change, letter, open) in OPEN {
        let mut posture = healthy();
        change(&mut posture);
        let rating = SslLabs::of(&posture);
        assert_eq!(rating.grade.map(Letter::name), *letter, "{what}");
        let seen: Vec<_> = rating
            .open
            .iter()
            .map(|open| (open.limit.name(), open.question.as_str()))
            .collect();
        assert_eq!(seen, *open, "{what}");
    }
    assert_eq!(SslLabs::of(&Posture::default()).grade, None);
}

#[test]
fn letters_are_ordered_by_how_bad_they_are() {
    let letters = [
        Letter::T,
        Letter::M,
        Letter::F,
        Letter::E,
        Letter::D,
        Letter::C,
        Letter::B,
        Letter::AMinus,
        Letter::A,
        Letter::APlus,
    ];
    assert!(letters.is_sorted());
    let scores =
        [0, 19, 20, 34, 35, 49, 50, 64, 65, 79, 80, 100].map(|score| Letter::of(score).name());
    assert_eq!(
        scores,
        ["F", "F", "E", "E", "D", "D", "C", "C", "B", "B", "A", "A"]
    );
}
