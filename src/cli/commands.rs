//! The commands without traffic: check, init, rules, explain.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::args::RulesFormat;
use super::environment::Environment;
use super::failure::Failure;
use super::input;
use super::output::{complain, say};
use super::suggest;
use crate::config;
use crate::model::Untrusted;
use crate::net::Clock;
use crate::render::{rules_page, wrap::wrap};
use crate::report::ExitCode;
use crate::rules::{self, Rule};

fn print(text: &str) -> Result<ExitCode, Failure> {
    say(text).map_err(|error| Failure::Unwritten(error.to_string()))?;
    Ok(ExitCode::Pass)
}

/// `seaworthy check`: what a target file means, or what is wrong with it.
pub(super) fn check(path: &Path, environment: &Environment) -> Result<ExitCode, Failure> {
    let name = path.display().to_string();
    let text = input::read(path)
        .map_err(|error| Failure::Usage(format!("{name} cannot be read: {error}")))?;
    let file = config::parse(&text, &name, &input::ids())?;
    complain(&file.warnings.render(environment.color_stderr()));
    print(&config::summary(&file.targets, Clock::start().now()))
}

/// `seaworthy init`: never over a file that is there.
pub(super) fn init(path: &Path) -> Result<ExitCode, Failure> {
    let name = path.display();
    let created = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path);
    let mut file = created.map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            return Failure::Usage(format!("{name} is there already; name another file"));
        }
        Failure::Unwritten(format!("{name} cannot be written: {error}"))
    })?;
    file.write_all(config::TEMPLATE.as_bytes())
        .map_err(|error| Failure::Unwritten(format!("{name} cannot be written: {error}")))?;
    print(&format!(
        "{name} written; edit it, then: seaworthy check {name}\n"
    ))
}

/// `seaworthy rules`.
pub(super) fn rules(format: RulesFormat) -> Result<ExitCode, Failure> {
    match format {
        RulesFormat::Markdown => print(&rules_page::markdown()),
        RulesFormat::Json => print(&rules_page::json()),
        RulesFormat::Table => {
            let line =
                |rule: &Rule| format!("{:<8} {:<36} {}\n", rule.severity, rule.id, rule.title);
            print(&rules::catalogue().map(line).collect::<String>())
        }
    }
}

/// `seaworthy explain RULE`.
pub(super) fn explain(id: &str) -> Result<ExitCode, Failure> {
    let Some(rule) = rules::find(id) else {
        let help = suggest::instead_of_rule(id);
        let id = Untrusted::from(id).terminal();
        return Err(Failure::Usage(format!("there is no rule {id}; {help}")));
    };
    print(&explanation(rule))
}

fn explanation(rule: &Rule) -> String {
    let mut out = format!("{} ({})\n{}\n", rule.id, rule.severity, rule.title);
    let parts = [
        ("Why it matters", rule.rationale),
        ("What is wanted", rule.expected),
        ("How to mend it", rule.remediation),
        ("How it is seen", rule.observed_by),
    ];
    for (heading, text) in parts {
        out.push_str(&format!("\n{heading}\n"));
        for line in wrap(text, 76) {
            out.push_str(&format!("  {line}\n"));
        }
    }
    if let Some(limit) = rule.limit() {
        let family = rule.family().title();
        out.push_str(&format!(
            "\nGrade\n  {family} is {limit} at best while this fails\n"
        ));
    }
    if !rule.references.is_empty() {
        out.push_str("\nWhere it is written\n");
        for reference in rule.references {
            out.push_str(&format!("  {reference}  {}\n", reference.url()));
        }
    }
    out
}
