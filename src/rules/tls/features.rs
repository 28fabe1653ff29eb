//! What a server does beside versions and suites: renegotiation, compression, early data, ALPN.

use crate::facts::tls::{ClientCertificate, TlsFacts};
use crate::model::{Grade, Pointer, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};
use crate::wire::tls::{Known, Version};

const ECHO: &str = "The ServerHellos of TLS 1.2 and below, in answer to hellos that offered the \
                    extension. A front end in between answers for the server.";

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("tls/insecure-renegotiation"),
        title: "Renegotiation is not bound to the first handshake",
        severity: Severity::High,
        rationale: "Someone in the middle can prefix a victim's session with requests of their \
                    own. Clients that insist on RFC 5746 refuse to connect.",
        expected: "the renegotiation_info extension",
        remediation: "Update the TLS library; support has been universal since 2010.",
        observed_by: "A ServerHello of TLS 1.2 or below lacks renegotiation_info although it was \
                      offered. Whether the server renegotiates at all is not tried.",
        references: &[Reference::Rfc(5746, "3.6"), Reference::Rfc(9325, "3.5")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(renegotiation),
    },
    Rule {
        id: RuleId::new("tls/compression"),
        title: "TLS compression is used",
        severity: Severity::High,
        rationale: "The length of what is sent tells whether a guess at a cookie was right.",
        expected: "no compression",
        remediation: "Turn TLS compression off.",
        observed_by: "A ServerHello chose DEFLATE, which was offered along with none.",
        references: &[Reference::Rfc(9325, "3.3")],
        cap: Some(Grade::F),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(compression),
    },
    Rule {
        id: RuleId::new("tls/no-extended-master-secret"),
        title: "Keys are not bound to the handshake",
        severity: Severity::Low,
        rationale: "Without the extended master secret two TLS 1.2 sessions can be made to share \
                    keys, which breaks resumption and client certificates.",
        expected: "the extended_master_secret extension",
        remediation: "Update the TLS library; OpenSSL has it since 1.1.0.",
        observed_by: ECHO,
        references: &[Reference::Rfc(7627, "5.2"), Reference::Rfc(9325, "3.5")],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(master_secret),
    },
    Rule {
        id: RuleId::new("tls/heartbeat"),
        title: "The heartbeat extension is enabled",
        severity: Severity::Info,
        rationale: "Nothing on the web uses it, and it is where Heartbleed was. Whether this \
                    server has that fault is not tried.",
        expected: "no heartbeat extension",
        remediation: "Update the TLS library, or build it without heartbeats.",
        observed_by: ECHO,
        references: &[Reference::Rfc(6520, "2")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(heartbeat),
    },
    Rule {
        id: RuleId::new("tls/early-data"),
        title: "Early data is accepted",
        severity: Severity::Low,
        rationale: "Requests in early data can be replayed by whoever recorded them; an \
                    application has to expect that of every request.",
        expected: "no early data, unless the application handles replays",
        remediation: "Turn 0-RTT off, or answer 425 to requests that must not be replayed.",
        observed_by: "The server's tickets invite early data, and a resumed handshake shows \
                      whether it is taken. Whether the application refuses replays is not seen.",
        references: &[Reference::Rfc(8446, "8"), Reference::Rfc(8470, "3")],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(early_data),
    },
    Rule {
        id: RuleId::new("tls/no-http2"),
        title: "HTTP/2 is not offered",
        severity: Severity::Info,
        rationale: "Browsers load a page of many files noticeably faster over HTTP/2.",
        expected: "`h2` chosen by ALPN",
        remediation: "Enable HTTP/2 on the listener.",
        observed_by: "A hello of TLS 1.2 that offers h2 and http/1.1; of a server of TLS 1.3 \
                      alone, which encrypts its choice, a handshake.",
        references: &[Reference::Rfc(9113, "3.2")],
        cap: Some(Grade::AMinus),
        rests_on: &[Topic::Handshake],
        check: Check::Tls(http2),
    },
    Rule {
        id: RuleId::new("tls/fallback-scsv"),
        title: "Downgraded retries are not recognised",
        severity: Severity::Info,
        rationale: "Only clients that retry with lower versions need it, and current browsers no \
                    longer do. It is still asked for by some ratings.",
        expected: "alert 86 to a fallback below the best version",
        remediation: "Update the TLS library; no setting is needed.",
        observed_by: "A hello with TLS_FALLBACK_SCSV at every version below the best one that is spoken.",
        references: &[Reference::Rfc(7507, "3"), Reference::Rfc(8996, "4")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(fallback),
    },
    Rule {
        id: RuleId::new("tls/client-certificate-required"),
        title: "Without a client certificate there is no service",
        severity: Severity::Info,
        rationale: "What lies behind cannot be looked at from here; a public site would be closed \
                    to everyone.",
        expected: "no client certificate, unless only known clients may come",
        remediation: "If it is meant so, nothing. Else turn client verification off.",
        observed_by: "The server asks for a certificate, and ends the handshake or the first \
                      exchange when none is shown.",
        references: &[Reference::Rfc(8446, "4.3.2")],
        cap: None,
        rests_on: &[Topic::Handshake],
        check: Check::Tls(client_certificate),
    },
];

/// Extensions of TLS 1.2 and below: the answer, where the question arises.
fn echoed(tls: &TlsFacts, state: Option<bool>, wanted: bool, said: &'static str) -> Verdict {
    let newest = [
        Version::Tls12,
        Version::Tls11,
        Version::Tls10,
        Version::Ssl3,
    ]
    .into_iter()
    .find(|version| tls.version(*version) == Known::Accepted);
    match (state, newest) {
        (Some(found), _) if found == wanted => Verdict::Pass,
        (Some(_), version) => {
            let at = version.map_or_else(Pointer::default, |version| tls.proof(version, None));
            Verdict::fail(&at, said)
        }
        (None, None) => Verdict::NotApplicable("only TLS 1.3 is spoken"),
        (None, Some(_)) => Verdict::Unknown("no ServerHello shows it".to_owned()),
    }
}

fn renegotiation(tls: &TlsFacts) -> Verdict {
    echoed(
        tls,
        tls.features.renegotiation,
        true,
        "no renegotiation_info in the ServerHello",
    )
}

fn compression(tls: &TlsFacts) -> Verdict {
    echoed(tls, tls.features.compression, false, "DEFLATE chosen")
}

fn master_secret(tls: &TlsFacts) -> Verdict {
    echoed(
        tls,
        tls.features.ems,
        true,
        "no extended_master_secret in the ServerHello",
    )
}

fn heartbeat(tls: &TlsFacts) -> Verdict {
    echoed(
        tls,
        tls.features.heartbeat,
        false,
        "heartbeat echoed in the ServerHello",
    )
}

fn early_data(tls: &TlsFacts) -> Verdict {
    match tls.features.early_data {
        Some(true) => Verdict::fail(&Pointer("/tls/seen/more".to_owned()), "early data accepted"),
        Some(false) => Verdict::Pass,
        None => Verdict::NotApplicable("no handshake that could show it"),
    }
}

fn http2(tls: &TlsFacts) -> Verdict {
    let asked = tls.features.alpn_asked || tls.version(Version::Tls12) == Known::Accepted;
    match &tls.features.alpn {
        Some(chosen) if chosen == "h2" => Verdict::Pass,
        chosen if asked => {
            let said = chosen.as_deref().unwrap_or("no protocol");
            let at = tls.proof(Version::Tls12, None);
            let observed = Observed::new(&at, format!("{said} chosen"));
            Verdict::Fail(vec![observed.shown_by(ShownBy::Http2Offered)])
        }
        Some(_) | None => Verdict::NotApplicable("no answer shows the choice"),
    }
}

fn fallback(tls: &TlsFacts) -> Verdict {
    match tls.features.scsv {
        Some(true) => Verdict::Pass,
        Some(false) => Verdict::fail(&tls.proof(Version::Tls12, None), "the fallback was taken"),
        None if tls.has_lower_version() => {
            Verdict::Unknown("the fallback: no conclusive answer".to_owned())
        }
        None => Verdict::NotApplicable("no lower version to fall back to"),
    }
}

fn client_certificate(tls: &TlsFacts) -> Verdict {
    match tls.features.client_certificate {
        ClientCertificate::None | ClientCertificate::Requested => Verdict::Pass,
        ClientCertificate::Required => {
            let at = Pointer("/tls/seen/handshake".to_owned());
            Verdict::fail(&at, "ended for want of a client certificate")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;
    use crate::facts::tls::{ClientCertificate, Features, TlsFacts};
    use crate::rules::tls::answers;
    use crate::wire::tls::{Known, Version};

    fn with(change: impl FnOnce(&mut Features)) -> Vec<&'static str> {
        let mut tls = TlsFacts::healthy();
        change(&mut tls.features);
        answers(RULES, &tls)
    }

    #[test]
    fn a_healthy_server_passes_all() {
        assert_eq!(with(|_| ()), ["pass"; 8]);
    }

    #[test]
    fn each_feature_fails_its_own_rule() {
        let cases: [fn(&mut Features); 8] = [
            |f| f.renegotiation = Some(false),
            |f| f.compression = Some(true),
            |f| f.ems = Some(false),
            |f| f.heartbeat = Some(true),
            |f| f.early_data = Some(true),
            |f| f.alpn = Some("http/1.1".to_owned()),
            |f| f.scsv = Some(false),
            |f| f.client_certificate = ClientCertificate::Required,
        ];
        for (index, change) in cases.into_iter().enumerate() {
            let answers = with(change);
            let failed = |at: usize| answers[at] == "fail";
            assert!(
                (0..8).all(|at| failed(at) == (at == index)),
                "{index}: {answers:?}"
            );
        }
    }

    #[test]
    fn what_tls13_does_not_have_is_not_asked_of_it() {
        let mut tls = TlsFacts {
            features: Features::default(),
            ..TlsFacts::healthy()
        };
        tls.versions.insert(Version::Tls12, Known::Refused);
        let expected = ["n/a", "n/a", "n/a", "n/a", "n/a", "n/a", "n/a", "pass"];
        assert_eq!(answers(RULES, &tls), expected);
        tls.versions.insert(Version::Tls12, Known::Accepted);
        assert_eq!(answers(RULES, &tls)[0], "unknown");
    }
}
