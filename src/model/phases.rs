//! Where the time of one exchange went.

use serde::{Deserialize, Serialize};

use super::units::Micros;

/// The five phases of an exchange, as deltas of one monotonic clock: they sum to the total exactly.
///
/// A phase that did not happen (name resolution of an address, TLS over plain HTTP, all three of a
/// kept-alive connection) is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phases {
    /// Name resolution.
    pub dns: Micros,
    /// From the first connection attempt to the established connection.
    pub tcp: Micros,
    /// The TLS handshake.
    pub tls: Micros,
    /// From the connection being ready to the first byte of the response: the request leaves at
    /// once, and the microseconds that takes are in here, so that no time falls between phases.
    pub server: Micros,
    /// From the first byte of the response to its last.
    pub transfer: Micros,
}

impl Phases {
    /// The sum of all five.
    #[must_use]
    pub fn total(&self) -> Micros {
        self.ttfb() + self.transfer
    }

    /// Time to first byte, connection setup included. Call it cold; for the server's own share see
    /// [`Self::server`].
    #[must_use]
    pub fn ttfb(&self) -> Micros {
        self.setup() + self.server
    }

    /// Connection setup: name resolution, TCP and TLS.
    #[must_use]
    pub fn setup(&self) -> Micros {
        self.dns + self.tcp + self.tls
    }

    /// The one that took longest.
    #[must_use]
    pub fn longest(&self) -> Micros {
        let connecting = self.dns.max(self.tcp).max(self.tls);
        connecting.max(self.server).max(self.transfer)
    }
}
