//! A response body as it came.

use serde::{Deserialize, Serialize};

use super::{Cause, WireBytes};

/// A response body, as far as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Its first bytes, after transfer decoding, secrets replaced.
    pub bytes: WireBytes,
    /// How many there were in all, as far as they were read.
    pub size: u64,
    /// Whether it ended by itself: false when a limit, the deadline or the peer cut it short.
    pub complete: bool,
    /// Why it did not, unless it was for a limit of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cause>,
    /// How many of the bytes that were read are not kept. Evidence of earlier versions does not
    /// say: there the sizes tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u64>,
    /// Whether what is not kept was searched for supplied secrets before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub searched: bool,
    /// Whether its content coding was undone when it was captured, since a secret stood in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decoded: bool,
}

impl Payload {
    /// One that ended by itself, all of it kept.
    #[must_use]
    pub fn whole(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self {
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            bytes: WireBytes(bytes),
            complete: true,
            left_out: Some(0),
            ..Self::default()
        }
    }

    /// Whether more was read than is kept.
    #[must_use]
    pub fn is_clipped(&self) -> bool {
        match self.left_out {
            Some(left_out) => left_out > 0,
            None => u64::try_from(self.bytes.0.len()).is_ok_and(|kept| kept < self.size),
        }
    }
}
