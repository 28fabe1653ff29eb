//! Digests of inline text, as policies name them (CSP3 §6.7.3.3 step 5).

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::source::{Algorithm, Source};

/// The digest of `text` in standard base64, padded: what stands behind `sha256-`.
#[must_use]
pub fn digest_of(algorithm: Algorithm, text: &str) -> String {
    let function = match algorithm {
        Algorithm::Sha256 => &digest::SHA256,
        Algorithm::Sha384 => &digest::SHA384,
        Algorithm::Sha512 => &digest::SHA512,
    };
    STANDARD.encode(digest::digest(function, text.as_bytes()))
}

/// Whether the source is a hash of exactly this text. Either base64 alphabet is taken, with or
/// without padding.
#[must_use]
pub fn matches(source: &Source, text: &str) -> bool {
    let Source::Hash(algorithm, written) = source else {
        return false;
    };
    let standard = written.replace('-', "+").replace('_', "/");
    digest_of(*algorithm, text).trim_end_matches('=') == standard.trim_end_matches('=')
}
