//! A body as it came, and what it says: [`Response::content`] is the one way to read it.
//!
//! What was cut, clipped or coded is never taken for the whole: what was read of it can show that
//! something is there, never that it is not.

use std::borrow::Cow;
use std::fmt;

use super::{Cause, Response};
use crate::wire::charset;
use crate::wire::http::coding::{self, Undecoded};
use crate::wire::http::content_type::{self, MediaType};

/// A content coding is undone as far as this.
const DECODED_LIMIT: usize = 8 * 1024 * 1024;

/// Why not all that a response says is known, a limit of ours first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// The body goes on behind the bytes that were read, or kept.
    Clipped {
        /// So many.
        read: u64,
    },
    /// The peer ended the connection, or the deadline passed, before the body was over.
    Cut {
        /// What happened.
        cause: Cause,
        /// After so many bytes.
        read: u64,
    },
    /// A content coding could not be undone.
    Undecoded(Undecoded),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut { cause, read } => {
                let what = match cause {
                    Cause::Closed => "the connection was closed",
                    Cause::Reset => "the connection was reset",
                    Cause::TimedOut => "the time was up",
                    Cause::Interrupted => "the run was interrupted",
                    Cause::Garbage => "the framing of the body broke off",
                    Cause::NoAddress
                    | Cause::Refused
                    | Cause::Unreachable
                    | Cause::Alert(_)
                    | Cause::TooLarge
                    | Cause::OutOfResources
                    | Cause::NotTried
                    | Cause::NotMeant
                    | Cause::Bug => "the connection broke",
                };
                write!(f, "{what} after {read} bytes of the body, before its end")
            }
            Self::Clipped { read } => {
                write!(f, "the body goes on after the {read} bytes that were read")
            }
            Self::Undecoded(why) => why.fmt(f),
        }
    }
}

/// What a response says.
#[derive(Clone, Debug)]
pub struct Content<'r> {
    bytes: Cow<'r, [u8]>,
    media: Option<MediaType>,
    unread: Option<Unread>,
    size: u64,
    measured: bool,
}

impl Content<'_> {
    /// The bytes, content codings undone: all of them, or the beginning where [`Self::unread`] says
    /// why.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same as text, decoded as browsers do.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        charset::decode(&self.bytes, self.media.as_ref())
    }

    /// How many bytes it is long, as far as it was read; where a coding cannot be undone, in that.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Whether that is all: what was read to its end is measured, though only its beginning is kept.
    #[must_use]
    pub const fn is_measured(&self) -> bool {
        self.measured
    }

    /// Why that is not all, if so. What is not found in the text may then stand behind it.
    #[must_use]
    pub const fn unread(&self) -> Option<&Unread> {
        self.unread.as_ref()
    }

    /// Whether there is a body, and not even its beginning could be read.
    #[must_use]
    pub fn is_unseen(&self) -> bool {
        self.unread.is_some() && self.bytes.is_empty()
    }

    /// The bytes, where they are all there are.
    ///
    /// # Errors
    /// Why there are more.
    pub fn whole(&self) -> Result<&[u8], &Unread> {
        match &self.unread {
            None => Ok(&self.bytes),
            Some(unread) => Err(unread),
        }
    }

    /// As JSON; `None` where it is none, or not all of it was read.
    #[must_use]
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&charset::decode(self.whole().ok()?, self.media.as_ref())).ok()
    }
}

