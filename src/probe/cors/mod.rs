//! CORS: preflights as browsers send them, and origins, declared and hostile, that ride on requests
//! sent anyway.

mod follow_up;
mod origins;
mod preflight;
mod riders;

use super::View;
use crate::evidence::Role;
use crate::net::http::Outgoing;

pub use follow_up::{follow_up, may_follow};
pub use riders::ride;

/// The preflights of the declared origins, and one of a stranger.
#[must_use]
pub fn requests(view: &View<'_>) -> Vec<Outgoing> {
    if view.run.conditions.has("passive") {
        return Vec::new();
    }
    preflight::requests(view)
}

/// The role of a request that is sent for CORS alone.
fn own_role() -> Role {
    Role::Other("cors".to_owned())
}
