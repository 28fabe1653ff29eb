//! One line on standard error that says how far the audit is, for people who watch.

use super::output::complain;
use crate::engine::Watch;
use crate::model::{Target, Untrusted};
use crate::probe::allowance::Pace;

/// Shows progress, or nothing.
#[derive(Debug)]
pub(super) struct Progress {
    shown: bool,
}

impl Progress {
    pub(super) const fn new(shown: bool) -> Self {
        Self { shown }
    }

    /// Takes the line away again.
    pub(super) fn clear(&self) {
        if self.shown {
            complain("\r\x1b[K");
        }
    }
}

impl Watch for Progress {
    fn began(&self, target: &Target) {
        if self.shown {
            let name = Untrusted::from(target.name.as_str()).terminal_ends_within(40);
            complain(&format!("\r\x1b[K… {name}"));
        }
    }

    fn paced(&self, target: &Target, pace: Pace) {
        if self.shown {
            let name = Untrusted::from(target.name.as_str()).terminal_ends_within(40);
            complain(&format!("\r\x1b[K{name}: {}\n", pace.said()));
        }
    }

    fn ended(&self, _: &Target, done: usize, all: usize) {
        if self.shown {
            complain(&format!("\r\x1b[K… {done} of {all} targets"));
        }
    }
}
