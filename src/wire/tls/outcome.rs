//! What an answer says about what was offered.

use super::alert::Alert;
use super::client_hello::Offer;
use super::reply::Reply;
use super::ssl2::Ssl2Reply;
use super::version::Version;

/// The meaning of one [`Reply`] to one [`Offer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something offered was chosen: the version, and the suite (0 for SSLv2, which agrees later).
    Accepted(Version, u16),
    /// The server speaks, and wants nothing of what was offered.
    Refused,
    /// The server would rather be asked for this version, which is below the one offered; what
    /// was offered above it is refused.
    Lowered(Version, u16),
    /// No answer, or one about something else: proves nothing.
    Unsettled,
}

impl Offer {
    /// Reads an answer to this offer.
    ///
    /// A refusal is an alert about the offer, the choice of a lower version, or a HelloRetryRequest
    /// that names no group. Silence, a reset and every other alert settle nothing by themselves:
    /// they are what rate limits, broken middleboxes and unknown names look like.
    #[must_use]
    pub fn outcome(&self, reply: &Reply) -> Outcome {
        if self.version == Version::Ssl2 {
            return ssl2_outcome(reply);
        }
        match reply {
            Reply::Flight(flight) if flight.hello.changes_nothing() => Outcome::Refused,
            Reply::Flight(flight) => self.choice(flight.hello.version(), flight.hello.suite),
            Reply::Alert(alert) if alert.refuses_the_offer() => Outcome::Refused,
            Reply::Alert(_)
            | Reply::Nothing
            | Reply::Ssl2(_)
            | Reply::NotTls(_)
            | Reply::Incomplete => Outcome::Unsettled,
        }
    }

    fn choice(&self, version: Option<Version>, suite: u16) -> Outcome {
        if !self.suites.contains(&suite) {
            return Outcome::Unsettled;
        }
        match version {
            Some(chosen) if chosen == self.version => Outcome::Accepted(chosen, suite),
            Some(chosen) if chosen < self.version => Outcome::Lowered(chosen, suite),
            Some(_) | None => Outcome::Unsettled,
        }
    }
}

/// Whoever answers SSLv2 in another language does not speak it: an alert, or a web server's 400.
fn ssl2_outcome(reply: &Reply) -> Outcome {
    match reply {
        Reply::Ssl2(Ssl2Reply::Hello { .. }) => Outcome::Accepted(Version::Ssl2, 0),
        Reply::Ssl2(Ssl2Reply::Error(_)) | Reply::Alert(Alert { .. }) | Reply::NotTls(_) => {
            Outcome::Refused
        }
        Reply::Nothing | Reply::Incomplete | Reply::Flight(_) => Outcome::Unsettled,
    }
}
