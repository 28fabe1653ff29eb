//! Which of the system's trust anchors matter here, so that the evidence need not hold them all.

use rustls::pki_types::CertificateDer;

use crate::evidence::{TlsEvidence, WireBytes};
use crate::probe::View;
use crate::wire::tls::Reply;
use crate::wire::x509::Chain;

/// The system's anchors that have the name of an issuer, or of a certificate, that was seen.
pub(super) fn used(view: &View<'_>, tls: &TlsEvidence) -> Vec<WireBytes> {
    if view.run.conditions.roots != crate::model::RootStore::System {
        return Vec::new();
    }
    let chains: Vec<Chain> = chains(tls).iter().map(|ders| Chain::read(ders)).collect();
    let matters = |root: &&CertificateDer<'_>| chains.iter().any(|chain| chain.may_end_at(root));
    let roots = view.net.system_roots.iter().filter(matters);
    roots.map(|root| WireBytes(root.to_vec())).collect()
}

fn chains(tls: &TlsEvidence) -> Vec<Vec<Vec<u8>>> {
    let of_handshakes = tls
        .handshakes()
        .map(|seen| seen.chain.iter().map(|der| der.0.clone()).collect());
    let replies = tls.hellos.iter().filter_map(|hello| hello.reply.seen());
    let of_hellos = replies.filter_map(|reply| {
        let read = Reply::read(&reply.bytes.0);
        read.flight().map(|flight| flight.certificates.clone())
    });
    let mut chains: Vec<Vec<Vec<u8>>> = of_handshakes.chain(of_hellos).collect();
    chains.sort();
    chains.dedup();
    chains
}
