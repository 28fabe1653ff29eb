//! Which pages must be able to read an answer, and which must not.

use super::Essential;
use crate::model::Target;

/// The essential questions of what is declared under `cors`.
pub(super) fn essential(_target: &Target) -> Vec<Essential> {
    Vec::new()
}
