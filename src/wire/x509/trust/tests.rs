//! Chains, anchors, and the verdict in words.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyUsagePurpose, NameConstraints, SanType,
};

use super::{PathFault, trust};
use crate::wire::x509::fixtures::{Authority, NOW, der, self_signed, valid};
use crate::wire::x509::{Anchors, Chain, Doubt};

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
    let trusted = if verdict.is_open() { "open" } else { trusted };
    let in_time = if verdict.in_time { "" } else { " late" };
    let doubts = verdict.doubts.iter().map(doubt);
    let causes: Vec<String> = faults.into_iter().chain(doubts).collect();
    format!("{trusted}{in_time} {}", causes.join("+"))
        .trim()
        .to_owned()
}

fn doubt(doubt: &Doubt) -> String {
    doubt.name().to_owned()
}

fn word(fault: &PathFault) -> String {
    let name = fault.name();
    match fault {
        PathFault::UnknownCa { issuer } | PathFault::MissingIntermediate { issuer } => {
            format!("{name}({})", issuer.raw())
        }
        PathFault::CriticalExtension { extension, .. }
        | PathFault::RepeatedExtension { extension, .. } => format!("{name}({extension})"),
        PathFault::BadSignature { place }
        | PathFault::Unverifiable { place }
        | PathFault::IssuerNotAuthority { place }
        | PathFault::WrongPurpose { place }
        | PathFault::NameConstraint { place, .. }
        | PathFault::PathTooLong { place } => format!("{name}({place})"),
        PathFault::NoLeaf
        | PathFault::SelfSigned
        | PathFault::AuthorityAsLeaf
        | PathFault::PolicyMissing
        | PathFault::DatesNeverMeet => name.to_owned(),
    }
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
        (vec![narrow.server(HOST), narrow.der], "refused name-constraint(0)"),
        (vec![mail.server(HOST), mail.der],     "refused wrong-purpose(1)"),
        (vec![client],                          "refused wrong-purpose(0)"),
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

fn custom(oid: &[u64], content: Vec<u8>, critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(oid, content);
    extension.set_criticality(critical);
    extension
}

const POLICIES: &[u64] = &[2, 5, 29, 32];
const MAPPINGS: &[u64] = &[2, 5, 29, 33];
const POLICY_CONSTRAINTS: &[u64] = &[2, 5, 29, 36];
const INHIBIT_ANY: &[u64] = &[2, 5, 29, 54];

/// certificatePolicies of these numbers, each below 1.2 or the anyPolicy of RFC 5280 §4.2.1.4.
fn policies(numbers: &[u8]) -> Vec<u8> {
    let one = |number: &u8| match number {
        0 => vec![0x30, 6, 6, 4, 0x55, 0x1d, 0x20, 0],
        number => vec![0x30, 4, 6, 2, 0x2a, *number],
    };
    let list: Vec<u8> = numbers.iter().flat_map(one).collect();
    let length = u8::try_from(list.len()).expect("short");
    [vec![0x30, length], list].concat()
}

/// Policy 1 of the authority is policy 2 of those below.
const ONE_IS_TWO: [u8; 12] = [0x30, 10, 0x30, 8, 6, 2, 0x2a, 1, 6, 2, 0x2a, 2];
const AT_ONCE: [u8; 5] = [0x30, 3, 0x80, 1, 0];

/// What the authority states, what the leaf states, the verdict.
type Policies<'a> = (&'a str, Vec<CustomExtension>, Vec<CustomExtension>, &'a str);

#[test]
fn policies_are_processed_and_no_fault_in_themselves() {
    let stated = |numbers: &[u8]| custom(POLICIES, policies(numbers), false);
    let demanded = || custom(POLICY_CONSTRAINTS, AT_ONCE.to_vec(), true);
    let no_any = || custom(INHIBIT_ANY, vec![2, 1, 0], true);
    let mapped = || custom(MAPPINGS, ONE_IS_TWO.to_vec(), true);
    #[rustfmt::skip]
    let cases: Vec<Policies<'_>> = vec![
        ("any, critical",           vec![custom(POLICIES, policies(&[0]), true)], vec![],             "trusted"),
        ("one, critical",           vec![custom(POLICIES, policies(&[1]), true)], vec![],             "trusted"),
        ("critical in the leaf",    vec![], vec![custom(POLICIES, policies(&[1]), true)],             "trusted"),
        ("no any, critical",        vec![no_any()],                       vec![],                     "trusted"),
        ("demanded and shared",     vec![stated(&[1]), demanded()],       vec![stated(&[1, 2])],      "trusted"),
        ("demanded, not shared",    vec![stated(&[1]), demanded()],       vec![stated(&[2])],         "refused policy-missing"),
        ("demanded, none",          vec![stated(&[1]), demanded()],       vec![],                     "refused policy-missing"),
        ("demanded of any",         vec![stated(&[0]), demanded()],       vec![stated(&[7])],         "trusted"),
        ("any below a demand",      vec![stated(&[1]), demanded()],       vec![stated(&[0])],         "trusted"),
        ("any below, inhibited",    vec![stated(&[1]), demanded(), no_any()], vec![stated(&[0])],     "refused policy-missing"),
        ("mapped",                  vec![stated(&[1]), demanded(), mapped()], vec![stated(&[2])],     "trusted"),
        ("mapped, old name",        vec![stated(&[1]), demanded(), mapped()], vec![stated(&[1])],     "refused policy-missing"),
        ("demanded by the leaf",    vec![],                               vec![demanded()],           "refused policy-missing"),
    ];
    let root = Authority::root("Root");
    for (what, above, below, expected) in cases {
        let middle = root.authority_with("Middle", |params| params.custom_extensions = above);
        let leaf = middle.server_with(HOST, |params| params.custom_extensions = below);
        assert_eq!(
            words(&[&leaf, &middle.der], &[&root.der], true),
            expected,
            "{what}"
        );
    }
}

