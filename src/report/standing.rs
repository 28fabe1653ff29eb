//! What a table says of many findings at once. Nothing is held that was not shown: what is unknown, and
//! what is open of an essential question, is neither a ✓ nor a ✗.

use super::{Finding, Outcome, TargetReport};
use crate::facts::contract::Standing;
use crate::facts::latency::{LatencyFacts, Timed};
use crate::model::statistics::{Availability, Standing as Against};
use crate::model::{Family, Severity, Topic};

impl TargetReport {
    /// Of the findings that are more than worth knowing: one that fails, else one that is unknown.
    pub fn standing(&self, about: impl Fn(&Finding) -> bool) -> Standing {
        let findings = self.findings.iter();
        let mut outcomes = findings
            .filter(|finding| finding.severity > Severity::Info && about(finding))
            .map(|finding| finding.outcome);
        if outcomes.clone().any(Outcome::is_failure) {
            Standing::NotMet
        } else if outcomes.any(|outcome| outcome == Outcome::Unknown) {
            Standing::Open
        } else {
            Standing::Met
        }
    }

    /// Of a whole family.
    #[must_use]
    pub fn standing_of(&self, family: Family) -> Standing {
        let standing = self.standing(|finding| finding.family == family);
        if standing == Standing::Met && self.coverage.open_of(family).next().is_some() {
            return Standing::Open;
        }
        standing
    }

    /// Whether an essential question on one of these topics is open at a place, named as
    /// [`Open::place`](super::Open::place) is.
    #[must_use]
    pub fn is_open(&self, place: &str, topics: &[Topic]) -> bool {
        let mut open = self.coverage.open().iter();
        open.any(|open| open.place == place && topics.contains(&open.topic))
    }
}

/// Whether the first byte comes in the declared time. However fast, an error is not the answer that
/// is meant.
#[must_use]
pub fn in_time(timed: &Timed, latency: &LatencyFacts) -> Standing {
    let failed = timed.answered.as_ref().is_some_and(Availability::is_none);
    if failed || timed.refusals().next().is_some() {
        return Standing::NotMet;
    }
    let cold = timed.cold.as_ref();
    match cold.and_then(|cold| cold.against(latency.target_ms.into())) {
        Some(Against::Within) => Standing::Met,
        Some(Against::Straddles) | None => Standing::Open,
        Some(_) => Standing::NotMet,
    }
}

#[cfg(test)]
mod tests {
    use super::Standing::{self, Met, NotMet, Open};
    use crate::evidence::sample;
    use crate::model::{Endpoint, Family, Method, Severity, Topic};
    use crate::report::Outcome::{self, Fail, NotApplicable, NotTested, Pass, Unknown, Waived};
    use crate::report::{Report, TargetReport};

    /// What became of two findings on one subject, and what a table says of it.
    #[rustfmt::skip]
    const ROWS: &[([Outcome; 2], Severity, Standing)] = &[
        ([Pass, NotApplicable], Severity::High, Met),
        ([Pass, NotTested],     Severity::High, Met),    // what it takes is told as an open question
        ([Pass, Unknown],       Severity::High, Open),
        ([Unknown, Fail],       Severity::High, NotMet),
        ([Pass, Waived],        Severity::High, NotMet), // accepted, and so all the same
        ([Unknown, Fail],       Severity::Info, Met),
    ];

    fn report(declare: impl Fn(&mut crate::model::Target)) -> TargetReport {
        let mut target = sample::target();
        declare(&mut target);
        Report::new(&[sample::evidence(target, Vec::new())])
            .targets
            .remove(0)
    }

    #[test]
    fn unknown_is_neither_met_nor_missed() {
        for (outcomes, severity, standing) in ROWS {
            let mut target = report(|_| ());
            let first = target.findings.remove(0);
            target.findings = vec![first; outcomes.len()];
            for (finding, outcome) in target.findings.iter_mut().zip(outcomes) {
                (finding.outcome, finding.severity) = (*outcome, *severity);
            }
            assert_eq!(target.standing(|_| true), *standing, "{outcomes:?}");
        }
    }

    #[test]
    fn a_family_with_an_open_question_is_not_held() {
        let mut target = report(|target| {
            target.endpoints = vec![Endpoint {
                protected: true,
                ..Endpoint::new(Method::get(), "/orders")
            }];
        });
        target.findings.clear();
        assert_eq!(target.standing_of(Family::Auth), Open);
        assert_eq!(target.standing_of(Family::Websocket), Met);
        assert!(target.is_open("GET /orders", &[Topic::ValidCredential]));
        assert!(!target.is_open("GET /orders", &[Topic::Login]));
        assert!(!target.is_open("GET /other", &[Topic::ValidCredential]));
    }
}
