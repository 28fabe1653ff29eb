//! CORS: preflights as browsers send them, and requests of pages of declared and of attack origins.

mod follow_up;
mod origins;
mod preflight;
mod readers;

use super::View;
use crate::net::http::Outgoing;

pub use follow_up::{follow_up, may_follow};

/// The preflights of the declared origins and one of an attack origin, then the requests themselves.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    if !readers::is_wanted(view) {
        return Vec::new();
    }
    let mut requests = preflight::requests(view);
    requests.extend(readers::requests(view));
    requests
}
