//! What browsers ask of public authorities: short lives and public logs. Private ones are free of
//! both.

use super::on_each;
use crate::facts::tls::{CertificateFacts, TlsFacts};
use crate::model::{Grade, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::x509::{KeyKind, issuance};

const PRIVATE: &str = "the certificate is not known to be of a public authority";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/certificate-lifetime"),
        title: "The certificate lives longer than public authorities may issue",
        severity: Severity::High,
        rationale: "Browsers refuse certificates of public authorities that exceed the limit of \
                    their day of issue.",
        expected: "at most 398 days if issued before 2026-03-15, then 200, from 2027-03-15 100, from 2029-03-15 47",
        remediation: "Have it issued anew, with a shorter life and automatic renewal.",
        observed_by: "notAfter less notBefore, both included, against the limit in force at \
                      notBefore. Asked only where the chain leads to one of Mozilla's roots.",
        references: &[Reference::Standard(
            "CA/Browser Forum Baseline Requirements §6.3.2 (ballot SC-081v3): MUST NOT exceed",
            "https://cabforum.org/working-groups/server/baseline-requirements/requirements/",
        )],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(lives_as_long_as_allowed),
    },
    Rule {
        id: RuleId::new("tls/certificate-transparency"),
        title: "The certificate carries too few signed timestamps",
        severity: Severity::High,
        rationale: "Chrome, Safari and Firefox refuse certificates of public authorities that are \
                    not shown to be publicly logged.",
        expected: "two timestamps of different logs up to 180 days of life, three beyond",
        remediation: "Have it issued anew by an authority that logs what it issues.",
        observed_by: "The timestamps embedded in the certificate. Those sent in a TLS extension or \
                      an OCSP response are not seen; whether two logs have different operators is \
                      not looked up. Asked only where the chain leads to one of Mozilla's roots.",
        references: &[
            Reference::Standard(
                "Chrome Certificate Transparency Policy: certificates MUST",
                "https://googlechrome.github.io/CertificateTransparency/ct_policy.html",
            ),
            Reference::Rfc(6962, "3.3"),
        ],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_logged),
    },
    Rule {
        id: RuleId::new("tls/certificate-long-lived"),
        title: "The certificate lives longer than 100 days",
        severity: Severity::Info,
        rationale: "From March 2027 no public authority issues longer ones: renewal has to be \
                    automatic by then.",
        expected: "at most 100 days",
        remediation: "Move to automatic renewal (ACME, RFC 8555) now, while a failure costs nothing.",
        observed_by: "notAfter less notBefore, both included. Asked only where the chain leads to one of Mozilla's roots.",
        references: &[Reference::Standard(
            "CA/Browser Forum Baseline Requirements §6.3.2 (ballot SC-081v3)",
            "https://cabforum.org/working-groups/server/baseline-requirements/requirements/",
        )],
        cap: Some(Grade::A),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_renewed_often),
    },
    Rule {
        id: RuleId::new("tls/certificate-client-auth"),
        title: "The certificate is for clients as well, which public authorities are giving up",
        severity: Severity::Info,
        rationale: "The next one will not be: the Chrome Root Program ends clientAuth in what is \
                    issued from 15 March 2027 on, and authorities stopped before that (Let's Encrypt \
                    in 2026). A server that also presents it as a client's certificate, to a peer \
                    with mutual TLS or over SMTP, loses that at some renewal.",
        expected: "serverAuth alone among the purposes",
        remediation: "If nothing uses it as a client's certificate, do nothing. Otherwise have client \
                      certificates issued by an authority of your own.",
        observed_by: "extKeyUsage of the certificate. Asked only where the chain leads to one of \
                      Mozilla's roots.",
        references: &[Reference::Standard(
            "Chrome Root Program Policy §1.3.2",
            "https://googlechrome.github.io/chromerootprogram/",
        )],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_for_servers_only),
    },
    Rule {
        id: RuleId::new("tls/certificate-no-revocation"),
        title: "Nothing says where a revocation would be published",
        severity: Severity::Low,
        rationale: "Browsers collect the revocation lists that certificates point to. One without a \
                    pointer stays trusted to its last day when its key is stolen.",
        expected: "a revocation list or an OCSP responder, unless the life is of 7 days at most",
        remediation: "Have it issued anew; tell the authority, which may not issue it so.",
        observed_by: "cRLDistributionPoints and authorityInfoAccess of the certificate. A list alone is \
                      today's practice: Let's Encrypt has had no OCSP since 2025. Asked only where \
                      the chain leads to one of Mozilla's roots.",
        references: &[
            Reference::Standard(
                "CA/Browser Forum Baseline Requirements §7.1.2.11.2: MUST be present",
                "https://cabforum.org/working-groups/server/baseline-requirements/requirements/",
            ),
            Reference::Rfc(5280, "4.2.1.13"),
        ],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(can_be_revoked),
    },
    Rule {
        id: RuleId::new("tls/rsa-2048"),
        title: "The key is RSA with fewer than 3072 bits",
        severity: Severity::Info,
        rationale: "It is good for years to come, but at 112 bits it is the weakest link of an \
                    otherwise modern server.",
        expected: "a curve of 256 bits, or RSA with 3072",
        remediation: "Take a P-256 key at the next renewal.",
        observed_by: "The key in the certificate, compared as SP 800-57 does.",
        references: &[Reference::Standard(
            "NIST SP 800-57 Part 1 Rev. 5, table 2",
            "https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final",
        )],
        cap: Some(Grade::A),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_beyond_rsa_2048),
    },
];

