//! The sessions a first connection was given, for a second one to resume.

use std::sync::{Arc, Mutex, OnceLock};

use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue,
};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, NamedGroup};

use super::handshakes::Handshakes;
use super::record::Record;
use crate::evidence::Handshake;
use crate::model::Host;

/// The first handshake of a client, and what it was given to come back with. Later connections
/// take no part: a resumed handshake is shorter and shows no certificate.
#[derive(Debug, Default)]
pub struct Sessions {
    handshake: OnceLock<Handshake>,
    first: OnceLock<Setup>,
    tickets: Arc<Tickets>,
    all: Arc<Handshakes>,
}

/// What the handshakes of one client share: rustls resumes only under the very same verifier.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) config: Arc<ClientConfig>,
    pub(super) record: Arc<Mutex<Record>>,
}

impl Sessions {
    /// Of one client among others, whose handshakes are kept together.
    #[must_use]
    pub(super) fn among(all: &Arc<Handshakes>) -> Self {
        Self {
            all: Arc::clone(all),
            ..Self::default()
        }
    }

    /// Takes in a handshake of the client, the first or a later one.
    pub(super) fn note(&self, host: &Host, handshake: &Handshake) {
        self.all.note(host, handshake);
    }

    /// True for whoever comes first, with its setup.
    pub(super) fn claim(&self, setup: &Setup) -> bool {
        self.first.set(setup.clone()).is_ok()
    }

    /// Whether someone came first already.
    pub(super) fn first(&self) -> Option<Setup> {
        self.first.get().cloned()
    }

    /// Keeps the first handshake.
    pub(super) fn keep(&self, handshake: &Handshake) {
        // Only the claimant comes here, once.
        let _ = self.handshake.set(handshake.clone());
    }

    /// The first handshake, with the tickets that came after it.
    #[must_use]
    pub fn handshake(&self) -> Option<Handshake> {
        let given = self
            .tickets
            .given
            .lock()
            .map(|given| *given)
            .unwrap_or_default();
        self.handshake.get().map(|handshake| Handshake {
            tickets: given.tickets,
            early_data_bytes: given.early_data,
            ..handshake.clone()
        })
    }

    /// As rustls wants it.
    pub(super) fn store(&self) -> Arc<dyn ClientSessionStore> {
        Arc::clone(&self.tickets) as Arc<dyn ClientSessionStore>
    }
}

/// rustls's own store, counting.
#[derive(Debug)]
struct Tickets {
    given: Mutex<Given>,
    cache: ClientSessionMemoryCache,
}

#[derive(Clone, Copy, Debug, Default)]
struct Given {
    tickets: u32,
    early_data: u32,
}

impl Default for Tickets {
    fn default() -> Self {
        Self {
            given: Mutex::default(),
            cache: ClientSessionMemoryCache::new(8),
        }
    }
}

impl ClientSessionStore for Tickets {
    fn set_kx_hint(&self, name: ServerName<'static>, group: NamedGroup) {
        self.cache.set_kx_hint(name, group);
    }

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        self.cache.kx_hint(name)
    }

    fn set_tls12_session(&self, name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.cache.set_tls12_session(name, value);
    }

    fn tls12_session(&self, name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.cache.tls12_session(name)
    }

    fn remove_tls12_session(&self, name: &ServerName<'static>) {
        self.cache.remove_tls12_session(name);
    }

    fn insert_tls13_ticket(&self, name: ServerName<'static>, value: Tls13ClientSessionValue) {
        if let Ok(mut given) = self.given.lock() {
            given.tickets = given.tickets.saturating_add(1);
            given.early_data = given.early_data.max(value.max_early_data_size());
        }
        self.cache.insert_tls13_ticket(name, value);
    }

    fn take_tls13_ticket(&self, name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.cache.take_tls13_ticket(name)
    }
}
