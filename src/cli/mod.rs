//! Floor 8, the command line: arguments, environment, files and streams in; an exit code out.
//!
//! Results go to standard output, everything else to standard error.

mod args;
mod audit;
mod commands;
mod environment;
mod files;
mod input;
mod interrupt;
mod output;
mod profile;
mod progress;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::config::Diagnostics;
use crate::report::ExitCode;
use args::{Cli, Command};
use environment::Environment;

/// Runs the program on the process's own arguments.
#[must_use]
pub fn run() -> ExitCode {
    let environment = Environment::read();
    match Cli::try_parse() {
        Ok(cli) => dispatch(&cli, &environment).unwrap_or_else(|stop| stop.say(&environment)),
        Err(error) => usage(&error),
    }
}

fn dispatch(cli: &Cli, environment: &Environment) -> Result<ExitCode, Stop> {
    match &cli.command {
        None => audit::run(&cli.audit, environment),
        Some(Command::Demo(options)) => audit::demo(options, environment),
        Some(Command::Replay(options)) => audit::replay(options, environment),
        Some(Command::Headers(options)) => profile::run(options),
        Some(Command::Check { file }) => commands::check(file, environment),
        Some(Command::Init { file }) => commands::init(file),
        Some(Command::Rules { format }) => commands::rules(*format),
        Some(Command::Explain { rule }) => commands::explain(rule),
    }
}

/// `--help` and `--version` are answers; anything else clap says is about wrong usage.
fn usage(error: &clap::Error) -> ExitCode {
    // Nothing is left to do where even this cannot be printed.
    let _ = error.print();
    let answered = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if answered {
        ExitCode::Pass
    } else {
        ExitCode::Usage
    }
}

/// Why a command ended early, in words for standard error.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The user's file is wrong.
    Diagnostics(Diagnostics),
    /// Anything else that is the user's to mend.
    Usage(String),
    /// A requested report could not be written.
    Unwritten(String),
    /// Nothing was selected.
    Nothing(String),
}

impl Stop {
    fn say(self, environment: &Environment) -> ExitCode {
        match self {
            Self::Diagnostics(found) => {
                output::complain(&found.render(environment.color_stderr()));
                ExitCode::Usage
            }
            Self::Usage(message) => {
                output::complain(&format!("error: {message}\n"));
                ExitCode::Usage
            }
            Self::Unwritten(message) => {
                output::complain(&format!("error: {message}\n"));
                ExitCode::Unwritten
            }
            Self::Nothing(message) => {
                output::complain(&format!("error: {message}\n"));
                ExitCode::Nothing
            }
        }
    }
}

impl From<Diagnostics> for Stop {
    fn from(found: Diagnostics) -> Self {
        Self::Diagnostics(found)
    }
}
