//! A report that fits where it goes: the text field of a ticket takes so much, and what is longer is
//! refused or cut in the middle of a table.

use super::{
    BEFORE, BEHIND, Part, Section, details, issues, prose, render, todo, trimmed, verdict,
};
use crate::render::group::{self, Group};
use crate::report::{Outcome, Report};

/// How much there is room for, and whether HTML is rendered there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// In bytes of UTF-8: never fewer than characters, by whatever unit they are counted.
    most: usize,
    has_html: bool,
}

impl Limit {
    /// The text of a GitHub issue or comment: 65,536 characters.
    pub const GITHUB: Self = Self {
        most: 65_536,
        has_html: true,
    };
    /// The text of a Jira issue: 32,767 characters, after a conversion from Markdown that makes it
    /// longer.
    pub const JIRA: Self = Self {
        most: 28_000,
        has_html: false,
    };
    /// The summary of a GitHub Actions step: 1 MiB with what its other commands write.
    pub const SUMMARY: Self = Self {
        most: 900 * 1024,
        has_html: true,
    };
    /// Less than this holds no report.
    pub const LEAST: usize = 4096;

    /// So many bytes of Markdown; `None` where that is less than [`Limit::LEAST`].
    #[must_use]
    pub fn bytes(most: usize) -> Option<Self> {
        (most >= Self::LEAST).then_some(Self {
            most,
            has_html: true,
        })
    }
}

/// What is left out where there is no room, the first first, and what it is called. Verdict, services
/// and what to do are the last that get shorter.
const LEAVING: [(Part, &str); 12] = [
    (Part::Details, "details of each service"),
    (Part::NotVisible, "what is not visible"),
    (Part::Headers, "header fields"),
    (Part::WebSocket, "WebSocket"),
    (Part::Cors, "CORS"),
    (Part::Auth, "authentication"),
    (Part::RateLimits, "rate limits"),
    (Part::Tls, "TLS"),
    (Part::Time, "times"),
    (Part::Endpoints, "endpoints"),
    (Part::Issues, "issues in full"),
    (Part::Open, "open questions"),
];

/// How many services a brief line names at first, and where that is too long.
const NAMES: [usize; 4] = [usize::MAX, 20, 5, 1];

/// The report within a limit. Whole sections are left out, low and informational findings with the
/// first of them, and the report says which.
#[must_use]
pub fn within(report: &Report, limit: Limit) -> String {
    let whole = limit.flavour(render(report));
    if whole.len() <= limit.most {
        return whole;
    }
    let sections = Sections::of(report);
    let failures = group::groups(report, Outcome::Fail);
    let fewer = (1..=LEAVING.len()).map(|count| sections.without(LEAVING.split_at(count).0, limit));
    let brief = NAMES
        .iter()
        .map(|names| brief(report, &failures, *names, limit));
    fewer
        .chain(brief)
        .find(|text| text.len() <= limit.most)
        .unwrap_or_else(|| counted(report, &failures, limit))
}

impl Limit {
    /// A fold becomes a heading where HTML is shown as it is. A peer's text stands behind the start of
    /// a line, or in a code block, where a changed line is no harm.
    fn flavour(self, text: String) -> String {
        if self.has_html {
            return text;
        }
        let plain = |line: &str| match line.strip_prefix("<details><summary>") {
            Some(summary) => format!("### {}\n", summary.replace("</summary>", "")),
            None if line == "</details>" => String::new(),
            None => format!("{line}\n"),
        };
        text.lines().map(plain).collect()
    }

    fn note(self, left_out: &str) -> String {
        format!(
            "> Left out to fit {} bytes: {left_out}. The report without `--max-size` has all of it.\n\n",
            self.most
        )
    }
}

/// Every section of a report but the issues and the details, which take what room there is.
struct Sections<'r> {
    report: &'r Report,
    before: Vec<(Part, String)>,
    behind: Vec<(Part, String)>,
}

impl<'r> Sections<'r> {
    fn of(report: &'r Report) -> Self {
        let all = |all: &[Section]| {
            let each = all.iter().map(|(part, section)| (*part, section(report)));
            each.collect()
        };
        Self {
            report,
            before: all(&BEFORE),
            behind: all(&BEHIND),
        }
    }

