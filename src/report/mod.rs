//! Floor 6, the report: evidence judged, summed up, and ready to be shown in any form.

pub mod claims;
pub mod coverage;
pub mod drift;
mod fields;
mod finding;
pub mod fix;
mod headline;
mod idle_waivers;
mod judge;
mod not_checked;
mod reproduce;
mod shell;
mod standing;
mod summary;
pub mod transcript;

use crate::evidence::Evidence;
use crate::facts::{Facts, blocked};
use crate::grade::{self, Letter, Mark};
use crate::model::{Family, Kind, Millis, Source, Timestamp};
pub use coverage::{Coverage, Open};
pub use drift::Drift;
pub use fields::FIELDS;
pub use finding::{Finding, Link, Outcome, WaivedBy};
pub use idle_waivers::{Idle, IdleWaiver};
pub use standing::in_time;
pub use summary::{Counts, ExitCode, Summary};

/// Everything judged, of every target.
#[derive(Clone, Debug)]
pub struct Report {
    /// The program's name and version.
    pub tool: String,
    /// The verdict in one sentence, the first: no more than was shown.
    pub headline: String,
    /// The verdict.
    pub summary: Summary,
    /// In the order of the target list.
    pub targets: Vec<TargetReport>,
    /// What moved since an earlier run, where one was given.
    pub drift: Option<Drift>,
}

/// One target judged.
#[derive(Clone, Debug)]
pub struct TargetReport {
    /// Its name.
    pub name: String,
    /// Its URL.
    pub url: String,
    /// What kind of service it is; `null` when nothing answered.
    pub kind: Option<Kind>,
    /// Why it is taken for that.
    pub kind_reason: &'static str,
    /// Where it was declared.
    pub source: Option<Source>,
    /// What the target file says about it to the reader.
    pub note: Option<String>,
    /// When looking began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub took: Millis,
    /// Whether all was looked at.
    pub complete: bool,
    /// Whether certificates were held against no trust anchor.
    pub insecure: bool,
    /// The proxy through which it was observed, if any.
    pub proxy: Option<String>,
    /// Whether its findings leave the exit code alone.
    pub optional: bool,
    /// The weakest family's letter.
    pub grade: Letter,
    /// A mark for each family.
    pub families: Families,
    /// What its verdicts rest on, and what of that is open.
    pub coverage: Coverage,
    /// When something else began to answer in its place, and what showed it, if anything did.
    pub blocked: Option<String>,
    /// What is declared of its endpoints, one row each, and whether it holds.
    pub claims: Vec<claims::Row>,
    /// What is declared of limits on requests, and what was seen of them.
    pub limits: Vec<claims::LimitRow>,
    /// Every rule's outcome, most severe failures first.
    pub findings: Vec<Finding>,
    /// Waivers that waive nothing.
    pub idle_waivers: Vec<IdleWaiver>,
    /// Why rules were not decided or not tested, a line for each reason.
    pub not_tested: Vec<String>,
    /// The same, and what cannot be seen from outside.
    pub not_checked: Vec<String>,
    /// What another grader would say of the header fields, where that was asked for.
    pub headers_profile: Option<crate::profile::Asked>,
    /// What was seen, parsed.
    pub facts: Facts,
}

/// A mark for each family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Families {
    tls: Mark,
    headers: Mark,
    cors: Mark,
    auth: Mark,
    websocket: Mark,
    latency: Mark,
    contract: Mark,
}

impl Families {
    /// From a function of the family.
    #[must_use]
    pub fn new(mut mark: impl FnMut(Family) -> Mark) -> Self {
        Self {
            tls: mark(Family::Tls),
            headers: mark(Family::Headers),
            cors: mark(Family::Cors),
            auth: mark(Family::Auth),
            websocket: mark(Family::Websocket),
            latency: mark(Family::Latency),
            contract: mark(Family::Contract),
        }
    }

