//! What can be asked on the command line.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::verdict::{BaselineArgs, FailOn, PassArgs, grade};
use crate::model::{Family, Grade, Host, Millis};
use crate::{profile, rules};

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

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start embedded good and bad servers on loopback, audit them, and stop
    Demo(Box<DemoArgs>),
    /// Judge recorded evidence again, offline
    Replay(Box<ReplayArgs>),
    /// Say what changed between two runs, from their evidence
    Diff(DiffArgs),
    /// Say what another grader would say of a URL's header fields
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
    /// Whose verdict
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub(super) profile: ProfileName,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Shown::Table)]
    pub(super) format: Shown,
    /// Where plain http is looked for [default: the URL's own port, else 80]
    #[arg(long, value_name = "PORT")]
    pub(super) http_port: Option<u16>,
    /// Where https is looked for [default: the URL's own port, else 443]
    #[arg(long, value_name = "PORT")]
    pub(super) https_port: Option<u16>,
    /// The HSTS preload list, Chromium's JSON or the Observatory's; without it no host is on it
    #[arg(long, value_name = "FILE")]
    pub(super) hsts_preload: Option<PathBuf>,
    #[command(flatten)]
    pub(super) look: LookArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileName {
    /// MDN HTTP Observatory up to 1.4.9
    #[value(name = "observatory-4")]
    Observatory4,
    /// MDN HTTP Observatory from 1.5.0 to 1.6.3
    #[value(name = "observatory-5")]
    Observatory5,
    /// MDN HTTP Observatory's repository of August 2026, unreleased: COOP and COEP count as well
    #[value(name = "observatory-6")]
    Observatory6,
    /// Google's CSP Evaluator 1.1.8
    CspEvaluator,
}

