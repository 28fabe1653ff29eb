//! Distinguished Encoding Rules (X.690 §8, §10), as much as certificates and OCSP need: single-byte
//! tags, definite lengths, nothing copied.

use crate::model::Timestamp;

/// BOOLEAN.
pub(super) const BOOLEAN: u8 = 0x01;
/// INTEGER.
pub(super) const INTEGER: u8 = 0x02;
/// BIT STRING.
pub(super) const BIT_STRING: u8 = 0x03;
/// OCTET STRING.
pub(super) const OCTET_STRING: u8 = 0x04;
/// OBJECT IDENTIFIER.
pub(super) const OID: u8 = 0x06;
/// ENUMERATED.
pub(super) const ENUMERATED: u8 = 0x0a;
/// UTCTime.
const UTC_TIME: u8 = 0x17;
/// GeneralizedTime.
pub(super) const GENERALIZED_TIME: u8 = 0x18;
/// SEQUENCE, constructed.
pub(super) const SEQUENCE: u8 = 0x30;
/// SET, constructed.
pub(super) const SET: u8 = 0x31;

/// The constructed, context-specific tag `[number]`.
pub(super) const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// The primitive, context-specific tag `[number]`.
pub(super) const fn primitive(number: u8) -> u8 {
    0x80 | number
}

/// One tag, length and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// The identifier octet.
    pub(super) tag: u8,
    /// The contents.
    pub(super) body: &'a [u8],
    /// Identifier, length and contents: what a signature covers.
    pub(super) whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub(super) const fn inside(self) -> Reader<'a> {
        Reader { rest: self.body }
    }

    /// The octets of a BIT STRING that has no unused bits.
    pub(super) fn bits(self) -> Option<&'a [u8]> {
        match self.body.split_first() {
            Some((0, octets)) if self.tag == BIT_STRING => Some(octets),
            _ => None,
        }
    }

    /// The contents of an OBJECT IDENTIFIER as a dotted number (X.690 §8.19).
    pub(super) fn dotted(self) -> Option<String> {
        let mut arcs: Vec<u64> = vec![0];
        for octet in self.body {
            let arc = arcs.last_mut()?;
            *arc = arc.checked_mul(128)? | u64::from(octet & 0x7f);
            if octet & 0x80 == 0 {
                arcs.push(0);
            }
        }
        // The last octet of a number has its high bit clear.
        if self.body.is_empty() || arcs.pop() != Some(0) {
            return None;
        }
        let (first, rest) = arcs.split_first()?;
        let root = (*first / 40).min(2);
        let mut text = format!("{root}.{}", first - root * 40);
        for arc in rest {
            text.push_str(&format!(".{arc}"));
        }
        Some(text)
    }

    /// The contents of a small INTEGER that is not negative.
    pub(super) fn unsigned(self) -> Option<u32> {
        let (first, _) = self.body.split_first()?;
        let fits = first & 0x80 == 0 && self.body.len() <= 5;
        let value = self
            .body
            .iter()
            .fold(0u64, |sum, octet| sum << 8 | u64::from(*octet));
        u32::try_from(value).ok().filter(|_| fits)
    }

    /// UTCTime or GeneralizedTime, to the second and in UTC, as RFC 5280 §4.1.2.5 has them.
    pub(super) fn time(self) -> Option<Timestamp> {
        let text = std::str::from_utf8(self.body).ok()?;
        let digits = text.strip_suffix('Z')?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let full = match (self.tag, digits.len()) {
            (GENERALIZED_TIME, 14) => digits.to_owned(),
            // Years of two digits: 50 to 99 are of the last century (§4.1.2.5.1).
            (UTC_TIME, 12) if digits >= "50" => format!("19{digits}"),
            (UTC_TIME, 12) => format!("20{digits}"),
            _ => return None,
        };
        let part = |range| full.get(range).unwrap_or_default();
        Timestamp::parse(&format!(
            "{}-{}-{}T{}:{}:{}Z",
            part(0..4),
            part(4..6),
            part(6..8),
            part(8..10),
            part(10..12),
            part(12..14)
        ))
    }
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Nothing is left.
    pub(super) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, if a whole one is left.
    pub(super) fn read(&mut self) -> Option<Element<'a>> {
        let (tag, after_tag) = self.rest.split_first()?;
        let (first, after_first) = after_tag.split_first()?;
        let (length, contents) = if *first < 0x80 {
            (usize::from(*first), after_first)
        } else {
            let (octets, contents) = after_first.split_at_checked(usize::from(*first & 0x7f))?;
            if octets.is_empty() || octets.len() > 4 {
                return None;
            }
            let length = octets
                .iter()
                .fold(0, |sum, octet| sum << 8 | usize::from(*octet));
            (length, contents)
        };
        let (body, rest) = contents.split_at_checked(length)?;
        let whole = self.rest.get(..self.rest.len() - rest.len())?;
        self.rest = rest;
        Some(Element {
            tag: *tag,
            body,
            whole,
        })
    }

    /// The next element, which must have this tag.
    pub(super) fn take(&mut self, tag: u8) -> Option<Element<'a>> {
        self.read().filter(|element| element.tag == tag)
    }

    /// The next element if it has this tag; otherwise nothing is consumed.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Element<'a>> {
        let mut ahead = *self;
        let element = ahead.take(tag)?;
        *self = ahead;
        Some(element)
    }
}

