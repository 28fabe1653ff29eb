//! Does the server hold the key of the certificate it shows, in every handshake that was made?

use crate::evidence::{Handshake, TlsEvidence};
use crate::model::Pointer;
use crate::wire::x509::{KeyProof, proves};

/// A proof that failed, if there is one; else that of the full handshake.
pub(super) fn read(tls: &TlsEvidence) -> (KeyProof, Pointer) {
    let main = (Pointer("/tls/seen/handshake".to_owned()), &tls.handshake);
    let further = tls.more.iter().enumerate();
    let further = further.map(|(index, further)| {
        let at = Pointer(format!("/tls/seen/more/{index}/handshake"));
        (at, &further.handshake)
    });
    let mut proofs = std::iter::once(main).chain(further).map(|(at, observed)| {
        let proof = observed.seen().map_or(KeyProof::Unseen, proof);
        (proof, at.join("seen/signature"))
    });
    let Some(first) = proofs.next() else {
        return (KeyProof::Unseen, Pointer::default());
    };
    let mut all = std::iter::once(first.clone()).chain(proofs);
    all.find(|(proof, _)| *proof == KeyProof::Invalid)
        .unwrap_or(first)
}

/// A resumed handshake carries no signature.
fn proof(handshake: &Handshake) -> KeyProof {
    let seen = &handshake.signature;
    match (handshake.chain.first(), seen.scheme) {
        (Some(leaf), Some(scheme)) if !seen.message.0.is_empty() => {
            proves(&leaf.0, scheme, &seen.message.0, &seen.signature.0)
        }
        _ => KeyProof::Unseen,
    }
}
