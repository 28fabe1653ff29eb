//! Bytes to text, as browsers decode them: a byte order mark decides, then the field, then the
//! document itself (Encoding Standard §6; HTML §13.2.3.2).

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252, X_USER_DEFINED};

use super::html;
use super::http::content_type::MediaType;

/// The text, without its byte order mark; what the encoding does not allow is U+FFFD.
#[must_use]
pub fn decode<'b>(bytes: &'b [u8], media: Option<&MediaType>) -> Cow<'b, str> {
    let (encoding, mark) = encoding(bytes, media);
    let text = bytes.get(mark..).unwrap_or_default();
    encoding.decode_without_bom_handling(text).0
}

/// Whether the document itself says how it is to be decoded, within the bytes browsers look at.
#[must_use]
pub fn is_declared_inside(bytes: &[u8]) -> bool {
    Encoding::for_bom(bytes).is_some() || inside(bytes).is_some()
}

/// The encoding, and the bytes its mark takes.
fn encoding(bytes: &[u8], media: Option<&MediaType>) -> (&'static Encoding, usize) {
    if let Some(marked) = Encoding::for_bom(bytes) {
        return marked;
    }
    // JSON is UTF-8, whatever is said of it (RFC 8259 §8.1, Fetch "json()").
    if media.is_some_and(MediaType::is_json) {
        return (UTF_8, 0);
    }
    let label = media.and_then(|media| media.charset.as_ref());
    let by_field = label.and_then(|label| Encoding::for_label(label.raw().as_bytes()));
    let found = by_field.or_else(|| inside(bytes).filter(|_| media.is_none_or(is_markup)));
    (found.unwrap_or_else(|| likely(bytes)), 0)
}

fn is_markup(media: &MediaType) -> bool {
    media.is_markup() || media.is_xml()
}

/// A document that could be searched for its encoding is in none of two bytes a character.
fn inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let label = html::declared_label(bytes)?;
    let found = Encoding::for_label(label.as_bytes())?;
    Some(if found == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        found.output_encoding()
    })
}

/// Where nothing is said: UTF-8 if it can be that, else what most locales take. A character that the
/// end of the bytes cuts in two says nothing against it.
fn likely(bytes: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_some() => WINDOWS_1252,
        Ok(_) | Err(_) => UTF_8,
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, is_declared_inside};
    use crate::wire::http::content_type;

    fn utf_16(text: &str) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn text_is_decoded_as_browsers_decode_it() {
        let html = "text/html";
        #[rustfmt::skip]
        let rows: &[(&str, Vec<u8>, &str)] = &[
            (html,                             b"caf\xc3\xa9".to_vec(),                       "café"),
            (html,                             b"caf\xe9.".to_vec(),                          "café."),
            ("text/html; charset=iso-8859-1",  b"caf\xe9 \x80".to_vec(),                      "café €"),
            ("text/html; charset=utf-8",       b"caf\xe9".to_vec(),                           "caf\u{fffd}"),
            ("text/html; charset=none-such",   b"caf\xe9.".to_vec(),                          "café."),
            (html,                             b"\xef\xbb\xbf<p>".to_vec(),                   "<p>"),
            ("text/html; charset=koi8-r",      b"\xef\xbb\xbf<p>".to_vec(),                   "<p>"), // the mark decides
            ("text/html; charset=utf-8",       utf_16("<p>é"),                                "<p>é"),
            ("text/html; charset=utf-16le",    b"<\0p\0>\0".to_vec(),                         "<p>"),
            (html,                             b"<meta charset=windows-1251>\xef".to_vec(),   "<meta charset=windows-1251>п"),
            (html,                             b"<meta charset=utf-16>\xc3\xa9".to_vec(),     "<meta charset=utf-16>é"),
            ("text/html; charset=utf-8",       b"<meta charset=koi8-r>\xc3\xa9".to_vec(),     "<meta charset=koi8-r>é"),
            ("application/xml",                b"<?xml version='1.0' encoding='iso-8859-1'?>\xe9".to_vec(), "<?xml version='1.0' encoding='iso-8859-1'?>é"),
            ("application/json; charset=utf-16", b"\"\xc3\xa9\"".to_vec(),                    "\"é\""),
            ("text/plain",                     b"caf\xc3".to_vec(),                           "caf\u{fffd}"), // cut in two
        ];
        for (media, bytes, expected) in rows {
            let media = content_type::parse(media).unwrap();
            assert_eq!(
                decode(bytes, Some(&media)),
                *expected,
                "{}",
                media.essence.raw()
            );
        }
    }

    #[test]
    fn a_label_nobody_knows_declares_nothing() {
        assert!(is_declared_inside(b"<meta charset=utf-8>"));
        assert!(is_declared_inside(b"\xef\xbb\xbf<p>"));
        assert!(!is_declared_inside(b"<meta charset=nonesuch>"));
        assert!(!is_declared_inside(b"<p>"));
    }
}
