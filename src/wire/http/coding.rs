//! `Content-Encoding` undone (RFC 9110 §8.4), bounded by what comes out of it.
//!
//! No request of ours asks for a coding, and any is acceptable then (RFC 9110 §12.5.3): what was
//! stored compressed may come so.

use std::fmt;
use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

/// A coding that browsers undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 1950; browsers also take RFC 1951 without its envelope.
    Deflate,
    /// RFC 7932.
    Brotli,
    /// RFC 8878, with a window of at most 8 MB (RFC 9659).
    Zstd,
}

const ZSTD_WINDOW: u64 = 8 * 1024 * 1024;

/// More codings than anybody applies; each costs one pass.
const MOST: usize = 4;

impl Coding {
    /// The name in the registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        match name {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// Why not all of a content could be decoded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Undecoded {
    /// A coding that is not in the list above.
    Unknown(String),
    /// The bytes are not that coding, or end before it does.
    Broken(Coding),
    /// More comes out than the limit allows.
    TooLarge(Coding),
}

impl fmt::Display for Undecoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(
                f,
                "the body is in the coding `{name}`, which is not decoded"
            ),
            Self::Broken(coding) => write!(f, "the body cannot be decoded as {}", coding.name()),
            Self::TooLarge(coding) => {
                write!(f, "the body is larger than is decoded of {}", coding.name())
            }
        }
    }
}

/// The codings of a combined field, in the order they were applied; `identity` is none.
///
/// # Errors
/// One that is not known, or more than anybody applies.
pub fn codings(combined: &str) -> Result<Vec<Coding>, Undecoded> {
    let names = combined
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase());
    let names = names.filter(|name| !matches!(name.as_str(), "" | "identity"));
    let found: Vec<Coding> = names
        .map(|name| Coding::from_name(&name).ok_or(Undecoded::Unknown(name)))
        .collect::<Result<_, _>>()?;
    match found.get(MOST) {
        Some(_) => Err(Undecoded::Unknown(combined.trim().to_owned())),
        None => Ok(found),
    }
}

/// What comes out when the codings are undone, the last one first, and why that is not all.
#[must_use]
pub fn decode(bytes: &[u8], codings: &[Coding], limit: usize) -> (Vec<u8>, Option<Undecoded>) {
    let (mut decoded, mut fault) = (bytes.to_vec(), None);
    for coding in codings.iter().rev() {
        let (out, why) = undo(&decoded, *coding, limit);
        decoded = out;
        fault = fault.or(why);
    }
    (decoded, fault)
}

fn undo(bytes: &[u8], coding: Coding, limit: usize) -> (Vec<u8>, Option<Undecoded>) {
    match coding {
        Coding::Gzip => read(GzDecoder::new(bytes), coding, limit),
        Coding::Deflate => {
            let wrapped = read(ZlibDecoder::new(bytes), coding, limit);
            if wrapped.0.is_empty() && wrapped.1.is_some() {
                read(DeflateDecoder::new(bytes), coding, limit)
            } else {
                wrapped
            }
        }
        Coding::Brotli => read(
            brotli_decompressor::Decompressor::new(bytes, 4096),
            coding,
            limit,
        ),
        Coding::Zstd => match StreamingDecoder::new_with_max_window_size(bytes, ZSTD_WINDOW) {
            Ok(decoder) => read(decoder, coding, limit),
            Err(_) => (Vec::new(), Some(Undecoded::Broken(coding))),
        },
    }
}

fn read(mut decoder: impl Read, coding: Coding, limit: usize) -> (Vec<u8>, Option<Undecoded>) {
    let (mut out, mut chunk) = (Vec::new(), [0; 8 * 1024]);
    loop {
        match decoder.read(&mut chunk) {
            Ok(0) => return (out, None),
            Ok(amount) => {
                out.extend_from_slice(chunk.get(..amount).unwrap_or_default());
                if out.len() > limit {
                    out.truncate(limit);
                    return (out, Some(Undecoded::TooLarge(coding)));
                }
            }
            Err(_) => return (out, Some(Undecoded::Broken(coding))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::{Coding, Undecoded, codings, decode};

    const TEXT: &[u8] = b"<!doctype html><p>Hello";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn bare(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// The text as `brotli -c` and `zstd -c` write it.
    fn made(base64: &str) -> Vec<u8> {
        STANDARD.decode(base64).unwrap()
    }

    #[test]
    fn every_coding_of_browsers_is_undone() {
        let rows = [
            ("", TEXT.to_vec()),
            ("identity", TEXT.to_vec()),
            ("gzip", gzip(TEXT)),
            ("X-GZIP", gzip(TEXT)),
            ("deflate", zlib(TEXT)),
            ("deflate", bare(TEXT)),
            ("deflate, gzip", gzip(&zlib(TEXT))),
            ("br", made(BROTLI)),
            ("zstd", made(ZSTD)),
        ];
        for (field, bytes) in rows {
            let codings = codings(field).unwrap();
            assert_eq!(
                decode(&bytes, &codings, 1024),
                (TEXT.to_vec(), None),
                "{field}"
            );
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let whole = gzip(TEXT);
        let cut = &whole[..whole.len() - 9];
        assert_eq!(
            decode(cut, &[Coding::Gzip], 1024).1,
            Some(Undecoded::Broken(Coding::Gzip))
        );
        assert_eq!(
            decode(TEXT, &[Coding::Zstd], 1024),
            (Vec::new(), Some(Undecoded::Broken(Coding::Zstd)))
        );
        assert_eq!(
            codings("gzip, dcb"),
            Err(Undecoded::Unknown("dcb".to_owned()))
        );
        assert!(codings("gzip,gzip,gzip,gzip,gzip").is_err());
    }

    #[test]
    fn a_bomb_is_cut_at_the_limit() {
        let bomb = gzip(&gzip(&vec![0; 4 * 1024 * 1024]));
        let (out, why) = decode(&bomb, &[Coding::Gzip, Coding::Gzip], 100_000);
        assert_eq!(out.len(), 100_000);
        assert_eq!(why, Some(Undecoded::TooLarge(Coding::Gzip)));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(bytes: Vec<u8>) {
            for coding in [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd] {
                let _ = decode(&bytes, &[coding], 4096);
            }
        }
    }

    const BROTLI: &str = "GxYA+CV5fOBqE2EKg4SGGw0=";
    const ZSTD: &str = "KLUv/QRYuQAAPCFkb2N0eXBlIGh0bWw+PHA+SGVsbG+REFSD";
}
