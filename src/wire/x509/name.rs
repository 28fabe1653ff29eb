//! Distinguished names as text (RFC 4514), in the order in which the certificate has them.

use x509_parser::x509::{AttributeTypeAndValue, X509Name};

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
