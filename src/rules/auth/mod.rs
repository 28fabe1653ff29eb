//! Auth: who is turned away, and how.

pub mod refusal;

use super::Rule;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[refusal::RULES];
