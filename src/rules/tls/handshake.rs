//! The handshake itself: does it come about, and does the server prove its key?

use crate::facts::tls::TlsFacts;
use crate::model::{Family, RuleId, Severity, Topic};
use crate::rules::{Check, Reference, Rule, Verdict};
use crate::wire::x509::KeyProof;

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/not-measured"),
        title: "TLS could not be looked at",
        severity: Severity::High,
        rationale: "Nothing can be said about protocol, suites or certificate, and no client gets through either.",
        expected: "a handshake that completes",
        remediation: "Make the address answer with TLS: check the listener, the firewall and the certificate files.",
        observed_by: "A full handshake with TLS 1.2 and 1.3 offered. A network between here and the target can break it too.",
        references: &[Reference::Rfc(8446, "4.1")],
        cap: None,
        rests_on: &[],
        check: Check::Measured(Family::Tls),
    },
    Rule {
        id: RuleId::new("tls/key-not-proven"),
        title: "The server does not prove that it holds the certificate's key",
        severity: Severity::Critical,
        rationale: "The signature over the handshake is what binds the connection to the \
                    certificate; every client aborts here.",
        expected: "a signature that verifies",
        remediation: "Install the private key that belongs to the certificate.",
        observed_by: "The signature over each handshake is verified with the leaf's bare public \
                      key, whatever else the certificate says. A key of a kind that this program \
                      cannot verify with, such as Ed448, leaves it open.",
        references: &[Reference::Rfc(8446, "4.4.3")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(proves_key),
    },
];

fn proves_key(tls: &TlsFacts) -> Verdict {
    match tls.key_proof {
        KeyProof::Valid => Verdict::Pass,
        KeyProof::Invalid => Verdict::fail(
            &tls.key_proof_at,
            "the handshake's signature does not verify with the certificate's public key",
        ),
        KeyProof::TooWeak => {
            Verdict::NotApplicable("nobody verifies with a key that weak: tls/weak-key")
        }
        KeyProof::Unverified => Verdict::Unknown(
            "the handshake is signed in a way that this program does not verify".to_owned(),
        ),
        KeyProof::Unseen => Verdict::NotApplicable("no handshake with a signature was seen"),
    }
}
