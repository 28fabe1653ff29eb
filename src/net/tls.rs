//! TLS by rustls, recording instead of refusing.
//!
//! A verifier that refuses would hide everything behind the first fault. Ours accepts every chain
//! and every signature, writes down what it saw, and leaves the verdict to judgement. The handshake
//! is still bound to the leaf's key: [`SignatureSeen`] holds what was signed and the signature.

use std::io::Write as _;
use std::sync::{Arc, Mutex, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ClientConfig, ResolvesClientCert, Resumption};
use rustls::crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs};
use rustls::pki_types::{CertificateDer, IpAddr, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    ClientConnection, DigitallySignedStruct, Error, HandshakeKind, NamedGroup, SignatureScheme,
    StreamOwned,
};

use super::clock;
use super::compressed;
use super::deadline::Deadline;
use super::p521;
use super::record::Record;
use super::sessions::{Sessions, Setup};
use super::sock::DeadlineSock;
use crate::evidence::{Cause, Failure, Handshake, SignatureSeen, Stage, WireBytes};
use crate::model::{Host, Micros};
use crate::wire::tls::ML_DSA;

/// A TLS stream over a socket under a deadline.
pub type TlsStream = StreamOwned<ClientConnection, DeadlineSock>;

#[derive(Debug)]
struct Recorder {
    provider: Arc<CryptoProvider>,
    record: Arc<Mutex<Record>>,
}

/// What a handshake offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// As a modern browser: h2 and http/1.1, the post-quantum hybrid first.
    Browser,
    /// For exchanges in HTTP/1.1.
    Http1,
    /// The same without ALPN, which some servers stumble over.
    NoProtocol,
}

/// Prepares the process: the first random bytes cost tens of milliseconds in some builds of
/// AWS-LC, which must not be counted as the first target's handshake.
pub fn warm_up() {
    let mut bytes = [0; 8];
    // Failing here would fail again, visibly, at the first handshake.
    let _ = provider().secure_random.fill(&mut bytes);
}

/// The one provider of cryptography. Behind the groups that browsers offer come two more, for servers
/// that take nothing else.
#[must_use]
pub fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    let made = || {
        let mut provider = aws_lc_rs::default_provider();
        provider
            .kx_groups
            .extend([aws_lc_rs::kx_group::SECP256R1MLKEM768, p521::SECP521R1]);
        Arc::new(provider)
    };
    Arc::clone(PROVIDER.get_or_init(made))
}

/// The same with the post-quantum hybrid first, as browsers have it.
#[must_use]
pub fn provider_hybrid_first() -> Arc<CryptoProvider> {
    let mut provider = provider();
    Arc::make_mut(&mut provider)
        .kx_groups
        .sort_by_key(browser_order);
    provider
}

/// Shakes hands and records what was seen.
///
/// # Errors
/// [`Stage::Handshake`] with the cause.
pub fn connect(
    sock: DeadlineSock,
    host: &Host,
    offer: Offer,
    end: &Deadline,
) -> Result<(TlsStream, Handshake), Failure> {
    let record = Arc::new(Mutex::new(Record::default()));
    let config = config(offer, &record)
        .map_err(|error| end.failure(Stage::Handshake, Cause::Bug, error.to_string()))?;
    connect_with(sock, host, Arc::new(config), &record, end)
}

/// Shakes hands as the first of a client's connections, and keeps what it is given for a later
/// [`resume`]; for any but the first, the same as [`connect`].
///
/// # Errors
/// [`Stage::Handshake`] with the cause.
pub fn connect_first(
    sock: DeadlineSock,
    host: &Host,
    sessions: &Sessions,
    end: &Deadline,
) -> Result<(TlsStream, Handshake), Failure> {
    let connected = first_or_later(sock, host, sessions, end)?;
    sessions.note(host, &connected.1);
    Ok(connected)
}

