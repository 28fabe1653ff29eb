//! Two foreign yardsticks, held against the same posture: the letter of SSL Labs, by its published
//! rules of 2009r, and conformance to Mozilla's Server Side TLS. Neither moves our own grade.

pub mod mozilla;
mod posture;
pub mod ssl_labs;

pub use mozilla::Mozilla;
pub use posture::{Hsts, Leaf, Path, Posture};
pub use ssl_labs::SslLabs;
