//! Every rule asked, every answer made a finding.

use std::collections::BTreeSet;

use super::coverage::{Coverage, Weight};
use super::finding::{Finding, Outcome, WaivedBy};
use super::fix;
use super::reproduce::reproduce;
use crate::evidence::{Evidence, Failure};
use crate::facts::{Facts, State, landing::Landing, latency::LatencyFacts, outage::Outage};
use crate::grade::{self, Failed, Fraction, Letter, Mark, Reason};
use crate::model::{Family, Grade, Place, Source, Untrusted, Waiver};
use crate::rules::{self, Check, Observed, Rule, Verdict, catalogue, over_pages};

/// The outcome of every rule that was selected.
#[must_use]
pub(super) fn findings(evidence: &Evidence, facts: &Facts, coverage: &Coverage) -> Vec<Finding> {
    let selected = catalogue().filter(|rule| evidence.run.selects_rule(rule.id.as_str()));
    let mut findings: Vec<Finding> = selected
        .flat_map(|rule| of_rule(rule, evidence, facts, coverage))
        .collect();
    leave_to_outage(&mut findings, facts);
    merge_unmeasured(&mut findings);
    for finding in &mut findings {
        waive(finding, evidence);
    }
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| (finding.outcome, std::cmp::Reverse(finding.severity));
        key(a).cmp(&key(b))
    });
    findings
}

fn of_rule(
    rule: &'static Rule,
    evidence: &Evidence,
    facts: &Facts,
    coverage: &Coverage,
) -> Vec<Finding> {
    match ask(rule, facts) {
        None => Vec::new(),
        Some(Verdict::Pass) => vec![passed(rule, coverage)],
        Some(Verdict::NotApplicable(why)) => {
            vec![Finding::new(rule, Outcome::NotApplicable, why.into())]
        }
        // What was left out behind a block is no choice of the user's.
        Some(Verdict::NotTested(why)) => {
            if let Some(said) = blocked(rule.family(), evidence) {
                return vec![Finding::new(rule, Outcome::Unknown, said.into())];
            }
            let said = format!("not tested: {why}");
            vec![Finding::new(rule, Outcome::NotTested, said.into())]
        }
        Some(Verdict::Unknown(why)) => vec![Finding::new(rule, Outcome::Unknown, why.into())],
        Some(Verdict::Fail(places)) => places
            .into_iter()
            .map(|place| failed(rule, place, evidence, facts))
            .collect(),
    }
}

/// What kept answers of this family from being the target's, if anything did.
fn blocked(family: Family, evidence: &Evidence) -> Option<&str> {
    if family == Family::Websocket {
        let mut trials = evidence.sockets.iter();
        return trials.find_map(|trial| trial.response.blocked());
    }
    let exchanges = evidence.exchanges.iter();
    let mut of_family = exchanges.filter(|exchange| exchange.question.ask.family() == family);
    of_family.find_map(|exchange| exchange.response.blocked())
}

/// A rule passes where every question it rests on was shown; otherwise it is as open as they are.
fn passed(rule: &'static Rule, coverage: &Coverage) -> Finding {
    let open = coverage.open_under(rule);
    let Some(first) = open.first() else {
        return Finding::new(rule, Outcome::Pass, Untrusted::default());
    };
    let others = match open.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let said = format!(
        "{} at {}{others}: {}",
        first.question, first.place, first.said
    );
    match first.why.weight() {
        Weight::Wanting | Weight::WithoutControl => {
            let said = format!("not tested: {said}");
            Finding::new(rule, Outcome::NotTested, said.into())
        }
        Weight::Withheld => Finding::new(rule, Outcome::Unknown, said.into()),
    }
}

fn failed(rule: &'static Rule, place: Observed, evidence: &Evidence, facts: &Facts) -> Finding {
    let reproduce = reproduce(evidence, rule.family(), &place);
    let at = source(evidence, &place);
    let mut finding = Finding::new(rule, Outcome::Fail, place.said);
    finding.reproduce = reproduce;
    let software = facts.headers.known().and_then(|headers| headers.software);
    let change = place.change.as_ref();
    finding.snippet = change.and_then(|change| fix::snippet(software, change));
    finding.endpoint = place.endpoint;
    finding.source = at;
    finding.at = place.at;
    if let Some(expected) = place.expected {
        finding.expected = expected;
    }
    finding
}

