//! The commands that audit: the audit itself and the demo.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::args::{AuditArgs, DemoArgs};
use super::environment::Environment;
use super::failure::Failure;
use super::input::{self, Named};
use super::output::{self, Outputs};
use super::{interrupt, limits, progress::Progress, recorded, settings};
use crate::audit::{Baseline, audit};
use crate::demo::{Fleet, TOKEN};
use crate::engine::Plan;
use crate::model::Millis;
use crate::net::{Net, Stop, tls};
use crate::report::ExitCode;

/// How long one target may take in all, beside its timed samples and its time to wake.
const TARGET_DEADLINE: Millis = Millis(60_000);

/// What is said when an audit is interrupted.
const INTERRUPTED: &str = "\ninterrupted: writing what was seen; once more to leave at once\n";

/// `seaworthy [TARGETS]`.
pub(super) fn run(args: &AuditArgs, environment: &Environment) -> Result<ExitCode, Failure> {
    let Named {
        list,
        settings,
        targets,
        secrets,
    } = input::named(args, environment)?;
    let (look, pass) = settings::of(args, settings);
    let extra_roots = input::extra_roots(&look)?;
    let plan = Plan {
        targets,
        run: input::run(list, &args.select, &pass, &look, extra_roots)?,
        jobs: limits::jobs(look.jobs),
        target_deadline: TARGET_DEADLINE,
        deadline: look.deadline,
    };
    let baseline = recorded::baseline(&args.baseline, pass.fail_on)?;
    let stop = Stop::default();
    if args.dry_run {
        let net = input::net(&look, &plan.targets, secrets, &stop)?;
        output::say(&crate::engine::dry_run::list(&plan, &net))
            .map_err(|error| Failure::Unwritten(error.to_string()))?;
        return Ok(ExitCode::Pass);
    }
    let outputs = Outputs::open(&args.output, environment)?;
    // Without a thread for it, the first handshake is a little slower.
    let _ = std::thread::Builder::new().spawn(tls::warm_up);
    let net = input::net(&look, &plan.targets, secrets, &stop)?;
    interrupt::watch(&stop, INTERRUPTED);
    let baseline = baseline.as_ref();
    Ok(audit_and_write(&plan, &net, baseline, outputs, environment))
}

/// `seaworthy demo --serve FOLDER`: the servers alone, to be audited from another terminal.
fn serve(fleet: &Fleet, folder: &Path) -> Result<ExitCode, Failure> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| {
            Failure::Unwritten(format!("{} cannot be written: {error}", path.display()))
        })
    };
    write("targets.toml", &fleet.target_file())?;
    write("ca.pem", &fleet.authority_pem())?;
    let mut resolve = String::new();
    for known in fleet.overrides() {
        resolve.push_str(&format!(" --resolve {known}"));
    }
    let (folder, (name, value)) = (folder.display(), TOKEN);
    output::say(&format!(
        "{name}={value} seaworthy {folder}/targets.toml --cacert {folder}/ca.pem{resolve}\n"
    ))
    .map_err(|error| Failure::Unwritten(error.to_string()))?;
    let stop = Stop::default();
    interrupt::watch(&stop, "\n");
    while !stop.is_raised() {
        std::thread::park_timeout(Duration::from_millis(100));
    }
    Ok(ExitCode::Pass)
}

/// `seaworthy demo`.
pub(super) fn demo(args: &DemoArgs, environment: &Environment) -> Result<ExitCode, Failure> {
    if let Some(folder) = &args.serve {
        tls::warm_up();
        return serve(&launch()?, folder);
    }
    let baseline = recorded::baseline(&args.baseline, args.pass.fail_on)?;
    let outputs = Outputs::open(&args.output, environment)?;
    tls::warm_up();
    let fleet = launch()?;
    let mut look = args.look.clone();
    look.resolve.extend(fleet.overrides());
    let Named {
        list,
        targets,
        secrets,
        ..
    } = input::demo(&fleet, &args.select, &look)?;
    let mut extra_roots = input::extra_roots(&look)?;
    extra_roots.push(fleet.authority());
    let plan = Plan {
        targets,
        run: input::run(list, &args.select, &args.pass, &look, extra_roots)?,
        jobs: limits::jobs(look.jobs),
        target_deadline: TARGET_DEADLINE,
        deadline: look.deadline,
    };
    let stop = Stop::default();
    let net = input::net(&look, &plan.targets, secrets, &stop)?;
    interrupt::watch(&stop, INTERRUPTED);
    let baseline = baseline.as_ref();
    Ok(audit_and_write(&plan, &net, baseline, outputs, environment))
}

fn audit_and_write(
    plan: &Plan,
    net: &Net,
    baseline: Option<&Baseline>,
    outputs: Outputs,
    environment: &Environment,
) -> ExitCode {
    let progress = Progress::new(environment.shows_progress());
    let (evidence, report) = audit(plan, net, &progress, baseline);
    progress.clear();
    outputs.write(&evidence, &report)
}

fn launch() -> Result<Fleet, Failure> {
    Fleet::launch()
        .map_err(|error| Failure::Usage(format!("the demo's servers cannot be started: {error}")))
}
