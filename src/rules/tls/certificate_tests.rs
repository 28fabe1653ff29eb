//! What is presented, and which rules object.

use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose, SanType,
};

use crate::evidence::{Evidence, Further, Handshake, Observation, Purpose, WireBytes};
use crate::facts::State;
use crate::facts::tls::fixtures::{HOST, evidence};
use crate::facts::tls::{TlsFacts, read};
use crate::rules::{Check, Verdict};
use crate::wire::x509::fixtures::{Authority, der, self_signed, valid, valid_hours};

fn facts(evidence: &Evidence) -> TlsFacts {
    match read(evidence) {
        State::Known(facts) => facts,
        State::Unseen(_) | State::NotConfigured(_) => panic!("TLS was seen"),
    }
}

/// The rules about certificates that object, by slug, in the order of the catalogue.
fn objections(facts: &TlsFacts) -> Vec<&'static str> {
    let about_certificates = [
        super::certificate::RULES,
        super::key_usage::RULES,
        super::dates::RULES,
        super::trust::RULES,
        super::chain::RULES,
        super::staple::RULES,
        super::issuance::RULES,
    ];
    about_certificates
        .into_iter()
        .flatten()
        .filter(|rule| {
            let Check::Tls(check) = rule.check else {
                panic!("{} is not about TLS", rule.id);
            };
            check(facts).word() == "fail"
        })
        .map(|rule| rule.id.as_str().trim_start_matches("tls/"))
        .collect()
}

/// What was sent, the rules that object, the names of the faults.
type Row<'a> = (Vec<&'a Vec<u8>>, &'a [&'a str], &'a [&'a str]);

/// TLS feature: status_request (RFC 7633 §6).
fn must_staple(params: &mut CertificateParams) {
    let oid = &[1, 3, 6, 1, 5, 5, 7, 1, 24];
    let extension = CustomExtension::from_oid_content(oid, vec![0x30, 3, 2, 1, 5]);
    params.custom_extensions.push(extension);
}

#[test]
fn each_fault_is_one_finding_and_has_one_name() {
    let root = Authority::root("Root");
    let middle = root.authority("Middle");
    let with = |change: fn(&mut CertificateParams)| middle.server_with(HOST, change);
    let leaf = with(|params| valid(params, -1, 90));
    let other = middle.server("other.example");
    let (alone, alone_ca) = (self_signed(HOST, false), self_signed(HOST, true));
    let (m, r) = (&middle.der, &root.der);
    #[rustfmt::skip]
    let cases: Vec<Row<'_>> = vec![
        (vec![&leaf, m],                                    &[],                                        &[]),
        (vec![&leaf, m, r],                                 &["chain-root-sent"],                       &["root-sent"]),
        (vec![&leaf, m, m],                                 &["chain-duplicate"],                       &["duplicate"]),
        (vec![&leaf],                                       &["chain-incomplete"],                      &["missing-intermediate"]),
        (vec![&other, m],                                   &["certificate-name-mismatch"],             &["name-mismatch"]),
        (vec![&alone],                                      &["self-signed"],                           &["self-signed"]),
        (vec![&alone_ca],                                   &["certificate-is-authority", "self-signed"], &["self-signed", "authority-as-leaf"]),
    ];
    for (chain, rules, names) in cases {
        let facts = facts(&evidence(&chain, Vec::new(), &[r]));
        assert_eq!(objections(&facts), rules, "{} sent", chain.len());
        assert_eq!(
            facts.certificate.expect("one").faults,
            names,
            "{} sent",
            chain.len()
        );
    }
}