fn first_or_later(
    sock: DeadlineSock,
    host: &Host,
    sessions: &Sessions,
    end: &Deadline,
) -> Result<(TlsStream, Handshake), Failure> {
    let bug = |error: &Error| end.failure(Stage::Handshake, Cause::Bug, error.to_string());
    if sessions.first().is_some() {
        return connect(sock, host, Offer::Http1, end);
    }
    let setup = remembering(sessions).map_err(|error| bug(&error))?;
    if !sessions.claim(&setup) {
        return connect(sock, host, Offer::Http1, end);
    }
    let connected = connect_with(sock, host, setup.config, &setup.record, end)?;
    sessions.keep(&connected.1);
    Ok(connected)
}

/// Shakes hands with what an earlier connection was given, and sends a request ahead of the
/// handshake where the ticket invites it.
///
/// # Errors
/// [`Stage::Handshake`] with the cause.
pub fn resume(
    sock: DeadlineSock,
    host: &Host,
    sessions: &Sessions,
    end: &Deadline,
) -> Result<Handshake, Failure> {
    let Some(setup) = sessions.first() else {
        return Err(end.failure(Stage::Handshake, Cause::Bug, "nothing to resume"));
    };
    connect_with(sock, host, setup.config, &setup.record, end).map(|(_, handshake)| handshake)
}

fn remembering(sessions: &Sessions) -> Result<Setup, Error> {
    let record = Arc::new(Mutex::new(Record::default()));
    let mut config = config(Offer::Http1, &record)?;
    config.resumption = Resumption::store(sessions.store());
    config.enable_early_data = true;
    Ok(Setup {
        config: Arc::new(config),
        record,
    })
}

fn connect_with(
    mut sock: DeadlineSock,
    host: &Host,
    config: Arc<ClientConfig>,
    record: &Mutex<Record>,
    end: &Deadline,
) -> Result<(TlsStream, Handshake), Failure> {
    let bug = |error: &Error| end.failure(Stage::Handshake, Cause::Bug, error.to_string());
    let name = server_name(host, end)?;
    let mut tls = ClientConnection::new(config, name).map_err(|error| bug(&error))?;
    sock.set_deadline(end.clone());
    let early = send_early(&mut tls, host);
    // What an earlier handshake on this thread left, when it failed.
    compressed::take();
    let start = clock::now();
    while tls.is_handshaking() {
        tls.complete_io(&mut sock)
            .map_err(|error| end.io_failure(Stage::Handshake, &error))?;
    }
    let took = clock::since(start);
    let address = sock
        .peer_addr()
        .map(|peer| peer.to_string())
        .unwrap_or_default();
    let handshake = Handshake {
        early_data: early.then(|| tls.is_early_data_accepted()),
        ..summary(&tls, record, address, took)
    };
    Ok((StreamOwned::new(tls, sock), handshake))
}

/// A request that changes nothing, ahead of the handshake, where a ticket invites it (RFC 8470 §2).
fn send_early(tls: &mut ClientConnection, host: &Host) -> bool {
    let request = format!("HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let Some(mut early) = tls.early_data() else {
        return false;
    };
    early.write_all(request.as_bytes()).is_ok()
}

fn summary(
    tls: &ClientConnection,
    record: &Mutex<Record>,
    address: String,
    took: Micros,
) -> Handshake {
    let seen = record
        .lock()
        .map(|mut record| std::mem::take(&mut *record))
        .unwrap_or_default();
    let kind = match tls.handshake_kind() {
        Some(HandshakeKind::Full) | None => "full",
        Some(HandshakeKind::FullWithHelloRetryRequest) => "full-with-retry",
        Some(HandshakeKind::Resumed) => "resumed",
    };
    Handshake {
        address,
        version: tls.protocol_version().map_or(0, u16::from),
        suite: tls
            .negotiated_cipher_suite()
            .map_or(0, |suite| u16::from(suite.suite())),
        group: tls
            .negotiated_key_exchange_group()
            .map(|group| u16::from(group.name())),
        alpn: tls
            .alpn_protocol()
            .map(|name| String::from_utf8_lossy(name).into_owned()),
        chain: seen.chain,
        staple: seen.staple,
        signature: seen.signature,
        compressed: compressed::take(),
        client_certificate: seen.client_certificate,
        tickets: tls.tls13_tickets_received(),
        kind: kind.to_owned(),
        early_data_bytes: 0,
        early_data: None,
        took,
    }
}

