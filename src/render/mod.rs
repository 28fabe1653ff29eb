//! Floor 7, renderers: thin, apart, and write-only. None of them decides anything; each chooses an
//! escaping for what peers said and lays out what the report holds.

pub mod caps;
pub mod certificate;
pub mod chain;
pub mod csv;
pub mod drift;
pub mod entry;
pub mod github;
pub mod gitlab;
pub mod group;
pub mod html;
pub mod json;
pub mod junit;
pub mod load;
pub mod markdown;
mod matrix;
mod open;
mod proxy;
pub mod ratings;
pub mod rules_page;
#[cfg(test)]
mod sample;
pub mod sarif;
pub mod service;
#[cfg(test)]
mod sinks;
pub mod suite_matrix;
pub mod terminal;
pub mod waterfall;
pub mod wrap;
