//! The JSON report, version 1.
//!
//! A published form, apart from what the program works with: a field here keeps its name and its
//! meaning whatever becomes of the type it was read from. Fields are added; none is renamed, taken
//! away or given another type without a `v2` beside this module. `docs/json.md` describes it.
//! Of the [model](crate::model), measures, moments, ids and texts write themselves.

mod certificate;
mod contract;
mod drift;
mod facts;
mod finding;
mod headers;
mod latency;
mod rating;
#[cfg(test)]
mod tests;
mod tls;

use serde::Serialize;

use crate::facts::landing::Landing;
use crate::grade;
use crate::model::{Family, Grade, Kind, Millis, Source, Timestamp, Untrusted};
use crate::profile;
use crate::render::entry::of_target;
use crate::report::{self, Idle};
pub use drift::Drift;
use facts::Facts;
use finding::Finding;

/// What `schema` says.
pub const SCHEMA: u16 = 1;

/// A run.
#[derive(Debug, Serialize)]
pub struct Report<'r> {
    schema: u16,
    tool: &'r str,
    summary: Summary<'r>,
    targets: Vec<Target<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drift: Option<Drift<'r>>,
}

impl<'r> From<&'r report::Report> for Report<'r> {
    fn from(report: &'r report::Report) -> Self {
        Self {
            schema: SCHEMA,
            tool: &report.tool,
            summary: Summary::from(&report.summary),
            targets: report.targets.iter().map(Target::from).collect(),
            drift: report.drift.as_ref().map(Drift::from),
        }
    }
}

#[derive(Debug, Serialize)]
struct Summary<'r> {
    grade: Option<&'static str>,
    exit_code: u8,
    reason: &'r str,
    counts: Counts,
    complete: bool,
    partial: bool,
    at: Timestamp,
    took: Millis,
    list: &'r str,
    user_agent: &'r str,
}

impl<'r> From<&'r report::Summary> for Summary<'r> {
    fn from(summary: &'r report::Summary) -> Self {
        Self {
            grade: letter(summary.grade),
            exit_code: summary.exit_code.number(),
            reason: &summary.reason,
            counts: Counts::from(&summary.counts),
            complete: summary.complete,
            partial: summary.partial,
            at: summary.at,
            took: summary.took,
            list: &summary.list,
            user_agent: &summary.user_agent,
        }
    }
}

#[derive(Debug, Serialize)]
struct Counts {
    targets: usize,
    checks: usize,
    pass: usize,
    fail: usize,
    not_applicable: usize,
    unknown: usize,
    not_tested: usize,
    waived: usize,
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
}

impl From<&report::Counts> for Counts {
    fn from(counts: &report::Counts) -> Self {
        Self {
            targets: counts.targets,
            checks: counts.checks,
            pass: counts.pass,
            fail: counts.fail,
            not_applicable: counts.not_applicable,
            unknown: counts.unknown,
            not_tested: counts.not_tested,
            waived: counts.waived,
            critical: counts.critical,
            high: counts.high,
            medium: counts.medium,
            low: counts.low,
            info: counts.info,
        }
    }
}

#[derive(Debug, Serialize)]
struct Target<'r> {
    name: &'r str,
    url: &'r str,
    kind: Option<Kind>,
    kind_reason: &'static str,
    answer: Option<Answer<'r>>,
    source: Option<&'r Source>,
    at: Timestamp,
    took: Millis,
    complete: bool,
    insecure: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy: Option<&'r str>,
    optional: bool,
    grade: Option<&'static str>,
    families: Families<'r>,
    findings: Vec<Finding<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    idle_waivers: Vec<IdleWaiver<'r>>,
    not_checked: &'r [String],
    // Another grader's answer, in that grader's own form.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers_profile: Option<&'r profile::Asked>,
    facts: Facts<'r>,
}

