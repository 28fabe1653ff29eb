//! What the formats for build systems share: each outcome with an id that is the same in every run,
//! and its place in the target file.

use aws_lc_rs::digest;

use crate::grade::Letter;
use crate::model::{Source, Untrusted};
use crate::report::{Finding, Outcome, Report, TargetReport};

/// Bytes of the digest that an id shows: equal ids collapse, and 128 bits do not meet by chance.
const ID_BYTES: usize = 16;

/// One rule's outcome at one place of one target.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'r> {
    /// The target.
    pub target: &'r TargetReport,
    /// The outcome.
    pub finding: &'r Finding,
    /// Which of several of this rule at this place it is, from 1.
    pub nth: usize,
}

impl<'r> Entry<'r> {
    /// An id made of rule, target and place. What was measured is no part of it: a finding whose
    /// numbers change stays the same finding.
    #[must_use]
    pub fn id(&self) -> String {
        let endpoint = self.finding.endpoint.as_deref().unwrap_or_default();
        let nth = self.nth.to_string();
        let parts = [
            self.finding.rule.as_str(),
            &self.target.name,
            endpoint,
            &nth,
        ];
        let digest = digest::digest(&digest::SHA256, parts.join("\0").as_bytes());
        let mut id = String::with_capacity(2 * ID_BYTES);
        for byte in digest.as_ref().iter().take(ID_BYTES) {
            id.push_str(&format!("{byte:02x}"));
        }
        id
    }

    /// Where in the target file it is declared: its own line, else the target's.
    #[must_use]
    pub fn source(&self) -> Option<&'r Source> {
        let own = self.finding.source.as_ref();
        own.or(self.target.source.as_ref())
    }

    /// `target GET /path`, or the target alone.
    #[must_use]
    pub fn place(&self) -> String {
        let name = shown(&self.target.name);
        match &self.finding.endpoint {
            Some(endpoint) => format!("{name} {}", shown(endpoint)),
            None => name,
        }
    }

    /// What was seen and what was wanted, in one line.
    #[must_use]
    pub fn said(&self) -> String {
        let observed = self.finding.observed.terminal();
        match self.finding.outcome {
            Outcome::Fail | Outcome::Waived if observed.is_empty() => {
                format!("expected: {}", shown(&self.finding.expected))
            }
            Outcome::Fail | Outcome::Waived => {
                format!("{observed}; expected: {}", shown(&self.finding.expected))
            }
            Outcome::Unknown | Outcome::NotTested | Outcome::Pass | Outcome::NotApplicable => {
                observed
            }
        }
    }

    /// Why it counts for nothing, where somebody accepted it.
    #[must_use]
    pub fn waiver(&self) -> Option<String> {
        let waiver = self.finding.waived.as_ref()?;
        let ticket = waiver.ticket.as_deref().map(shown);
        let ticket = ticket.map(|ticket| format!(" ({ticket})"));
        Some(format!(
            "waived until {}: {}{}",
            waiver.expires.date(),
            shown(&waiver.reason),
            ticket.unwrap_or_default()
        ))
    }
}

/// Every outcome of a target, in the report's order.
#[must_use]
pub fn of_target(target: &TargetReport) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for finding in &target.findings {
        let place = |finding: &'_ Finding| (finding.rule, finding.endpoint.clone());
        let before = entries.iter().map(|entry| place(entry.finding));
        let nth = before.filter(|known| *known == place(finding)).count() + 1;
        entries.push(Entry {
            target,
            finding,
            nth,
        });
    }
    entries
}

/// The outcomes of all targets that `wanted` picks, most severe first, then in target order.
#[must_use]
pub fn entries(report: &Report, wanted: impl Fn(Outcome) -> bool) -> Vec<Entry<'_>> {
    let each = report.targets.iter().flat_map(of_target);
    let mut picked: Vec<Entry<'_>> = each.filter(|entry| wanted(entry.finding.outcome)).collect();
    picked.sort_by_key(|entry| std::cmp::Reverse(entry.finding.severity));
    picked
}

/// Why a target was not fully audited, where that is so.
#[must_use]
pub fn gap(target: &TargetReport) -> Option<String> {
    let said = match &target.blocked {
        _ if !target.is_judged() => "no rule came to an answer".to_owned(),
        Some(blocked) if target.grade == Letter::NotMeasured => shown(blocked),
        _ if !target.complete => "the audit did not reach its end".to_owned(),
        _ if target.grade == Letter::NotMeasured => "a family could not be graded".to_owned(),
        Some(_) | None => return None,
    };
    Some(format!("{}: {said}", shown(&target.name)))
}

/// Text of the user's, or with a peer's words in it, as one line without controls or commands.
#[must_use]
pub fn shown(text: &str) -> String {
    Untrusted::from(text).terminal()
}

#[cfg(test)]
mod tests {
    use super::{entries, of_target};
    use crate::render::sample;

    #[test]
    fn ids_differ_by_rule_target_and_place_and_by_nothing_else() {
        let report = sample::report();
        let all = entries(&report, |_| true);
        let mut ids: Vec<String> = all.iter().map(super::Entry::id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all.len(), "no two are the same");

        let mut later = sample::report();
        for finding in later.targets.iter_mut().flat_map(|t| &mut t.findings) {
            finding.observed = "another number".into();
            finding.source = None;
        }
        let ids = |report| {
            entries(report, |_| true)
                .iter()
                .map(super::Entry::id)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(&report), ids(&later));
    }

    #[test]
    fn a_place_is_the_findings_line_or_the_targets() {
        let report = sample::report();
        let first = report.targets.first().unwrap();
        let lines = of_target(first);
        let lines = lines
            .iter()
            .map(|entry| entry.source().unwrap().to_string());
        let lines: Vec<String> = lines.collect();
        assert!(lines.contains(&"targets.toml:4".to_owned()), "{lines:?}");
        assert!(lines.contains(&"targets.toml:9".to_owned()), "{lines:?}");
    }
}
