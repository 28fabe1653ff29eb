//! What the connections of an audit were shown, whatever each was for.
//!
//! Several servers behind one address differ in some handshakes and not in others, so every one
//! counts: those of exchanges, sockets and samples too.

use std::sync::Mutex;

use crate::evidence::Handshake;
use crate::model::Host;

/// The full handshakes that differ from each other, in the order made.
#[derive(Debug, Default)]
pub struct Handshakes(Mutex<Vec<(Host, Handshake)>>);

impl Handshakes {
    /// Takes in one; a resumed one shows no certificate of its own.
    pub(super) fn note(&self, host: &Host, handshake: &Handshake) {
        let Ok(mut all) = self.0.lock() else { return };
        let known = all
            .iter()
            .any(|(with, seen)| with == host && seen.shows_the_same(handshake));
        if !known && !handshake.is_resumed() {
            all.push((host.clone(), handshake.clone()));
        }
    }

    /// Those with one host at one port.
    #[must_use]
    pub fn with(&self, host: &Host, port: u16) -> Vec<Handshake> {
        let Ok(all) = self.0.lock() else {
            return Vec::new();
        };
        let at_port = |seen: &Handshake| {
            let (_, found) = seen.address.rsplit_once(':').unwrap_or_default();
            found.parse() == Ok(port)
        };
        let here = all
            .iter()
            .filter(|(with, seen)| with == host && at_port(seen));
        here.map(|(_, seen)| seen.clone()).collect()
    }
}
