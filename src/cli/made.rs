//! The commands that write what other programs read of this one: a schema, completions, a manual page.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Cli;
use super::failure::Failure;
use super::output::say;
use crate::config;
use crate::report::ExitCode;

/// `seaworthy schema`: the JSON Schema of the target file.
pub(super) fn schema() -> Result<ExitCode, Failure> {
    let text = serde_json::to_string_pretty(&config::schema());
    let text = text.map_err(|error| Failure::Unwritten(error.to_string()))?;
    print(&format!("{text}\n"))
}

/// `seaworthy completions SHELL`.
pub(super) fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "seaworthy", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// `seaworthy man`: in roff, for `man -l -`.
pub(super) fn man() -> Result<ExitCode, Failure> {
    let mut page = Vec::new();
    let written = clap_mangen::Man::new(Cli::command()).render(&mut page);
    written.map_err(|error| Failure::Unwritten(error.to_string()))?;
    print(&String::from_utf8_lossy(&page))
}

fn print(text: &str) -> Result<ExitCode, Failure> {
    say(text).map_err(|error| Failure::Unwritten(error.to_string()))?;
    Ok(ExitCode::Pass)
}
