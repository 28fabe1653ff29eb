//! The flags of a run, with what the target file's `[run]` says where they say nothing.

use std::path::PathBuf;

use super::args::AuditArgs;
use super::look::{LookArgs, Roots};
use super::verdict::PassArgs;
use crate::config::RunSettings;
use crate::model::RootStore;

/// What the run is told, by whom is no matter any more. A flag wins; certificates to trust and
/// addresses add up, but for an address of the same host and port.
pub(super) fn of(args: &AuditArgs, file: RunSettings) -> (LookArgs, PassArgs) {
    let (mut look, mut pass) = (args.look.clone(), args.pass.clone());
    pass.fail_on = pass.fail_on.or(file.fail_on);
    pass.min_grade = pass.min_grade.or(file.min_grade);
    pass.strict |= file.strict.unwrap_or_default();
    look.jobs = look.jobs.or(file.jobs);
    look.deadline = look.deadline.or(file.deadline);
    look.roots = look.roots.or(file.roots.map(|roots| match roots {
        RootStore::Bundled => Roots::Bundled,
        RootStore::System => Roots::System,
    }));
    let certificates = file.cacert.into_iter().flatten();
    look.cacert.extend(certificates.map(PathBuf::from));
    let given = look.resolve.clone();
    let addresses = file.resolve.into_iter().flatten();
    look.resolve.extend(addresses.filter(|one| {
        let is_same =
            |flag: &&crate::model::Override| (&flag.host, flag.port) == (&one.host, one.port);
        !given.iter().any(|flag| is_same(&flag))
    }));
    (look, pass)
}
