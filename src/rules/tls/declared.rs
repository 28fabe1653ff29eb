//! What the target file says of suites and of the certificate's issuer.

use super::on_each;
use crate::facts::tls::{CertificateFacts, TlsFacts};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/undeclared-suite"),
        title: "The server chooses a suite that is not declared",
        severity: Severity::Medium,
        rationale: "The list was decided on; what is beyond it was not, and often comes with an \
                    update or a new proxy.",
        expected: "no suite but those of `tls.suites`",
        remediation: "Set the list in the server, or add the suite to the declaration.",
        observed_by: "Every suite that a ServerHello chose. Without `--ciphers` only some are found, \
                      and that there is no other is not tested.",
        references: &[Reference::Rfc(8446, "4.1.3"), Reference::Rfc(9325, "4.2")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(chooses_declared_suites),
    },
    Rule {
        id: RuleId::new("tls/other-issuer"),
        title: "The certificate is of another issuer than declared",
        severity: Severity::Medium,
        rationale: "Somebody else had a certificate issued for the name, renewal goes another way \
                    than planned, or a proxy in between opens the connection.",
        expected: "an issuer whose name holds `tls.issuer`",
        remediation: "Find out where the certificate comes from before changing the declaration. CAA \
                      records limit who may issue for the name.",
        observed_by: "The issuer's name in each leaf that was presented, whatever the case of its \
                      letters.",
        references: &[Reference::Rfc(5280, "4.1.2.4"), Reference::Rfc(8659, "4")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_of_declared_issuer),
    },
];

fn chooses_declared_suites(tls: &TlsFacts) -> Verdict {
    let declared = &tls.declared_suites;
    if declared.is_empty() {
        return Verdict::NotApplicable("no suites are declared");
    }
    let chosen = tls.suites.iter();
    let chosen = chosen.flat_map(|(version, suites)| suites.iter().map(|suite| (*version, *suite)));
    let others = chosen.filter(|(_, suite)| !declared.contains(suite));
    let wanted: Vec<&str> = declared.iter().map(|suite| suite.name()).collect();
    let found: Vec<Observed> = others
        .map(|(version, suite)| {
            let at = tls.proof(version, Some(suite));
            let said = format!("{} at {version}", suite.name());
            Observed::new(&at, said).wanted(wanted.join(", "))
        })
        .collect();
    if found.is_empty() && !tls.all_suites {
        let why = "every suite that was chosen is declared; --ciphers asks for all others";
        return Verdict::NotTested(why.to_owned());
    }
    Verdict::unless(found)
}

fn is_of_declared_issuer(tls: &TlsFacts) -> Verdict {
    if tls.declared_issuers.is_empty() {
        return Verdict::NotApplicable("no issuer is declared");
    }
    on_each(tls, |facts| {
        other_issuer(facts, &tls.declared_issuers)
            .into_iter()
            .collect()
    })
}

fn other_issuer(facts: &CertificateFacts, declared: &[String]) -> Option<Observed> {
    let leaf = facts.leaf.as_ref()?;
    let issuer = leaf.issuer.raw().to_lowercase();
    let is_declared = declared
        .iter()
        .any(|name| issuer.contains(&name.to_lowercase()));
    let said = format!("issued by {}", leaf.issuer.raw());
    (!is_declared).then(|| Observed::new(&facts.place(0), said).wanted(declared.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::{RULES, is_of_declared_issuer};
    use crate::facts::State;
    use crate::facts::tls::fixtures::{HOST, evidence};
    use crate::facts::tls::{TlsFacts, read};
    use crate::rules::tls::answers;
    use crate::wire::tls::CipherSuite;
    use crate::wire::x509::fixtures::Authority;

    /// What is declared of a server that chooses two suites, whether all others were asked for, and
    /// the verdict.
    #[rustfmt::skip]
    const SUITES: &[(&[&str], bool, &str)] = &[
        (&[],                                                                   false, "n/a"),
        (&["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],  true,  "pass"),
        (&["TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],  false, "not tested"),
        (&["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"],                 false, "fail"),
        (&["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],                            true,  "fail"),
    ];

    #[test]
    fn suites_are_held_against_the_declared_list() {
        for (declared, all_suites, expected) in SUITES {
            let declared = declared
                .iter()
                .filter_map(|name| CipherSuite::by_name(name));
            let tls = TlsFacts {
                all_suites: *all_suites,
                declared_suites: declared.collect(),
                ..TlsFacts::healthy()
            };
            assert_eq!(answers(&RULES[..1], &tls), [*expected]);
        }
    }

    #[test]
    fn the_issuer_is_held_against_the_declared_name() {
        let root = Authority::root("Example Root");
        let other = Authority::root("Proxy of the Office");
        #[rustfmt::skip]
        let rows: [(&Authority, &[&str], &str); 6] = [
            (&root,  &[],                        "n/a"),
            (&root,  &["Example Root"],          "pass"),
            (&root,  &["example root"],          "pass"),
            (&root,  &["Another CA", "Example"], "pass"), // one is enough
            (&root,  &["Another CA"],            "fail"),
            (&other, &["Example Root"],          "fail"),
        ];
        for (authority, declared, expected) in rows {
            let leaf = authority.server(HOST);
            let mut evidence = evidence(&[&leaf], Vec::new(), &[&authority.der]);
            evidence.target.tls.issuer = declared.iter().map(|name| (*name).to_owned()).collect();
            let State::Known(tls) = read(&evidence) else {
                panic!("TLS was seen");
            };
            assert_eq!(is_of_declared_issuer(&tls).word(), expected, "{declared:?}");
        }
    }
}
