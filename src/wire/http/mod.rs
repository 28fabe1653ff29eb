//! The grammars of HTTP field values, one file per field.
//!
//! Every parser is total: bytes a grammar does not allow come back as a [`Fault`] with the byte
//! offset of the first offending token, never as an absence and never as a panic.

pub mod banner;
pub mod cache_control;
pub mod challenge;
pub mod class;
pub mod coding;
pub mod content_type;
pub mod content_type_options;
pub mod cookie;
pub mod cross_origin;
pub mod csp;
pub mod date;
pub mod fault;
pub mod field_list;
pub mod fingerprint;
pub mod frame_options;
pub mod framing;
pub mod head;
pub mod hsts;
pub mod hygiene;
pub mod integrity_policy;
pub mod permissions_policy;
pub mod problem;
pub mod referrer_policy;
pub mod refresh;
pub mod reporting;
pub mod security_txt;
pub mod structured;

pub use fault::Fault;
