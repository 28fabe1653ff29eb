//! Which findings fail a run.

use std::str::FromStr;

use super::Severity;

/// Which findings fail a run: `high`, `none`, `new`, `new:medium`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailOn {
    /// From this severity on; `None` lets nothing fail it.
    pub least: Option<Severity>,
    /// Only those that an earlier run does not have.
    pub only_new: bool,
}

impl Default for FailOn {
    fn default() -> Self {
        Self {
            least: Some(Severity::High),
            only_new: false,
        }
    }
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
