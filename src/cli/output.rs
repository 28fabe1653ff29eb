//! Reports onto streams and into files.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::args::{Format, FormatKind, OutputArgs};
use super::environment::Environment;
use super::failure::Failure;
use super::files::{self, Destination};
use crate::evidence::Evidence;
use crate::model::{Bytes, Timestamp};
use crate::render::markdown::Limit;
use crate::render::terminal::{self, Style};
use crate::render::{csv, github, gitlab, html, json, junit, markdown, sarif};
use crate::report::transcript::transcripts;
use crate::report::{ExitCode, Report};

/// Where everything goes, opened before any traffic.
#[derive(Debug)]
pub(super) struct Outputs {
    files: Vec<(FormatKind, PathBuf, Destination)>,
    evidence: Option<(PathBuf, Destination)>,
    stream: Option<FormatKind>,
    /// Annotations under the table, where GitHub Actions runs this and nobody asked otherwise.
    annotates: bool,
    step_summary: Option<(PathBuf, Destination)>,
    /// What the Markdown report may take.
    max_size: Option<Limit>,
    /// The time that reports have in place of the run's own.
    dated: Option<Timestamp>,
    style: Style,
}

impl Outputs {
    /// Opens every file that was asked for.
    ///
    /// # Errors
    /// [`Failure::Unwritten`] for the first that cannot be written, [`Failure::Usage`] where two would go
    /// to the same place.
    pub(super) fn open(args: &OutputArgs, environment: &Environment) -> Result<Self, Failure> {
        let mut formats = args.format.clone();
        if !args.no_report
            && !formats
                .iter()
                .any(|format| format.kind == FormatKind::Markdown)
        {
            formats.push(Format {
                kind: FormatKind::Markdown,
                path: Some(PathBuf::from(&args.output)),
            });
        }
        if args.max_size.is_some() && !formats.iter().any(|one| one.kind == FormatKind::Markdown) {
            return Err(Failure::Usage(NOTHING_TO_LIMIT.to_owned()));
        }
        let mut stream: Option<FormatKind> = None;
        let mut files: Vec<(FormatKind, PathBuf, Destination)> = Vec::new();
        for Format { kind, path } in formats {
            match path.filter(|path| !files::is_stdout(path)) {
                None if stream.replace(kind).is_some() => {
                    return Err(Failure::Usage(TWO_ON_STDOUT.to_owned()));
                }
                None => {}
                Some(path) => files.push((kind, path.clone(), open(&path)?)),
            }
        }
        if stream.is_none() && !args.quiet {
            stream = Some(FormatKind::Table);
        }
        let is_asked = args
            .format
            .iter()
            .any(|format| format.kind == FormatKind::Github);
        let annotates =
            !is_asked && environment.is_github_actions() && stream == Some(FormatKind::Table);
        let step_summary = environment.step_summary().filter(|_| is_asked || annotates);
        let step_summary = match step_summary {
            Some(path) => open_summary(path, is_asked)?,
            None => None,
        };
        let evidence = match &args.evidence {
            Some(path) => Some((path.clone(), open(path)?)),
            None => None,
        };
        let each = files
            .iter()
            .map(|(_, path, destination)| (path, destination));
        refuse_two_in_one(each.chain(evidence.iter().map(|(path, place)| (path, place))))?;
        let color = environment.color_stdout(args.color);
        colored::control::set_override(color);
        let style = Style {
            width: environment.width(args.width),
            color,
            verbose: args.verbose,
            unicode: environment.unicode(),
        };
        Ok(Self {
            files,
            evidence,
            stream,
            annotates,
            step_summary,
            max_size: args.max_size,
            dated: environment.source_date_epoch()?,
            style,
        })
    }

    /// Writes everything, files first. The exit code is the report's, unless a file could not be
    /// written; what is shown on standard output says so.
    pub(super) fn write(self, evidence: &[Evidence], report: &Report) -> ExitCode {
        let report = &*dated(report, self.dated);
        let mut written = Vec::new();
        let mut missing = Vec::new();
        let mut note = |path: &Path, result: io::Result<u64>| match result {
            Ok(size) => written.push(format!("{} {}", path.display(), Bytes(size))),
            Err(error) => {
                let path = path.display();
                complain(&format!("error: {path} cannot be written: {error}\n"));
                missing.push(path.to_string());
            }
        };
        if let Some((path, destination)) = self.evidence {
            note(&path, destination.write_with(|out| lines(evidence, out)));
        }
        for (kind, path, destination) in self.files {
            let done = if kind == FormatKind::Json {
                destination.write_with(|out| json::write(report, out))
            } else {
                render(kind, report, evidence, &[], self.style, self.max_size)
                    .and_then(|text| destination.write(&text))
            };
            note(&path, done);
        }
        if let Some((path, destination)) = self.step_summary {
            let text = github::summary(report, github::SUMMARY_LIMIT);
            note(&path, destination.write(&text));
        }
        let report = without(report, &missing);
        let exit = report.summary.exit_code;
        let Some(kind) = self.stream else {
            return exit;
        };
        let mut text = render(kind, &report, evidence, &written, self.style, self.max_size);
        if self.annotates {
            text = text.map(|table| table + &github::annotations(&report));
        }
        match text.and_then(|text| say(&text)) {
            Ok(()) => exit,
            Err(error) => {
                complain(&format!("error: standard output: {error}\n"));
                exit_with_unwritten(exit)
            }
        }
    }
}

