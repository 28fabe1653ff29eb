//! Alerts (RFC 8446 §6, IANA "TLS Alerts").

use std::fmt;

/// What a server said instead of going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alert {
    /// 1 warning, 2 fatal.
    pub level: u8,
    /// The reason's number.
    pub description: u8,
}

#[rustfmt::skip]
const ALERTS: &[(u8, &str)] = &[
    (0, "close_notify"), (10, "unexpected_message"), (20, "bad_record_mac"),
    (21, "decryption_failed"), (22, "record_overflow"), (30, "decompression_failure"),
    (40, "handshake_failure"), (41, "no_certificate"), (42, "bad_certificate"),
    (43, "unsupported_certificate"), (44, "certificate_revoked"), (45, "certificate_expired"),
    (46, "certificate_unknown"), (47, "illegal_parameter"), (48, "unknown_ca"),
    (49, "access_denied"), (50, "decode_error"), (51, "decrypt_error"),
    (60, "export_restriction"), (70, "protocol_version"), (71, "insufficient_security"),
    (80, "internal_error"), (86, "inappropriate_fallback"), (90, "user_canceled"),
    (100, "no_renegotiation"), (109, "missing_extension"), (110, "unsupported_extension"),
    (111, "certificate_unobtainable"), (112, "unrecognized_name"),
    (113, "bad_certificate_status_response"), (114, "bad_certificate_hash_value"),
    (115, "unknown_psk_identity"), (116, "certificate_required"),
    (117, "general_error"), (120, "no_application_protocol"), (121, "ech_required"),
];

impl Alert {
    /// `close_notify`: nothing more will be sent (RFC 8446 §6.1).
    pub const CLOSE_NOTIFY: u8 = 0;
    /// `handshake_failure`: nothing that was offered will do (RFC 8446 §6.2).
    pub const HANDSHAKE_FAILURE: u8 = 40;
    /// `bad_certificate` (RFC 8446 §6.2).
    pub const BAD_CERTIFICATE: u8 = 42;
    /// `protocol_version`: this version is not spoken (RFC 8446 §6.2).
    pub const PROTOCOL_VERSION: u8 = 70;
    /// `inappropriate_fallback`: the server honours `TLS_FALLBACK_SCSV` (RFC 7507 §3).
    pub const INAPPROPRIATE_FALLBACK: u8 = 86;
    /// `unrecognized_name`: the server serves no such host (RFC 6066 §3).
    pub const UNRECOGNIZED_NAME: u8 = 112;

    /// `certificate_required`: a client certificate was asked for, and none was shown (RFC 8446 §6.2).
    pub const CERTIFICATE_REQUIRED: u8 = 116;

    /// An alert that ended a connection.
    #[must_use]
    pub const fn fatal(description: u8) -> Self {
        Self {
            level: 2,
            description,
        }
    }

    /// The registered name, or the number.
    #[must_use]
    pub fn name(self) -> String {
        ALERTS
            .iter()
            .find(|(number, _)| *number == self.description)
            .map_or_else(
                || format!("alert {}", self.description),
                |(_, name)| (*name).to_owned(),
            )
    }

    /// False for a warning behind which the handshake goes on, as `unrecognized_name` often is.
    #[must_use]
    pub const fn is_fatal(self) -> bool {
        self.level != 1
    }

    /// True for an alert that says "nothing you offered suits me": the version, the suites or the
    /// groups are refused. Any other alert is about something else and proves nothing.
    ///
    /// RFC 8446 §6.2 has three alerts for it (40, 70, 71) and RFC 7507 one more (86). Libraries in
    /// use answer a well-formed hello with others as well: 10 (JSSE, to unknown groups), 47, 50
    /// (rustls, to SSLv2), 80 (OpenSSL, where its security level leaves no signature) and 109. s2n
    /// says no with `close_notify`, a warning.
    #[must_use]
    pub const fn refuses_the_offer(self) -> bool {
        matches!(
            (self.is_fatal(), self.description),
            (_, Self::CLOSE_NOTIFY) | (true, 10 | 40 | 47 | 50 | 70 | 71 | 80 | 86 | 109)
        )
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.description)
    }
}

#[cfg(test)]
mod tests {
    use super::{ALERTS, Alert};

    #[test]
    fn few_alerts_are_about_the_offer() {
        let refusing = |level| -> Vec<u8> {
            let alerts = (0..=255).map(|description| Alert { level, description });
            let refusing = alerts.filter(|alert| alert.refuses_the_offer());
            refusing.map(|alert| alert.description).collect()
        };
        assert_eq!(refusing(2), [0, 10, 40, 47, 50, 70, 71, 80, 86, 109]);
        assert_eq!(
            refusing(1),
            [0],
            "a warning goes on, unless it says goodbye"
        );
        assert!(ALERTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn an_alert_shows_name_and_number() {
        let shown = |description| {
            Alert {
                level: 2,
                description,
            }
            .to_string()
        };
        assert_eq!(shown(70), "protocol_version (70)");
        assert_eq!(shown(200), "alert 200 (200)");
    }
}
