//! What was asked of a run, and from where it looked.

use serde::{Deserialize, Serialize};

use super::WireBytes;
use crate::model::{Family, Grade, Schedule, Severity};

/// The part of the command line that bears on judgement, so that a replay needs no flags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The program's version.
    pub version: String,
    /// The file or arguments the targets came from.
    pub list: String,
    /// The least severity that fails the run; `None` lets nothing fail it.
    pub fail_on: Option<Severity>,
    /// The lowest grade that passes.
    pub min_grade: Option<Grade>,
    /// Families and rules to judge; empty for all.
    pub only: Vec<String>,
    /// Families and rules to leave out.
    pub skip: Vec<String>,
    /// The conditions it looked under.
    pub conditions: Conditions,
}

impl Run {
    /// Whether a family is to be looked at and judged.
    #[must_use]
    pub fn selects_family(&self, family: Family) -> bool {
        let of = |item: &String| {
            item.split('/').next() == Some(family.name()) && !self.skip.contains(item)
        };
        (self.only.is_empty() || self.only.iter().any(of))
            && !self.skip.iter().any(|item| item == family.name())
    }

    /// Whether a rule, given by its id, is to be judged.
    #[must_use]
    pub fn selects_rule(&self, id: &str) -> bool {
        let names = |item: &String| item == id || id.split('/').next() == Some(item);
        (self.only.is_empty() || self.only.iter().any(names)) && !self.skip.iter().any(names)
    }
}

/// What the observer was told about how to look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// Certificates were not held against any trust anchor.
    pub insecure: bool,
    /// The `User-Agent` sent.
    pub user_agent: String,
    /// Which trust anchors count: `bundled` or `system`.
    pub roots: String,
    /// Certificates the user added with `--cacert`, DER.
    pub extra_roots: Vec<WireBytes>,
    /// The files they were in, as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cacert: Vec<String>,
    /// `--resolve` overrides that applied, as given.
    pub resolve: Vec<String>,
    /// `4` or `6` when only that family of addresses was used.
    pub address_family: Option<u8>,
    /// The load run that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Schedule>,
    /// Further flags that were set, by name: `passive`, `burst`, `ciphers`, …
    pub flags: Vec<String>,
}

impl Conditions {
    /// Whether a flag was set.
    #[must_use]
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|set| set == flag)
    }
}
