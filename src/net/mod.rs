//! Floor 2, every socket: one [`dial`] under one [`Deadline`], and what is spoken over it.
//!
//! Nothing here judges. A peer's fault comes back as an [`evidence::Failure`](crate::evidence::Failure).

mod body;
pub mod clock;
mod compressed;
pub mod deadline;
pub mod dial;
mod errand;
#[cfg(test)]
mod fixtures;
pub mod handshakes;
pub mod hello;
pub mod http;
pub mod line;
mod onward;
mod p521;
pub mod pool;
pub mod proxy;
pub mod quiet;
mod record;
pub mod resolve;
pub mod scrub;
pub mod sessions;
pub mod sock;
mod spares;
pub mod stream;
pub mod tls;
mod transport;
mod tunnel;
pub mod upgrade;

use std::collections::BTreeMap;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;

use crate::model::{Secret, SecretRef};
pub use clock::Clock;
pub use deadline::{Deadline, Stop};

/// What every probe of a run shares: how to look, and the secrets it may use.
#[derive(Clone)]
pub struct Net {
    /// Set when the run is to end early.
    pub stop: Stop,
    /// The one clock.
    pub clock: Clock,
    /// Name resolution with its overrides and cache.
    pub resolver: Arc<resolve::Resolver>,
    /// The `User-Agent` of every request.
    pub user_agent: String,
    /// Credentials by reference.
    pub secrets: Arc<BTreeMap<SecretRef, Secret>>,
    /// What replaces credentials in everything captured.
    pub scrub: Arc<scrub::Scrub>,
    /// System trust anchors, when they were asked for.
    pub system_roots: Arc<Vec<CertificateDer<'static>>>,
    /// What the connections were shown.
    pub handshakes: Arc<handshakes::Handshakes>,
}

impl Net {
    /// The same, to see one target's handshakes apart from those of others.
    #[must_use]
    pub fn of_one_target(&self) -> Self {
        Self {
            handshakes: Arc::default(),
            ..self.clone()
        }
    }
}
