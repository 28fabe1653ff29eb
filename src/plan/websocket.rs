//! Who may open the socket, and what it must keep to.

use super::Essential;
use crate::evidence::Conditions;
use crate::model::Target;

/// The essential questions of a declared socket.
pub(super) fn essential(_target: &Target, _conditions: &Conditions) -> Vec<Essential> {
    Vec::new()
}
