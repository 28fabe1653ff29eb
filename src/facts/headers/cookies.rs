//! `Set-Cookie` lines, read and understood.

use crate::facts::Header;
use crate::model::{HeadersPolicy, Pointer, Timestamp};
use crate::wire::http::cookie::{self, Cookie, Lifetime, Meaning, Refusal};

/// Values this hard to guess are credentials or keys to something (64 bits: RFC 6749 §10.10 asks
/// for 2^-128 at best and 2^-160 for tokens; identifiers of sessions are held to 64, ASVS §7.2.3).
const LIKELY_BITS: usize = 64;

/// One cookie that was set.
#[derive(Clone, Debug, PartialEq)]
pub struct CookieSeen {
    /// The line in the evidence.
    pub at: Pointer,
    /// What it says; malformed where browsers ignore the line.
    pub cookie: Header<Cookie>,
    /// What it is for, by the target file or by its name.
    pub meaning: Meaning,
    /// Whether its value looks like a credential although its name says nothing.
    pub likely_session: bool,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// Why browsers do not store it.
    pub refused: Option<Refusal>,
}

impl CookieSeen {
    /// The cookie, if browsers read and store it, and the line does not merely delete it.
    #[must_use]
    pub fn stored(&self) -> Option<&Cookie> {
        let kept = self.refused.is_none() && self.lifetime != Lifetime::Expired;
        self.cookie.value().filter(|_| kept)
    }

    /// The same, where it carries a session.
    #[must_use]
    pub fn session(&self) -> Option<&Cookie> {
        self.stored().filter(|_| self.meaning == Meaning::Session)
    }
}

/// Where a cookie was set.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) host: &'a str,
    pub(super) secure: bool,
    pub(super) received: Timestamp,
    pub(super) policy: &'a HeadersPolicy,
}

pub(super) fn read(at: Pointer, value: &str, setting: Setting<'_>) -> CookieSeen {
    match cookie::parse(value) {
        Ok(cookie) => {
            let meaning = meaning(&cookie, setting.policy);
            let strong = cookie.shape.is_jwt || cookie.shape.bits >= LIKELY_BITS;
            CookieSeen {
                meaning,
                likely_session: meaning == Meaning::Unknown && strong,
                lifetime: cookie.lifetime(setting.received),
                refused: cookie.refusal(setting.host, setting.secure),
                cookie: Header::Present {
                    at: at.clone(),
                    value: cookie,
                },
                at,
            }
        }
        Err(why) => CookieSeen {
            cookie: Header::Malformed {
                at: at.clone(),
                why,
            },
            at,
            meaning: Meaning::Unknown,
            likely_session: false,
            lifetime: Lifetime::Session,
            refused: None,
        },
    }
}

fn meaning(cookie: &Cookie, policy: &HeadersPolicy) -> Meaning {
    let name = cookie.name.raw();
    let named = |names: &[String]| names.iter().any(|known| known == name);
    if named(&policy.session_cookies) {
        Meaning::Session
    } else if named(&policy.other_cookies) {
        Meaning::Plumbing
    } else {
        cookie::meaning(name)
    }
}
