//! Where certificates were seen: in the full handshake, in the clear flights of TLS 1.2 and older,
//! and at the name's other addresses.

use crate::evidence::{Observation, TlsEvidence};
use crate::model::Pointer;
use crate::wire::tls::Reply;

/// One certificate chain, and the response stapled to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Into the evidence.
    pub(super) at: Pointer,
    /// `handshake`, `TLSv1.2 hello`, or the name of a further handshake.
    pub(super) seen_in: String,
    /// DER, leaf first.
    pub(super) chain: Vec<Vec<u8>>,
    /// The stapled response, if any.
    pub(super) staple: Option<Vec<u8>>,
    /// The hello asked for a staple, so that none means none.
    pub(super) asked_for_staple: bool,
}

/// Every chain that was sent for the name, the full handshake's first. What a server shows to
/// those who name no host is left out: nobody who asks for the name ever sees it.
pub(super) fn all(tls: &TlsEvidence) -> Vec<Source> {
    let mut sources = Vec::new();
    let at = Pointer("/tls/seen/handshake".to_owned());
    sources.extend(of_handshake(&tls.handshake, &at, "handshake"));
    for (index, further) in tls.more.iter().enumerate() {
        let at = Pointer(format!("/tls/seen/more/{index}/handshake"));
        let purpose = further.purpose.to_string();
        sources.extend(of_handshake(&further.handshake, &at, &purpose));
    }
    for (index, hello) in tls.hellos.iter().enumerate() {
        if hello.offer.server_name != tls.server_name {
            continue;
        }
        let at = Pointer(format!("/tls/seen/hellos/{index}"));
        let reply = hello.reply.seen().map(|reply| Reply::read(&reply.bytes.0));
        let Some(flight) = reply.as_ref().and_then(Reply::flight) else {
            continue;
        };
        if !flight.certificates.is_empty() {
            sources.push(Source {
                at,
                seen_in: format!("{} hello", hello.offer.version),
                chain: flight.certificates.clone(),
                staple: flight.staple.clone(),
                asked_for_staple: hello.offer.staple,
            });
        }
    }
    sources
}

/// A resumed handshake shows no certificate of its own.
fn of_handshake(
    observed: &Observation<crate::evidence::Handshake>,
    at: &Pointer,
    name: &str,
) -> Option<Source> {
    let handshake = observed.seen()?;
    if handshake.chain.is_empty() || handshake.is_resumed() {
        return None;
    }
    Some(Source {
        at: at.join("seen/chain"),
        seen_in: name.to_owned(),
        chain: handshake.chain.iter().map(|der| der.0.clone()).collect(),
        staple: Some(handshake.staple.0.clone()).filter(|staple| !staple.is_empty()),
        asked_for_staple: true,
    })
}
