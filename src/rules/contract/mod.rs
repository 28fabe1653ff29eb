//! Contract: declared endpoints, as declared.

pub mod status;

use super::Rule;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[status::RULES];
