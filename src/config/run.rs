//! `[run]`: what holds of a run where the command line does not say otherwise.

use super::node::Node;
use super::quantity::duration;
use super::section::Section;
use super::vocabulary;
use super::words::{choice, line};
use crate::model::{FailOn, Grade, Millis, Override, RootStore, Severity};

/// Settings of a run. Each stands for the flag of its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunSettings {
    /// The least severity that fails it.
    pub fail_on: Option<FailOn>,
    /// The lowest grade that passes.
    pub min_grade: Option<Grade>,
    /// Whether open essential questions fail it.
    pub strict: Option<bool>,
    /// PEM files of certificates to trust, too.
    pub cacert: Option<Vec<String>>,
    /// Which trust anchors count.
    pub roots: Option<RootStore>,
    /// Addresses in place of those that names have.
    pub resolve: Option<Vec<Override>>,
    /// Targets at a time.
    pub jobs: Option<u16>,
    /// How long it may take.
    pub deadline: Option<Millis>,
}

impl RunSettings {
    /// Of two files, where they do not contradict each other.
    ///
    /// # Errors
    /// The key that is set in both, to different values.
    pub fn and(self, other: Self) -> Result<Self, &'static str> {
        Ok(Self {
            fail_on: either("fail_on", self.fail_on, other.fail_on)?,
            min_grade: either("min_grade", self.min_grade, other.min_grade)?,
            strict: either("strict", self.strict, other.strict)?,
            cacert: either("cacert", self.cacert, other.cacert)?,
            roots: either("roots", self.roots, other.roots)?,
            resolve: either("resolve", self.resolve, other.resolve)?,
            jobs: either("jobs", self.jobs, other.jobs)?,
            deadline: either("deadline", self.deadline, other.deadline)?,
        })
    }
}

fn either<T: PartialEq>(
    key: &'static str,
    one: Option<T>,
    other: Option<T>,
) -> Result<Option<T>, &'static str> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Err(key),
        (one, other) => Ok(one.or(other)),
    }
}

pub(super) fn run(node: Node<'_>) -> Option<RunSettings> {
    let mut section = Section::open(node, &vocabulary::RUN)?;
    let settings = RunSettings {
        fail_on: section.read("fail_on", fail_on),
        min_grade: section.read("min_grade", grade),
        strict: section.read("strict", Node::boolean),
        cacert: section.list("cacert", line),
        roots: section.read("roots", roots),
        resolve: section.list("resolve", resolve),
        jobs: section.read("jobs", |node| {
            let jobs = node.whole(1..=1024)?;
            u16::try_from(jobs).ok()
        }),
        deadline: section.read("deadline", duration),
    };
    section.close();
    Some(settings)
}

/// What is new is so beside an earlier run, which only the command line names.
fn fail_on(node: Node<'_>) -> Option<FailOn> {
    let severities = Severity::ALL.map(|severity| (severity.name(), Some(severity)));
    let least = choice(node, &[&[("none", None)], severities.as_slice()].concat())?;
    Some(FailOn {
        least,
        only_new: false,
    })
}

fn grade(node: Node<'_>) -> Option<Grade> {
    let text = node.text()?;
    text.parse().ok().or_else(|| {
        node.refuse(
            format!("unknown grade {text:?}"),
            "the grades are A+, A, A-, B, C, D and F",
        )
    })
}

fn roots(node: Node<'_>) -> Option<RootStore> {
    let known = [
        ("bundled", RootStore::Bundled),
        ("system", RootStore::System),
    ];
    choice(node, &known)
}

fn resolve(node: Node<'_>) -> Option<Override> {
    let text = node.text()?;
    match text.parse() {
        Ok(known) => Some(known),
        Err(help) => node.refuse(format!("no override: {text:?}"), help),
    }
}
