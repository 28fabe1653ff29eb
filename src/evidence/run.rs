//! What was asked of a run, and from where it looked.

use serde::{Deserialize, Serialize};

use super::WireBytes;
use crate::model::{Family, Grade, RootStore, Schedule, Severity};

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
    /// Whether open essential questions make the run inconclusive.
    #[serde(default)]
    pub strict: bool,
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
        selects_family(&self.only, &self.skip, family)
    }

    /// Whether a rule, given by its id, is to be judged.
    #[must_use]
    pub fn selects_rule(&self, id: &str) -> bool {
        let names = |item: &String| item == id || id.split('/').next() == Some(item);
        (self.only.is_empty() || self.only.iter().any(names)) && !self.skip.iter().any(names)
    }
}

/// Whether `--only` and `--skip`, which name families and rules, leave anything of a family.
#[must_use]
pub fn selects_family(only: &[String], skip: &[String], family: Family) -> bool {
    let of = |item: &String| item.split('/').next() == Some(family.name()) && !skip.contains(item);
    (only.is_empty() || only.iter().any(of)) && !skip.iter().any(|item| item == family.name())
}

/// What the observer was told about how to look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// Certificates were not held against any trust anchor.
    pub insecure: bool,
    /// The `User-Agent` sent.
    pub user_agent: String,
    /// Which trust anchors count.
    pub roots: RootStore,
    /// Certificates the user added with `--cacert`, DER.
    pub extra_roots: Vec<WireBytes>,
    /// The files they were in, as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cacert: Vec<String>,
    /// `--resolve` overrides that applied, as given.
    pub resolve: Vec<String>,
    /// The only version of IP that was used, if one was asked for.
    pub address_family: Option<IpVersion>,
    /// The load run that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Schedule>,
    /// Further flags that were set.
    pub flags: Vec<Flag>,
}

/// A flag that changes what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// Nothing that an ordinary visitor would not send.
    Passive,
    /// Rate limits are measured and used up.
    Burst,
    /// Every cipher suite is enumerated.
    Ciphers,
    /// No hello of SSLv2.
    NoLegacy,
    /// Nothing is left out.
    Thorough,
    /// Every address of the name is asked.
    AllAddresses,
    /// Requests that change something are sent.
    AllowMutation,
    /// A load run; its shape is in [`Conditions::load`].
    Load,
    /// `--headers-profile observatory-4`.
    #[serde(rename = "observatory-4")]
    Observatory4,
    /// `--headers-profile observatory-5`.
    #[serde(rename = "observatory-5")]
    Observatory5,
    /// `--headers-profile observatory-6`.
    #[serde(rename = "observatory-6")]
    Observatory6,
    /// `--headers-profile csp-evaluator`.
    CspEvaluator,
}

impl Flag {
    /// As it is written on the command line.
    #[must_use]
    pub const fn option(self) -> &'static str {
        match self {
            Self::Passive => "--passive",
            Self::Burst => "--burst",
            Self::Ciphers => "--ciphers",
            Self::NoLegacy => "--no-legacy",
            Self::Thorough => "--thorough",
            Self::AllAddresses => "--all-addresses",
            Self::AllowMutation => "--allow-mutation",
            Self::Load => "--load",
            Self::Observatory4 => "--headers-profile observatory-4",
            Self::Observatory5 => "--headers-profile observatory-5",
            Self::Observatory6 => "--headers-profile observatory-6",
            Self::CspEvaluator => "--headers-profile csp-evaluator",
        }
    }
}

/// A version of the Internet Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IpVersion {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Conditions {
    /// Whether a flag was set.
    #[must_use]
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.contains(&flag)
    }
}
