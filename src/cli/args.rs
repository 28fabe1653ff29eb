//! What can be asked on the command line.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::look::{LookArgs, ProfileName};
use super::suggest;
use super::verdict::{BaselineArgs, PassArgs, grade};
use crate::model::{FailOn, Family, Grade};
use crate::render::markdown::Limit;
use crate::rules;

/// Is this deployment fit to launch? Audits TLS, security headers, CORS, auth, WebSocket, latency
/// and the declared contract from outside, in seconds.
#[derive(Debug, Parser)]
#[command(name = "seaworthy", version, args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Exit codes: 0 pass, 1 finding, 2 usage, 3 inconclusive, 4 nothing selected, \
                        5 report not written, 70 bug, 130 interrupted"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) audit: AuditArgs,
}

impl Cli {
    /// What the commands are called.
    pub(super) fn commands() -> Vec<String> {
        let cli = Self::command();
        let names = cli.get_subcommands().map(clap::Command::get_name);
        names.map(str::to_owned).collect()
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start embedded good and bad servers on loopback, audit them, and stop
    Demo(Box<DemoArgs>),
    /// Judge recorded evidence again, offline
    Replay(Box<ReplayArgs>),
    /// Say what changed between two runs, from their evidence
    Diff(DiffArgs),
    /// Judge a URL's header fields alone, by our rules or as another grader would
    Headers(Box<HeadersArgs>),
    /// Validate a target file, without traffic
    Check {
        /// The target file
        #[arg(default_value = "targets.toml")]
        file: PathBuf,
    },
    /// Write a commented target file
    Init {
        /// Where to; refuses to overwrite
        #[arg(default_value = "targets.toml")]
        file: PathBuf,
    },
    /// List every rule
    Rules {
        /// How
        #[arg(long, value_enum, default_value_t = RulesFormat::Table)]
        format: RulesFormat,
    },
    /// Say what a rule means, how it is seen, and how to mend what it finds
    Explain {
        /// Its id, e.g. headers/hsts-missing
        rule: String,
    },
    /// Print the JSON Schema of the target file, for editors
    Schema,
    /// Print completions for a shell
    Completions {
        /// Which
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    /// A line each
    Table,
    /// The rules page of the documentation
    Markdown,
    /// For machines
    Json,
}

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    /// Target files, URLs, or - for URLs on standard input [default: targets.toml]
    #[arg(value_name = "TARGETS.toml|URL|-")]
    pub(super) targets: Vec<String>,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) pass: PassArgs,
    #[command(flatten)]
    pub(super) baseline: BaselineArgs,
    #[command(flatten)]
    pub(super) look: LookArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    /// Accept what the [[waiver]] tables of this file accept, of URLs as well
    #[arg(long, value_name = "FILE")]
    pub(super) waivers: Vec<PathBuf>,
    /// List every connection and request that would be made, and make none
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Only start the servers, write their target file and CA into this folder, and wait for Ctrl-C
    #[arg(long, value_name = "FOLDER")]
    pub(super) serve: Option<PathBuf>,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    #[command(flatten)]
    pub(super) pass: PassArgs,
    #[command(flatten)]
    pub(super) baseline: BaselineArgs,
    #[command(flatten)]
    pub(super) look: LookArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// Evidence written with --evidence
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) select: SelectArgs,
    /// Another threshold than the run's: none, info, low, medium, high, critical, new[:SEVERITY]
    #[arg(long, value_name = "SEVERITY", help_heading = "Verdict")]
    pub(super) fail_on: Option<FailOn>,
    /// Another lowest grade than the run's: A+, A, A-, B, C, D, F
    #[arg(long, value_name = "GRADE", value_parser = grade, help_heading = "Verdict")]
    pub(super) min_grade: Option<Grade>,
    /// Exit 3 while an essential question is open
    #[arg(long, help_heading = "Verdict")]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) baseline: BaselineArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The earlier run's evidence
    pub(super) old: PathBuf,
    /// The later run's evidence
    pub(super) new: PathBuf,
    /// Exit 1 if a new finding is as severe: none, info, low, medium, high, critical
    #[arg(long, value_name = "SEVERITY", default_value = "new:high")]
    pub(super) fail_on: FailOn,
    /// How to show it
    #[arg(long, value_enum, default_value_t = DiffFormat::Table)]
    pub(super) format: DiffFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people
    Table,
    /// For tickets
    Markdown,
    /// For machines
    Json,
}