    /// Without some of them. Issues have the room that is left, the gravest first.
    fn without(&self, leaving: &[(Part, &str)], limit: Limit) -> String {
        let stays = |part: Part| leaving.iter().all(|(left, _)| *left != part);
        let kept = |sections: &[(Part, String)]| -> String {
            let kept = sections.iter().filter(|(part, _)| stays(*part));
            kept.map(|(_, text)| text.as_str()).collect()
        };
        let names: Vec<&str> = leaving.iter().map(|(_, name)| *name).collect();
        let (before, behind) = (kept(&self.before), kept(&self.behind));
        let left = |out: &str| limit.most.saturating_sub(out.len());
        // The verdict is the first of them: what is left out stands right under it.
        let verdict = verdict::section(self.report);
        let rest = before.strip_prefix(&verdict).unwrap_or(&before);
        let mut out = [&verdict, &limit.note(&names.join(", ")), rest].concat();
        if stays(Part::Issues) && left(&out) >= behind.len() {
            let room = left(&out).saturating_sub(behind.len());
            out.push_str(&issues::section(self.report, room));
        } else {
            out = out.replace(todo::SEE_ISSUES, "");
        }
        out.push_str(&behind);
        if stays(Part::Details) {
            out.push_str(&details::section(self.report, left(&out)));
        }
        limit.flavour(trimmed(out))
    }
}

/// The verdict, and each rule of high or critical severity with the services it fails in.
fn brief(report: &Report, failures: &[Group<'_>], names: usize, limit: Limit) -> String {
    let note = limit.note("everything but the gravest findings");
    let text = [verdict::section(report), note, todo::brief(failures, names)];
    trimmed(text.concat())
}

/// The verdict, and how many there are of each severity.
fn counted(report: &Report, failures: &[Group<'_>], limit: Limit) -> String {
    let headline = format!("# {}\n\n", prose(&report.headline));
    trimmed(
        [
            headline,
            limit.note("every finding"),
            todo::counts(failures),
        ]
        .concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::{Limit, within};
    use crate::model::Severity;
    use crate::render::sample;
    use crate::report::{Outcome, Report};

    /// So many services with eight findings each.
    fn many(services: usize) -> Report {
        let mut report = sample::report();
        let target = report.targets.first().unwrap().clone();
        let mut fails = target.findings.iter();
        let fail = fails.find(|one| one.outcome == Outcome::Fail);
        let fail = fail.unwrap().clone();
        let severities = [Severity::ALL.as_slice(), &Severity::ALL[2..]].concat();
        report.targets = (0..services)
            .map(|nth| {
                let mut one = target.clone();
                one.name = format!("service-{nth:02}");
                one.findings = severities
                    .iter()
                    .zip(crate::rules::catalogue())
                    .map(|(severity, rule)| {
                        let mut finding = fail.clone();
                        finding.severity = *severity;
                        finding.rule = rule.id;
                        finding
                    })
                    .collect();
                one
            })
            .collect();
        report
    }

    #[test]
    fn a_ticket_for_fifty_services_has_the_gravest_of_400_findings() {
        let report = many(50);
        let found: usize = report.targets.iter().map(|one| one.findings.len()).sum();
        assert_eq!(found, 400);
        for limit in [Limit::GITHUB, Limit::JIRA, Limit::SUMMARY] {
            let text = within(&report, limit);
            assert!(text.len() <= limit.most, "{} bytes", text.len());
            for target in &report.targets {
                for finding in &target.findings {
                    let told = |line: &str| {
                        line.contains(finding.rule.as_str()) && line.contains(&target.name)
                    };
                    let is_grave = finding.severity >= Severity::High;
                    assert!(!is_grave || text.lines().any(told), "{}", finding.rule);
                }
            }
            let fences = text.lines().filter(|line| line.starts_with("```")).count();
            assert_eq!(fences % 2, 0, "whole blocks");
            assert_eq!(text.contains("<details>"), text.contains("</details>"));
        }
    }

    #[test]
    fn whatever_the_room_it_is_kept_to() {
        for services in [1, 4, 50, 200] {
            let report = many(services);
            let whole = super::render(&report);
            for most in [4_096, 10_000, 30_000, 100_000] {
                let text = within(&report, Limit::bytes(most).unwrap());
                assert!(
                    text.len() <= most,
                    "{services} services: {} bytes",
                    text.len()
                );
                assert!(text.starts_with("# "), "the verdict stays");
                let is_whole = !text.contains("> Left out to fit");
                assert_eq!(is_whole, text == whole, "it says so");
            }
        }
    }

    #[test]
    fn a_place_without_html_gets_none() {
        let text = within(&many(2), Limit::JIRA);
        assert!(!text.contains("<details>") && !text.contains("<summary>"));
        assert!(text.contains("### service-00"), "{text}");
    }

    #[test]
    fn less_than_a_report_is_no_limit() {
        assert_eq!(Limit::bytes(Limit::LEAST - 1), None);
    }
}