/// What is said where there is no report to keep small.
const NOTHING_TO_LIMIT: &str = "--max-size is about the Markdown report, and none is asked for: leave out \
                                --no-report, or add --format markdown";

/// What is said where two reports would be mixed.
const TWO_ON_STDOUT: &str =
    "standard output takes one report; name a file for the other: KIND=PATH";

fn refuse_two_in_one<'p>(
    places: impl Iterator<Item = (&'p PathBuf, &'p Destination)>,
) -> Result<(), Failure> {
    let mut taken: Vec<&Path> = Vec::new();
    for (path, destination) in places {
        let Some(place) = destination.replaced() else {
            continue;
        };
        if taken.contains(&place) {
            let path = path.display();
            return Err(Failure::Usage(format!(
                "{path} is asked to hold two reports"
            )));
        }
        taken.push(place);
    }
    Ok(())
}

/// The report with another time. Nothing is judged by it: that was done before.
fn dated(report: &Report, at: Option<Timestamp>) -> Cow<'_, Report> {
    let Some(at) = at else {
        return Cow::Borrowed(report);
    };
    let mut report = report.clone();
    report.summary.at = at;
    for target in &mut report.targets {
        target.at = at;
    }
    Cow::Owned(report)
}

/// The step's summary. Where nobody asked for it in words, a run does not fail for want of it: in a
/// container of its own the variable may be set and the file not be there.
fn open_summary(path: &Path, is_asked: bool) -> Result<Option<(PathBuf, Destination)>, Failure> {
    match Destination::append(path) {
        Ok(destination) => Ok(Some((path.to_path_buf(), destination))),
        Err(error) => {
            let path = path.display();
            let said = format!("{path} cannot be written: {error}");
            if is_asked {
                return Err(Failure::Unwritten(said));
            }
            complain(&format!("warning: no job summary: {said}\n"));
            Ok(None)
        }
    }
}

/// The report with the exit code that the process has where files are missing.
fn without<'r>(report: &'r Report, missing: &[String]) -> Cow<'r, Report> {
    if missing.is_empty() {
        return Cow::Borrowed(report);
    }
    let mut report = report.clone();
    let summary = &mut report.summary;
    summary.exit_code = exit_with_unwritten(summary.exit_code);
    let missing = missing.join(", ");
    summary.reason = format!("{missing} cannot be written; {}", summary.reason);
    Cow::Owned(report)
}

/// A report that is missing weighs more than what it would have said, but less than a wrong
/// command line or a fault of ours.
const fn exit_with_unwritten(exit: ExitCode) -> ExitCode {
    match exit {
        ExitCode::Usage | ExitCode::Bug | ExitCode::Interrupted => exit,
        ExitCode::Pass
        | ExitCode::Finding
        | ExitCode::Inconclusive
        | ExitCode::Nothing
        | ExitCode::Unwritten => ExitCode::Unwritten,
    }
}

fn open(path: &Path) -> Result<Destination, Failure> {
    Destination::open(path).map_err(|error| {
        Failure::Unwritten(format!("{} cannot be written: {error}", path.display()))
    })
}

fn render(
    kind: FormatKind,
    report: &Report,
    evidence: &[Evidence],
    written: &[String],
    style: Style,
    max_size: Option<Limit>,
) -> io::Result<String> {
    match kind {
        FormatKind::Table => Ok(terminal::render(report, written, style)),
        FormatKind::Markdown => Ok(max_size.map_or_else(
            || markdown::render(report),
            |limit| markdown::within(report, limit),
        )),
        FormatKind::Html => Ok(html::render(report, &transcripts(report, evidence))),
        FormatKind::Json => json::render(report).map_err(io::Error::other),
        FormatKind::Junit => junit::render(report),
        FormatKind::Sarif => sarif::render(report).map_err(io::Error::other),
        FormatKind::Gitlab => gitlab::render(report).map_err(io::Error::other),
        FormatKind::Github => Ok(github::annotations(report)),
        FormatKind::Csv => csv::render(report),
    }
}

/// One target a line.
fn lines(evidence: &[Evidence], out: &mut dyn io::Write) -> io::Result<()> {
    for one in evidence {
        json::write_line(one, &mut *out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Onto standard output. A reader that has gone away (`| head`) is no error.
///
/// # Errors
/// Anything else that keeps it from being written.
pub(super) fn say(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Onto standard error, where nothing can be done about a failure.
pub(super) fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
