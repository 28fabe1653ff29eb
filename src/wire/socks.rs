//! SOCKS version 5 (RFC 1928), as a client speaks it: greeting, name and password (RFC 1929), CONNECT.

use std::net::IpAddr;

/// The version that every message begins with.
const VERSION: u8 = 5;

/// What a proxy is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Nothing.
    None,
    /// A name and a password.
    Password,
}

/// What it did not do as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What it said is not SOCKS 5.
    NotSocks,
    /// It takes none of the methods that were offered (RFC 1928 §3).
    NoMethod,
    /// It did not take the name and password (RFC 1929 §2).
    BadPassword,
    /// It did not connect, with the code of its reply (RFC 1928 §6).
    Reply(u8),
}

impl Fault {
    /// What it says, in words.
    #[must_use]
    pub fn said(self) -> String {
        match self {
            Self::NotSocks => "it does not speak SOCKS 5".to_owned(),
            Self::NoMethod => "it wants another way of authentication".to_owned(),
            Self::BadPassword => "it does not take the name and password".to_owned(),
            Self::Reply(code) => match code {
                1 => "it failed, and does not say at what".to_owned(),
                2 => "its rules do not allow this host and port".to_owned(),
                3 => "it cannot reach the target's network".to_owned(),
                4 => "it cannot reach the target's host".to_owned(),
                5 => "the target refuses its connection".to_owned(),
                6 => "the way from it to the target is too long".to_owned(),
                7 => "it does not make connections".to_owned(),
                8 => "it does not take this kind of address".to_owned(),
                code => format!("it says {code}, which has no meaning"),
            },
        }
    }
}

/// The first message: what may be asked for (§3).
#[must_use]
pub fn greeting(has_password: bool) -> Vec<u8> {
    if has_password {
        vec![VERSION, 2, 0, 2]
    } else {
        vec![VERSION, 1, 0]
    }
}

/// What the proxy chose of it.
///
/// # Errors
/// When it is not SOCKS 5, or nothing was chosen.
pub fn chosen(answer: [u8; 2]) -> Result<Method, Fault> {
    match answer {
        [VERSION, 0] => Ok(Method::None),
        [VERSION, 2] => Ok(Method::Password),
        [VERSION, _] => Err(Fault::NoMethod),
        _ => Err(Fault::NotSocks),
    }
}

/// The name and password; `None` where one is empty or longer than a length can say (RFC 1929 §2).
#[must_use]
pub fn password(name: &str, password: &str) -> Option<Vec<u8>> {
    let mut message = vec![1];
    for part in [name, password] {
        let length = u8::try_from(part.len()).ok().filter(|length| *length > 0)?;
        message.push(length);
        message.extend_from_slice(part.as_bytes());
    }
    Some(message)
}

/// Whether they were taken.
///
/// # Errors
/// When they were not.
pub const fn taken(answer: [u8; 2]) -> Result<(), Fault> {
    match answer {
        [_, 0] => Ok(()),
        _ => Err(Fault::BadPassword),
    }
}

/// Where to connect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To<'a> {
    /// An address.
    Address(IpAddr),
    /// A name that the proxy resolves.
    Name(&'a str),
}

/// The request for a connection (RFC 1928 §4); `None` where a name is longer than a length can say.
#[must_use]
pub fn connect(to: To<'_>, port: u16) -> Option<Vec<u8>> {
    let mut message = vec![VERSION, 1, 0];
    match to {
        To::Address(IpAddr::V4(address)) => {
            message.push(1);
            message.extend(address.octets());
        }
        To::Address(IpAddr::V6(address)) => {
            message.push(4);
            message.extend(address.octets());
        }
        To::Name(name) => {
            message.push(3);
            message.push(u8::try_from(name.len()).ok()?);
            message.extend_from_slice(name.as_bytes());
        }
    }
    message.extend(port.to_be_bytes());
    Some(message)
}

/// How many bytes of a reply are left to read, from its first five: the rest of the bound address,
/// which says nothing of the target, and the port (RFC 1928 §6).
///
/// # Errors
/// When no connection was made.
pub fn rest(first: [u8; 5]) -> Result<usize, Fault> {
    match first {
        [VERSION, 0, _, 1, _] => Ok(3 + 2),
        [VERSION, 0, _, 4, _] => Ok(15 + 2),
        [VERSION, 0, _, 3, length] => Ok(usize::from(length) + 2),
        [VERSION, code, ..] if code != 0 => Err(Fault::Reply(code)),
        _ => Err(Fault::NotSocks),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Method, To, chosen, connect, greeting, password, rest, taken};

    #[test]
    fn messages_are_as_the_rfcs_draw_them() {
        assert_eq!(greeting(false), [5, 1, 0]);
        assert_eq!(greeting(true), [5, 2, 0, 2]);
        assert_eq!(password("me", "pw").unwrap(), b"\x01\x02me\x02pw");
        assert_eq!(password("me", ""), None);
        assert_eq!(password(&"m".repeat(256), "pw"), None);
        let name = connect(To::Name("a.example"), 443).unwrap();
        assert_eq!(name, b"\x05\x01\x00\x03\x09a.example\x01\xbb");
        let v4 = connect(To::Address("192.0.2.1".parse().unwrap()), 80).unwrap();
        assert_eq!(v4, b"\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50");
        let v6 = connect(To::Address("::1".parse().unwrap()), 80).unwrap();
        assert_eq!((v6.len(), v6[3], v6[19]), (22, 4, 1));
        assert_eq!(connect(To::Name(&"a".repeat(256)), 80), None);
    }

    #[rustfmt::skip]
    const REPLIES: &[([u8; 5], Result<usize, Fault>)] = &[
        ([5, 0, 0, 1, 127],   Ok(5)),
        ([5, 0, 0, 4, 0],     Ok(17)),
        ([5, 0, 0, 3, 9],     Ok(11)),
        ([5, 5, 0, 1, 0],     Err(Fault::Reply(5))),
        ([5, 2, 0, 3, 0],     Err(Fault::Reply(2))),
        ([5, 0, 0, 9, 0],     Err(Fault::NotSocks)),
        ([4, 0x5a, 0, 0, 0],  Err(Fault::NotSocks)),
        (*b"HTTP/",           Err(Fault::NotSocks)),
    ];

    #[test]
    fn answers_are_read_and_nothing_else_is_taken_for_one() {
        assert_eq!(chosen([5, 0]), Ok(Method::None));
        assert_eq!(chosen([5, 2]), Ok(Method::Password));
        assert_eq!(chosen([5, 0xff]), Err(Fault::NoMethod));
        assert_eq!(chosen(*b"HT"), Err(Fault::NotSocks));
        assert_eq!(taken([1, 0]), Ok(()));
        assert_eq!(taken([1, 1]), Err(Fault::BadPassword));
        for (first, expected) in REPLIES {
            assert_eq!(rest(*first), *expected, "{first:?}");
        }
    }
}
