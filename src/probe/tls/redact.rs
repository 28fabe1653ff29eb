//! Credentials in what TLS showed: a peer may put into a certificate what a request brought before.

use crate::evidence::{Observation, TlsEvidence};
use crate::net::scrub::Scrub;

/// Takes every secret out of chains, staples and the answers to hellos.
pub fn redact(tls: &mut Observation<TlsEvidence>, scrub: &Scrub) {
    let Observation::Seen(tls) = tls else {
        return;
    };
    let further = tls.more.iter_mut().map(|further| &mut further.handshake);
    for handshake in std::iter::once(&mut tls.handshake).chain(further) {
        let Observation::Seen(handshake) = handshake else {
            continue;
        };
        for der in handshake.chain.iter_mut().chain([&mut handshake.staple]) {
            der.0 = scrub.blotted(&der.0);
        }
    }
    for hello in &mut tls.hellos {
        if let Observation::Seen(reply) = &mut hello.reply {
            reply.bytes.0 = scrub.blotted(&reply.bytes.0);
        }
    }
}
