//! A private CA and the certificates it signs, good and bad.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

use crate::evidence::WireBytes;
use crate::net::{Clock, tls};

/// Made anew for every fleet.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    now: OffsetDateTime,
}

/// What a server's certificate is like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Certificate {
    /// The one name it is valid for.
    pub(super) name: &'static str,
    /// Days from now until it ends; negative for an expired one.
    pub(super) days_left: i64,
}

type Fault = Box<dyn std::error::Error + Send + Sync>;

impl Authority {
    pub(super) fn new() -> Result<Self, Fault> {
        let now = OffsetDateTime::from_unix_timestamp(Clock::start().now().secs())?;
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "seaworthy demo CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = now - Duration::days(400);
        params.not_after = now + Duration::days(400);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        Ok(Self { issuer, now })
    }

    pub(super) fn certificate(&self) -> WireBytes {
        WireBytes(self.issuer.der().to_vec())
    }

    /// A server that shows a new certificate, and prefers the post-quantum hybrid.
    pub(super) fn server_config(&self, wanted: &Certificate) -> Result<Arc<ServerConfig>, Fault> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec![wanted.name.to_owned()])?;
        params
            .distinguished_name
            .push(DnType::CommonName, wanted.name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        params.not_after = self.now + Duration::days(wanted.days_left);
        params.not_before = params.not_after - Duration::days(90);
        let leaf = params.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(tls::provider_hybrid_first())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)?;
        config.ignore_client_order = true;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}
