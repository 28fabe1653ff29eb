//! The content of an answer: as much as is wanted is read and searched for supplied secrets, and
//! they are replaced before its beginning is kept.

use std::collections::BTreeSet;
use std::io::Read as _;

use ureq::http;

use super::scrub::Scrub;
use crate::evidence::{Payload, Response, Unread, WireBytes};
use crate::model::SecretRef;
use crate::wire::http::coding::Undecoded;

/// So much of a body is held in memory at a time, however much of it is read and measured.
const HELD: usize = 8 * 1024 * 1024;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// The beginning; all of it but in bodies of many megabytes.
    pub(super) held: Vec<u8>,
    /// Bytes in all.
    pub(super) size: u64,
    /// Whether it ended by itself.
    pub(super) complete: bool,
    /// Whether reading failed, rather than came to the limit.
    pub(super) broke: bool,
}

/// Reads to the end, so that the connection can be used again, or to `limit` bytes.
pub(super) fn read(response: &mut http::Response<ureq::Body>, limit: u64) -> Read {
    let mut reader = response
        .body_mut()
        .as_reader()
        .take(limit.saturating_add(1));
    let (mut read, mut chunk) = (Read::default(), [0; 8 * 1024]);
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => {
                read.complete = read.size <= limit;
                break;
            }
            Ok(amount) => {
                let room = HELD.saturating_sub(read.held.len());
                let wanted = chunk.get(..amount.min(room)).unwrap_or_default();
                read.held.extend_from_slice(wanted);
                read.size += amount as u64;
            }
            Err(_) => {
                read.broke = true;
                break;
            }
        }
    }
    read.size = read.size.min(limit);
    read
}

/// The supplied secrets in the body of a response as it came, and in what it was decoded to.
pub(super) fn secrets(response: &Response, scrub: &Scrub) -> BTreeSet<SecretRef> {
    let content = response.content();
    let mut found = scrub.secrets_in(&response.body.bytes.0);
    let text = content.text();
    if text.as_bytes() != response.body.bytes.0 {
        found.extend(scrub.secrets_in(text.as_bytes()));
    }
    found
}

/// Keeps the first bytes of a body only, and notes whether the others were searched.
pub(super) fn clip(response: &mut Response, keep: usize) {
    let searched = response.content().unread().is_none();
    let body = &mut response.body;
    let more = body.bytes.0.len().saturating_sub(keep);
    if more > 0 {
        body.bytes.0.truncate(keep);
        body.searched = searched;
        let left_out = body.left_out.unwrap_or_default();
        body.left_out = Some(left_out.saturating_add(u64::try_from(more).unwrap_or(u64::MAX)));
    }
}

/// Replaces the secrets in the body of a response as it came. A secret in a content coding, or in
/// text of two bytes a character, does not show in the bytes: where one stands there, what it was
/// decoded to is kept in their place.
pub(super) fn without_secrets(response: &mut Response, scrub: &Scrub) {
    let content = response.content();
    let text = content.text();
    let clipped = content.unread().is_some();
    let clean = |bytes: &[u8]| {
        if clipped {
            scrub.beginning(bytes)
        } else {
            scrub.bytes(bytes)
        }
    };
    let hidden = content.bytes() != response.body.bytes.0 || text.as_bytes() != content.bytes();
    let kept = match content.unread() {
        // Nobody can tell what stands in it.
        Some(Unread::Undecoded(Undecoded::Unknown(_))) => replaced(response, Vec::new(), true),
        // Nor in what would come out behind this.
        Some(Unread::Undecoded(Undecoded::TooLarge(_))) => {
            replaced(response, clean(text.as_bytes()), true)
        }
        Some(Unread::Cut { .. } | Unread::Clipped { .. } | Unread::Undecoded(_)) | None => {
            let shown = clean(text.as_bytes());
            if hidden && shown != text.as_bytes() {
                // The mark tells in which encoding it is now.
                let marked = ["\u{feff}".as_bytes(), &shown].concat();
                replaced(response, marked, false)
            } else {
                let bytes = clean(&response.body.bytes.0);
                Payload {
                    bytes: WireBytes(bytes),
                    ..response.body.clone()
                }
            }
        }
    };
    response.body = kept;
}

fn replaced(response: &Response, bytes: Vec<u8>, clipped: bool) -> Payload {
    let body = &response.body;
    Payload {
        bytes: WireBytes(bytes),
        decoded: true,
        left_out: if clipped {
            Some(body.size)
        } else {
            body.left_out
        },
        ..body.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::without_secrets;
    use crate::evidence::{Field, Payload, Response};
    use crate::model::{Secret, SecretRef};
    use crate::net::scrub::Scrub;

    const TOKEN: &str = "canary-8d1f53c09a";

    fn scrub() -> Scrub {
        let from = SecretRef::Env("TOKEN".to_owned());
        Scrub::of([(&from, &Secret::new(TOKEN.to_owned()))], &[])
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn utf_16(text: &str) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_be_bytes).collect()
    }

    /// The coding, the body, and what is kept to be read.
    #[test]
    fn a_secret_hides_in_no_coding() {
        let said = format!("hello {TOKEN}!");
        #[rustfmt::skip]
        let rows: &[(&str, Vec<u8>, &str)] = &[
            ("",         said.clone().into_bytes(),          "hello $TOKEN!"),
            ("gzip",     gzip(said.as_bytes()),              "hello $TOKEN!"),
            ("",         utf_16(&said),                      "hello $TOKEN!"),
            ("gzip",     gzip(&utf_16(&said)),               "hello $TOKEN!"),
            ("gzip",     gzip(b"hello"),                     "hello"),
            ("aes128gcm", said.clone().into_bytes(),         ""),
        ];
        for (coding, body, expected) in rows {
            let mut response = Response {
                version: "1.1".to_owned(),
                status: 200,
                reason: String::new(),
                fields: vec![Field::new("Content-Encoding", coding)],
                faults: Vec::new(),
                body: Payload::whole(body.clone()),
            };
            without_secrets(&mut response, &scrub());
            assert_eq!(response.content().text(), *expected, "{coding}");
            assert_eq!(
                response.content().whole().is_ok(),
                !expected.is_empty(),
                "{coding}"
            );
            if !said.contains(expected) {
                let json = serde_json::to_string(&response.body).unwrap();
                assert!(!json.contains(TOKEN), "{json}");
            }
        }
    }
}
