//! Why a letter is not higher.

use std::collections::BTreeMap;

use crate::grade::{Cap, Letter, Reason};
use crate::model::{Family, Grade, Untrusted};
use crate::report::{Finding, Report};

/// At most so many targets are named beside a rule that keeps their letter down.
const NAMES: usize = 4;

/// `A- because of tls/no-http2: shop`: what keeps a letter down, but for findings that are told
/// elsewhere.
#[must_use]
pub fn lines(report: &Report, told: impl Fn(&Finding) -> bool) -> Vec<String> {
    let mut lines: BTreeMap<(Grade, Reason), Vec<String>> = BTreeMap::new();
    for target in &report.targets {
        let told = |cap: &Cap| {
            let of_rule = |finding: &&Finding| Reason::Rule(finding.rule) == cap.because;
            target.findings.iter().find(of_rule).is_some_and(&told)
        };
        let tightest = Family::ALL.into_iter().flat_map(|family| {
            let mark = target.families.of(family);
            let binds = |cap: &&Cap| mark.grade == Letter::Graded(cap.limit);
            mark.caps.iter().filter(binds)
        });
        for cap in tightest.filter(|cap| !told(cap)) {
            let name = Untrusted::from(target.name.as_str()).terminal_ends_within(24);
            let names = lines.entry((cap.limit, cap.because)).or_default();
            // Two families of one target may end at the same letter for the same reason.
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let line = |((limit, rule), names): (&(Grade, Reason), &Vec<String>)| {
        let more = match names.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names: Vec<&str> = names.iter().take(NAMES).map(String::as_str).collect();
        format!("{limit} because of {rule}: {}{more}", names.join(", "))
    };
    lines.iter().map(line).collect()
}