/// Where in the target file stands what was observed: the part's own line, else that of the request or
/// the socket it is about.
fn source(evidence: &Evidence, place: &Observed) -> Option<Source> {
    let target = &evidence.target;
    let whole = target.source.as_ref();
    let part = place.part.as_ref();
    let asked = place.at.exchange_index();
    let asked = asked.and_then(|index| evidence.exchanges.get(index));
    let own = |name: &str| Some(at_line(whole?, *target.lines.get(name)?));
    // What is declared of the whole target is shown by a request as well.
    if let Some(source) = part.and_then(|part| own(part)) {
        return Some(source);
    }
    match asked.map(|exchange| exchange.question.place) {
        Some(Place::Endpoint(index)) => {
            let endpoint = target.endpoints.get(index)?;
            let source = endpoint.source.as_ref()?;
            let line = part.and_then(|part| endpoint.lines.get(part));
            Some(line.map_or_else(|| source.clone(), |line| at_line(source, *line)))
        }
        Some(Place::Login) => {
            let lines = &target.login.as_ref()?.lines;
            let line = part.and_then(|part| lines.get(part));
            line.map_or_else(|| whole.cloned(), |line| Some(at_line(whole?, *line)))
        }
        Some(Place::Absent(index)) => own(&format!("absent {index}")),
        Some(Place::WrongMethod(index)) => own(&format!("wrong_method {index}")),
        Some(Place::Rate(index)) => own(&format!("rate {index}")),
        Some(Place::Socket) => own("websocket"),
        None if place.at.socket_index().is_some() => own("websocket"),
        Some(Place::Target | Place::Probe(_)) | None => None,
    }
}

/// Another line of the same file.
fn at_line(source: &Source, line: u32) -> Source {
    Source {
        file: source.file.clone(),
        line,
        column: None,
    }
}

/// `None` where the family is not looked at, or could not be: that is one finding of its own.
fn ask(rule: &Rule, facts: &Facts) -> Option<Verdict> {
    match rule.check {
        Check::Tls(check) => facts.tls.known().map(check),
        Check::Page(check) => facts
            .headers
            .known()
            .map(|all| over_pages(&all.pages, check)),
        Check::Headers(check) => facts.headers.known().map(check),
        Check::Landing(check) => landing(check, facts),
        Check::Cors(check) => facts.cors.known().map(check),
        Check::Auth(check) => facts.auth.known().map(check),
        Check::WebSocket(check) => facts.websocket.known().map(check),
        Check::Latency(check) | Check::Load(check) => facts.latency.known().map(check),
        Check::Contract(check) => facts.contract.known().map(check),
        Check::Outage(check) => outage(check, facts),
        Check::Measured(family) => match facts.state_of(family) {
            State::Known(()) => Some(Verdict::Pass),
            State::Unseen(failure) => Some(unseen(&failure)),
            State::NotConfigured(_) => None,
        },
    }
}

/// Where the page was not seen, only what failed is worth a word: the family has its own.
fn landing(check: fn(&Landing) -> Verdict, facts: &Facts) -> Option<Verdict> {
    let verdict = check(facts.landing.as_ref()?);
    let told = matches!(verdict, Verdict::Fail(_) | Verdict::Unknown(_));
    (told || facts.headers.known().is_some()).then_some(verdict)
}

/// An outage is told whether anything is declared or not.
fn outage(check: fn(Option<&Outage>) -> Verdict, facts: &Facts) -> Option<Verdict> {
    let told = facts.outage.is_some() || facts.contract.known().is_some();
    told.then(|| check(facts.outage.as_ref()))
}

fn unseen(failure: &Failure) -> Verdict {
    Verdict::Unknown(failure.sentence())
}

/// Where nothing of the service answers, one finding says so: no family repeats it.
fn leave_to_outage(findings: &mut Vec<Finding>, facts: &Facts) {
    let Some(outage) = &facts.outage else {
        return;
    };
    let why = outage.failure().sentence();
    let told = findings.iter().any(|finding| {
        finding.outcome == Outcome::Fail && finding.rule == rules::contract::outage::NO_APPLICATION
    });
    let repeats = |finding: &Finding| {
        finding.outcome == Outcome::Unknown && is_measured(finding) && finding.observed.raw() == why
    };
    findings.retain(|finding| !(told && repeats(finding)));
}

