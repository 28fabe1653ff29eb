//! A second opinion on a chain: webpki's, the library behind rustls.
//!
//! It stops at the first thing it dislikes, and some of that is a limit of its own and no fault of
//! the chain. So its refusal decides nothing alone.

use std::time::Duration;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage};

use super::anchors::Anchors;
use super::chain::Chain;
use crate::model::Timestamp;

/// What webpki says of a chain that our own checks accept.
pub(super) enum Opinion {
    Accepted,
    /// Refused for something it does not support: our own checks stand.
    Unsupported,
    /// Refused for something else, in a few words.
    Refused(&'static str),
}

/// Asks as of `at`, a moment at which every certificate on the way is within its dates.
pub(super) fn opinion(chain: &Chain, anchors: &Anchors, at: Timestamp) -> Opinion {
    match ask(chain, anchors, at) {
        Ok(()) => Opinion::Accepted,
        Err(error) => read(&error),
    }
}

fn ask(chain: &Chain, anchors: &Anchors, at: Timestamp) -> Result<(), Error> {
    let ders: Vec<CertificateDer<'_>> = chain
        .sent
        .iter()
        .map(|sent| CertificateDer::from(sent.der.as_slice()))
        .collect();
    let Some((leaf, others)) = ders.split_first() else {
        return Err(Error::BadDer);
    };
    let seconds = u64::try_from(at.secs()).unwrap_or(0);
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let algorithms = default_provider().signature_verification_algorithms.all;
    let usage = KeyUsage::server_auth();
    let leaf = EndEntityCert::try_from(leaf)?;
    leaf.verify_for_usage(
        algorithms,
        &anchors.store.roots,
        others,
        time,
        usage,
        None,
        None,
    )
    .map(|_| ())
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a foreign, non-exhaustive enum: what is not known to be a limit is a refusal"
)]
fn read(error: &Error) -> Opinion {
    match error {
        // Dates before 1970; critical certificatePolicies, policyConstraints, inhibitAnyPolicy;
        // directoryName constraints; more than six intermediates; version 1; algorithms; an
        // authority as the leaf; names that differ in encoding only.
        Error::BadDerTime
        | Error::UnsupportedCriticalExtension
        | Error::NameConstraintViolation
        | Error::MaximumNameConstraintComparisonsExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumPathDepthExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::UnsupportedCertVersion
        | Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
        | Error::CaUsedAsEndEntity
        | Error::UnknownIssuer => Opinion::Unsupported,
        Error::BadDer | Error::TrailingData(_) => Opinion::Refused("its encoding"),
        Error::ExtensionValueInvalid | Error::MalformedExtensions => {
            Opinion::Refused("an extension's encoding")
        }
        Error::MalformedNameConstraint | Error::InvalidNetworkMaskConstraint => {
            Opinion::Refused("the encoding of name constraints")
        }
        Error::InvalidSerialNumber => Opinion::Refused("the serial number"),
        Error::SignatureAlgorithmMismatch => {
            Opinion::Refused("two different signature algorithms in one certificate")
        }
        Error::InvalidCertValidity => Opinion::Refused("the dates of a certificate"),
        Error::PathLenConstraintViolated => Opinion::Refused("the length of the path"),
        _ => Opinion::Refused("a reason that is not one of those known here"),
    }
}