#[cfg(test)]
mod tests {
    use super::{Element, Reader};

    #[rustfmt::skip]
    const TIMES: &[(u8, &str, Option<&str>)] = &[
        (0x18, "20260315000000Z",     Some("2026-03-15T00:00:00Z")),
        (0x17, "260315000001Z",       Some("2026-03-15T00:00:01Z")),
        (0x17, "491231235959Z",       Some("2049-12-31T23:59:59Z")),
        (0x17, "500101000000Z",       Some("1950-01-01T00:00:00Z")),
        (0x18, "99991231235959Z",     Some("9999-12-31T23:59:59Z")),
        (0x18, "20260315000000+0100", None),
        (0x18, "20260315000000.5Z",   None),
        (0x17, "2603150000Z",         None),
        (0x18, "20261315000000Z",     None),
        (0x02, "20260315000000Z",     None),
    ];

    #[test]
    fn times_are_read_to_the_second() {
        for (tag, text, expected) in TIMES {
            let element = Element {
                tag: *tag,
                body: text.as_bytes(),
                whole: &[],
            };
            assert_eq!(
                element.time().map(|at| at.to_string()).as_deref(),
                *expected,
                "{text}"
            );
        }
    }

    #[rustfmt::skip]
    const NUMBERS: &[(&[u8], Option<&str>)] = &[
        (&[0x55, 0x1d, 0x11],                                     Some("2.5.29.17")),
        (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11],         Some("1.2.840.113549.1.1.11")),
        (&[0x2b, 0x65, 0x71],                                     Some("1.3.101.113")),
        (&[0x88, 0x37, 3],                                        Some("2.999.3")),
        (&[0x00],                                                 Some("0.0")),
        (&[],                                                     None),
        (&[0x55, 0x9d],                                           None),
        (&[0xff; 12],                                             None),
    ];

    #[test]
    fn object_identifiers_are_read_arc_by_arc() {
        for (body, expected) in NUMBERS {
            let element = Element {
                tag: super::OID,
                body,
                whole: &[],
            };
            assert_eq!(element.dotted().as_deref(), *expected, "{body:x?}");
        }
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        for bytes in [
            &[0x30u8][..],
            &[0x30, 2, 0],
            &[0x30, 0x80],
            &[0x30, 0x85, 0, 0, 0, 0, 1, 0],
            &[0x30, 0x82, 1],
        ] {
            assert_eq!(Reader::new(bytes).read(), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_whole_element_includes_its_header() {
        let bytes = [0x30, 0x81, 1, 7, 0xff];
        let mut reader = Reader::new(&bytes);
        let element = reader.read().expect("one element");
        assert_eq!((element.body, element.whole), (&[7u8][..], &bytes[..4]));
        assert!(!reader.is_empty() && reader.read().is_none());
    }
}
