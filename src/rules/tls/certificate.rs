//! The server's own certificate: for this name, for this purpose, with a key and a signature that
//! hold.

use super::on_each;
use crate::facts::tls::{CertificateFacts, TlsFacts};
use crate::model::{Grade, RuleId, Severity, Topic, Untrusted};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};
use crate::wire::x509::{Hash, Mismatch, PathFault};

const BASELINE: &str =
    "https://cabforum.org/working-groups/server/baseline-requirements/requirements/";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/certificate-name-mismatch"),
        title: "The certificate is for another name",
        severity: Severity::Critical,
        rationale: "Who holds a certificate for one name must not pass for another: clients refuse \
                    the connection.",
        expected: "the host among the alternative names (`*` stands for one whole label)",
        remediation: "Have the certificate issued for every name it serves; an address needs an iPAddress entry.",
        observed_by: "subjectAltName against the target's host as RFC 9525 says; the common name \
                      counts for nothing, as in every current client. A server that picks the \
                      certificate by something other than SNI can show another one to others.",
        references: &[Reference::Rfc(9525, "6"), Reference::Rfc(9110, "4.3.4")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(names_the_host),
    },
    Rule {
        id: RuleId::new("tls/certificate-malformed"),
        title: "What the server sends as its certificate is none",
        severity: Severity::Critical,
        rationale: "No client can read it, so none gets through.",
        expected: "an X.509 certificate in DER",
        remediation: "Install the certificate file anew, and check what was appended to it.",
        observed_by: "The first entry of the Certificate message, read as DER. What has the outer \
                      structure of a certificate and is beyond this program leaves it open.",
        references: &[Reference::Rfc(5280, "4.1")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_readable),
    },
    Rule {
        id: RuleId::new("tls/certificate-wrong-purpose"),
        title: "The certificate is not meant for TLS servers",
        severity: Severity::Critical,
        rationale: "Its owner was allowed another use of the key only; clients refuse it here.",
        expected: "id-kp-serverAuth among the purposes, or no list of purposes",
        remediation: "Have a server certificate issued.",
        observed_by: "extKeyUsage of the certificate and of those above it.",
        references: &[Reference::Rfc(5280, "4.2.1.12")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_for_servers),
    },
    Rule {
        id: RuleId::new("tls/certificate-is-authority"),
        title: "The server's certificate is marked as an authority",
        severity: Severity::Medium,
        rationale: "Whoever takes this key from the server can issue certificates for any name that \
                    its clients believe. Firefox and rustls refuse it; OpenSSL does not.",
        expected: "basicConstraints without `CA:TRUE`",
        remediation: "Issue a certificate with `CA:FALSE`; `openssl req -x509` marks an authority by default.",
        observed_by: "basicConstraints of the leaf (or version 1 with subject and issuer the same).",
        references: &[Reference::Rfc(5280, "4.2.1.9")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_no_authority),
    },
    Rule {
        id: RuleId::new("tls/weak-key"),
        title: "A key of the chain is too small",
        severity: Severity::High,
        rationale: "RSA with 1024 bits is within reach of well-funded attackers, and who breaks the \
                    key is the server.",
        expected: "RSA with 2048 bits or a curve of 256",
        remediation: "Make a new key: P-256, or RSA with 2048 bits or more.",
        observed_by: "The keys of the certificates on the way to the anchor, by strength as \
                      SP 800-57 compares them.",
        references: &[
            Reference::Rfc(9325, "4.5"),
            Reference::Standard("CA/Browser Forum Baseline Requirements §6.1.5", BASELINE),
        ],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(has_strong_keys),
    },
    Rule {
        id: RuleId::new("tls/rsa-exponent-one"),
        title: "The RSA exponent is 1",
        severity: Severity::Critical,
        rationale: "Raising to the power of one changes nothing: everybody signs as this server.",
        expected: "an odd exponent of at least 3",
        remediation: "Make a new key with a sound tool, and revoke the certificate.",
        observed_by: "The public exponent in the certificate.",
        references: &[Reference::Rfc(8017, "3.1")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(has_an_exponent),
    },
    Rule {
        id: RuleId::new("tls/weak-signature"),
        title: "A certificate is signed by way of a broken digest",
        severity: Severity::High,
        rationale: "Two certificates with one digest have been made for MD5 and SHA-1, so such a \
                    signature may have been moved. Clients refuse it.",
        expected: "SHA-256 or better on everything below the anchor",
        remediation: "Have it issued anew; no public authority signs with SHA-1 any more.",
        observed_by: "The signature algorithm of each certificate on the way to the anchor, \
                      anchors left out: their signature is not checked by anybody.",
        references: &[
            Reference::Rfc(9325, "4.5"),
            Reference::Standard("CA/Browser Forum Baseline Requirements §7.1.3.2", BASELINE),
        ],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(has_strong_signatures),
    },
    Rule {
        id: RuleId::new("tls/certificate-old-version"),
        title: "The certificate is of X.509 version 1 or 2",
        severity: Severity::Medium,
        rationale: "Without extensions it can name no server and limit no use, so clients that \
                    follow the standard cannot accept it.",
        expected: "version 3",
        remediation: "Issue it with extensions: at least subjectAltName and basicConstraints.",
        observed_by: "The version field.",
        references: &[Reference::Rfc(5280, "4.1.2.1")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(is_version_3),
    },
];

fn at_leaf(facts: &CertificateFacts, said: impl Into<Untrusted>) -> Vec<Observed> {
    vec![Observed::new(&facts.place(0), said)]
}

fn names_the_host(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        if facts.names_host || facts.leaf.is_none() {
            return Vec::new();
        }
        at_leaf(facts, mismatch(facts))
    })
}