fn lives_as_long_as_allowed(tls: &TlsFacts) -> Verdict {
    of_public(tls, |facts| {
        let leaf = facts.leaf.as_ref().filter(|_| facts.lives_too_long())?;
        let longest = issuance::longest_life(leaf.not_before)?.0 / 86_400;
        let days = facts.lifetime_days.unwrap_or(0);
        Some(format!(
            "{days} days, {longest} allowed for one issued on {}",
            leaf.not_before.date()
        ))
    })
}

fn is_logged(tls: &TlsFacts) -> Verdict {
    of_public(tls, |facts| {
        let leaf = facts.leaf.as_ref().filter(|_| facts.lacks_timestamps())?;
        let (seen, wanted) = (leaf.scts.len(), issuance::scts_needed(leaf));
        Some(format!(
            "{seen} embedded, of {} logs; {wanted} wanted",
            facts.logs()
        ))
    })
}

fn is_renewed_often(tls: &TlsFacts) -> Verdict {
    of_public(tls, |facts| {
        let days = facts.lifetime_days?;
        (days > 100 && !facts.lives_too_long()).then(|| format!("{days} days"))
    })
}

fn is_for_servers_only(tls: &TlsFacts) -> Verdict {
    of_public(tls, |facts| {
        let purposes = facts.leaf.as_ref()?.purposes?;
        (purposes.server && purposes.client)
            .then(|| "extKeyUsage has clientAuth beside serverAuth".to_owned())
    })
}

fn can_be_revoked(tls: &TlsFacts) -> Verdict {
    of_public(tls, |facts| {
        let leaf = facts.leaf.as_ref()?;
        let pointed_to = leaf.pointers.crl || leaf.pointers.ocsp;
        (!pointed_to && !issuance::is_short_lived(leaf)).then(|| {
            let days = facts.lifetime_days.unwrap_or(0);
            format!("neither a revocation list nor a responder is named, for {days} days")
        })
    })
}

fn is_beyond_rsa_2048(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        let key = facts.leaf.as_ref().map(|leaf| &leaf.key);
        let small = key.filter(|key| key.kind == KeyKind::Rsa && (2048..3072).contains(&key.bits));
        small
            .map(|key| Observed::new(&facts.place(0), key.to_string()))
            .into_iter()
            .collect()
    })
}

fn of_public(tls: &TlsFacts, said: impl Fn(&CertificateFacts) -> Option<String>) -> Verdict {
    if !tls.certificates().any(|facts| facts.trust.public) {
        return Verdict::NotApplicable(PRIVATE);
    }
    on_each(tls, |facts| {
        let said = Some(facts)
            .filter(|facts| facts.trust.public)
            .and_then(&said);
        said.map(|said| Observed::new(&facts.place(0), said))
            .into_iter()
            .collect()
    })
}