#[test]
fn what_is_left_of_a_life_is_measured_by_its_length() {
    let root = Authority::root("Root");
    #[rustfmt::skip]
    let cases: &[(i64, i64, &[&str])] = &[
        (-30,  60, &[]),                            // two thirds left
        (-61,  29, &["certificate-renewal-due"]),   // 32 %
        (-82,   8, &["certificate-expires-soon"]),  // 9 %
        ( -3,   3, &[]),                            // six days: half left
        ( -5,   1, &["certificate-renewal-due"]),   // 17 %, a day and more than a tenth
        (-365, 30, &["certificate-expires-soon"]),  // 8 %
        (-90,  -1, &["certificate-expired"]),
        (  1,  90, &["certificate-not-yet-valid"]),
    ];
    for (first, last, expected) in cases {
        let leaf = root.server_with(HOST, |params| valid(params, *first, *last));
        let facts = facts(&evidence(&[&leaf], Vec::new(), &[&root.der]));
        assert_eq!(objections(&facts), *expected, "{first} to {last}");
    }
}

#[test]
fn lives_of_hours_are_judged_by_their_length_and_told_in_hours() {
    let root = Authority::root("Root");
    #[rustfmt::skip]
    let cases: &[(i64, i64, &[&str], &str)] = &[
        ( -1, 11, &[],                           "11 of 12 hours"), // Caddy's own authority
        ( -7,  5, &[],                           "5 of 12 hours"),
        ( -9,  3, &["certificate-renewal-due"],  "3 of 12 hours"),
        (-11,  1, &["certificate-expires-soon"], "1 of 12 hours"),
        ( -8, 16, &[],                           "16 of 24 hours"), // step-ca
        (-18,  6, &["certificate-renewal-due"],  "6 of 24 hours"),
        (-40, 32, &[],                           "32 of 72 hours"),
        (-49, 23, &["certificate-renewal-due"],  "23 of 72 hours"),
        (-96, 48, &[],                           "2 of 7 days"),
        (-124, 20, &["certificate-expires-soon"], "0 of 7 days"),
    ];
    for (first, last, expected, told) in cases {
        let leaf = root.server_with(HOST, |params| valid_hours(params, *first, *last));
        let facts = facts(&evidence(&[&leaf], Vec::new(), &[&root.der]));
        assert_eq!(objections(&facts), *expected, "{first} to {last}");
        let certificate = facts.certificate.expect("one");
        let (left, life, unit) = certificate.left_of_life().expect("a life");
        assert_eq!(
            format!("{left} of {life} {unit}"),
            *told,
            "{first} to {last}"
        );
    }
}

#[test]
fn a_name_that_does_not_match_is_explained() {
    let root = Authority::root("Root");
    // Alternative names, common name, the words.
    #[rustfmt::skip]
    let cases: &[(&[&str], &str, &str)] = &[
        (&["other.example"],     "x",  "it is for other.example, not for www.example"),
        (&["*.example"],         "x",  "it is for *.example, not for www.example, and clients want two labels behind the `*`"),
        (&["w*.example"],        "x",  "it is for w*.example, not for www.example, and a `*` has to be the whole first label"),
        (&["*.www.example"],     "x",  "it is for *.www.example, not for www.example, and `*` stands for one label, not for none"),
        (&["other.example"],     HOST, "it is for other.example, not for www.example, and the common name, which is the host, counts for nothing"),
        (&[],                    HOST, "it has no alternative names, and the common name, which is the host, counts for nothing; wanted www.example"),
        (&[],                    "x",  "it has no alternative names, so it is for nobody; wanted www.example"),
    ];
    for (names, common, words) in cases {
        let leaf = root.server_with(HOST, |params| {
            let dns = |name: &&str| SanType::DnsName((*name).try_into().expect("a name"));
            params.subject_alt_names = names.iter().map(dns).collect();
            params.distinguished_name = DistinguishedName::new();
            params.distinguished_name.push(DnType::CommonName, *common);
        });
        let facts = facts(&evidence(&[&leaf], Vec::new(), &[&root.der]));
        let Some(Check::Tls(check)) = super::certificate::RULES.first().map(|rule| rule.check)
        else {
            panic!("a rule about TLS");
        };
        let Verdict::Fail(observed) = check(&facts) else {
            panic!("{names:?} does not name the host");
        };
        let said: Vec<_> = observed.iter().map(|one| one.said.raw()).collect();
        assert_eq!(said, [*words]);
    }
}