impl ProfileName {
    pub(super) const fn profile(self) -> profile::Profile {
        match self {
            Self::Observatory4 => profile::Profile::Observatory4,
            Self::Observatory5 => profile::Profile::Observatory5,
            Self::Observatory6 => profile::Profile::Observatory6,
            Self::CspEvaluator => profile::Profile::CspEvaluator,
        }
    }
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

/// How to look.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Looking")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct LookArgs {
    /// Targets looked at at a time
    #[arg(long, short, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: u16,
    /// How long one exchange may take, e.g. 10s [default: each target's own, else 10s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) timeout: Option<Millis>,
    /// How long the whole run may take
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) deadline: Option<Millis>,
    /// Cold samples to take, and warm ones as COLD,WARM [default: 6,10]
    #[arg(long, value_name = "COLD[,WARM]", value_parser = samples)]
    pub(super) samples: Option<(u32, Option<u32>)>,
    /// Trust these certificates too (PEM)
    #[arg(long, value_name = "FILE")]
    pub(super) cacert: Vec<PathBuf>,
    /// Which trust anchors count
    #[arg(long, value_enum, default_value_t = Roots::Bundled)]
    pub(super) roots: Roots,
    /// Connect to this address for that host and port
    #[arg(long, value_name = "HOST:PORT:IP", value_parser = resolve)]
    pub(super) resolve: Vec<(String, u16, IpAddr)>,
    /// Use IPv4 addresses only
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    pub(super) ipv4: bool,
    /// Use IPv6 addresses only
    #[arg(short = '6', long)]
    pub(super) ipv6: bool,
    /// Do not judge the certificate's trust and name; marked in every report
    #[arg(long, short = 'k')]
    pub(super) insecure: bool,
    /// The User-Agent of every request
    #[arg(long, value_name = "TEXT", value_parser = field_value, default_value = concat!("seaworthy/", env!("CARGO_PKG_VERSION")))]
    pub(super) user_agent: String,
    /// Run on when a secret is not set; its checks read "not tested"
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Missing::Fail)]
    pub(super) missing_secrets: Missing,
    /// One GET per target and nothing else for headers
    #[arg(long)]
    pub(super) passive: bool,
    /// Measure declared rate limits, last
    #[arg(long)]
    pub(super) burst: bool,
    /// List every cipher suite of every TLS version, and the server's order
    #[arg(long)]
    pub(super) ciphers: bool,
    /// No SSLv2 hello: it alarms some intrusion prevention systems
    #[arg(long)]
    pub(super) no_legacy: bool,
    /// Everything, however long it takes: all WebSocket trials, heartbeats and idle times
    #[arg(long)]
    pub(super) thorough: bool,
    /// Look at every address of a name, not at one
    #[arg(long)]
    pub(super) all_addresses: bool,
    /// Send endpoints that are declared `mutating`
    #[arg(long)]
    pub(super) allow_mutation: bool,
    /// Run a load of so many users against targets that allow it, outside the grade
    #[arg(long, value_name = "USERS", conflicts_with = "passive", value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(super) load: Option<u32>,
    /// How long the load runs
    #[arg(long = "for", value_name = "TIME", value_parser = duration, requires = "load", default_value = "10s")]
    pub(super) load_for: Millis,
    /// Add what another grader would say of the header fields to the JSON report
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub(super) headers_profile: Option<ProfileName>,
    /// Conform to this Mozilla profile: modern, intermediate or old
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub(super) tls_profile: Option<Profile>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Profile {
    /// TLS 1.3 only
    Modern,
    /// TLS 1.2 and 1.3
    Intermediate,
    /// TLS 1.0 to 1.3
    Old,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Roots {
    /// Mozilla's, compiled in
    Bundled,
    /// The operating system's
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Missing {
    /// Exit 2 before any traffic
    Fail,
    /// Run on
    Skip,
}

/// What to write, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// table, markdown, json, junit, sarif, gitlab, github or csv, to standard output or to a file;
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
    Json,
    Junit,
    Sarif,
    Gitlab,
    Github,
    Csv,
}

impl FormatKind {
    const ALL: [(Self, &str); 8] = [
        (Self::Table, "table"),
        (Self::Markdown, "markdown"),
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

fn family_or_rule(text: &str) -> Result<String, String> {
    if text.parse::<Family>().is_ok() || rules::find(text).is_some() {
        return Ok(text.to_owned());
    }
    let families = Family::ALL.map(Family::name).join(", ");
    Err(format!(
        "the families are {families}; `seaworthy rules` lists the rules"
    ))
}

fn duration(text: &str) -> Result<Millis, String> {
    // A bare number is seconds, as in curl's --max-time.
    let bare = text.ends_with(|last: char| last.is_ascii_digit());
    let with_unit = format!("{text}{}", if bare { "s" } else { "" });
    let time = with_unit.parse::<Millis>().ok();
    time.filter(|time| *time > Millis(0))
        .ok_or_else(|| "a time is written 500ms, 10s or 2m, and is not nothing".to_owned())
}

/// What every server takes for the value of a field (RFC 9110 §5.5): visible ASCII, with spaces
/// between.
fn field_value(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if text.trim() == text && text.bytes().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err(
        "it is sent as it stands: letters, digits and signs of ASCII, and spaces between"
            .to_owned(),
    )
}

fn samples(text: &str) -> Result<(u32, Option<u32>), String> {
    let fault = || "samples are written 6 or 6,10, at most 1000 each".to_owned();
    let number = |text: &str| {
        text.parse::<u32>()
            .ok()
            .filter(|n| *n <= 1000)
            .ok_or_else(fault)
    };
    match text.split_once(',') {
        Some((cold, warm)) => Ok((number(cold)?, Some(number(warm)?))),
        None => Ok((number(text)?, None)),
    }
}

fn resolve(text: &str) -> Result<(String, u16, IpAddr), String> {
    let fault = || "write host:port:ip, e.g. api.example:443:127.0.0.1".to_owned();
    let (host, rest) = text.split_once(':').ok_or_else(fault)?;
    let (port, ip) = rest.split_once(':').ok_or_else(fault)?;
    let ip = ip.trim_start_matches('[').trim_end_matches(']');
    let port = port.parse().map_err(|_| fault())?;
    // As a target's host is read: an override must find it.
    let host: Host = host.parse().map_err(|_| fault())?;
    Ok((host.bare(), port, ip.parse().map_err(|_| fault())?))
}
