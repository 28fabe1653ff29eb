//! Certificate compression (RFC 8879): the chain is asked for compressed, as browsers do, and how it
//! came is written down.

use std::cell::Cell;

use rustls::CertificateCompressionAlgorithm as Algorithm;
use rustls::compress::{CertDecompressor, DecompressionFailed};

use crate::evidence::CompressedChain;
use crate::wire::http::coding::{self, Coding};

/// What clients of the web offer: Chromium brotli, Safari zlib, Firefox all three.
pub(super) const ALL: [&dyn CertDecompressor; 3] = [
    &Chain(Algorithm::Brotli, Coding::Brotli),
    &Chain(Algorithm::Zlib, Coding::Deflate),
    &Chain(Algorithm::Zstd, Coding::Zstd),
];

thread_local! {
    // rustls wants decompressors that live for ever and tells them nothing of the connection; a
    // handshake is made on one thread, from its first byte to its last.
    static LAST: Cell<Option<CompressedChain>> = const { Cell::new(None) };
}

/// What was decompressed on this thread since this was last asked.
pub(super) fn take() -> Option<CompressedChain> {
    LAST.take()
}

#[derive(Debug)]
struct Chain(Algorithm, Coding);

impl CertDecompressor for Chain {
    fn decompress(&self, input: &[u8], output: &mut [u8]) -> Result<(), DecompressionFailed> {
        let (chain, fault) = coding::decode(input, &[self.1], output.len());
        if fault.is_some() || chain.len() != output.len() {
            return Err(DecompressionFailed);
        }
        output.copy_from_slice(&chain);
        LAST.set(Some(CompressedChain {
            algorithm: u16::from(self.0),
            bytes: u32::try_from(input.len()).unwrap_or(u32::MAX),
            of: u32::try_from(output.len()).unwrap_or(u32::MAX),
        }));
        Ok(())
    }

    fn algorithm(&self) -> Algorithm {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::time::Duration;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use rcgen::generate_simple_self_signed;
    use rustls::CertificateCompressionAlgorithm as Algorithm;
    use rustls::compress::{CertCompressor, CompressionFailed, CompressionLevel};
    use rustls::pki_types::PrivateKeyDer;
    use rustls::{ServerConfig, ServerConnection};

    use super::{ALL, take};
    use crate::model::Host;
    use crate::net::tls::{self, Offer};
    use crate::net::{Deadline, Stop, dial};

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[derive(Debug)]
    struct Zlib;

    impl CertCompressor for Zlib {
        fn compress(
            &self,
            input: Vec<u8>,
            _: CompressionLevel,
        ) -> Result<Vec<u8>, CompressionFailed> {
            Ok(zlib(&input))
        }

        fn algorithm(&self) -> Algorithm {
            Algorithm::Zlib
        }
    }

    /// The address of a server that takes one connection.
    fn server(compressors: Vec<&'static dyn CertCompressor>) -> std::net::SocketAddr {
        let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let mut config = ServerConfig::builder_with_provider(tls::provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.into()], key)
            .unwrap();
        config.cert_compressors = compressors;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
            while connection.is_handshaking() {
                connection.complete_io(&mut socket).unwrap();
            }
        });
        address
    }

    #[test]
    fn how_a_chain_came_is_seen() {
        for (compressors, expected) in [(vec![], None), (vec![&Zlib as _], Some("zlib"))] {
            let end = Deadline::within(Duration::from_secs(10), &Stop::default());
            let sock = dial::dial_any(&[server(compressors)], &end).unwrap().sock;
            let host = Host::Name("localhost".to_owned());
            let (_, seen) = tls::connect(sock, &host, Offer::Http1, &end).unwrap();
            let name = seen.compressed.map(super::CompressedChain::name);
            assert_eq!(name.as_deref(), expected);
            assert_eq!(seen.chain.len(), 1);
        }
    }

    #[test]
    fn a_chain_is_as_long_as_it_was_said_to_be() {
        let chain = [7; 3000];
        let zlib = zlib(&chain);
        #[rustfmt::skip]
        let cases: [(usize, &[u8], usize, bool); 5] = [
            (1, &zlib,      3000, true),
            (1, &zlib,      2999, false),
            (1, &zlib,      3001, false),
            (1, &zlib[..9], 3000, false),
            (0, &zlib,      3000, false), // not brotli
        ];
        for (algorithm, bytes, length, taken) in cases {
            let mut out = vec![0; length];
            let done = ALL[algorithm].decompress(bytes, &mut out);
            assert_eq!(done.is_ok(), taken, "{length} bytes by {algorithm}");
            let seen = take().map(|seen| (seen.name(), seen.of));
            assert_eq!(seen, taken.then(|| ("zlib".to_owned(), 3000)));
        }
    }
}
