//! Arguments that say what passes.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::model::{Grade, Severity};

/// What passes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Verdict")]
pub(super) struct PassArgs {
    /// The least severity that fails the run: none, info, low, medium, high, critical;
    /// new[:SEVERITY] for what --baseline does not have
    #[arg(long, value_name = "SEVERITY", default_value = "high")]
    pub(super) fail_on: FailOn,
    /// The lowest grade that passes: A+, A, A-, B, C, D, F
    #[arg(long, value_name = "GRADE", value_parser = grade)]
    pub(super) min_grade: Option<Grade>,
    /// Exit 3 while an essential question is open, for want of a credential, a declaration or consent
    #[arg(long)]
    pub(super) strict: bool,
}

impl Default for PassArgs {
    /// What holds where nothing is asked.
    fn default() -> Self {
        Self {
            fail_on: FailOn {
                least: Some(Severity::High),
                only_new: false,
            },
            min_grade: None,
            strict: false,
        }
    }
}

/// An earlier run to hold this one against.
#[derive(Debug, Default, Args)]
pub(super) struct BaselineArgs {
    /// Say what changed since this evidence; with --fail-on new only that fails the run
    #[arg(long, value_name = "EVIDENCE", help_heading = "Verdict")]
    pub(super) baseline: Option<PathBuf>,
}

/// Which findings fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FailOn {
    /// From this severity on; `None` lets nothing fail it.
    pub(super) least: Option<Severity>,
    /// Only those that an earlier run does not have.
    pub(super) only_new: bool,
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (least, only_new) = match text.strip_prefix("new") {
            Some("") => ("high", true),
            Some(rest) => (rest.strip_prefix(':').unwrap_or(text), true),
            None => (text, false),
        };
        let least = match least {
            "none" => None,
            least => Some(least.parse().map_err(|()| {
                let names = Severity::ALL.map(Severity::name);
                format!(
                    "the severities are none, {}, or new:SEVERITY",
                    names.join(", ")
                )
            })?),
        };
        Ok(Self { least, only_new })
    }
}

pub(super) fn grade(text: &str) -> Result<Grade, String> {
    text.parse()
        .map_err(|()| "the grades are A+, A, A-, B, C, D and F".to_owned())
}
