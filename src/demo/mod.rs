//! Floor 7, the demonstration: embedded servers on loopback, well and badly configured, described by
//! a target file like any other and audited through the very same path.

mod authority;
pub mod message;
pub mod server;
mod services;
mod socket;

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use base64::Engine as _;

use crate::evidence::WireBytes;
use crate::model::Override;
use authority::Authority;
use server::Server;

/// The target file, with `{name}` where a server's port goes.
const TARGETS: &str = include_str!("targets.toml");

/// The credential the demo's services take; the target file refers to it by this variable.
pub const TOKEN: (&str, &str) = ("SEAWORTHY_DEMO_TOKEN", "demo-9f86d081884c7d65");

/// The demo's servers, running until dropped.
#[derive(Debug)]
pub struct Fleet {
    servers: Vec<(&'static str, Server)>,
    authority: WireBytes,
}

impl Fleet {
    /// Starts every server on a free port of 127.0.0.1, with certificates of a new private CA.
    ///
    /// # Errors
    /// When a port cannot be bound or a certificate cannot be made.
    pub fn launch() -> io::Result<Self> {
        let authority = Authority::new().map_err(io::Error::other)?;
        let mut servers = Vec::new();
        for service in services::ALL {
            let tls = match service.certificate {
                Some(certificate) => Some(
                    authority
                        .server_config(&certificate)
                        .map_err(io::Error::other)?,
                ),
                None => None,
            };
            servers.push((service.name, Server::start(tls, service.handler)?));
        }
        Ok(Self {
            servers,
            authority: authority.certificate(),
        })
    }

    /// The target file that describes them.
    #[must_use]
    pub fn target_file(&self) -> String {
        self.servers
            .iter()
            .fold(TARGETS.to_owned(), |text, (name, server)| {
                text.replace(&format!("{{{name}}}"), &server.port().to_string())
            })
    }

    /// Where their names lead: `host`, `port`, `address`, as for `--resolve`.
    #[must_use]
    pub fn overrides(&self) -> Vec<Override> {
        let each = self.servers.iter().map(|(name, server)| Override {
            host: format!("{name}.example"),
            port: server.port(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        });
        each.collect()
    }

    /// The same as a PEM file.
    #[must_use]
    pub fn authority_pem(&self) -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(&self.authority.0);
        let lines: Vec<String> = text
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8_lossy(line).into())
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    }

    /// The private CA's certificate, DER: what `--cacert` would name.
    #[must_use]
    pub fn authority(&self) -> WireBytes {
        self.authority.clone()
    }
}