#[test]
fn a_critical_extension_that_clients_do_not_process_is_named() {
    #[rustfmt::skip]
    let cases: &[(&[u64], bool, &str)] = &[
        (&[1, 3, 6, 1, 4, 1, 99999, 1],       true,  "refused critical-extension(1.3.6.1.4.1.99999.1)"),
        (&[1, 3, 6, 1, 4, 1, 99999, 1],       false, "trusted"),
        (&[1, 3, 6, 1, 5, 5, 7, 1, 24],       true,  "refused critical-extension(TLS feature)"),
        (&[1, 3, 6, 1, 4, 1, 11129, 2, 4, 3], true,  "refused critical-extension(the poison of a precertificate)"),
    ];
    let root = Authority::root("Root");
    for (oid, critical, expected) in cases {
        let add = |params: &mut CertificateParams| {
            params
                .custom_extensions
                .push(custom(oid, vec![5, 0], *critical));
        };
        let leaf = root.server_with(HOST, add);
        assert_eq!(
            words(&[&leaf], &[&root.der], true),
            *expected,
            "{oid:?} in the leaf"
        );
        let middle = root.authority_with("Middle", add);
        let leaf = middle.server(HOST);
        assert_eq!(
            words(&[&leaf, &middle.der], &[&root.der], true),
            *expected,
            "{oid:?} above"
        );
    }
    let twice = root.server_with(HOST, |params| {
        let one = || custom(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0], false);
        params.custom_extensions.extend([one(), one()]);
    });
    assert_eq!(
        words(&[&twice], &[&root.der], true),
        "refused repeated-extension(1.3.6.1.4.1.99999.1)"
    );
}

fn directory(organization: &str, name: Option<&str>) -> DistinguishedName {
    let mut made = DistinguishedName::new();
    made.push(DnType::OrganizationName, organization);
    if let Some(name) = name {
        made.push(DnType::CommonName, name);
    }
    made
}

