//! What the name of a cipher suite says.
//!
//! The name is the definition (RFC 5246 §A.5: key exchange, authentication, encryption, integrity),
//! so the properties are read from it and cannot disagree with it. The compiler reads it, once.

use super::class::Class;
use super::suite::{Authentication, CipherSuite, Classes, KeyExchange, Mode, Needs};

/// A suite with all that its name says.
pub(super) const fn suite(id: u16, name: &'static str) -> CipherSuite {
    let tls13 = is_tls13(id);
    let (keys, cipher) = halves(name);
    let key_exchange = if tls13 {
        KeyExchange::Tls13
    } else {
        key_exchange(keys, cipher)
    };
    let authentication = authentication(key_exchange, keys);
    let mode = mode(id, cipher);
    CipherSuite {
        id,
        name,
        key_exchange,
        authentication,
        mode,
        bits: bits(mode, cipher),
        forward_secret: matches!(
            key_exchange,
            KeyExchange::Dhe | KeyExchange::Ecdhe | KeyExchange::Tls13
        ) || contains(keys, b"ECCPWD"),
        needs: needs(key_exchange, authentication, keys),
        before_tls12: !tls13
            && !matches!(mode, Mode::Aead)
            && !ends_with(cipher, b"SHA256")
            && !ends_with(cipher, b"SHA384"),
        classes: Classes::NONE
            .with(Class::Null, matches!(mode, Mode::Null))
            .with(
                Class::Anonymous,
                matches!(authentication, Authentication::Anonymous),
            )
            .with(Class::Export, contains(keys, b"EXPORT"))
            .with(Class::Des, starts_with(cipher, b"DES"))
            .with(Class::Rc4, starts_with(cipher, b"RC4"))
            .with(Class::SmallBlock, small_block(cipher))
            .with(
                Class::StaticRsa,
                matches!(
                    key_exchange,
                    KeyExchange::Rsa | KeyExchange::StaticDh | KeyExchange::StaticEcdh
                ),
            )
            .with(Class::Cbc, matches!(mode, Mode::Cbc))
            .with(Class::Dhe, matches!(key_exchange, KeyExchange::Dhe)),
    }
}

/// The suites of TLS 1.3 name no key exchange, and neither do a few of TLS 1.2 (GOST): the number
/// tells them apart.
const fn is_tls13(id: u16) -> bool {
    matches!(id, 0x00c6 | 0x00c7 | 0x1301..=0x1307 | 0xc0b4 | 0xc0b5 | 0xc103..=0xc106)
}

/// The key exchange, before `_WITH_`, and the cipher, behind it. A TLS 1.3 suite has no first half.
const fn halves(name: &str) -> (&[u8], &[u8]) {
    let Some((_, name)) = split_once(name.as_bytes(), b"_") else {
        return (b"", name.as_bytes());
    };
    match split_once(name, b"_WITH_") {
        Some(halves) => halves,
        None => (b"", name),
    }
}

const fn key_exchange(keys: &[u8], cipher: &[u8]) -> KeyExchange {
    let anonymous = contains(keys, b"anon");
    let first = match split_once(keys, b"_") {
        Some((first, _)) => first,
        None => keys,
    };
    match first {
        b"DHE" => KeyExchange::Dhe,
        b"ECDHE" => KeyExchange::Ecdhe,
        b"DH" if anonymous => KeyExchange::Dhe,
        b"ECDH" if anonymous => KeyExchange::Ecdhe,
        b"DH" => KeyExchange::StaticDh,
        b"ECDH" => KeyExchange::StaticEcdh,
        b"PSK" if ends_with(keys, b"_DHE") => KeyExchange::Dhe,
        b"PSK" => KeyExchange::Psk,
        b"SRP" | b"ECCPWD" => KeyExchange::Password,
        b"KRB5" => KeyExchange::Kerberos,
        _ if contains(keys, b"GOST") || contains(cipher, b"GOST") => KeyExchange::Gost,
        _ => KeyExchange::Rsa,
    }
}

