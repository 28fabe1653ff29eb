//! Header fields: what a browser makes of them, for each class of response.

pub mod answer;
pub mod hsts;

use super::Rule;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[answer::RULES, hsts::RULES];
