//! Peers, files and machines that mean harm or are in a bad state, and what must be said of each.
//! Nothing here leaves loopback.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot be set up has failed"
)]

#[path = "../program/mod.rs"]
mod program;

mod answers;
mod behaviours;
mod fields;
mod files;
mod locations;
#[cfg(target_os = "linux")]
mod names;
mod peers;
mod secrets;
mod server;
#[cfg(target_os = "linux")]
mod soak;
#[cfg(unix)]
mod starved;
mod statuses;
