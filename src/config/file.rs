//! The whole file: its tables in the order in which they refer to each other.

use std::collections::BTreeMap;
use std::io;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Diagnostics};
use super::endpoint::Reference;
use super::node::Node;
use super::place::{Place, Text};
use super::record::Record;
use super::run::{self, RunSettings};
use super::secrets::{MissingSecrets, References};
use super::section::Section;
use super::shared::{Known, Shared};
use super::target::target;
use super::vocabulary;
use super::waiver::{known_target, waiver};
use super::{MAX_BYTES, MAX_TARGETS};
use crate::model::{Bytes, RuleId, SecretRef, Secrets, Target};

/// A valid target file.
#[derive(Debug)]
pub struct File {
    /// The deployments, in file order.
    pub targets: Vec<Target>,
    /// What holds of the run where the command line does not say otherwise.
    pub run: RunSettings,
    /// What has no effect, though nothing is wrong.
    pub warnings: Diagnostics,
    /// Every secret that is referred to.
    pub references: References,
}

impl File {
    /// Fetches every secret of this file, whatever the family.
    ///
    /// # Errors
    /// As [`References::resolve`].
    pub fn resolve(
        &mut self,
        policy: MissingSecrets,
        lookup: &dyn Fn(&SecretRef) -> io::Result<Option<String>>,
    ) -> Result<Secrets, Diagnostics> {
        let all = |_| true;
        self.references
            .resolve(&mut self.targets, &all, policy, lookup)
    }
}

/// Reads the `text` of a target file. `file` is its name as the user gave it, for faults and for
/// [`Target::source`]; `rules` are the ids that waivers may name.
///
/// # Errors
/// Everything that is wrong with it, in file order.
pub fn parse(text: &str, file: &str, rules: &[RuleId]) -> Result<File, Diagnostics> {
    let ((run, targets), found, secrets) = in_toml(text, file, |node| read(node, rules))?;
    Ok(File {
        run,
        targets,
        warnings: found,
        references: References::new(secrets),
    })
}

/// Reads the `text` of a file of waivers and hands each to the targets it names.
///
/// # Errors
/// Everything that is wrong with it, in file order.
pub fn waive(
    text: &str,
    file: &str,
    rules: &[RuleId],
    targets: &mut [Target],
) -> Result<(), Diagnostics> {
    let read = |node: &Node<'_>| {
        let mut section = Section::open(*node, &vocabulary::WAIVERS)?;
        section.read("schema_version", |node| node.whole(1..=1));
        for node in section.take("waiver").map_or_else(Vec::new, Node::elements) {
            waiver(node, rules, targets);
        }
        section.close();
        Some(())
    };
    in_toml(text, file, read).map(|_| ())
}

/// What a file holds, what has no effect in it, and the secrets it refers to.
type Read<T> = (T, Diagnostics, BTreeMap<SecretRef, Place>);

