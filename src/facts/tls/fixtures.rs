//! Evidence of one handshake, for tests.

use crate::evidence::{Evidence, Handshake, Observation, TlsEvidence, WireBytes};
use crate::wire::x509::fixtures::NOW;

/// The host the evidence is about.
pub(crate) const HOST: &str = "www.example";

/// A handshake that showed this chain and staple, judged against these roots alone and Mozilla's.
pub(crate) fn evidence(chain: &[&Vec<u8>], staple: Vec<u8>, roots: &[&Vec<u8>]) -> Evidence {
    let bytes = |ders: &[&Vec<u8>]| ders.iter().map(|der| WireBytes((*der).clone())).collect();
    let mut evidence = Evidence::unseen(&format!("https://{HOST}/"));
    evidence.at = NOW;
    evidence.run.conditions.extra_roots = bytes(roots);
    let handshake = Handshake {
        version: 0x0304,
        suite: 0x1301,
        kind: "full".to_owned(),
        chain: bytes(chain),
        staple: WireBytes(staple),
        ..Handshake::default()
    };
    evidence.tls = Observation::Seen(TlsEvidence {
        handshake: Observation::Seen(handshake),
        connections: 1,
        ..TlsEvidence::unasked(Some(HOST.to_owned()))
    });
    evidence
}
