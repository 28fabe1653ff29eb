//! What went out and what arrived, of each exchange that a finding is about.

use std::collections::BTreeSet;

use super::{Finding, Outcome, Report};
use crate::evidence::{Evidence, Exchange, Field, Observation, Response};
use crate::model::Untrusted;

/// As many characters of a body are kept; the evidence has what was read.
const BODY: usize = 2000;

/// An exchange as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// Which target of the report.
    pub target: usize,
    /// Which of its exchanges.
    pub exchange: usize,
    /// `GET https://example.com/path`.
    pub request: Untrusted,
    /// The fields and the body that were sent, by lines.
    pub sent: Vec<Untrusted>,
    /// The head and the beginning of the body that arrived, decoded, by lines; or why none did.
    pub arrived: Vec<Untrusted>,
}

/// The exchange that shows a finding, where it is one and the finding is to be acted on.
#[must_use]
pub fn exchange_of(finding: &Finding) -> Option<usize> {
    let is_told = matches!(
        finding.outcome,
        Outcome::Fail | Outcome::Unknown | Outcome::Waived
    );
    finding.at.exchange_index().filter(|_| is_told)
}

/// In the order of the report, each once.
#[must_use]
pub fn transcripts(report: &Report, evidence: &[Evidence]) -> Vec<Transcript> {
    let targets = report.targets.iter().zip(evidence).enumerate();
    let each = targets.flat_map(|(target, (judged, seen))| {
        let wanted: BTreeSet<usize> = judged.findings.iter().filter_map(exchange_of).collect();
        let exchanges = wanted.into_iter();
        exchanges.filter_map(move |nth| Some(transcript(target, nth, seen.exchanges.get(nth)?)))
    });
    each.collect()
}

fn transcript(target: usize, nth: usize, exchange: &Exchange) -> Transcript {
    let request = &exchange.request;
    let mut sent: Vec<Untrusted> = request.fields.iter().map(line).collect();
    if let Some(body) = &request.body {
        sent.push(Untrusted::default());
        sent.extend(lines(Untrusted::from_bytes(&body.0).raw()));
    }
    let arrived = match &exchange.response {
        Observation::Seen(response) => answer(response),
        Observation::Failed(failure) => vec![failure.sentence().into()],
        Observation::Skipped(_) => vec!["not sent".into()],
    };
    Transcript {
        target,
        exchange: nth,
        request: format!("{} {}", request.method, request.url).into(),
        sent,
        arrived,
    }
}

fn answer(response: &Response) -> Vec<Untrusted> {
    let (version, status, reason) = (&response.version, response.status, &response.reason);
    let content = response.content();
    let mut arrived = vec![format!("HTTP/{version} {status} {reason}").into()];
    arrived.extend(response.fields.iter().map(line));
    arrived.push(Untrusted::default());
    arrived.extend(lines(&content.text()));
    arrived.extend(content.unread().map(|unread| format!("({unread})").into()));
    arrived
}

fn line(field: &Field) -> Untrusted {
    format!("{}: {}", field.name, field.text()).into()
}

/// The beginning of a body.
fn lines(body: &str) -> Vec<Untrusted> {
    let cut: String = body.chars().take(BODY).collect();
    let mut lines: Vec<Untrusted> = cut.lines().map(Untrusted::from).collect();
    if cut.len() < body.len() {
        lines.push("…".into());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::transcripts;
    use crate::evidence::{Payload, sample};
    use crate::model::{Ask, Pointer, Untrusted};
    use crate::report::{Finding, Outcome, Report};
    use crate::rules;

    #[test]
    fn what_a_finding_is_about_is_told_as_it_arrived() {
        let field = [("Server", "x/1\u{1b}")];
        let mut exchange = sample::exchange(Ask::Read.of_endpoint(0), "GET /x", 500, &field, "");
        if let crate::evidence::Observation::Seen(response) = &mut exchange.response {
            response.body = Payload::whole("first\nsecond");
        }
        let evidence = [sample::evidence(sample::target(), vec![exchange])];
        let mut report = Report::new(&evidence);
        let rule = rules::find("contract/flaky").unwrap();
        let mut finding = Finding::new(rule, Outcome::Fail, "x".into());
        finding.at = Pointer::exchange(0).join("response");
        for (outcome, told) in [(Outcome::Fail, 1), (Outcome::Pass, 0)] {
            finding.outcome = outcome;
            report.targets[0].findings = vec![finding.clone(), finding.clone()];
            assert_eq!(transcripts(&report, &evidence).len(), told, "{outcome:?}");
        }
        report.targets[0].findings[0].outcome = Outcome::Unknown;
        let [only] = transcripts(&report, &evidence).try_into().unwrap();
        assert!(only.request.raw().ends_with("/x"));
        let arrived: Vec<String> = only.arrived.iter().map(Untrusted::terminal).collect();
        assert_eq!(arrived[0].split(' ').nth(1), Some("500"));
        assert_eq!(arrived[1..], ["Server: x/1\\x1b", "", "first", "second"]);
    }
}
