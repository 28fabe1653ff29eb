//! Key exchange over P-521, which rustls has none of: some servers take nothing else, and a handshake
//! that fails shows no certificate.

use aws_lc_rs::agreement::{
    ECDH_P521, EphemeralPrivateKey, PublicKey, UnparsedPublicKey, agree_ephemeral,
};
use aws_lc_rs::rand::SystemRandom;
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::{Error, NamedGroup, PeerMisbehaved};

/// secp521r1 (RFC 8446 §4.2.8.2).
pub(super) static SECP521R1: &dyn SupportedKxGroup = &P521;

#[derive(Debug)]
struct P521;

struct Exchange {
    private: EphemeralPrivateKey,
    public: PublicKey,
}

impl SupportedKxGroup for P521 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let failed = |_| Error::from(GetRandomFailed);
        let private =
            EphemeralPrivateKey::generate(&ECDH_P521, &SystemRandom::new()).map_err(failed)?;
        let public = private.compute_public_key().map_err(failed)?;
        Ok(Box::new(Exchange { private, public }))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

impl ActiveKeyExchange for Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let invalid = Error::from(PeerMisbehaved::InvalidKeyShare);
        let peer = UnparsedPublicKey::new(&ECDH_P521, peer);
        agree_ephemeral(self.private, peer, invalid, |secret| {
            Ok(SharedSecret::from(secret))
        })
    }

    fn pub_key(&self) -> &[u8] {
        self.public.as_ref()
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use rustls::crypto::SupportedKxGroup;
    use rustls::crypto::aws_lc_rs::kx_group::{SECP256R1MLKEM768, SECP384R1, X25519};

    use super::SECP521R1;
    use crate::model::Host;
    use crate::net::tls::{self, Offer};
    use crate::net::{Deadline, Stop, dial, fixtures};

    #[test]
    fn a_server_of_one_group_shows_its_certificate() {
        let cases: [(&'static dyn SupportedKxGroup, u16); 4] = [
            (X25519, 29),
            (SECP384R1, 24),
            (SECP521R1, 25),
            (SECP256R1MLKEM768, 0x11eb),
        ];
        for (only, expected) in cases {
            let mut provider = tls::provider();
            Arc::make_mut(&mut provider).kx_groups = vec![only];
            let address = fixtures::tls_server(provider, |_| ());
            let end = Deadline::within(Duration::from_secs(10), &Stop::default());
            let sock = dial::dial_any(&[address], &end).unwrap().sock;
            let host = Host::Name("localhost".to_owned());
            let (_, seen) = tls::connect(sock, &host, Offer::Http1, &end).unwrap();
            assert_eq!(seen.group, Some(expected));
            assert_eq!(seen.chain.len(), 1);
        }
    }
}
