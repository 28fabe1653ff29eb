//! Commands on recorded evidence: replay and diff.

use std::fs;
use std::path::Path;

use super::args::{DiffArgs, DiffFormat, ReplayArgs, SelectArgs, When};
use super::environment::Environment;
use super::failure::Failure;
use super::output::{self, Outputs};
use super::verdict::BaselineArgs;
use crate::audit::{Baseline, judge};
use crate::evidence::{Evidence, SCHEMA};
use crate::model::{FailOn, Family, Untrusted};
use crate::render::terminal::{self, Style};
use crate::render::{json, markdown};
use crate::report::{Drift, ExitCode, Report};

/// The earlier run to hold this one against, read before any traffic.
pub(super) fn baseline(
    args: &BaselineArgs,
    fail_on: Option<FailOn>,
) -> Result<Option<Baseline>, Failure> {
    let only_new = fail_on.is_some_and(|fail_on| fail_on.only_new);
    match &args.baseline {
        Some(path) => Ok(Some(Baseline {
            evidence: evidence(path)?,
            only_new,
        })),
        None if only_new => Err(Failure::Usage(
            "--fail-on new needs --baseline, an earlier run's evidence".to_owned(),
        )),
        None => Ok(None),
    }
}

/// `seaworthy replay FILE`.
pub(super) fn replay(args: &ReplayArgs, environment: &Environment) -> Result<ExitCode, Failure> {
    let mut evidence = evidence(&args.file)?;
    let baseline = baseline(&args.baseline, args.fail_on)?;
    evidence
        .retain(|one| args.select.names.is_empty() || args.select.names.contains(&one.target.name));
    if evidence.is_empty() {
        let name = args.file.display();
        return Err(Failure::Nothing(format!(
            "{name} holds none of these targets"
        )));
    }
    for one in &mut evidence {
        narrow(one, &args.select)?;
        let run = &mut one.run;
        run.fail_on = args.fail_on.map_or(run.fail_on, |fail_on| fail_on.least);
        run.min_grade = args.min_grade.or(run.min_grade);
        run.strict |= args.strict;
    }
    let outputs = Outputs::open(&args.output, environment)?;
    let report = judge(&evidence, baseline.as_ref());
    Ok(outputs.write(&evidence, &report))
}

/// Judges less than was asked. What a run left out was not seen, and is not judged later.
fn narrow(evidence: &mut Evidence, select: &SelectArgs) -> Result<(), Failure> {
    let run = &mut evidence.run;
    let was_asked = |item: &String| match item.parse::<Family>() {
        Ok(family) => run.selects_family(family),
        Err(()) => run.selects_rule(item),
    };
    if let Some(item) = select.only.iter().find(|item| !was_asked(item)) {
        return Err(Failure::Usage(format!(
            "the run left {item} out: it cannot be judged now"
        )));
    }
    if !select.only.is_empty() {
        run.only.clone_from(&select.only);
    }
    run.skip.extend_from_slice(&select.skip);
    Ok(())
}

/// `seaworthy diff OLD NEW`: both judged by today's rules.
pub(super) fn diff(args: &DiffArgs, environment: &Environment) -> Result<ExitCode, Failure> {
    let (then, now) = (evidence(&args.old)?, evidence(&args.new)?);
    let drift = Drift::between(&Report::new(&then), &Report::new(&now));
    let color = environment.color_stdout(When::Auto);
    colored::control::set_override(color);
    let text = match args.format {
        DiffFormat::Table => terminal::drift(
            &drift,
            Style {
                width: environment.width(None),
                color,
                verbose: false,
                unicode: environment.unicode(),
            },
        ),
        DiffFormat::Markdown => markdown::drift(&drift),
        DiffFormat::Json => {
            json::drift(&drift).map_err(|error| Failure::Unwritten(error.to_string()))?
        }
    };
    output::say(&text).map_err(|error| Failure::Unwritten(error.to_string()))?;
    let fails = args.fail_on.least.is_some_and(|least| drift.has_new(least));
    Ok(if fails {
        ExitCode::Finding
    } else {
        ExitCode::Pass
    })
}

/// Reads evidence, a target on each line.
///
/// # Errors
/// [`Failure::Usage`] with the line that is no evidence, or of another schema.
fn evidence(path: &Path) -> Result<Vec<Evidence>, Failure> {
    let name = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("{name} cannot be read: {error}")))?;
    let mut evidence: Vec<Evidence> = Vec::new();
    let lines = text.lines().enumerate();
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("{name}:{}", index + 1);
        let one: Evidence = serde_json::from_str(line).map_err(|error| {
            let error = Untrusted::from(error.to_string()).terminal();
            Failure::Usage(format!("{place} is no evidence: {error}"))
        })?;
        if one.schema != SCHEMA {
            let schema = one.schema;
            return Err(Failure::Usage(format!(
                "{place} has schema {schema}; this reads {SCHEMA}"
            )));
        }
        evidence.push(one);
    }
    if evidence.is_empty() {
        return Err(Failure::Nothing(format!("{name} holds no evidence")));
    }
    Ok(evidence)
}