    /// One family's mark.
    #[must_use]
    pub const fn of(&self, family: Family) -> &Mark {
        match family {
            Family::Tls => &self.tls,
            Family::Headers => &self.headers,
            Family::Cors => &self.cors,
            Family::Auth => &self.auth,
            Family::Websocket => &self.websocket,
            Family::Latency => &self.latency,
            Family::Contract => &self.contract,
        }
    }
}

impl Report {
    /// Judges evidence. Pure: the same evidence gives the same report, byte for byte.
    #[must_use]
    pub fn new(evidence: &[Evidence]) -> Self {
        let each = evidence.iter();
        let mut targets: Vec<TargetReport> =
            each.map(|one| TargetReport::new(one, evidence)).collect();
        idle_waivers::tell_once(targets.iter_mut().map(|target| {
            let TargetReport {
                idle_waivers,
                findings,
                ..
            } = target;
            (idle_waivers, findings.as_slice())
        }));
        let summary = summary::sum_up(evidence, &targets, None);
        let tool = format!("seaworthy {}", env!("CARGO_PKG_VERSION"));
        Self {
            tool,
            headline: headline::of(&summary, &targets, false),
            summary,
            targets,
            drift: None,
        }
    }

    /// Judges evidence beside that of an earlier run, both by today's rules. With `only_new`, what
    /// failed before leaves the exit code alone.
    #[must_use]
    pub fn since(evidence: &[Evidence], then: &[Evidence], only_new: bool) -> Self {
        let mut report = Self::new(evidence);
        let drift = Drift::between(&Self::new(then), &report);
        if only_new {
            report.summary = summary::sum_up(evidence, &report.targets, Some(&drift));
            report.headline = headline::of(&report.summary, &report.targets, true);
        }
        report.drift = Some(drift);
        report
    }
}

impl TargetReport {
    /// Judges one target among all of its run.
    #[must_use]
    pub fn new(evidence: &Evidence, all: &[Evidence]) -> Self {
        let read = blocked::without(evidence);
        let evidence = read.as_ref();
        let facts = Facts::among(evidence, all);
        let coverage = Coverage::of(evidence, &facts);
        let findings = judge::findings(evidence, &facts, &coverage);
        let claims = claims::rows(evidence, &facts, &findings);
        let families = Families::new(|family| {
            if evidence.run.selects_family(family) {
                judge::mark(family, &facts, &findings, &coverage)
            } else {
                grade::unmarked(Letter::LeftOut)
            }
        });
        let headers = facts.headers.known();
        Self {
            name: evidence.target.name.clone(),
            url: evidence.target.url.to_string(),
            kind: headers.map(|headers| headers.kind).or(evidence.target.kind),
            kind_reason: headers.map_or("", |headers| headers.kind_reason),
            source: evidence.target.source.clone(),
            note: evidence.target.note.clone(),
            at: evidence.at,
            took: evidence.took,
            complete: evidence.complete,
            insecure: evidence.run.conditions.insecure,
            proxy: evidence.proxy().map(str::to_owned),
            optional: evidence.target.optional,
            grade: Letter::weakest(Family::ALL.map(|family| families.of(family).grade)),
            families,
            idle_waivers: idle_waivers::list(evidence, &findings),
            headers_profile: crate::profile::asked(evidence),
            not_tested: not_checked::not_tested(&findings),
            not_checked: not_checked::list(evidence, &facts, &findings, &claims),
            claims,
            limits: claims::limits(evidence, facts.contract.known(), &findings),
            coverage,
            // An outage from the first request on is no block.
            blocked: blocked::said(evidence).filter(|_| facts.outage.is_none()),
            findings,
            facts,
        }
    }

    /// Findings that failed, most severe first.
    pub fn failures(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.outcome == Outcome::Fail)
    }

    /// Whether any rule came to an answer.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        summary::is_judged(self)
    }

    /// Findings that could not be decided.
    pub fn unknowns(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.outcome == Outcome::Unknown)
    }
}
