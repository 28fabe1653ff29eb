//! Contract: declared endpoints as declared, and what must not be there.

pub mod absent;
pub mod advertised;
pub mod answer;
pub mod document;
pub mod errors;
pub mod flaky;
pub mod leak;
pub mod method;
pub mod outage;
pub mod rate;
pub mod wake;

use super::Rule;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[
    outage::RULES,
    answer::RULES,
    absent::RULES,
    method::RULES,
    document::RULES,
    leak::RULES,
    rate::RULES,
    advertised::RULES,
    wake::RULES,
    errors::RULES,
    flaky::RULES,
];