/// What it is, the subtrees permitted, those excluded, the leaf's organization, the verdict.
type Subtrees<'a> = (
    &'a str,
    Vec<GeneralSubtree>,
    Vec<GeneralSubtree>,
    &'a str,
    &'a str,
);

#[test]
fn name_constraints_are_judged_by_kind() {
    let agency = || GeneralSubtree::DirectoryName(directory("Agency", None));
    let dns = || GeneralSubtree::DnsName("example.org".to_owned());
    let mail = || GeneralSubtree::Rfc822Name("example.net".to_owned());
    let address = || GeneralSubtree::IpAddress(rcgen::CidrSubnet::V4([0; 4], [0; 4]));
    #[rustfmt::skip]
    let cases: Vec<Subtrees<'_>> = vec![
        ("within",               vec![agency(), dns()], vec![],              "Agency",  "trusted"),
        ("other capitals",       vec![agency()],        vec![],              "AGENCY",  "trusted"),
        ("outside",              vec![agency(), dns()], vec![],              "Company", "refused name-constraint(0)"),
        ("excluded",             vec![],                vec![agency()],      "Agency",  "refused name-constraint(0)"),
        ("not excluded",         vec![],                vec![agency()],      "Company", "trusted"),
        ("mail, and none there", vec![mail(), dns()],   vec![],              "Agency",  "trusted"),
        ("no addresses",         vec![dns()],           vec![address()],     "Agency",  "trusted"),
        ("name excluded",        vec![],                vec![dns()],         "Agency",  "refused name-constraint(0)"),
    ];
    let root = Authority::root("Root");
    for (what, permitted, excluded, organization, expected) in cases {
        let middle = root.authority_with("Middle", |params| {
            params.name_constraints = Some(NameConstraints {
                permitted_subtrees: permitted,
                excluded_subtrees: excluded,
            });
        });
        let leaf = middle.server_with(HOST, |params| {
            params.distinguished_name = directory(organization, Some(HOST));
        });
        assert_eq!(
            words(&[&leaf, &middle.der], &[&root.der], true),
            expected,
            "{what}"
        );
    }
}

#[test]
fn long_paths_are_walked_to_the_end() {
    for (length, limit, expected) in [
        (6, None, "trusted"),
        (7, None, "trusted"),
        (12, None, "trusted"),
        (3, Some(2), "trusted"),
        (4, Some(2), "refused path-too-long(4)"),
    ] {
        let root = Authority::root("Root");
        let limited = |params: &mut CertificateParams| {
            if let Some(limit) = limit {
                params.is_ca = IsCa::Ca(BasicConstraints::Constrained(limit));
            }
        };
        let mut authorities = vec![root.authority_with("Authority 1", limited)];
        for number in 2..=length {
            let above = authorities.last().expect("one");
            let next = above.authority(&format!("Authority {number}"));
            authorities.push(next);
        }
        let leaf = authorities.last().expect("one").server(HOST);
        let mut sent = vec![&leaf];
        sent.extend(authorities.iter().rev().map(|authority| &authority.der));
        assert_eq!(
            words(&sent, &[&root.der], true),
            expected,
            "{length} below {limit:?}"
        );
    }
}

#[test]
fn lives_that_begin_before_1970_are_lives() {
    let year = |year: i64| (year - 1970) * 365 - NOW.secs() / 86_400;
    for first in [1950, 1969, 1970, 2000] {
        let old = |params: &mut CertificateParams| valid(params, year(first) + 10, 90);
        let root = Authority::root("Root");
        let middle = root.authority_with("Middle", old);
        let leaf = middle.server_with(HOST, old);
        assert_eq!(
            words(&[&leaf, &middle.der], &[&root.der], true),
            "trusted",
            "{first}"
        );
    }
}