impl Response {
    /// What it says, as far as that is known. Every fact about a body is read from here.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        let body = &self.body;
        let media = self.value("content-type");
        let (bytes, undecoded) = if body.decoded || body.bytes.0.is_empty() {
            (
                Cow::Borrowed(body.bytes.0.as_slice()),
                self.unknown_coding(),
            )
        } else {
            self.decoded()
        };
        let clipped = Unread::Clipped {
            read: body
                .size
                .min(u64::try_from(body.bytes.0.len()).unwrap_or(u64::MAX)),
        };
        let unread = match (body.cut, undecoded) {
            (Some(cause), _) => Some(Unread::Cut {
                cause,
                read: body.size,
            }),
            // What is clipped is broken as a coding, too.
            (None, Some(Undecoded::Unknown(name))) => {
                Some(Unread::Undecoded(Undecoded::Unknown(name)))
            }
            (None, _) if !body.complete || body.is_clipped() => Some(clipped),
            (None, undecoded) => undecoded.map(Unread::Undecoded),
        };
        // What stands for a secret may be shorter or longer than the secret.
        let (size, measured) = match &bytes {
            Cow::Owned(decoded) if unread.is_none() => {
                (u64::try_from(decoded.len()).unwrap_or(u64::MAX), true)
            }
            Cow::Owned(_) | Cow::Borrowed(_) => (body.size, body.complete),
        };
        Content {
            bytes,
            size,
            measured,
            media: media.and_then(|value| content_type::parse(&value).ok()),
            unread,
        }
    }

    fn decoded(&self) -> (Cow<'_, [u8]>, Option<Undecoded>) {
        let bytes = self.body.bytes.0.as_slice();
        let combined = self.combined("content-encoding").unwrap_or_default();
        match coding::codings(&combined) {
            Ok(codings) if codings.is_empty() => (Cow::Borrowed(bytes), None),
            Ok(codings) => {
                let (decoded, why) = coding::decode(bytes, &codings, DECODED_LIMIT);
                (Cow::Owned(decoded), why)
            }
            Err(why) => (Cow::Borrowed(&[]), Some(why)),
        }
    }

    /// Of bytes that could not be decoded, none are kept.
    fn unknown_coding(&self) -> Option<Undecoded> {
        let combined = self.combined("content-encoding").unwrap_or_default();
        let there_was_some = self.body.size > 0;
        coding::codings(&combined).err().filter(|_| there_was_some)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::evidence::Payload;
    use crate::evidence::{Cause, Field, Response, WireBytes};

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn response(fields: &[(&str, &str)], body: Payload) -> Response {
        let lines = fields.iter().map(|(name, value)| Field::new(name, value));
        Response {
            version: "1.1".to_owned(),
            status: 200,
            reason: String::new(),
            fields: lines.collect(),
            faults: Vec::new(),
            body,
        }
    }

    fn cut(bytes: &[u8], cause: Cause) -> Payload {
        Payload {
            complete: false,
            cut: Some(cause),
            ..Payload::whole(bytes)
        }
    }

    fn clipped(bytes: &[u8], size: u64) -> Payload {
        Payload {
            size,
            left_out: Some(size - bytes.len() as u64),
            ..Payload::whole(bytes)
        }
    }

    /// Fields, a body, its text, and why that is not all.
    type Row = (
        &'static [(&'static str, &'static str)],
        Payload,
        &'static str,
        &'static str,
    );

    #[test]
    fn a_part_is_never_the_whole() {
        let packed = gzip("<p>Hello");
        let none: &'static [(&str, &str)] = &[];
        let gz: &'static [(&str, &str)] = &[("Content-Encoding", "gzip")];
        let odd: &'static [(&str, &str)] = &[("Content-Encoding", "dcz")];
        let old = Payload {
            size: 9,
            left_out: None,
            ..Payload::whole("<p>Hello")
        };
        let secret_replaced = Payload {
            size: 30,
            ..Payload::whole("<p>$TOKEN")
        };
        #[rustfmt::skip]
        let rows: &[Row] = &[
            (none, Payload::whole("<p>Hello"),             "<p>Hello",  ""),
            (none, Payload::default(),                     "",          "goes on after the 0 bytes"),
            (none, cut(b"<p>", Cause::Closed),             "<p>",       "the connection was closed after 3 bytes"),
            (none, cut(b"<p>", Cause::TimedOut),           "<p>",       "the time was up after 3 bytes"),
            (none, clipped(b"<p>", 8),                     "<p>",       "goes on after the 3 bytes"),
            (none, old,                                    "<p>Hello",  "goes on after the 8 bytes"),
            (none, secret_replaced,                        "<p>$TOKEN", ""),
            (gz,   Payload::whole(packed.clone()),         "<p>Hello",  ""),
            (gz,   Payload::whole(""),                     "",          ""), // HEAD, and 304
            (gz,   Payload::whole("<p>Hello"),             "",          "cannot be decoded as gzip"),
            (gz,   cut(&packed[..18], Cause::Reset),       "<p>Hell",   "the connection was reset"),
            (gz,   clipped(&packed[..18], 28),             "<p>Hell",   "goes on after"),
            (odd,  Payload::whole("x"),                    "",          "the coding `dcz`"),
            (odd,  clipped(b"", 8),                        "",          "the coding `dcz`"),
        ];
        for (fields, body, text, unread) in rows {
            let response = response(fields, body.clone());
            let content = response.content();
            let why = content
                .unread()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                text.starts_with(&*content.text()) && (content.text() == *text || !why.is_empty()),
                "{}",
                content.text()
            );
            assert!(
                why.contains(unread) && why.is_empty() == unread.is_empty(),
                "{why}"
            );
            assert_eq!(content.whole().is_ok(), why.is_empty());
        }
    }

    #[test]
    fn bytes_that_were_decoded_when_captured_are_not_decoded_again() {
        let body = Payload {
            decoded: true,
            bytes: WireBytes(b"<p>$TOKEN".to_vec()),
            ..Payload::whole("")
        };
        let response = response(&[("Content-Encoding", "br")], body);
        assert_eq!(response.content().text(), "<p>$TOKEN");
        assert!(response.content().whole().is_ok());
    }

    #[test]
    fn json_is_read_of_the_whole_only() {
        let json = |body| response(&[], body).content().json::<serde_json::Value>();
        assert!(json(Payload::whole("\u{feff}{\"a\":1}")).is_some());
        assert!(json(Payload::whole("{\"a\":1")).is_none());
        assert!(json(cut(b"{\"a\":1}", Cause::Closed)).is_none());
    }
}
