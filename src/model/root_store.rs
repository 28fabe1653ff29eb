//! Which trust anchors count.

use serde::{Deserialize, Serialize};

/// Where trust anchors come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RootStore {
    /// Mozilla's list, built in.
    #[default]
    Bundled,
    /// The operating system's.
    System,
}
