//! Floor 8, the command line: arguments, environment, files and streams in; an exit code out.
//!
//! Results go to standard output, everything else to standard error.

mod args;
mod audit;
mod commands;
mod environment;
mod failure;
mod files;
mod input;
mod interrupt;
mod limits;
mod look;
mod made;
mod output;
mod profile;
mod progress;
mod proxies;
mod recorded;
mod settings;
mod suggest;
mod verdict;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::model::Untrusted;
use crate::report::ExitCode;
use args::{Cli, Command};
use environment::Environment;
use failure::Failure;

/// Runs the program on the process's own arguments.
#[must_use]
pub fn run() -> ExitCode {
    let environment = Environment::read();
    match Cli::try_parse() {
        Ok(cli) => dispatch(&cli, &environment).unwrap_or_else(|failure| {
            output::complain(&failure.message(environment.color_stderr()));
            failure.exit_code()
        }),
        Err(error) => usage(&error),
    }
}

fn dispatch(cli: &Cli, environment: &Environment) -> Result<ExitCode, Failure> {
    match &cli.command {
        None => audit::run(&cli.audit, environment),
        Some(Command::Demo(options)) => audit::demo(options, environment),
        Some(Command::Replay(options)) => recorded::replay(options, environment),
        Some(Command::Diff(options)) => recorded::diff(options, environment),
        Some(Command::Headers(options)) => profile::run(options, environment),
        Some(Command::Check { file }) => commands::check(file, environment),
        Some(Command::Init { file }) => commands::init(file),
        Some(Command::Rules { format }) => commands::rules(*format),
        Some(Command::Schema) => made::schema(),
        Some(Command::Completions { shell }) => made::completions(*shell),
        Some(Command::Man) => made::man(),
        Some(Command::Explain { rule }) => commands::explain(rule),
    }
}

/// `--help` and `--version` are answers; anything else clap says is about wrong usage.
fn usage(error: &clap::Error) -> ExitCode {
    let answered = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if answered {
        // Nothing is left to do where even this cannot be printed.
        let _ = error.print();
        return ExitCode::Pass;
    }
    output::complain(&Untrusted::from(error.to_string()).terminal_lines());
    ExitCode::Usage
}
