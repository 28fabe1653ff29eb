//! `seaworthy headers`: the header fields of a URL, as we judge them or as another grader would.

use std::fmt::Write as _;
use std::fs;

use serde_json::json;

use super::args::{AuditArgs, FormatKind, HeadersArgs, OutputArgs, SelectArgs, Shown};
use super::audit;
use super::environment::Environment;
use super::failure::Failure;
use super::input;
use super::look::ProfileName;
use super::output::say;
use super::verdict::{BaselineArgs, PassArgs};
use crate::config;
use crate::evidence::Evidence;
use crate::model::{Family, Millis, Secrets, Target, Untrusted};
use crate::net::quiet::Quiet;
use crate::net::{Deadline, Net, Stop};
use crate::probe::View;
use crate::probe::allowance::Allowance;
use crate::probe::observatory::{self, Ports};
use crate::profile::csp_evaluator::Answer as Findings;
use crate::profile::observatory::Preload;
use crate::profile::{self, Answer, Profile};
use crate::report::ExitCode;

/// How long one URL may take in all.
const DEADLINE: Millis = Millis(60_000);

/// Looks at every URL in turn and prints one answer each. A URL without an answer makes the run
/// inconclusive.
pub(super) fn run(args: &HeadersArgs, environment: &Environment) -> Result<ExitCode, Failure> {
    let Some(profile) = args.profile.map(ProfileName::profile) else {
        return audit::run(&as_audit(args), environment);
    };
    let preload = preload(args)?;
    let urls = args.urls.iter();
    let urls: Vec<String> = urls
        .map(|url| config::url_meant(url).unwrap_or_else(|| url.clone()))
        .collect();
    let targets = config::targets_from_urls(&urls)?;
    let stop = Stop::default();
    let run = input::bare_run(&args.look, input::extra_roots(&args.look)?);
    let net = input::net(&args.look, &targets, Secrets::new(), &stop)?;
    super::interrupt::watch(&stop, "\n");
    let answers: Vec<(String, Answer)> = targets
        .iter()
        .map(|target| {
            let evidence = look(args, target, &run, &net);
            (
                target.url.to_string(),
                profile::answer(profile, &evidence, &preload),
            )
        })
        .collect();
    let text = match args.format {
        Shown::Json => as_json(profile, &answers),
        Shown::Table => answers
            .iter()
            .map(|(url, answer)| as_text(url, answer))
            .collect(),
    };
    say(&text).map_err(|error| Failure::Unwritten(error.to_string()))?;
    let failed = |(_, answer): &(String, Answer)| matches!(answer, Answer::Failed { .. });
    Ok(if answers.iter().any(failed) {
        ExitCode::Inconclusive
    } else {
        ExitCode::Pass
    })
}

/// The same as an audit of header fields alone, with all that is found.
fn as_audit(args: &HeadersArgs) -> AuditArgs {
    let kind = match args.format {
        Shown::Table => FormatKind::Table,
        Shown::Json => FormatKind::Json,
    };
    AuditArgs {
        targets: args.urls.clone(),
        select: SelectArgs {
            only: vec![Family::Headers.name().to_owned()],
            skip: Vec::new(),
            names: Vec::new(),
        },
        pass: PassArgs::default(),
        baseline: BaselineArgs::default(),
        look: args.look.clone(),
        output: OutputArgs::only(kind),
        waivers: Vec::new(),
        dry_run: false,
    }
}

fn preload(args: &HeadersArgs) -> Result<Preload, Failure> {
    let Some(path) = &args.hsts_preload else {
        return Ok(Preload::default());
    };
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::Usage(format!("--hsts-preload {name} cannot be read: {error}"))
    })?;
    Preload::parse(&text)
        .ok_or_else(|| Failure::Usage(format!("--hsts-preload {name}: this is no preload list")))
}

fn look(args: &HeadersArgs, target: &Target, run: &crate::evidence::Run, net: &Net) -> Evidence {
    let own = Ports::of(&target.url);
    let ports = Ports {
        http: args.http_port.unwrap_or(own.http),
        https: args.https_port.unwrap_or(own.https),
    };
    let end = Deadline::within(DEADLINE.into(), &net.stop);
    let quiet = Quiet::new(1);
    let allowance = Allowance::of(target, &run.conditions);
    let view = View {
        target,
        run,
        net,
        end: &end,
        quiet: &quiet,
        allowance: &allowance,
    };
    observatory::observe(&view, ports)
}

fn as_json(profile: Profile, answers: &[(String, Answer)]) -> String {
    let results: Vec<_> = answers
        .iter()
        .map(|(url, answer)| json!({ "url": url, "answer": answer }))
        .collect();
    let mut text =
        json!({ "schema": 1, "profile": profile.name(), "results": results }).to_string();
    text.push('\n');
    text
}

/// What the evaluator quotes is the peer's text.
fn as_text(url: &str, answer: &Answer) -> String {
    let mut out = String::new();
    match answer {
        Answer::Failed { error } => _ = writeln!(out, "-  {url}: {error}"),
        Answer::Graded(graded) => {
            let _ = writeln!(out, "{} {}  {url}", graded.grade, graded.score);
            for test in &graded.tests {
                let mark = if test.pass { ' ' } else { '!' };
                let _ = writeln!(out, "  {mark} {:>+4}  {}", test.modifier, test.result);
            }
        }
        Answer::Policies { policies } => {
            let _ = writeln!(out, "{url}: {} policies", policies.len());
            for evaluated in policies {
                let _ = writeln!(out, "  {}", evaluated.policy.terminal());
                match &evaluated.findings {
                    Findings::Throws { throws_at } => {
                        let value = Untrusted::from(throws_at.as_str()).terminal();
                        let _ = writeln!(out, "    it throws at {value}");
                    }
                    Findings::Findings(findings) => {
                        for finding in findings {
                            let directive = Untrusted::from(finding.directive.as_str()).terminal();
                            let value = finding.value.as_deref().unwrap_or("");
                            let value = Untrusted::from(value).terminal();
                            let (severity, name) = (finding.severity, finding.name);
                            let _ = writeln!(out, "    {severity:>3} {name} {directive} {value}");
                        }
                    }
                }
            }
        }
    }
    out
}
