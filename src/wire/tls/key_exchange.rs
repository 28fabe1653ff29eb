//! ServerKeyExchange: the ephemeral parameters a server chose (RFC 5246 §7.4.3, RFC 8422 §5.4,
//! RFC 4279 §2).

use super::class::Class;
use super::group::Group;
use super::reader::Reader;
use super::suite::{Authentication, CipherSuite, KeyExchange};

/// The parameters, as far as they say how strong the exchange is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ephemeral {
    /// Diffie-Hellman over a prime field: the prime, big-endian without leading zeros.
    Dh {
        /// The prime.
        prime: Vec<u8>,
        /// The generator.
        generator: Vec<u8>,
    },
    /// Elliptic curves, by registered number.
    Curve(Group),
    /// Elliptic curves, spelt out: no browser takes them (RFC 8422 §5.4).
    ExplicitCurve,
    /// The short RSA key of an export suite (RFC 2246 §7.4.3).
    ExportRsa {
        /// The modulus.
        modulus: Vec<u8>,
    },
}

impl Ephemeral {
    /// Reads the body of a message of type 12 as `suite` defines it.
    #[must_use]
    pub fn read(suite: CipherSuite, body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        let hinted = suite.authentication() == Authentication::Shared
            && matches!(suite.key_exchange(), KeyExchange::Dhe | KeyExchange::Ecdhe);
        if hinted {
            reader.vec16()?;
        }
        match suite.key_exchange() {
            KeyExchange::Dhe => {
                let (prime, generator) = (trim(reader.vec16()?), trim(reader.vec16()?));
                Some(Self::Dh { prime, generator })
            }
            KeyExchange::Ecdhe => match reader.u8()? {
                3 => Some(Self::Curve(Group(reader.u16()?))),
                1 | 2 => Some(Self::ExplicitCurve),
                _ => None,
            },
            KeyExchange::Rsa if suite.is(Class::Export) => Some(Self::ExportRsa {
                modulus: trim(reader.vec16()?),
            }),
            KeyExchange::Rsa
            | KeyExchange::StaticDh
            | KeyExchange::StaticEcdh
            | KeyExchange::Psk
            | KeyExchange::Password
            | KeyExchange::Kerberos
            | KeyExchange::Gost
            | KeyExchange::Tls13 => None,
        }
    }

    /// The size of the prime or modulus in bits, if the exchange has one.
    #[must_use]
    pub fn bits(&self) -> Option<usize> {
        match self {
            Self::Dh { prime, .. } => Some(bits(prime)),
            Self::ExportRsa { modulus } => Some(bits(modulus)),
            Self::Curve(_) | Self::ExplicitCurve => None,
        }
    }
}

fn trim(number: &[u8]) -> Vec<u8> {
    number
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .collect()
}

/// The length in bits of a big-endian number without leading zeros.
fn bits(number: &[u8]) -> usize {
    let top = number
        .first()
        .map_or(0, |byte| byte.leading_zeros() as usize);
    (number.len() * 8).saturating_sub(top)
}

#[cfg(test)]
mod tests {
    use super::Ephemeral;
    use crate::wire::tls::{CipherSuite, Group};

    /// Suite, body, what it reads as: bits or a curve.
    type Case = (u16, &'static [u8], Option<usize>, Option<Group>);

    #[rustfmt::skip]
    const CASES: &[Case] = &[
        (0x0039, &[0, 2, 0x80, 1, 0, 1, 2, 0, 1, 9],        Some(16), None),
        (0x0039, &[0, 3, 0, 0x40, 1, 0, 1, 2, 0, 1, 9],     Some(15), None), // leading zero
        (0x0018, &[0, 1, 1, 0, 1, 2, 0, 1, 9],              Some(1),  None),
        (0x008e, &[0, 1, 65, 0, 1, 0xff, 0, 1, 2],          Some(8),  None), // behind a hint
        (0xc02f, &[3, 0, 29, 1, 4],                         None,     Some(Group::X25519)),
        (0x0003, &[0, 64, 0xff],                            None,     None), // cut short
        (0x0003, &[0, 2, 0xff, 1, 0, 1, 3],                 Some(16), None),
        (0x002f, &[0, 2, 0xff, 1],                          None,     None), // has no such message
        (0xc02f, &[9],                                      None,     None),
    ];

    #[test]
    fn parameters_are_read_as_the_suite_defines_them() {
        for (suite, body, bits, curve) in CASES {
            let found = Ephemeral::read(CipherSuite::by_id(*suite).unwrap(), body);
            assert_eq!(
                found.as_ref().and_then(Ephemeral::bits),
                *bits,
                "{suite:#x}"
            );
            let group = found.and_then(|found| match found {
                Ephemeral::Curve(group) => Some(group),
                Ephemeral::Dh { .. } | Ephemeral::ExplicitCurve | Ephemeral::ExportRsa { .. } => {
                    None
                }
            });
            assert_eq!(group, *curve, "{suite:#x}");
        }
    }
}