#[test]
fn days_asked_for_replace_the_share() {
    let root = Authority::root("Root");
    let leaf = root.server_with(HOST, |params| valid(params, -82, 8));
    for (days, expected) in [(8, &[][..]), (9, &["certificate-expires-soon"])] {
        let mut evidence = evidence(&[&leaf], Vec::new(), &[&root.der]);
        evidence.target.tls.days_left = Some(days);
        assert_eq!(objections(&facts(&evidence)), expected, "{days} days");
    }
}

#[test]
fn an_expired_certificate_of_an_unknown_authority_is_both() {
    let root = Authority::root("Root");
    let leaf = root.server_with(HOST, |params| valid(params, -90, -1));
    let mut evidence = evidence(&[&leaf, &root.der], Vec::new(), &[]);
    let expected = ["certificate-expired", "unknown-ca", "chain-root-sent"];
    assert_eq!(objections(&facts(&evidence)), expected);
    evidence.run.conditions.insecure = true;
    assert_eq!(
        objections(&facts(&evidence)),
        ["certificate-expired", "chain-root-sent"]
    );
}

#[test]
fn old_certificates_are_judged_in_full() {
    let facts = facts(&evidence(&[&der("rsa1024-sha1-v1")], Vec::new(), &[]));
    let expected = [
        "certificate-name-mismatch",
        "weak-key",
        "weak-signature",
        "certificate-old-version",
        "self-signed",
    ];
    assert_eq!(objections(&facts), expected);
    assert!(
        facts
            .certificate
            .expect("one")
            .faults
            .contains(&"no-alternative-names")
    );
}

#[test]
fn promises_of_public_authorities_are_asked_of_their_certificates_only() {
    let root = Authority::root("Root");
    let leaf = root.server_with(HOST, |params| valid(params, -1, 300));
    let mut facts = facts(&evidence(&[&leaf], Vec::new(), &[&root.der]));
    assert_eq!(objections(&facts), [""; 0]);
    if let Some(certificate) = &mut facts.certificate {
        certificate.trust.public = true;
    }
    // Issued in January 2027: 200 days at most.
    assert_eq!(
        objections(&facts),
        [
            "certificate-lifetime",
            "certificate-transparency",
            "certificate-no-revocation"
        ]
    );
}

#[test]
fn a_public_certificate_says_where_it_would_be_revoked() {
    use rcgen::CrlDistributionPoint;
    let root = Authority::root("Root");
    // First and last day, whether a list is named, whether the authority is public.
    #[rustfmt::skip]
    let cases: &[(i64, i64, bool, bool, bool)] = &[
        (-1, 89, false, true,  true),
        (-1, 89, true,  true,  false),
        (-1, 89, false, false, false), // a private authority does as it likes
        (-1,  5, false, true,  false), // short-lived
        (-1,  7, false, true,  true),
    ];
    for (first, last, list, public, mentioned) in cases {
        let leaf = root.server_with(HOST, |params| {
            valid(params, *first, *last);
            params.crl_distribution_points = list
                .then(|| CrlDistributionPoint {
                    uris: vec!["http://crl.example/1".to_owned()],
                })
                .into_iter()
                .collect();
        });
        let mut facts = facts(&evidence(&[&leaf], Vec::new(), &[&root.der]));
        if let Some(certificate) = &mut facts.certificate {
            certificate.trust.public = *public;
        }
        let seen = objections(&facts).contains(&"certificate-no-revocation");
        assert_eq!(seen, *mentioned, "{first} to {last}, {list}, {public}");
    }
}

#[test]
fn a_public_certificate_for_clients_as_well_is_mentioned() {
    use ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};
    let root = Authority::root("Root");
    #[rustfmt::skip]
    let cases: &[(&[ExtendedKeyUsagePurpose], bool, bool)] = &[
        (&[ServerAuth],             true,  false),
        (&[ServerAuth, ClientAuth], true,  true),
        (&[ServerAuth, ClientAuth], false, false), // a private authority does as it likes
        (&[ServerAuth, Any],        true,  false),
        (&[],                       true,  false),
    ];
    for (purposes, public, mentioned) in cases {
        let leaf = root.server_with(HOST, |params| {
            params.extended_key_usages = purposes.to_vec();
        });
        let mut facts = facts(&evidence(&[&leaf], Vec::new(), &[&root.der]));
        if let Some(certificate) = &mut facts.certificate {
            certificate.trust.public = *public;
        }
        let seen = objections(&facts).contains(&"certificate-client-auth");
        assert_eq!(seen, *mentioned, "{purposes:?}, public: {public}");
    }
}

