//! Arguments that say what passes.

use std::path::PathBuf;

use clap::Args;

use crate::model::{FailOn, Grade};

/// What passes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Verdict")]
pub(super) struct PassArgs {
    /// The least severity that fails the run: none, info, low, medium, high, critical;
    /// new[:SEVERITY] for what --baseline does not have [default: high]
    #[arg(long, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// The lowest grade that passes: A+, A, A-, B, C, D, F
    #[arg(long, value_name = "GRADE", value_parser = grade)]
    pub(super) min_grade: Option<Grade>,
    /// Exit 3 while an essential question is open, for want of a credential, a declaration or consent
    #[arg(long)]
    pub(super) strict: bool,
}

/// An earlier run to hold this one against.
#[derive(Debug, Default, Args)]
pub(super) struct BaselineArgs {
    /// Say what changed since this evidence; with --fail-on new only that fails the run
    #[arg(long, value_name = "EVIDENCE", help_heading = "Verdict")]
    pub(super) baseline: Option<PathBuf>,
}

pub(super) fn grade(text: &str) -> Result<Grade, String> {
    text.parse()
        .map_err(|()| "the grades are A+, A, A-, B, C, D and F".to_owned())
}