/// What it is for, and why that is not the host where it may seem to be.
fn mismatch(facts: &CertificateFacts) -> String {
    let (names, host) = (facts.names_text(), &facts.host);
    let names = names.raw();
    let why = match facts.mismatch {
        None if names.is_empty() => "so it is for nobody",
        None => return format!("it is for {names}, not for {host}"),
        Some(Mismatch::AddressAsName) => {
            return format!(
                "{host} stands among the DNS names, and clients look for an address among the \
                 iPAddress entries only"
            );
        }
        Some(Mismatch::CommonNameOnly) => {
            "and the common name, which is the host, counts for nothing"
        }
        Some(Mismatch::StarWithoutLabel) => "and `*` stands for one label, not for none",
        Some(Mismatch::StarForTwoLabels) => "and `*` stands for one label, not for several",
        Some(Mismatch::StarTooWide) => "and clients want two labels behind the `*`",
        Some(Mismatch::StarInPart) => "and a `*` has to be the whole first label",
    };
    match names {
        "" => format!("it has no alternative names, {why}; wanted {host}"),
        names => format!("it is for {names}, not for {host}, {why}"),
    }
}

fn is_readable(tls: &TlsFacts) -> Verdict {
    let verdict = on_each(tls, |facts| {
        facts
            .malformed
            .iter()
            .flat_map(|why| at_leaf(facts, why.as_str()))
            .collect()
    });
    if verdict == Verdict::Pass && tls.certificates().any(CertificateFacts::is_beyond_us) {
        return Verdict::Unknown("it has parts that this program cannot read".to_owned());
    }
    verdict
}

fn is_for_servers(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        let wrong = facts.trust.faults.iter().filter_map(|fault| {
            let PathFault::WrongPurpose { place } = fault else {
                return None;
            };
            Some((*place, facts.sent.certificate(*place)?))
        });
        wrong
            .map(|(place, read)| {
                let any = read.purposes.is_some_and(|purposes| purposes.any);
                let said = if any {
                    "extKeyUsage has anyExtendedKeyUsage without serverAuth, which OpenSSL and rustls refuse"
                } else {
                    "extKeyUsage lacks serverAuth"
                };
                Observed::new(&facts.place(place), format!("{}: {said}", read.name.raw()))
            })
            .collect()
    })
}

fn is_no_authority(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| match &facts.leaf {
        Some(leaf) if leaf.version >= 3 && leaf.is_authority() => {
            at_leaf(facts, "basicConstraints: CA:TRUE")
        }
        Some(_) | None => Vec::new(),
    })
}

fn has_strong_keys(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        let weak = facts.weak_keys().into_iter();
        weak.map(|(place, read)| {
            Observed::new(
                &facts.place(place),
                format!("{}: {}", read.name.raw(), read.key),
            )
        })
        .collect()
    })
}

fn has_an_exponent(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        if facts.has_exponent_one() {
            at_leaf(facts, "exponent 1")
        } else {
            Vec::new()
        }
    })
}

fn has_strong_signatures(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| {
        let weak = facts.weak_signatures().into_iter();
        weak.map(|(place, read)| {
            let broken = if read.signature.hash == Hash::Sha1 {
                "SHA-1"
            } else {
                "MD5 or older"
            };
            let said = format!("{}: {} ({broken})", read.name.raw(), read.signature);
            Observed::new(&facts.place(place), said)
        })
        .collect()
    })
}

fn is_version_3(tls: &TlsFacts) -> Verdict {
    on_each(tls, |facts| match &facts.leaf {
        Some(leaf) if leaf.version < 3 => at_leaf(facts, format!("version {}", leaf.version)),
        Some(_) | None => Vec::new(),
    })
}