fn config(offer: Offer, record: &Arc<Mutex<Record>>) -> Result<ClientConfig, Error> {
    let mut provider = provider();
    if offer == Offer::Browser {
        Arc::make_mut(&mut provider)
            .kx_groups
            .sort_by_key(browser_order);
    }
    let recorder = Arc::new(Recorder {
        provider: Arc::clone(&provider),
        record: Arc::clone(record),
    });
    let resolver = Arc::new(NoClientCertificate {
        record: Arc::clone(record),
    });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(recorder)
        .with_client_cert_resolver(resolver);
    // With resumption a second "cold" handshake would be a short one, and show no certificate.
    config.resumption = Resumption::disabled();
    config.cert_decompressors = compressed::ALL.to_vec();
    config.alpn_protocols = match offer {
        Offer::Browser => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        Offer::Http1 => vec![b"http/1.1".to_vec()],
        Offer::NoProtocol => Vec::new(),
    };
    Ok(config)
}

/// Browsers put the hybrid first; rustls keeps it last.
fn browser_order(group: &&'static dyn SupportedKxGroup) -> u8 {
    u8::from(group.name() != NamedGroup::X25519MLKEM768)
}

/// The name a certificate must be valid for.
///
/// # Errors
/// When the host is no DNS name that TLS could ask for.
pub fn server_name(host: &Host, end: &Deadline) -> Result<ServerName<'static>, Failure> {
    match host {
        Host::Address(address) => Ok(ServerName::IpAddress(IpAddr::from(*address))),
        Host::Name(name) => ServerName::try_from(name.clone())
            .map_err(|error| end.failure(Stage::Handshake, Cause::Bug, error.to_string())),
    }
}

impl Recorder {
    /// Whether it proves the key is judged later, and apart from what the certificate says.
    fn signature(&self, message: &[u8], signed: &DigitallySignedStruct) {
        if let Ok(mut record) = self.record.lock() {
            record.signature = SignatureSeen {
                scheme: Some(u16::from(signed.scheme)),
                message: WireBytes(message.to_vec()),
                signature: WireBytes(signed.signature().to_vec()),
            };
        }
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        ocsp_response: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Ok(mut record) = self.record.lock() {
            record.chain = std::iter::once(end_entity)
                .chain(intermediates)
                .map(|certificate| WireBytes(certificate.to_vec()))
                .collect();
            record.staple = WireBytes(ocsp_response.to_vec());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        _: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, signed);
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        _: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(message, signed);
        Ok(HandshakeSignatureValid::assertion())
    }

    /// Also schemes we cannot verify: a server that has nothing else would never answer.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self
            .provider
            .signature_verification_algorithms
            .supported_schemes();
        schemes.extend([
            SignatureScheme::ED448,
            SignatureScheme::Unknown(0x0809),
            SignatureScheme::Unknown(0x080a),
            SignatureScheme::Unknown(0x080b),
            SignatureScheme::RSA_PKCS1_SHA1,
            SignatureScheme::ECDSA_SHA1_Legacy,
        ]);
        schemes.extend(ML_DSA.map(SignatureScheme::from));
        schemes
    }
}

/// Has no certificate to show, and notes that one was asked for.
#[derive(Debug)]
struct NoClientCertificate {
    record: Arc<Mutex<Record>>,
}

impl ResolvesClientCert for NoClientCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        if let Ok(mut record) = self.record.lock() {
            record.client_certificate = true;
        }
        None
    }

    /// rustls asks only a resolver that claims to have some.
    fn has_certs(&self) -> bool {
        true
    }
}
