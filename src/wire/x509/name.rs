//! Distinguished names as text (RFC 4514), in the order in which the certificate has them.

use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use super::der::{OID, Reader, SEQUENCE, SET};
use crate::model::Untrusted;

/// Attribute types with a short name (RFC 4519 §2, RFC 5280 §A.1), by dotted number.
#[rustfmt::skip]
const SHORT: &[(&str, &str)] = &[
    ("2.5.4.3",                    "CN"),
    ("2.5.4.4",                    "SN"),
    ("2.5.4.5",                    "serialNumber"),
    ("2.5.4.6",                    "C"),
    ("2.5.4.7",                    "L"),
    ("2.5.4.8",                    "ST"),
    ("2.5.4.9",                    "street"),
    ("2.5.4.10",                   "O"),
    ("2.5.4.11",                   "OU"),
    ("2.5.4.15",                   "businessCategory"),
    ("2.5.4.17",                   "postalCode"),
    ("2.5.4.97",                   "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1",       "emailAddress"),
    ("1.3.6.1.4.1.311.60.2.1.3",   "jurisdictionC"),
];

const BMP_STRING: u32 = 30;

/// One relative distinguished name in a form that can be compared: types with their values, sorted.
pub(super) type Rdn = Vec<(String, Value)>;

/// A value of an attribute as RFC 5280 §7.1 compares it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    /// Text, whatever its encoding: letters in lower case, white space reduced to single spaces.
    Text(String),
    /// Anything else: the tag and the octets.
    Octets(u8, Vec<u8>),
}

/// Are these the contents of the same name? Authorities may write it in another encoding, or with
/// other capitals, than the certificate below them (RFC 5280 §7.1).
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    // No encoding is four times as long as another: a peer's name of many pages is read by nobody.
    let comparable = one.len() / 4 <= other.len() && other.len() / 4 <= one.len();
    one == other || comparable && rdns(one).is_some_and(|read| rdns(other) == Some(read))
}

/// Reads the contents of a Name, an RDNSequence.
pub(super) fn rdns(contents: &[u8]) -> Option<Vec<Rdn>> {
    let mut rest = Reader::new(contents);
    let mut read = Vec::new();
    while !rest.is_empty() {
        let mut set = rest.take(SET)?.inside();
        let mut rdn = Rdn::new();
        while !set.is_empty() {
            let mut attribute = set.take(SEQUENCE)?.inside();
            let kind = attribute.take(OID)?.dotted()?;
            let stated = attribute.read()?;
            rdn.push((kind, Value::read(stated.tag, stated.body)));
        }
        rdn.sort_unstable();
        read.push(rdn);
    }
    Some(read)
}

impl Value {
    fn read(tag: u8, octets: &[u8]) -> Self {
        let text = match tag {
            // UTF8String, PrintableString, IA5String, VisibleString.
            0x0c | 0x13 | 0x16 | 0x1a => std::str::from_utf8(octets).ok().map(str::to_owned),
            // TeletexString, taken as ISO 8859-1 by everybody.
            0x14 => Some(octets.iter().map(|octet| char::from(*octet)).collect()),
            0x1e => utf16(octets),
            _ => None,
        };
        text.map_or_else(
            || Self::Octets(tag, octets.to_vec()),
            |text| {
                let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
                Self::Text(words.join(" "))
            },
        )
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Octets(_, _) => None,
        }
    }
}

/// BMPString.
fn utf16(octets: &[u8]) -> Option<String> {
    let units = octets.chunks(2).map(|pair| {
        pair.iter()
            .fold(0, |sum, octet| sum << 8 | u16::from(*octet))
    });
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// `CN=Example Root, O=Example`: separators inside a value are escaped, so that one value cannot
/// pass for two.
pub(super) fn text(name: &X509Name<'_>) -> Untrusted {
    let parts: Vec<String> = name
        .iter_attributes()
        .map(|attribute| format!("{}={}", kind(attribute), escaped(&value(attribute))))
        .collect();
    Untrusted::from(parts.join(", "))
}

/// The last common name, or whatever the name ends with: what a person calls the certificate.
pub(super) fn short(name: &X509Name<'_>) -> Untrusted {
    let named = name.iter_common_name().last();
    let attribute = named.or_else(|| name.iter_attributes().last());
    Untrusted::from(attribute.map(value).unwrap_or_default())
}

/// The last common name.
pub(super) fn common(name: &X509Name<'_>) -> Option<Untrusted> {
    let named = name.iter_common_name().last();
    named.map(|attribute| Untrusted::from(value(attribute)))
}

fn kind(attribute: &AttributeTypeAndValue<'_>) -> String {
    let number = attribute.attr_type().to_id_string();
    SHORT
        .iter()
        .find(|(dotted, _)| *dotted == number)
        .map_or(number, |(_, short)| (*short).to_owned())
}

fn value(attribute: &AttributeTypeAndValue<'_>) -> String {
    let bytes = attribute.as_slice();
    if attribute.attr_value().tag().0 == BMP_STRING {
        let units = bytes
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |sum, byte| sum << 8 | u16::from(*byte)));
        return char::decode_utf16(units)
            .map(|c| c.unwrap_or('\u{fffd}'))
            .collect();
    }
    Untrusted::from_bytes(bytes).raw().to_owned()
}

/// RFC 4514 §2.4.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::same;

    /// The contents of a Name of one common name.
    fn named(tag: u8, value: &[u8]) -> Vec<u8> {
        let length = |bytes: &[u8]| u8::try_from(bytes.len()).expect("short");
        let mut attribute = vec![0x06, 3, 0x55, 0x04, 0x03, tag, length(value)];
        attribute.extend(value);
        let sequence = [&[0x30, length(&attribute)], &attribute[..]].concat();
        [&[0x31, length(&sequence)], &sequence[..]].concat()
    }

    #[test]
    fn names_are_compared_as_text() {
        let printable = named(0x13, b"Example Root");
        #[rustfmt::skip]
        let cases: &[(&str, Vec<u8>, bool)] = &[
            ("itself",           named(0x13, b"Example Root"),      true),
            ("another encoding", named(0x0c, b"Example Root"),      true),
            ("other capitals",   named(0x0c, b"EXAMPLE root"),      true),
            ("more spaces",      named(0x13, b" Example  Root "),   true),
            ("UTF-16",           named(0x1e, b"\0E\0x\0a\0m\0p\0l\0e\0 \0R\0o\0o\0t"), true),
            ("another name",     named(0x13, b"Example Roots"),     false),
            ("no text",          named(0x04, b"Example Root"),      false),
            ("broken",           vec![0x31, 9],                     false),
        ];
        for (what, other, expected) in cases {
            assert_eq!(same(&printable, other), *expected, "{what}");
        }
    }
}
