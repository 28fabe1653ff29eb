//! `Content-Type` (RFC 9110 §8.3, read as the WHATWG MIME Sniffing standard §4.4 does).

use super::Fault;
use super::fault::{pieces, trimmed};
use super::field_list::{is_token, unquoted};
use crate::model::Untrusted;

/// A media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// `type/subtype` in lower case.
    pub essence: Untrusted,
    /// The `charset` parameter in lower case.
    pub charset: Option<Untrusted>,
}

/// Reads one field value.
///
/// # Errors
/// No `type/subtype` of two tokens at its start: browsers then guess.
pub fn parse(value: &str) -> Result<MediaType, Fault> {
    let (text, start) = trimmed(value, 0);
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let essence = essence.trim_end_matches([' ', '\t']);
    let Some((kind, subtype)) = essence.split_once('/') else {
        return Err(Fault::new(start, "a media type is type/subtype"));
    };
    if !is_token(kind) {
        return Err(Fault::new(start, "the type is not a token"));
    }
    if !is_token(subtype) {
        return Err(Fault::new(
            start + kind.len() + 1,
            "the subtype is not a token",
        ));
    }
    Ok(MediaType {
        essence: essence.to_ascii_lowercase().into(),
        charset: charset(parameters),
    })
}

/// The first `charset` parameter with a value.
fn charset(parameters: &str) -> Option<Untrusted> {
    pieces(parameters, ';').find_map(|(piece, start)| {
        let (name, value) = trimmed(piece, start).0.split_once('=')?;
        let value = unquoted(value).or_else(|| is_token(value).then(|| value.to_owned()))?;
        name.eq_ignore_ascii_case("charset")
            .then(|| value.to_ascii_lowercase().into())
    })
}

impl MediaType {
    /// What browsers render as a page: HTML, XHTML, and SVG, which runs scripts just the same.
    #[must_use]
    pub fn is_markup(&self) -> bool {
        matches!(
            self.essence.raw(),
            "text/html" | "application/xhtml+xml" | "image/svg+xml"
        )
    }

    /// HTML or XHTML.
    #[must_use]
    pub fn is_html(&self) -> bool {
        matches!(self.essence.raw(), "text/html" | "application/xhtml+xml")
    }

    /// JSON by MIME Sniffing §4.6: its own names and every `+json`.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let essence = self.essence.raw();
        matches!(essence, "application/json" | "text/json") || essence.ends_with("+json")
    }

    /// XML by MIME Sniffing §4.6, SVG and XHTML apart.
    #[must_use]
    pub fn is_xml(&self) -> bool {
        let essence = self.essence.raw();
        matches!(essence, "application/xml" | "text/xml")
            || (essence.ends_with("+xml") && !self.is_markup())
    }

    /// What programs exchange: JSON, XML, and the framings APIs stream in.
    #[must_use]
    pub fn is_api(&self) -> bool {
        let essence = self.essence.raw();
        self.is_json()
            || self.is_xml()
            || essence.starts_with("application/grpc")
            || matches!(
                essence,
                "application/x-ndjson"
                    | "application/ndjson"
                    | "application/jsonl"
                    | "application/json-seq"
                    | "application/cbor"
                    | "application/msgpack"
                    | "application/x-msgpack"
                    | "application/x-protobuf"
                    | "application/protobuf"
                    | "text/event-stream"
            )
    }

    /// A script by MIME Sniffing §4.6.
    #[must_use]
    pub fn is_script(&self) -> bool {
        let subtype = self
            .essence
            .raw()
            .split_once('/')
            .map(|(_, subtype)| subtype);
        matches!(
            subtype,
            Some("javascript" | "x-javascript" | "ecmascript" | "x-ecmascript" | "jscript")
        )
    }

    /// Whether the bytes need a charset to become text: `text/*` except what defines its own. XML says
    /// it in its declaration, or is UTF-8 (RFC 7303 §3.2).
    #[must_use]
    pub fn wants_charset(&self) -> bool {
        let essence = self.essence.raw();
        essence.starts_with("text/")
            && !matches!(
                essence,
                "text/event-stream" | "text/json" | "text/javascript" | "text/xml"
            )
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::model::Untrusted;
    use proptest::prelude::*;

    /// As sent, then essence and charset.
    #[rustfmt::skip]
    const CASES: &[(&str, &str, Option<&str>)] = &[
        ("text/html",                            "text/html", None),
        ("Text/HTML; Charset=UTF-8",             "text/html", Some("utf-8")),
        ("text/html ;charset=\"utf-8\"",         "text/html", Some("utf-8")),
        ("text/html;charset=",                   "text/html", None),
        ("text/html;;charset=a;charset=b",       "text/html", Some("a")),
        ("application/problem+json",             "application/problem+json", None),
        (" text/plain ",                         "text/plain", None),
    ];

    #[test]
    fn types_are_read() {
        for (text, essence, charset) in CASES {
            let found = parse(text).unwrap();
            assert_eq!(found.essence.raw(), *essence, "{text}");
            assert_eq!(
                found.charset.as_ref().map(Untrusted::raw),
                *charset,
                "{text}"
            );
        }
    }

    #[test]
    fn a_fault_says_where() {
        for (text, at) in [
            ("", 0),
            ("html", 0),
            ("/html", 0),
            ("text/", 5),
            ("te xt/html", 0),
            ("text/html, text/plain", 5),
        ] {
            assert_eq!(parse(text).map_err(|fault| fault.at), Err(at), "{text}");
        }
    }

    /// The essence, then markup, JSON, XML, API.
    #[rustfmt::skip]
    const KINDS: &[(&str, [bool; 4])] = &[
        ("text/html",                 [true,  false, false, false]),
        ("application/xhtml+xml",     [true,  false, false, false]),
        ("image/svg+xml",             [true,  false, false, false]),
        ("application/json",          [false, true,  false, true]),
        ("application/problem+json",  [false, true,  false, true]),
        ("application/atom+xml",      [false, false, true,  true]),
        ("application/grpc-web+proto", [false, false, false, true]),
        ("application/x-ndjson",      [false, false, false, true]),
        ("text/plain",                [false, false, false, false]),
        ("image/png",                 [false, false, false, false]),
    ];

    #[test]
    fn kinds_follow_the_essence() {
        for (text, expected) in KINDS {
            let found = parse(text).unwrap();
            let kinds = [
                found.is_markup(),
                found.is_json(),
                found.is_xml(),
                found.is_api(),
            ];
            assert_eq!(kinds, *expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_faulted(text in "\\PC*|[a-z/;=\" ]{0,30}") {
            if let Err(fault) = parse(&text) {
                prop_assert!(fault.at <= text.len());
            }
        }
    }
}