const fn authentication(key_exchange: KeyExchange, keys: &[u8]) -> Authentication {
    match key_exchange {
        KeyExchange::Tls13 => Authentication::Tls13,
        KeyExchange::Gost => Authentication::Gost,
        KeyExchange::Kerberos => Authentication::Shared,
        KeyExchange::Rsa
        | KeyExchange::StaticDh
        | KeyExchange::StaticEcdh
        | KeyExchange::Dhe
        | KeyExchange::Ecdhe
        | KeyExchange::Psk
        | KeyExchange::Password => {
            if contains(keys, b"anon") {
                Authentication::Anonymous
            } else if contains(keys, b"DSS") {
                Authentication::Dss
            } else if contains(keys, b"ECDSA") {
                Authentication::Ecdsa
            } else if contains(keys, b"RSA") {
                Authentication::Rsa
            } else {
                Authentication::Shared
            }
        }
    }
}

const fn needs(key_exchange: KeyExchange, proof: Authentication, keys: &[u8]) -> Needs {
    if matches!(proof, Authentication::Shared) || contains_any(keys, &[b"PSK", b"SRP", b"ECCPWD"]) {
        Needs::SharedSecret
    } else if matches!(proof, Authentication::Dss) || matches!(key_exchange, KeyExchange::StaticDh)
    {
        Needs::DatedCertificate
    } else {
        Needs::Common
    }
}

const fn mode(id: u16, cipher: &[u8]) -> Mode {
    // TLS_SHA256_SHA256 and TLS_SHA384_SHA384 protect integrity alone (RFC 9150 §1).
    if contains(cipher, b"NULL") || matches!(id, 0xc0b4 | 0xc0b5) {
        Mode::Null
    } else if contains_any(cipher, &[b"GCM", b"CCM", b"POLY1305", b"AEGIS", b"MGM"]) {
        Mode::Aead
    } else if contains(cipher, b"CBC") {
        Mode::Cbc
    } else {
        Mode::Stream
    }
}

/// What is left of the encryption, not what is written on it: 3DES 112, export 40 or 56.
const fn bits(mode: Mode, cipher: &[u8]) -> u16 {
    let long: &[&[u8]] = &[b"_256", b"CHACHA20", b"28147", b"KUZNYECHIK", b"MAGMA"];
    if matches!(mode, Mode::Null) {
        0
    } else if contains_any(cipher, &[b"DES40", b"_40_"]) {
        40
    } else if contains(cipher, b"_56_") {
        56
    } else if contains(cipher, b"3DES") {
        112
    } else if starts_with(cipher, b"DES_") {
        56
    } else if contains_any(cipher, long) {
        256
    } else {
        128
    }
}

const fn small_block(cipher: &[u8]) -> bool {
    contains_any(cipher, &[b"DES", b"IDEA", b"RC2", b"28147", b"MAGMA"])
}

const fn starts_with(mut text: &[u8], mut word: &[u8]) -> bool {
    loop {
        match (text, word) {
            (_, []) => return true,
            ([a, rest @ ..], [b, more @ ..]) if *a == *b => (text, word) = (rest, more),
            _ => return false,
        }
    }
}

const fn ends_with(text: &[u8], word: &[u8]) -> bool {
    match text.len().checked_sub(word.len()) {
        Some(before) => starts_with(text.split_at(before).1, word),
        None => false,
    }
}

/// Where `word` begins in `text`, and all behind that.
const fn from<'a>(mut text: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    while let [_, rest @ ..] = text {
        if starts_with(text, word) {
            return Some(text);
        }
        text = rest;
    }
    None
}

const fn split_once<'a>(text: &'a [u8], word: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let Some(found) = from(text, word) else {
        return None;
    };
    let before = text.split_at(text.len() - found.len()).0;
    Some((before, found.split_at(word.len()).1))
}

const fn contains(text: &[u8], word: &[u8]) -> bool {
    from(text, word).is_some()
}

const fn contains_any(text: &[u8], mut words: &[&[u8]]) -> bool {
    while let [word, rest @ ..] = words {
        if contains(text, word) {
            return true;
        }
        words = rest;
    }
    false
}
