//! CORS: verdicts of the Fetch standard on what was answered to whom.

pub mod preflight;

use super::Rule;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[preflight::RULES];