impl<'r> From<&'r report::TargetReport> for Target<'r> {
    fn from(target: &'r report::TargetReport) -> Self {
        Self {
            name: &target.name,
            url: &target.url,
            kind: target.kind,
            kind_reason: target.kind_reason,
            answer: target.facts.landing.as_ref().map(Answer::from),
            source: target.source.as_ref(),
            at: target.at,
            took: target.took,
            complete: target.complete,
            insecure: target.insecure,
            proxy: target.proxy.as_deref(),
            optional: target.optional,
            grade: letter(target.grade),
            families: Families::from(target),
            findings: of_target(target).into_iter().map(Finding::from).collect(),
            idle_waivers: target.idle_waivers.iter().map(IdleWaiver::from).collect(),
            not_checked: &target.not_checked,
            headers_profile: target.headers_profile.as_ref(),
            facts: Facts::from(&target.facts),
        }
    }
}

/// What the target's URL answered, redirects followed.
#[derive(Debug, Serialize)]
struct Answer<'r> {
    url: Option<&'r str>,
    status: Option<u16>,
    media_type: Option<&'r Untrusted>,
    title: Option<&'r Untrusted>,
    /// What stands there in place of the service; `null` where it is the service.
    in_place: Option<String>,
}

impl<'r> From<&'r Landing> for Answer<'r> {
    fn from(landing: &'r Landing) -> Self {
        let answer = landing.answer.as_ref();
        Self {
            url: answer.map(|answer| answer.url.as_str()),
            status: answer.map(|answer| answer.status),
            media_type: answer.map(|answer| &answer.media_type),
            title: answer.and_then(|answer| answer.title.as_ref()),
            in_place: landing.gate.as_ref().map(ToString::to_string),
        }
    }
}

#[derive(Debug, Serialize)]
struct Families<'r> {
    tls: Mark<'r>,
    headers: Mark<'r>,
    cors: Mark<'r>,
    auth: Mark<'r>,
    websocket: Mark<'r>,
    latency: Mark<'r>,
    contract: Mark<'r>,
}

impl<'r> From<&'r report::TargetReport> for Families<'r> {
    fn from(target: &'r report::TargetReport) -> Self {
        let mark = |family| Mark::of(target, family);
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
}

#[derive(Debug, Serialize)]
struct Mark<'r> {
    grade: Option<&'static str>,
    score: Option<u8>,
    caps: Vec<Cap>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    in_doubt: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Coverage<'r>>,
}

impl<'r> Mark<'r> {
    fn of(target: &'r report::TargetReport, family: Family) -> Self {
        let mark = target.families.of(family);
        let open = || target.coverage.open_of(family).map(Open::from).collect();
        let coverage = mark.coverage.map(|fraction| Coverage {
            essential: fraction.essential,
            shown: fraction.shown,
            open: open(),
        });
        let caps = mark.caps.iter().map(|cap| Cap {
            limit: cap.limit,
            because: cap.because.to_string(),
        });
        Self {
            grade: letter(mark.grade),
            score: mark.score,
            caps: caps.collect(),
            in_doubt: mark.in_doubt,
            coverage,
        }
    }
}

#[derive(Debug, Serialize)]
struct Cap {
    limit: Grade,
    because: String,
}

/// How much of what a family's letter rests on was shown.
#[derive(Debug, Serialize)]
struct Coverage<'r> {
    essential: usize,
    shown: usize,
    open: Vec<Open<'r>>,
}

#[derive(Debug, Serialize)]
struct Open<'r> {
    question: &'r str,
    place: &'r str,
    why: &'static str,
    said: &'r str,
    needs: Option<&'r str>,
}

impl<'r> From<&'r report::Open> for Open<'r> {
    fn from(open: &'r report::Open) -> Self {
        Self {
            question: &open.question,
            place: &open.place,
            why: open.why.name(),
            said: &open.said,
            needs: open.needs.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
struct IdleWaiver<'r> {
    rule: &'r str,
    expires: Timestamp,
    why: &'static str,
}

impl<'r> From<&'r report::IdleWaiver> for IdleWaiver<'r> {
    fn from(waiver: &'r report::IdleWaiver) -> Self {
        Self {
            rule: &waiver.rule,
            expires: waiver.expires,
            why: match waiver.why {
                Idle::Expired => "expired",
                Idle::Unused => "unused",
            },
        }
    }
}

/// A letter; `null` where a family is not configured.
const fn letter(letter: grade::Letter) -> Option<&'static str> {
    match letter {
        grade::Letter::NotConfigured | grade::Letter::LeftOut => None,
        grade::Letter::NotMeasured | grade::Letter::Graded(_) => Some(letter.shown()),
    }
}
