//! The environment, read once: terminals, colours, width, CI.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use super::args::When;
use super::failure::Failure;
use crate::model::{Timestamp, Untrusted};

/// What the environment says about the streams.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Environment {
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
    force_color: bool,
    no_color: bool,
    dumb: bool,
    ci: bool,
    columns: Option<usize>,
    utf8: bool,
    github_actions: bool,
    step_summary: Option<PathBuf>,
    source_date_epoch: Option<String>,
}

impl Environment {
    #[expect(
        clippy::disallowed_methods,
        reason = "the environment is read here only"
    )]
    pub(super) fn read() -> Self {
        let set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
        let set_and_not_zero =
            |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty() && value != "0");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        Self {
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            force_color: set_and_not_zero("CLICOLOR_FORCE"),
            no_color: set("NO_COLOR"),
            dumb: std::env::var("TERM").is_ok_and(|term| term == "dumb"),
            ci: set("CI"),
            columns: std::env::var("COLUMNS")
                .ok()
                .and_then(|text| text.parse().ok()),
            utf8: locale.is_none_or(|locale| {
                let locale = locale.to_ascii_lowercase();
                locale.contains("utf-8") || locale.contains("utf8")
            }),
            github_actions: std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true"),
            step_summary: std::env::var_os("GITHUB_STEP_SUMMARY")
                .filter(|path| !path.is_empty())
                .map(PathBuf::from),
            source_date_epoch: std::env::var("SOURCE_DATE_EPOCH")
                .ok()
                .filter(|value| !value.is_empty()),
        }
    }

    /// `--color`, then `CLICOLOR_FORCE`, then `NO_COLOR`, then whether it is a terminal.
    fn color(&self, when: When, is_terminal: bool) -> bool {
        match when {
            When::Always => true,
            When::Never => false,
            When::Auto if self.force_color => true,
            When::Auto => !self.no_color && !self.dumb && is_terminal,
        }
    }

    pub(super) fn color_stdout(&self, when: When) -> bool {
        self.color(when, self.stdout_is_terminal)
    }

    pub(super) fn color_stderr(&self) -> bool {
        self.color(When::Auto, self.stderr_is_terminal)
    }

    /// Progress is for people who watch, not for logs.
    pub(super) fn shows_progress(&self) -> bool {
        self.stderr_is_terminal && !self.ci && !self.dumb
    }

    /// Whether a step of GitHub Actions is what runs this.
    pub(super) const fn is_github_actions(&self) -> bool {
        self.github_actions
    }

    /// Where that step's summary goes.
    pub(super) fn step_summary(&self) -> Option<&Path> {
        self.step_summary.as_deref()
    }

    /// The time that reports have in place of the run's own, for builds that must be reproduced.
    ///
    /// # Errors
    /// [`Failure::Usage`] where it is no number of seconds.
    pub(super) fn source_date_epoch(&self) -> Result<Option<Timestamp>, Failure> {
        let Some(text) = &self.source_date_epoch else {
            return Ok(None);
        };
        // Beyond the year 9999 there is no RFC 3339.
        let seconds = text.parse().ok();
        let seconds = seconds.filter(|seconds| (0..=253_402_300_799).contains(seconds));
        let Some(seconds) = seconds else {
            let text = Untrusted::from(text.as_str()).terminal();
            return Err(Failure::Usage(format!(
                "SOURCE_DATE_EPOCH is {text}; it is written as seconds since 1970, e.g. 1764547200"
            )));
        };
        Ok(Some(Timestamp::from_secs(seconds)))
    }

    pub(super) fn width(&self, asked: Option<usize>) -> usize {
        let terminal = || self.stdout_is_terminal.then(comfy_table_width).flatten();
        asked
            .or_else(terminal)
            .or(self.columns)
            .unwrap_or(80)
            .clamp(60, 240)
    }

    pub(super) fn unicode(&self) -> bool {
        self.utf8 && !self.dumb
    }
}

/// The terminal's width, as comfy-table finds it.
fn comfy_table_width() -> Option<usize> {
    comfy_table::Table::new().width().map(usize::from)
}

/// A variable's value, for secrets by reference.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment is read here only"
)]
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
