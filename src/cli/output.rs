//! Reports onto streams and into files.

use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::Stop;
use super::args::{Format, FormatKind, OutputArgs};
use super::environment::Environment;
use super::files::{self, Destination};
use crate::evidence::Evidence;
use crate::model::Bytes;
use crate::render::terminal::{self, Style};
use crate::render::{json, markdown};
use crate::report::{ExitCode, Report};

/// Where everything goes, opened before any traffic.
#[derive(Debug)]
pub(super) struct Outputs {
    files: Vec<(FormatKind, PathBuf, Destination)>,
    evidence: Option<(PathBuf, Destination)>,
    streams: Vec<FormatKind>,
    style: Style,
}

impl Outputs {
    /// Opens every file that was asked for.
    ///
    /// # Errors
    /// [`Stop::Unwritten`] for the first that cannot be written.
    pub(super) fn open(args: &OutputArgs, environment: &Environment) -> Result<Self, Stop> {
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
        let mut streams: Vec<FormatKind> = Vec::new();
        let mut files = Vec::new();
        for Format { kind, path } in formats {
            match path {
                None => streams.push(kind),
                Some(path) if files::is_stdout(&path) => streams.push(kind),
                Some(path) => files.push((kind, path.clone(), open(&path)?)),
            }
        }
        if streams.is_empty() && !args.quiet {
            streams.push(FormatKind::Table);
        }
        let evidence = match &args.evidence {
            Some(path) => Some((path.clone(), open(path)?)),
            None => None,
        };
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
            streams,
            style,
        })
    }

    /// Writes everything. The exit code is the report's, unless a file could not be written.
    pub(super) fn write(self, evidence: &[Evidence], report: &Report) -> ExitCode {
        let mut exit = report.summary.exit_code;
        let mut written = Vec::new();
        let mut note = |path: &Path, result: io::Result<usize>| match result {
            Ok(size) => written.push(format!("{} {}", path.display(), Bytes(size as u64))),
            Err(error) => {
                complain(&format!(
                    "error: {} cannot be written: {error}\n",
                    path.display()
                ));
                exit = exit_with_unwritten(exit);
            }
        };
        if let Some((path, destination)) = self.evidence {
            note(
                &path,
                lines(evidence).and_then(|text| destination.write(&text)),
            );
        }
        for (kind, path, destination) in self.files {
            let text = render(kind, report, &[], self.style);
            note(&path, text.and_then(|text| destination.write(&text)));
        }
        for kind in self.streams {
            match render(kind, report, &written, self.style).and_then(|text| say(&text)) {
                Ok(()) => {}
                Err(error) => {
                    complain(&format!("error: standard output: {error}\n"));
                    exit = exit_with_unwritten(exit);
                }
            }
        }
        exit
    }
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

fn open(path: &Path) -> Result<Destination, Stop> {
    Destination::open(path)
        .map_err(|error| Stop::Unwritten(format!("{} cannot be written: {error}", path.display())))
}

fn render(
    kind: FormatKind,
    report: &Report,
    written: &[String],
    style: Style,
) -> io::Result<String> {
    match kind {
        FormatKind::Table => Ok(terminal::render(report, written, style)),
        FormatKind::Markdown => Ok(markdown::render(report)),
        FormatKind::Json => json::render(report).map_err(io::Error::other),
    }
}

/// One target a line.
fn lines(evidence: &[Evidence]) -> io::Result<String> {
    let mut text = String::new();
    for one in evidence {
        text.push_str(&serde_json::to_string(one).map_err(io::Error::other)?);
        text.push('\n');
    }
    Ok(text)
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