#[test]
fn a_demand_for_staples_has_to_be_met() {
    let root = Authority::root("Root");
    let leaf = root.server_with(HOST, |params| {
        valid(params, -1, 90);
        must_staple(params);
    });
    for (staple, expected) in [
        (Vec::new(), &["must-staple"][..]),
        (vec![1, 2, 3], &["must-staple", "staple-invalid"]),
        (der("ocsp-good"), &["must-staple", "staple-invalid"]), // about another certificate
    ] {
        let facts = facts(&evidence(&[&leaf], staple, &[&root.der]));
        assert_eq!(objections(&facts), expected);
    }
}

#[test]
fn staples_are_believed_when_their_issuer_signed_them() {
    let (leaf, ca) = (der("ocsp-leaf"), der("ocsp-ca"));
    // Another second than the one that was signed.
    let mut forged = der("ocsp-revoked");
    let end = forged
        .iter()
        .position(|byte| *byte == b'Z')
        .expect("a time");
    forged[end - 1] ^= 1;
    #[rustfmt::skip]
    let cases: [(Vec<u8>, &[&str]); 4] = [
        (der("ocsp-good"),      &[]),
        (der("ocsp-delegated"), &[]),
        (der("ocsp-revoked"),   &["certificate-revoked"]),
        (forged,                &["must-staple", "staple-invalid"]),
    ];
    for (staple, expected) in cases {
        let seen = objections(&facts(&evidence(&[&leaf], staple, &[&ca])));
        let about_staples: Vec<_> = seen
            .into_iter()
            .filter(|slug| *slug != "certificate-name-mismatch")
            .collect();
        assert_eq!(about_staples, expected);
    }
}

#[test]
fn what_is_no_certificate_is_said_to_be_none() {
    let facts = facts(&evidence(&[&vec![0x30, 0x00]], Vec::new(), &[]));
    assert_eq!(objections(&facts), ["certificate-malformed"]);
    assert_eq!(facts.certificate.expect("one").faults, ["malformed"]);
}

#[test]
fn addresses_are_held_against_each_other() {
    let root = Authority::root("Root");
    let (one, two) = (root.server(HOST), root.server(HOST));
    let words = |others: Vec<Option<&Vec<u8>>>| {
        let mut evidence = evidence(&[&one], Vec::new(), &[&root.der]);
        evidence.addresses =
            Observation::Seen(vec!["192.0.2.1".to_owned(), "192.0.2.2".to_owned()]);
        let Observation::Seen(tls) = &mut evidence.tls else {
            panic!("TLS was seen")
        };
        for other in others {
            let observed = match other {
                Some(leaf) => tls.handshake.clone().map(|seen| Handshake {
                    chain: vec![WireBytes(leaf.clone())],
                    ..seen
                }),
                None => Observation::Failed(crate::facts::never()),
            };
            tls.more.push(Further {
                purpose: Purpose::Address("192.0.2.2:443".to_owned()),
                handshake: observed,
            });
        }
        let facts = facts(&evidence);
        let rules = super::addresses::RULES.iter();
        let words = rules.filter_map(|rule| {
            let Check::Tls(check) = rule.check else {
                return None;
            };
            Some(check(&facts).word())
        });
        words.collect::<Vec<_>>()
    };
    assert_eq!(words(vec![]), ["not tested", "not tested"]);
    assert_eq!(words(vec![Some(&one)]), ["pass", "pass"]);
    assert_eq!(words(vec![Some(&two)]), ["pass", "fail"]);
    assert_eq!(words(vec![None]), ["fail", "pass"]);
}
