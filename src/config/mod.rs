//! Floor 5, the user's word: a target file into valid [`Target`](crate::model::Target)s, or everything that is wrong
//! with it at once, each fault with its line, its caret and its mend.
//!
//! [`parse`] reads the text, [`File::resolve`] fetches the secrets it refers to. Neither opens a
//! file or reads the environment: text and look-up are handed in, so that every row of the tests
//! is a whole test. Every key stands once, in the private `vocabulary`.

mod assertion;
mod auth;
mod cors;
mod diagnostic;
mod endpoint;
mod file;
mod gate;
mod lines;
mod login;
mod names;
mod nearest;
mod node;
mod place;
mod policy;
mod quantity;
mod record;
mod reference;
mod request;
mod run;
mod schema;
mod secrets;
mod section;
mod shared;
mod summary;
mod target;
mod urls;
mod vars;
mod vocabulary;
mod waiver;
mod websocket;
mod words;

#[cfg(test)]
mod tests;

pub use diagnostic::{Diagnostic, Diagnostics, Level};
pub use file::{File, parse, waive};
pub use nearest::nearest;
pub use place::Place;
pub use reference::reference;
pub use run::RunSettings;
pub use schema::schema;
pub use secrets::{MissingSecrets, References};
pub use summary::summary;
pub use urls::{targets_from_urls, url_meant};

/// What `seaworthy init` writes.
pub const TEMPLATE: &str = include_str!("template.toml");

/// The largest target file, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// The most targets in one run.
pub const MAX_TARGETS: usize = 100_000;