/// A thing that could not be seen is one finding: families that failed for the same reason share
/// the first one's.
fn merge_unmeasured(findings: &mut Vec<Finding>) {
    let mut seen: Vec<(Untrusted, usize, Vec<&'static str>)> = Vec::new();
    let mut index = 0;
    findings.retain(|finding| {
        if finding.outcome == Outcome::Unknown && is_measured(finding) {
            if let Some((_, _, families)) = seen
                .iter_mut()
                .find(|(reason, _, _)| cause(reason) == cause(&finding.observed))
            {
                families.push(finding.family.title());
                return false;
            }
            seen.push((
                finding.observed.clone(),
                index,
                vec![finding.family.title()],
            ));
        }
        index += 1;
        true
    });
    for (reason, index, families) in seen {
        if let Some(finding) = findings.get_mut(index) {
            let families = families.join(", ");
            finding.observed = format!("{}; not measured: {families}", reason.raw()).into();
        }
    }
}

/// Whether it says that a family could not be looked at, rather than what was seen of it.
fn is_measured(finding: &Finding) -> bool {
    let rule = crate::rules::find(finding.rule.as_str());
    rule.is_some_and(|rule| matches!(rule.check, Check::Measured(_)))
}

/// Whether it is about a load run, which is a part of the verdict and not of the letter.
fn is_of_load(finding: &Finding) -> bool {
    let rule = crate::rules::find(finding.rule.as_str());
    rule.is_some_and(|rule| matches!(rule.check, Check::Load(_)))
}

/// A failure's sentence without the time it took, which differs from family to family.
fn cause(sentence: &Untrusted) -> &str {
    let sentence = sentence.raw();
    sentence
        .split_once(" after ")
        .map_or(sentence, |(cause, _)| cause)
}

/// Whether a waiver is of what a finding is about.
pub(super) fn is_of(waiver: &Waiver, finding: &Finding) -> bool {
    let endpoint = waiver.endpoint.as_ref();
    waiver.rule == finding.rule.as_str()
        && endpoint.is_none_or(|endpoint| finding.endpoint.as_ref() == Some(endpoint))
}

fn waive(finding: &mut Finding, evidence: &Evidence) {
    if finding.outcome != Outcome::Fail {
        return;
    }
    let mut waivers = evidence.target.waivers.iter();
    let in_force = |waiver: &&Waiver| evidence.at < waiver.expires && is_of(waiver, finding);
    if let Some(waiver) = waivers.find(in_force) {
        finding.outcome = Outcome::Waived;
        finding.waived = Some(WaivedBy {
            reason: waiver.reason.clone(),
            expires: waiver.expires,
            ticket: waiver.ticket.clone(),
        });
    }
}

/// One family's mark. Waived failures still count: a waiver changes the exit code, not the ship.
#[must_use]
pub(super) fn mark(
    family: Family,
    facts: &Facts,
    findings: &[Finding],
    coverage: &Coverage,
) -> Mark {
    match facts.state_of(family) {
        State::NotConfigured(_) => return grade::unmarked(Letter::NotConfigured),
        State::Unseen(_) => return grade::unmarked(Letter::NotMeasured),
        State::Known(()) => {}
    }
    let of_family = || findings.iter().filter(|finding| finding.family == family);
    let rules: BTreeSet<Failed> = of_family()
        .filter(|finding| matches!(finding.outcome, Outcome::Fail | Outcome::Waived))
        .filter_map(|finding| crate::rules::find(finding.rule.as_str()))
        .filter(|rule| !matches!(rule.check, Check::Load(_)))
        .map(|rule| Failed {
            rule: rule.id,
            severity: rule.severity,
            limit: rule.limit(),
        })
        .collect();
    let (essential, shown) = coverage.counts(family);
    let mark = Mark {
        in_doubt: family == Family::Latency && latency_in_doubt(facts),
        coverage: Some(Fraction { shown, essential }),
        ..grade::mark(&rules.into_iter().collect::<Vec<_>>())
    };
    let mark = match coverage.weight(family) {
        Some(Weight::Wanting) => mark.at_most(Grade::A, Reason::Open),
        Some(Weight::WithoutControl) => mark.at_most(Grade::B, Reason::NoControl),
        Some(Weight::Withheld) | None => mark,
    };
    let undecided =
        of_family().any(|finding| finding.outcome == Outcome::Unknown && !is_of_load(finding));
    // What is known to be an F stays one; anything better has not been earned yet.
    let undecided = undecided || coverage.weight(family) == Some(Weight::Withheld);
    if undecided && mark.grade != Letter::Graded(Grade::F) {
        return Mark {
            grade: Letter::NotMeasured,
            ..mark
        };
    }
    mark
}

fn latency_in_doubt(facts: &Facts) -> bool {
    facts.latency.known().is_some_and(LatencyFacts::in_doubt)
}
