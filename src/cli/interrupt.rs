//! Ctrl-C: the first ends the audit and still writes the reports, the second ends the process.

use super::output::complain;
use crate::net::Stop;
use crate::report::ExitCode;

/// Raises `stop` at the first interruption, with a word about what happens then.
pub(super) fn watch(stop: &Stop, word: &'static str) {
    let stop = stop.clone();
    let installed = ctrlc::set_handler(move || {
        if stop.is_raised() {
            #[expect(clippy::exit, reason = "asked twice: the user wants out")]
            std::process::exit(i32::from(ExitCode::Interrupted.number()));
        }
        stop.raise();
        complain(word);
    });
    if let Err(error) = installed {
        complain(&format!("warning: Ctrl-C will lose the report: {error}\n"));
    }
}