#[derive(Debug, Args)]
pub(super) struct HeadersArgs {
    /// URLs to grade
    #[arg(required = true, value_name = "URL")]
    pub(super) urls: Vec<String>,
    /// Whose verdict [default: our own, with every finding]
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub(super) profile: Option<ProfileName>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub(super) format: Shown,
    /// Where plain http is looked for [default: the URL's own port, else 80]
    #[arg(long, value_name = "PORT", requires = "profile")]
    pub(super) http_port: Option<u16>,
    /// Where https is looked for [default: the URL's own port, else 443]
    #[arg(long, value_name = "PORT", requires = "profile")]
    pub(super) https_port: Option<u16>,
    /// The HSTS preload list, Chromium's JSON or the Observatory's; without it no host is on it
    #[arg(long, value_name = "FILE", requires = "profile")]
    pub(super) hsts_preload: Option<PathBuf>,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shown {
    /// For people
    Table,
    /// For machines
    Json,
}

/// What to look at and judge.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct SelectArgs {
    /// Only these families or rules
    #[arg(long, value_name = "FAMILY|RULE", value_delimiter = ',', value_parser = family_or_rule)]
    pub(super) only: Vec<String>,
    /// Not these families or rules
    #[arg(long, value_name = "FAMILY|RULE", value_delimiter = ',', value_parser = family_or_rule)]
    pub(super) skip: Vec<String>,
    /// Only targets of these names
    #[arg(long = "target", value_name = "NAME", value_delimiter = ',')]
    pub(super) names: Vec<String>,
}

/// What to write, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// table, markdown, html, json, junit, sarif, gitlab, github or csv, to standard output or to a file;
    /// repeatable, one of them to standard output [default: table]
    #[arg(long, value_name = "KIND[=PATH]", value_parser = format)]
    pub(super) format: Vec<Format>,
    /// Where the Markdown report goes; - for standard output
    #[arg(
        long,
        short,
        value_name = "PATH",
        default_value = "seaworthy-report.md"
    )]
    pub(super) output: String,
    /// Write no Markdown report
    #[arg(long)]
    pub(super) no_report: bool,
    /// Keep the Markdown report within what a place takes: github (an issue), jira (without HTML),
    /// summary (of a GitHub Actions step), or a number of bytes
    #[arg(long, value_name = "PLACE|BYTES", value_parser = limit)]
    pub(super) max_size: Option<Limit>,
    /// Write the evidence as JSON Lines, for replay
    #[arg(long, value_name = "FILE")]
    pub(super) evidence: Option<PathBuf>,
    /// Show everything: low findings, reasons, commands, pictures
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Show nothing on standard output but what --format asks for
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// When to colour
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub(super) color: When,
    /// Columns to use [default: the terminal's, else $COLUMNS, else 80]
    #[arg(long, value_name = "N")]
    pub(super) width: Option<usize>,
}

impl OutputArgs {
    /// Everything, as one report on standard output.
    pub(super) fn only(kind: FormatKind) -> Self {
        Self {
            format: vec![Format { kind, path: None }],
            output: String::new(),
            no_report: true,
            max_size: None,
            evidence: None,
            verbose: true,
            quiet: false,
            color: When::Auto,
            width: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal
    Auto,
    /// Even into a pipe
    Always,
    /// Not at all
    Never,
}

/// A kind of report and where it goes; `None` is standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) kind: FormatKind,
    pub(super) path: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FormatKind {
    Table,
    Markdown,
    Html,
    Json,
    Junit,
    Sarif,
    Gitlab,
    Github,
    Csv,
}

impl FormatKind {
    const ALL: [(Self, &str); 9] = [
        (Self::Table, "table"),
        (Self::Markdown, "markdown"),
        (Self::Html, "html"),
        (Self::Json, "json"),
        (Self::Junit, "junit"),
        (Self::Sarif, "sarif"),
        (Self::Gitlab, "gitlab"),
        (Self::Github, "github"),
        (Self::Csv, "csv"),
    ];

    fn named(name: &str) -> Option<Self> {
        let name = if name == "md" { "markdown" } else { name };
        let mut all = Self::ALL.iter();
        all.find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }
}

fn format(text: &str) -> Result<Format, String> {
    let (kind, path) = match text.split_once('=') {
        Some((_, "")) => return Err("a path follows the =".to_owned()),
        Some((kind, path)) => (kind, Some(PathBuf::from(path))),
        None => (text, None),
    };
    let kind = FormatKind::named(kind).ok_or_else(|| {
        let kinds = FormatKind::ALL.map(|(_, name)| name).join(", ");
        format!("the kinds are {kinds}")
    })?;
    Ok(Format { kind, path })
}

fn limit(text: &str) -> Result<Limit, String> {
    let bytes = |text: &str| text.parse().ok().and_then(Limit::bytes);
    match text {
        "github" => Ok(Limit::GITHUB),
        "jira" => Ok(Limit::JIRA),
        "summary" => Ok(Limit::SUMMARY),
        number => bytes(number).ok_or_else(|| {
            let least = Limit::LEAST;
            format!("github, jira, summary, or a number of bytes, {least} or more")
        }),
    }
}

fn family_or_rule(text: &str) -> Result<String, String> {
    if text.parse::<Family>().is_ok() || rules::find(text).is_some() {
        return Ok(text.to_owned());
    }
    let families = Family::ALL.map(Family::name).join(", ");
    let meant = suggest::family_or_rule(text);
    let meant = meant.map_or(String::new(), |meant| format!("did you mean {meant}? "));
    Err(format!(
        "{meant}the families are {families}; `seaworthy rules` lists the rules"
    ))
}
