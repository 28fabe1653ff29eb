//! The content of an answer, as far as it is wanted.

use std::io::Read as _;

use ureq::http;

use crate::evidence::{Payload, WireBytes};

/// Reads to the end, so that the connection can be used again, or to `limit` bytes; keeps the first
/// `keep` of them.
pub(super) fn read(response: &mut http::Response<ureq::Body>, limit: u64, keep: usize) -> Payload {
    let mut reader = response
        .body_mut()
        .as_reader()
        .take(limit.saturating_add(1));
    let (mut bytes, mut size, mut chunk) = (Vec::new(), 0_u64, [0; 8 * 1024]);
    let complete = loop {
        match reader.read(&mut chunk) {
            Ok(0) => break size <= limit,
            Ok(amount) => {
                let room = keep.saturating_sub(bytes.len());
                bytes.extend_from_slice(chunk.get(..amount.min(room)).unwrap_or_default());
                size += amount as u64;
            }
            Err(_) => break false,
        }
    };
    Payload {
        bytes: WireBytes(bytes),
        size: size.min(limit),
        complete,
        cut: None,
    }
}
