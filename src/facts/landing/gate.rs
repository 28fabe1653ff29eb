//! What may stand in place of a service.

use std::fmt;

use crate::model::Untrusted;

/// What stands in place of the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// 401, 403 or 407: somebody is to log in first.
    Refused(u16),
    /// A certificate of the client is wanted.
    ClientCertificate,
    /// A challenge for robots.
    Challenge,
    /// Down on purpose.
    Maintenance,
    /// A platform that has no application to hand the request to, and what it says.
    NoApplication(&'static str),
    /// An error.
    Error(u16),
    /// What only answers a request to upgrade, for a range (RFC 9110 §15.3.7), for a change (RFC 3229
    /// §10.4.1) or on a condition.
    Unasked(u16),
    /// Another host.
    OtherHost(Untrusted),
    /// A redirect that leads to nothing: where to, and why nothing answers.
    DeadEnd(Untrusted, String),
    /// A redirect that no client follows: to no `http` URL, or to none at all.
    NoUrl(Untrusted),
    /// From TLS to plain http, which is not followed.
    Downgrade(Untrusted),
    /// Redirects in a circle, or more than any browser follows.
    Endless {
        /// Where the circle closes, or the last redirect leads.
        to: Untrusted,
        /// Whether cookies were set on the way: a browser sends them back, and may get in.
        cookies: bool,
    },
    /// The page of a server nobody put a site on.
    Welcome(&'static str),
    /// The port speaks TLS, and `http` was written.
    SpeaksTls,
    /// The port speaks plain HTTP, and `https` was written.
    SpeaksPlainHttp,
}

impl Gate {
    /// Whether not a word can be exchanged with the port as it was written.
    #[must_use]
    pub const fn is_other_scheme(&self) -> bool {
        matches!(self, Self::SpeaksTls | Self::SpeaksPlainHttp)
    }

    /// Whether nobody gets in, whoever asks.
    #[must_use]
    pub const fn keeps_everybody_out(&self) -> bool {
        matches!(self, Self::Endless { cookies: false, .. })
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "{status}: somebody is to log in first"),
            Self::ClientCertificate => f.write_str("a client certificate is needed"),
            Self::Challenge => f.write_str("a challenge for robots"),
            Self::Maintenance => f.write_str("a maintenance page"),
            Self::NoApplication(said) => f.write_str(said),
            Self::Error(status) => write!(f, "{status}: an error page"),
            Self::Unasked(status) => write!(f, "{status}, which was not asked for"),
            Self::OtherHost(to) => write!(f, "a redirect to another host, {}", to.raw()),
            Self::DeadEnd(to, why) => write!(f, "a redirect to {}, where {why}", to.raw()),
            Self::NoUrl(to) => write!(f, "a redirect to {:?}, which is no web address", to.raw()),
            Self::Downgrade(to) => {
                write!(
                    f,
                    "a redirect from TLS to {}, which is not followed",
                    to.raw()
                )
            }
            Self::Endless { to, cookies: false } => {
                write!(f, "redirects without an end, at {}", to.raw())
            }
            Self::Endless { to, cookies: true } => write!(
                f,
                "redirects without an end, at {}, for whoever sends no cookies back",
                to.raw()
            ),
            Self::Welcome(server) => write!(f, "the welcome page of {server}"),
            Self::SpeaksTls => f.write_str("this port speaks TLS: write https://"),
            Self::SpeaksPlainHttp => f.write_str("this port speaks plain HTTP: write http://"),
        }
    }
}
