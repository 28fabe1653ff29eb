//! The SSL Labs letter, by the Server Rating Guide, version 2009r (16 May 2025).
//!
//! Three categories are scored and weighed, the score gives a letter, and rules added since 2009
//! limit it. What the web tool finds out by other means (padding oracles, ROBOT, Ticketbleed,
//! Heartbleed, a renegotiation carried through) is not tried here; a server that has one of those
//! faults gets F there.

mod cap;
mod letter;
mod open;

pub use letter::{Cap, Letter, Open};

use super::posture::{Leaf, Posture};
use crate::wire::tls::{Class, Version};

/// Where the rules are written.
pub const GUIDE: &str = "https://github.com/ssllabs/research/wiki/SSL-Server-Rating-Guide";

/// The revision followed.
pub const REVISION: &str = "2009r";

/// The rating of one server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SslLabs {
    /// The revision of the guide.
    pub revision: &'static str,
    /// The letter; `None` when it depends on something that could not be decided.
    pub grade: Option<Letter>,
    /// 0 to 100, before limits: 30 % protocol, 30 % key exchange, 40 % cipher.
    pub score: Option<u8>,
    /// Every suite and group was looked at (`--ciphers`). Without that the score is of those that
    /// were chosen; the letter does not change, since what could be missing is strong.
    pub exact: bool,
    /// 0 to 100.
    pub protocol: Option<u8>,
    /// 0 to 100.
    pub key_exchange: Option<u8>,
    /// 0 to 100.
    pub cipher: Option<u8>,
    /// Every rule that applies, whether or not another one limits more.
    pub caps: Vec<Cap>,
    /// Rules that may apply, and may not. The letter is withheld where one of them would change it.
    pub open: Vec<Open>,
}

impl SslLabs {
    /// Rates a server.
    #[must_use]
    pub fn of(posture: &Posture) -> Self {
        let protocol = protocol(posture);
        let key_exchange = key_exchange(posture);
        let cipher = cipher(posture);
        let score = match (protocol, key_exchange, cipher) {
            (Some(protocol), Some(key_exchange), Some(cipher)) => {
                Some(total(protocol, key_exchange, cipher))
            }
            _ => None,
        };
        let caps = cap::all(posture);
        let open = open::all(posture);
        // A server without any certificate is one that authenticates nobody: a zero.
        let complete = posture.leaf.is_some() || score == Some(0);
        let grade = score
            .filter(|_| complete)
            .map(|score| letter(score, caps.iter().map(|cap| cap.limit)));
        let worst = open.iter().map(|open| open.limit).min();
        Self {
            revision: REVISION,
            grade: grade.filter(|grade| worst.is_none_or(|worst| worst >= *grade)),
            score,
            exact: posture.all_suites && posture.all_groups,
            protocol,
            key_exchange,
            cipher,
            caps,
            open,
        }
    }
}

/// A+ is an A that nothing limits.
fn letter(score: u8, limits: impl Iterator<Item = Letter>) -> Letter {
    let earned = Letter::of(score);
    match (earned, limits.min()) {
        (Letter::A, None) => Letter::APlus,
        (_, None) => earned,
        (_, Some(limit)) => earned.min(limit),
    }
}

/// A zero in one category makes the whole zero.
fn total(protocol: u8, key_exchange: u8, cipher: u8) -> u8 {
    if protocol == 0 || key_exchange == 0 || cipher == 0 {
        return 0;
    }
    let tenths = 3 * u16::from(protocol) + 3 * u16::from(key_exchange) + 4 * u16::from(cipher);
    u8::try_from(tenths / 10).unwrap_or(100)
}

/// Best and worst version, averaged.
fn protocol(posture: &Posture) -> Option<u8> {
    let points = |version| match version {
        Version::Ssl2 => 0,
        Version::Ssl3 => 80,
        Version::Tls10 => 90,
        Version::Tls11 => 95,
        Version::Tls12 | Version::Tls13 => 100,
    };
    average(posture.accepted().map(points))
}

/// The weakest of certificate key, Diffie-Hellman prime and curves, as an RSA length.
fn key_exchange(posture: &Posture) -> Option<u8> {
    if posture.with(Class::Anonymous).is_some() {
        return Some(0);
    }
    let key = posture
        .leaf
        .as_ref()
        .and_then(|leaf: &Leaf| leaf.key.rsa_equivalent());
    let curves = posture
        .groups
        .iter()
        .filter_map(|group| group.rsa_equivalent())
        .map(u32::from);
    let weakest = curves.chain(posture.dh_bits).chain(key).min()?;
    let points = match weakest {
        0..512 => 20,
        512..1024 => 40,
        1024..2048 => 80,
        2048..4096 => 90,
        4096.. => 100,
    };
    let export = posture.with(Class::Export).is_some();
    Some(if export { points.min(40) } else { points })
}

/// Strongest and weakest suite, averaged.
fn cipher(posture: &Posture) -> Option<u8> {
    let points = |bits| match bits {
        0 => 0,
        1..128 => 20,
        128..256 => 80,
        256.. => 100,
    };
    average(posture.everywhere().map(|(_, suite)| points(suite.bits())))
}

fn average(points: impl Iterator<Item = u8>) -> Option<u8> {
    let points: Vec<u8> = points.collect();
    let (worst, best) = (points.iter().min()?, points.iter().max()?);
    Some(best.midpoint(*worst))
}

#[cfg(test)]
pub(super) mod tests;
