//! Why a command ended early, and the exit code with it.

use crate::config::Diagnostics;
use crate::model::Untrusted;
use crate::report::ExitCode;

/// Why a command ended early: the user's to fix.
#[derive(Debug)]
pub(super) enum Failure {
    /// The user's file is wrong.
    Diagnostics(Diagnostics),
    /// The command line, or a file it names.
    Usage(String),
    /// A requested report could not be written.
    Unwritten(String),
    /// Nothing was selected.
    Nothing(String),
}

impl Failure {
    /// What standard error says of it.
    pub(super) fn message(&self, color: bool) -> String {
        match self {
            Self::Diagnostics(found) => found.render(color),
            Self::Usage(message) | Self::Unwritten(message) | Self::Nothing(message) => {
                Untrusted::from(format!("error: {message}\n")).terminal_lines()
            }
        }
    }

    pub(super) const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Diagnostics(_) | Self::Usage(_) => ExitCode::Usage,
            Self::Unwritten(_) => ExitCode::Unwritten,
            Self::Nothing(_) => ExitCode::Nothing,
        }
    }
}

impl From<Diagnostics> for Failure {
    fn from(found: Diagnostics) -> Self {
        Self::Diagnostics(found)
    }
}