#[test]
fn purposes_are_laid_on_the_certificate_that_has_them() {
    use ExtendedKeyUsagePurpose::{Any, ClientAuth, ServerAuth};
    #[rustfmt::skip]
    let cases: &[(&[ExtendedKeyUsagePurpose], &[ExtendedKeyUsagePurpose], &str)] = &[
        (&[],           &[],                       "trusted"),
        (&[],           &[ClientAuth, ServerAuth], "trusted"),
        (&[],           &[Any, ServerAuth],        "trusted"),
        (&[],           &[Any],                    "refused wrong-purpose(0)"),
        (&[ServerAuth], &[ServerAuth],             "trusted"),
        (&[ClientAuth], &[ServerAuth],             "refused wrong-purpose(1)"),
        (&[Any],        &[ServerAuth],             "refused wrong-purpose(1)"),
    ];
    let root = Authority::root("Root");
    for (above, below, expected) in cases {
        let middle = root.authority_with("Middle", |params| {
            params.extended_key_usages = above.to_vec();
        });
        let leaf = middle.server_with(HOST, |params| params.extended_key_usages = below.to_vec());
        let seen = words(&[&leaf, &middle.der], &[&root.der], true);
        assert_eq!(seen, *expected, "{above:?} above {below:?}");
    }
}

#[test]
fn what_no_library_here_takes_is_no_fault_of_the_chain() {
    // Of the anchor only name and key count, whatever else its certificate says.
    let demanding = Authority::root_with("Root", |params| {
        let critical = custom(POLICIES, policies(&[0]), true);
        params.custom_extensions.push(critical);
    });
    let leaf = demanding.server(HOST);
    assert_eq!(words(&[&leaf], &[&demanding.der], true), "trusted");
    // The issuer's name in another encoding (RFC 5280 §7.1).
    let root = Authority::root("Root");
    let anchor = root.der.clone();
    let renamed = root.renamed(DnValue::PrintableString(
        "ROOT".try_into().expect("printable"),
    ));
    let leaf = renamed.server(HOST);
    assert_eq!(words(&[&leaf], &[&anchor], true), "trusted");
}

#[test]
fn signatures_are_verified_by_the_standard_or_left_open() {
    let fixture = |name: &str| der(name);
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str)] = &[
        ("pss-salt-20",  "pss-root",   "trusted"),
        ("pss-salt-64",  "pss-root",   "trusted"),
        ("pss-mgf-sha1", "pss-root",   "open signature"),
        ("ed448-leaf",   "ed448-root", "open signature"),
    ];
    for (leaf, root, expected) in cases {
        let seen = words(&[&fixture(leaf)], &[&fixture(root)], true);
        assert_eq!(seen, *expected, "{leaf}");
    }
}

#[test]
fn a_flood_of_names_and_extensions_is_one_fault_or_a_doubt() {
    let root = Authority::root("Root");
    let unknown = |number: u64| custom(&[1, 3, 6, 1, 4, 1, 99999, number], vec![5, 0], true);
    let leaf = root.server_with(HOST, |params| {
        params.custom_extensions = (1..1000).map(unknown).collect();
    });
    assert_eq!(
        words(&[&leaf], &[&root.der], true),
        "refused critical-extension(1.3.6.1.4.1.99999.1)"
    );
    let domain = |number: u32| GeneralSubtree::DnsName(format!("domain-{number}.example"));
    let name = |number: u32| {
        SanType::DnsName(
            format!("a.domain-{number}.example")
                .try_into()
                .expect("a name"),
        )
    };
    for (count, expected) in [(300, "trusted"), (600, "open name-form")] {
        let narrow = root.authority_with("Narrow", |params| {
            params.name_constraints = Some(NameConstraints {
                permitted_subtrees: (0..count).map(domain).collect(),
                excluded_subtrees: Vec::new(),
            });
        });
        let leaf = narrow.server_with(HOST, |params| {
            params.subject_alt_names = (0..count).map(name).collect();
        });
        let seen = words(&[&leaf, &narrow.der], &[&root.der], true);
        assert_eq!(seen, expected, "{count} names below {count} subtrees");
    }
}
