//! What each address of the name shows (`--all-addresses`).

use crate::evidence::{Evidence, Handshake, Observation, Purpose, TlsEvidence};
use crate::model::Pointer;
use crate::wire::tls::{CipherSuite, Version};
use crate::wire::x509::fingerprint;

/// One address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressFacts {
    /// `address:port`.
    pub address: String,
    /// The version that came about.
    pub version: Option<Version>,
    /// The suite.
    pub suite: Option<String>,
    /// SHA-256 of the leaf, in hexadecimal digits.
    pub certificate: Option<String>,
    /// Why there was no handshake, if so.
    pub failure: Option<String>,
    /// Into the evidence.
    pub at: Pointer,
}

/// The addresses of the name that were looked at, and whether all of them were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// How many the name has.
    pub known: usize,
    /// Those with a handshake of their own, or a failed attempt at one.
    pub seen: Vec<AddressFacts>,
}

pub(super) fn read(evidence: &Evidence, tls: &TlsEvidence) -> Addresses {
    let first = tls.handshake.seen().map(|seen| {
        let at = Pointer("/tls/seen/handshake".to_owned());
        of(&seen.address, &tls.handshake, at)
    });
    let more = tls.more.iter().enumerate().filter_map(|(index, further)| {
        let Purpose::Address(address) = &further.purpose else {
            return None;
        };
        let at = Pointer(format!("/tls/seen/more/{index}/handshake"));
        Some(of(address, &further.handshake, at))
    });
    Addresses {
        known: evidence.addresses.seen().map_or(0, Vec::len),
        seen: first.into_iter().chain(more).collect(),
    }
}

fn of(address: &str, observed: &Observation<Handshake>, at: Pointer) -> AddressFacts {
    let seen = observed.seen();
    AddressFacts {
        address: address.to_owned(),
        version: seen.and_then(|seen| Version::from_code(seen.version)),
        suite: seen.map(|seen| CipherSuite::name_of(seen.suite)),
        certificate: seen
            .and_then(|seen| seen.chain.first())
            .map(|leaf| fingerprint(&leaf.0)),
        failure: observed.failure().map(crate::evidence::Failure::sentence),
        at,
    }
}
