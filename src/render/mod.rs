//! Floor 7, renderers: thin, apart, and write-only. None of them decides anything; each chooses an
//! escaping for what peers said and lays out what the report holds.

pub mod caps;
pub mod certificate;
pub mod chain;
pub mod group;
pub mod json;
pub mod load;
pub mod markdown;
mod open;
pub mod ratings;
pub mod rules_page;
pub mod suite_matrix;
pub mod terminal;
pub mod waterfall;
pub mod wrap;