fn in_toml<T>(
    text: &str,
    file: &str,
    read: impl FnOnce(&Node<'_>) -> T,
) -> Result<Read<T>, Diagnostics> {
    refuse_too_large(text, file)?;
    let record = Record::new(Text::new(file, text));
    let (table, faults) = DeTable::parse_recoverable(text);
    if !faults.is_empty() {
        for fault in faults {
            record.add(syntax(&record, &fault));
        }
        return Err(record.into_parts().0);
    }
    let range = table.span();
    let value = Spanned::new(range, DeValue::Table(table.into_inner()));
    let node = Node {
        spanned: &value,
        record: &record,
    };
    let read = read(&node);
    let (found, secrets) = record.into_parts();
    if found.has_errors() {
        return Err(found);
    }
    Ok((read, found, secrets))
}

/// Bounds what reading costs, faults included.
fn refuse_too_large(text: &str, file: &str) -> Result<(), Diagnostics> {
    let refuse = |what: String, mend: &str| {
        let fault = Diagnostic::error(None, what);
        Err(Diagnostics::new(vec![fault.help(mend)]))
    };
    if text.len() > MAX_BYTES {
        let what = format!("{file} has more than {}", Bytes(MAX_BYTES as u64));
        return refuse(what, "split it, and audit its parts");
    }
    match text.lines().position(|line| line.len() > MAX_LINE) {
        Some(at) => refuse(
            format!(
                "line {} of {file} has more than {}",
                at + 1,
                Bytes(MAX_LINE as u64)
            ),
            "break it into several lines",
        ),
        None => Ok(()),
    }
}

/// The longest line, in bytes: every fault on it is shown with its column.
const MAX_LINE: usize = 64 << 10;

/// The parser names its faults in words alone, which are its own to change: the help is the same for
/// all of them.
const TOML: &str = "this is not TOML: a text stands in quotes, on one line; a key stands once in a table; \
                    a list of tables has `[[target]]` brackets; https://toml.io/en/v1.0.0 has the \
                    grammar on one page";

/// What the TOML parser says, in our words' order: what is wrong, where, how to mend it.
fn syntax(record: &Record<'_>, fault: &toml::de::Error) -> Diagnostic {
    let place = fault.span().map(|span| record.text().place_unread(span));
    let message = fault.message().lines().collect::<Vec<_>>().join(", ");
    Diagnostic::error(place, message).help(TOML)
}

fn read<'d>(node: &Node<'d>, rules: &[RuleId]) -> (RunSettings, Vec<Target>) {
    let Some(mut section) = Section::open(*node, &vocabulary::FILE) else {
        return (RunSettings::default(), Vec::new());
    };
    section.read("schema_version", |node| node.whole(1..=1));
    let settings = section.read("run", run::run).unwrap_or_default();
    let known = Known::read(&mut section);
    let defaults = section
        .read("defaults", |node| defaults(node, &known))
        .unwrap_or_default();
    let mut references = Vec::new();
    let tables = section.take("target").map_or_else(Vec::new, Node::elements);
    let declared = tables.len();
    let read = tables.into_iter().filter_map(|node| {
        let target = target(node, &known, &defaults, &mut references)?;
        Some((target, node))
    });
    let (mut targets, places): (Vec<Target>, Vec<Node<'d>>) = read.collect();
    refuse_same_names(&targets, &places);
    resolve_references(references, &targets);
    for node in section.take("waiver").map_or_else(Vec::new, Node::elements) {
        waiver(node, rules, &mut targets);
    }
    section.close();
    refuse_wrong_count(*node, declared);
    if node.record.is_clean() {
        known.auth.warn_of_unused(node.record);
        known.cors.warn_of_unused(node.record);
    }
    (settings, targets)
}

fn defaults<'d>(node: Node<'d>, known: &Known<'d>) -> Option<Shared<'d>> {
    let mut section = Section::open(node, &vocabulary::DEFAULTS)?;
    let shared = Shared::read(&mut section, known);
    section.close();
    Some(shared)
}

fn refuse_wrong_count(node: Node<'_>, count: usize) {
    if count == 0 && node.record.is_clean() {
        let fault = Diagnostic::error(
            None,
            format!("{} has no [[target]]", node.record.text().name()),
        );
        node.record
            .add(fault.help("add one:\n[[target]]\nurl = \"https://app.example\""));
    } else if count > MAX_TARGETS {
        let fault = Diagnostic::error(None, format!("{count} targets in one file"));
        node.record.add(fault.help(format!(
            "one run audits at most {MAX_TARGETS}: split the file"
        )));
    }
}

/// Names are how findings, waivers and baselines find their target again.
fn refuse_same_names(targets: &[Target], places: &[Node<'_>]) {
    let mut first: BTreeMap<&str, &Target> = BTreeMap::new();
    for (target, node) in targets.iter().zip(places) {
        let Some(earlier) = first.get(target.name.as_str()) else {
            first.insert(&target.name, target);
            continue;
        };
        let line = earlier.source.as_ref().map_or(0, |source| source.line);
        node.refuse::<()>(
            format!("two targets are called {:?}", target.name),
            format!("the first is in line {line}: give this one a `name` of its own"),
        );
    }
}

fn resolve_references(references: Vec<Reference<'_>>, targets: &[Target]) {
    for (_, node) in references {
        known_target(node, targets);
    }
}
