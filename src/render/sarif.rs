//! SARIF 2.1.0 (OASIS, errata 01), in the subset that code scanning reads.
//!
//! A result is a rule that failed at a place of the target file. What could not be decided, or was
//! not tried, is no result: it is a notification of the invocation (§3.20.21), so that nobody takes
//! its absence for a pass. What a peer said stands in `message.text` as plain text.

mod rule;

use serde::Serialize;
use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::entry::{Entry, entries, gap};
use super::json;
use crate::model::{Severity, Timestamp, Untrusted};
use crate::report::{ExitCode, Outcome, Report};
use crate::rules::catalogue;
use rule::Descriptor;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Code scanning cuts a message after 1,024 characters.
const MESSAGE: usize = 1_000;

/// What a path may not hold as it is (RFC 3986 §3.3), and the colon, which would end a scheme.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b':')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Pretty-printed JSON.
///
/// # Errors
/// Only if a value cannot be represented in JSON, which would be a fault of ours.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    json::pretty(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run::new(report)],
    })
}

#[derive(Debug, Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: AutomationDetails,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<RuleResult>,
}

impl Run {
    fn new(report: &Report) -> Self {
        let failed = entries(report, Outcome::is_failure);
        let open = |outcome| matches!(outcome, Outcome::Unknown | Outcome::NotTested);
        let open = entries(report, open);
        let used = || failed.iter().chain(&open);
        let used = |id: &str| used().any(|entry| entry.finding.rule.as_str() == id);
        let rules: Vec<Descriptor> = catalogue()
            .filter(|rule| used(rule.id.as_str()))
            .map(Descriptor::of)
            .collect();
        let index: BTreeMap<&str, usize> = rules
            .iter()
            .enumerate()
            .map(|(at, rule)| (rule.id, at))
            .collect();
        let results = failed.iter().map(|entry| RuleResult::new(entry, &index));
        Self {
            results: results.collect(),
            // Two lists of one repository are two analyses, and neither closes the other's alerts.
            automation_details: AutomationDetails {
                id: format!("seaworthy/{}/", report.summary.list),
            },
            invocations: [Invocation::new(report, &open)],
            column_kind: "unicodeCodePoints",
            tool: Tool {
                driver: Driver {
                    name: "seaworthy",
                    version: version(&report.tool),
                    rules,
                },
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Serialize)]
struct Driver {
    name: &'static str,
    version: String,
    rules: Vec<Descriptor>,
}

/// Of `seaworthy 1.2.3`, the number.
fn version(tool: &str) -> String {
    tool.rsplit(' ').next().unwrap_or(tool).to_owned()
}

#[derive(Debug, Serialize)]
struct AutomationDetails {
    id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
    exit_code_description: String,
    start_time_utc: Timestamp,
    end_time_utc: Timestamp,
    tool_execution_notifications: Vec<Notification>,
}

impl Invocation {
    fn new(report: &Report, open: &[Entry<'_>]) -> Self {
        let summary = &report.summary;
        let faulty = matches!(summary.exit_code, ExitCode::Bug | ExitCode::Interrupted);
        let gaps = report.targets.iter().filter_map(gap);
        let gaps = gaps.map(|said| Notification {
            level: "error",
            message: Message::new(&said),
            associated_rule: None,
        });
        Self {
            execution_successful: summary.complete && !faulty,
            exit_code: summary.exit_code.number(),
            exit_code_description: plain(&summary.reason),
            start_time_utc: summary.at,
            end_time_utc: summary.at.plus(summary.took),
            tool_execution_notifications: gaps.chain(open.iter().map(Notification::of)).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_rule: Option<RuleReference>,
}

#[derive(Debug, Serialize)]
struct RuleReference {
    id: &'static str,
}

impl Notification {
    fn of(entry: &Entry<'_>) -> Self {
        let unknown = entry.finding.outcome == Outcome::Unknown;
        let word = if unknown { "unknown: " } else { "" };
        Self {
            level: if unknown { "warning" } else { "note" },
            message: Message::new(&format!("{}: {word}{}", entry.place(), entry.said())),
            associated_rule: Some(RuleReference {
                id: entry.finding.rule.as_str(),
            }),
        }
    }
}

/// A result (§3.27).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleResult {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints,
    // Where one result has this, all have (§3.27.23).
    suppressions: Vec<Suppression>,
}

impl RuleResult {
    fn new(entry: &Entry<'_>, index: &BTreeMap<&str, usize>) -> Self {
        let finding = entry.finding;
        let id = finding.rule.as_str();
        let said = format!("{}: {}. {}", entry.place(), finding.title, entry.said());
        let waiver = entry.waiver().map(|justification| Suppression {
            kind: "external",
            status: "accepted",
            justification,
        });
        Self {
            rule_id: id,
            rule_index: index.get(id).copied(),
            level: level(finding.severity),
            message: Message::new(&said),
            locations: [Location::of(entry)],
            partial_fingerprints: Fingerprints {
                primary_location_line_hash: entry.id(),
            },
            suppressions: waiver.into_iter().collect(),
        }
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The one that code scanning reads.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints {
    primary_location_line_hash: String,
}

#[derive(Debug, Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    /// None for a target that was named on the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    logical_locations: [LogicalLocation; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Debug, Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
}

impl Location {
    fn of(entry: &Entry<'_>) -> Self {
        let physical_location = entry.source().map(|source| PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: uri(&source.file),
            },
            region: Region {
                start_line: source.line,
                start_column: source.column,
            },
        });
        Self {
            physical_location,
            logical_locations: [LogicalLocation {
                name: entry.place(),
                fully_qualified_name: plain(&entry.target.url),
            }],
        }
    }
}

/// A path as a URI reference: relative as it was given, or a `file` URI where it is absolute.
fn uri(path: &str) -> String {
    let path = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    };
    let relative = path.strip_prefix("./").unwrap_or(&path);
    let encoded = utf8_percent_encode(relative, PATH).to_string();
    let is_absolute = std::path::Path::new(&path).is_absolute();
    match (is_absolute, encoded.starts_with('/')) {
        (false, _) => encoded,
        (true, true) => format!("file://{encoded}"),
        (true, false) => format!("file:///{encoded}"),
    }
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

impl Message {
    fn new(text: &str) -> Self {
        // `[text](target)` would be a link even in plain text (§3.11.6).
        let text = plain(text).replace("](", "] (");
        Self {
            text: Untrusted::from(text).terminal_within(MESSAGE),
        }
    }
}

fn plain(text: &str) -> String {
    Untrusted::from(text).terminal()
}

#[cfg(test)]
mod tests {
    use super::{Message, uri};
    use crate::render::sample;

    #[test]
    fn the_whole_form() {
        insta::assert_snapshot!(super::render(&sample::report()).unwrap());
    }

    #[test]
    fn a_path_becomes_a_reference() {
        let cases = [
            ("targets.toml", "targets.toml"),
            ("./ops/my targets.toml", "ops/my%20targets.toml"),
            ("../a.toml", "../a.toml"),
            ("a:b#1%.toml", "a%3Ab%231%25.toml"),
            ("größe.toml", "gr%C3%B6%C3%9Fe.toml"),
        ];
        for (path, reference) in cases {
            assert_eq!(uri(path), reference);
        }
        #[cfg(unix)]
        assert_eq!(uri("/srv/targets.toml"), "file:///srv/targets.toml");
    }

    #[test]
    fn nothing_said_is_a_link_or_longer_than_code_scanning_keeps() {
        assert_eq!(Message::new("[here](http://x)").text, "[here] (http://x)");
        let long = Message::new(&"\u{202e}".repeat(4_000)).text;
        assert!(long.chars().count() <= 1_000);
    }
}
