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
    // rustls wants `'static` decompressors and tells them nothing of the connection; a handshake is
    // made on one thread, from its first byte to its last.
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
    use std::time::Duration;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use rustls::CertificateCompressionAlgorithm as Algorithm;
    use rustls::compress::{CertCompressor, CompressionFailed, CompressionLevel};

    use super::{ALL, take};
    use crate::model::Host;
    use crate::net::tls::{self, Offer};
    use crate::net::{Deadline, Stop, dial, fixtures};

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

    #[test]
    fn how_a_chain_came_is_seen() {
        for (compressors, expected) in [(vec![], None), (vec![&Zlib as _], Some("zlib"))] {
            let address = fixtures::tls_server(tls::provider(), |config| {
                config.cert_compressors = compressors;
            });
            let end = Deadline::within(Duration::from_secs(10), &Stop::default());
            let sock = dial::dial_any(&[address], &end).unwrap().sock;
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
