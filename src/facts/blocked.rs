//! Stretches of a run in which something else answered in place of the target: a firewall, a
//! limiter, a challenge for robots, a maintenance page.
//!
//! [`Ask::Control`] stands before the first request, after every few and at the end. Where its
//! answer changes, nobody knows which of the requests since the last good one reached the service.
//! [`without`] takes their answers out: they are read as never given, so that nothing is found and
//! nothing passes by them.

use std::borrow::Cow;
use std::ops::Range;

use crate::evidence::{
    Cause, Evidence, Exchange, Failure, Look, Observation, Skip, SocketTrial, Stage,
};
use crate::model::{Ask, Millis, Place, Timestamp};
use crate::wire::control::{Change, change};

/// A stretch of the run that lies between two good controls, with a bad one in it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stretch {
    /// The exchanges in it.
    exchanges: Range<usize>,
    /// When the last good control was sent, and the first good one after it, if any.
    since: Timestamp,
    until: Option<Timestamp>,
    /// Whether it is a limiter that says so: of limits it speaks itself.
    limited: bool,
    /// After how many requests, and what showed it.
    said: String,
}

/// The evidence with every answer taken out that may be somebody else's.
#[must_use]
pub fn without(evidence: &Evidence) -> Cow<'_, Evidence> {
    let controls = Controls::of(evidence);
    let silenced: Vec<(usize, String)> = evidence
        .exchanges
        .iter()
        .enumerate()
        .filter_map(|(index, exchange)| Some((index, controls.doubt(index, exchange)?)))
        .collect();
    if silenced.is_empty() && controls.stretches.is_empty() {
        return Cow::Borrowed(evidence);
    }
    let mut evidence = evidence.clone();
    for (index, said) in &silenced {
        let later = evidence.exchanges.iter().skip(index + 1);
        let asked_again = evidence.exchanges.get(*index).is_some_and(|exchange| {
            let mut later = later.filter(|later| is_same(later, exchange));
            later.any(|later| later.response.seen().is_some())
        });
        if let Some(exchange) = evidence.exchanges.get_mut(*index) {
            exchange.response = Observation::Skipped(Skip::Blocked(said.clone()));
            if asked_again {
                exchange.question.ask = Ask::Control;
                exchange.response = Observation::Skipped(Skip::NotNeeded);
            }
        }
    }
    for trial in &mut evidence.sockets {
        if let Some(said) = controls.doubt_of_socket(trial) {
            trial.response = Observation::Skipped(Skip::Blocked(said));
            trial.frames.clear();
        }
    }
    // Samples are taken last: what still answered then is what was timed.
    let lasting = controls.stretches.iter().find(|one| one.until.is_none());
    if let Some(stretch) = lasting.filter(|_| evidence.latency.seen().is_some()) {
        evidence.latency = Observation::Failed(Failure {
            stage: Stage::Head,
            cause: Cause::NotMeant,
            detail: stretch.said.clone(),
            after: Millis(0),
        });
    }
    Cow::Owned(evidence)
}

/// When something else began to answer, and what showed it: of evidence as [`without`] leaves it.
#[must_use]
pub fn said(evidence: &Evidence) -> Option<String> {
    let exchanges = evidence.exchanges.iter();
    let mut exchanges = exchanges.filter_map(|exchange| exchange.response.blocked());
    let sockets = evidence.sockets.iter();
    let mut sockets = sockets.filter_map(|trial| trial.response.blocked());
    exchanges
        .next()
        .or_else(|| sockets.next())
        .map(str::to_owned)
}

fn is_same(one: &Exchange, other: &Exchange) -> bool {
    one.question == other.question && one.origin == other.origin
}

/// What the controls of a run say.
struct Controls {
    stretches: Vec<Stretch>,
    /// Every control, by index, and whether it was answered well: as before, and by a service that
    /// is up.
    seen: Vec<(usize, bool)>,
}

impl Controls {
    fn of(evidence: &Evidence) -> Self {
        let mut controls = Self {
            stretches: Vec::new(),
            seen: Vec::new(),
        };
        let asked = |exchange: &&Exchange| exchange.question.ask == Ask::Control;
        let Some(first) = evidence.exchanges.iter().find(asked) else {
            return controls;
        };
        let place = first.question.place;
        let mut good: Option<(usize, &Exchange)> = None;
        let mut bad: Option<(usize, Change)> = None;
        for (index, exchange) in evidence.exchanges.iter().enumerate() {
            let is_control =
                exchange.question.ask == Ask::Control && exchange.question.place == place;
            let is_baseline = place == Place::Target && exchange.question.ask == Ask::Page;
            if exchange.was_left_out() || !(is_control || is_baseline) {
                continue;
            }
            let changed = match good {
                Some((_, good)) => changed(good, exchange),
                None => failed(exchange),
            };
            // One that failed first is the target's, and no witness that it was steady.
            let is_well =
                changed.is_none() && answers_well(exchange) && exchange.earlier.is_empty();
            controls.seen.push((index, is_well));
            match (changed, bad.take()) {
                (None, before) => {
                    if let (Some((at, change)), Some((from, since))) = (before, good) {
                        let end = Some((index, exchange));
                        controls.note(evidence, (from, since), (at, &change), end);
                    }
                    good = Some((index, exchange));
                }
                (Some(change), before) => bad = before.or(Some((index, change))),
            }
        }
        if let (Some((at, change)), Some(since)) = (bad, good) {
            controls.note(evidence, since, (at, &change), None);
        }
        controls
    }

    fn note(
        &mut self,
        evidence: &Evidence,
        (from, since): (usize, &Exchange),
        (at, change): (usize, &Change),
        end: Option<(usize, &Exchange)>,
    ) {
        let to = end.map_or(evidence.exchanges.len(), |(index, _)| index);
        let exchanges = from + 1..to;
        let sent = evidence
            .exchanges
            .iter()
            .take(first_like(evidence, &exchanges, at));
        let sent = sent.filter(|exchange| !exchange.was_left_out()).count();
        self.stretches.push(Stretch {
            since: since.at,
            until: end.map(|(_, exchange)| exchange.at),
            limited: matches!(change, Change::Status(429, _)),
            said: format!("blocked after {sent} requests: {change}"),
            exchanges,
        });
    }

    /// Why an answer is not read as the target's.
    fn doubt(&self, index: usize, exchange: &Exchange) -> Option<String> {
        if !is_judged(&exchange.question.ask) {
            return None;
        }
        let of_limits = matches!(
            exchange.question.ask,
            Ask::Burst | Ask::BurstElsewhere | Ask::BurstControl
        );
        let around = |stretch: &&Stretch| {
            stretch.exchanges.contains(&index) && !(stretch.limited && of_limits)
        };
        if let Some(stretch) = self.stretches.iter().find(around) {
            return Some(stretch.said.clone());
        }
        let of_a_person = matches!(exchange.question.ask, Ask::Credentials(_) | Ask::Login(_));
        let status = exchange.response.seen()?.status;
        let in_place_of_it = of_a_person && is_platform(status) && !self.vouch(index, exchange);
        in_place_of_it.then(|| {
            format!(
                "answered {status}, as platforms do in place of a service: nothing of credentials"
            )
        })
    }

    /// A gateway's error is the service's own fault where it comes again, between two good controls.
    fn vouch(&self, index: usize, exchange: &Exchange) -> bool {
        let platform = |earlier: &Observation<u16>| earlier.seen().is_some_and(|s| is_platform(*s));
        let before = self.seen.iter().rfind(|(at, _)| *at < index);
        let after = self.seen.iter().find(|(at, _)| *at > index);
        let both = [before, after]
            .iter()
            .all(|near| near.is_some_and(|(_, good)| *good));
        both && exchange.earlier.iter().any(platform)
    }

    /// Sockets are opened beside the exchanges: the time tells.
    fn doubt_of_socket(&self, trial: &SocketTrial) -> Option<String> {
        let during = |stretch: &&Stretch| {
            trial.at >= stretch.since && stretch.until.is_none_or(|until| trial.at < until)
        };
        let sent = !matches!(trial.response, Observation::Skipped(_));
        let stretch = self.stretches.iter().find(during).filter(|_| sent)?;
        Some(stretch.said.clone())
    }
}

/// The first exchange of a stretch from which on all were answered as the bad control was; that
/// control, where there is none.
fn first_like(evidence: &Evidence, stretch: &Range<usize>, bad: usize) -> usize {
    let status = |index: usize| {
        let exchange = evidence.exchanges.get(index)?;
        exchange.response.seen().map(|response| response.status)
    };
    let before = stretch.start..bad;
    before
        .rev()
        .take_while(|index| status(*index) == status(bad))
        .last()
        .unwrap_or(bad)
}

fn answers_well(exchange: &Exchange) -> bool {
    let response = exchange.response.seen();
    response.is_some_and(|response| response.status < 500 && response.status != 429)
}

/// A control that gives no answer has changed as well.
fn changed(good: &Exchange, now: &Exchange) -> Option<Change> {
    failed(now).or_else(|| {
        let (before, now) = (Look::at(good)?, Look::at(now)?);
        change(&before.page(), &now.page())
    })
}

fn failed(exchange: &Exchange) -> Option<Change> {
    let failure = exchange.response.failure()?;
    Some(Change::NoAnswer(failure.sentence()))
}

const fn is_platform(status: u16) -> bool {
    matches!(status, 502..=504)
}

/// The page itself is what the controls are held against; what came while a service woke stands apart
/// from the order of the others, and another grader's session has rules of its own.
const fn is_judged(ask: &Ask) -> bool {
    !matches!(
        ask,
        Ask::Page
            | Ask::Control
            | Ask::Asleep
            | Ask::OtherScheme
            | Ask::ProfileHop { .. }
            | Ask::ProfilePreflight
    )
}

#[cfg(test)]
mod tests {
    use super::without;
    use crate::evidence::{Evidence, Exchange, Observation, sample};
    use crate::model::{Ask, Attempt, Place, SocketAsk, Timestamp};

    /// What is asked in order, and the statuses: `C` is a control, `R` reads, `A` tries a credential.
    /// Behind it the answers that are left, and how the block is told.
    #[rustfmt::skip]
    const RUNS: &[(&str, &str, &str)] = &[
        ("C200 R200 A401 R200 C200",      "R200 A401 R200", ""),
        ("C200 R200 C200 R403 A403 C403", "R200 -    -",    "blocked after 3 requests: the control answered 403 where it had answered 200"),
        ("C200 R200 C200 R200 A403 C403", "R200 -    -",    "blocked after 4 requests: the control answered 403 where it had answered 200"),
        ("C200 R503 C503 C200 R200 C200", "-    R200",      ""), // asked again behind it
        ("C200 R200 C429 R429 C429",      "-    -",         "blocked after 2 requests: the control answered 429 where it had answered 200"),
        ("C404 A401 R404 C404",           "A401 R404",      ""),
        ("C404 A403 R403 C403",           "-    -",         "blocked after 1 requests: the control answered 403 where it had answered 404"),
        ("C503 R503 C200 R200 C200",      "R503 R200",      ""), // it was down, and came up
    ];

    fn exchange(word: &str) -> Exchange {
        let (kind, status) = word.split_at(1);
        let question = match kind {
            "C" => Ask::Control.of_endpoint(0),
            "A" => Ask::Credentials(Attempt::Nothing).of_endpoint(1),
            _ => Ask::Read.of_endpoint(2),
        };
        sample::exchange(question, "GET /x", status.parse().unwrap(), &[], "")
    }

    fn left(evidence: &Evidence) -> Vec<String> {
        let judged = evidence.exchanges.iter().filter(|exchange| {
            let asks = exchange.question.endpoint();
            asks != Some(0)
        });
        judged
            .map(|exchange| match &exchange.response {
                Observation::Seen(response) => {
                    let kind = if exchange.question.ask == Ask::Read {
                        "R"
                    } else {
                        "A"
                    };
                    format!("{kind}{}", response.status)
                }
                Observation::Failed(_) | Observation::Skipped(_) => "-".to_owned(),
            })
            .collect()
    }

    #[test]
    fn what_lies_behind_a_bad_control_is_not_read() {
        for (run, expected, said) in RUNS {
            let exchanges = run.split_whitespace().map(exchange).collect();
            let evidence = sample::evidence(sample::target(), exchanges);
            let read = without(&evidence);
            let expected: Vec<&str> = expected.split_whitespace().collect();
            assert_eq!(left(&read), expected, "{run}");
            let told = super::said(&read);
            assert_eq!(told.unwrap_or_default(), *said, "{run}");
        }
    }

    #[test]
    fn what_was_asked_again_behind_the_block_stands_once() {
        let run = ["C200", "R403", "C403", "C200", "R200", "C200"];
        let evidence = sample::evidence(sample::target(), run.map(exchange).into());
        let read = without(&evidence);
        let reads = read
            .exchanges
            .iter()
            .filter(|exchange| exchange.question.ask == Ask::Read);
        assert_eq!(reads.count(), 1);
    }

    /// The status of an attempt, what it was answered before, and the control behind it.
    #[rustfmt::skip]
    const GATEWAYS: &[(u16, &[u16], u16, bool)] = &[
        (503, &[],    200, false),
        (502, &[502], 200, true),  // again, and the service is there
        (504, &[503], 200, true),
        (503, &[503], 503, false), // the whole service
        (500, &[],    200, true),  // the service's own
        (401, &[503], 200, true),  // the second answer counts
    ];

    #[test]
    fn a_service_that_is_down_says_nothing_of_credentials() {
        let mut tried = exchange("A503");
        tried.earlier = vec![Observation::Seen(503)];
        let exchanges = vec![exchange("C503"), tried, exchange("C503")];
        let evidence = sample::evidence(sample::target(), exchanges);
        assert_eq!(left(&without(&evidence)), ["-"]);
    }

    #[test]
    fn gateways_do_not_speak_of_credentials() {
        for (status, earlier, control, is_read) in GATEWAYS {
            for question in [
                Ask::Credentials(Attempt::Valid).of_endpoint(1),
                Ask::Login(Attempt::UnknownUser).at(Place::Login),
            ] {
                let mut tried = sample::exchange(question, "GET /me", *status, &[], "");
                tried.earlier = earlier
                    .iter()
                    .map(|status| Observation::Seen(*status))
                    .collect();
                let exchanges = vec![exchange("C200"), tried, exchange(&format!("C{control}"))];
                let evidence = sample::evidence(sample::target(), exchanges);
                let seen = without(&evidence).exchanges[1].response.seen().is_some();
                assert_eq!(
                    seen, *is_read,
                    "{status} after {earlier:?}, control {control}"
                );
            }
        }
    }

    /// When a socket was opened, with good controls at 0 and 20 and a bad one at 10.
    #[test]
    fn sockets_are_told_by_the_time() {
        for (at, is_read) in [(5, false), (15, false), (25, true)] {
            let mut exchanges = ["C200", "C403", "C200"].map(exchange);
            for (exchange, at) in exchanges.iter_mut().zip([0, 10, 20]) {
                exchange.at = Timestamp::from_secs(at);
            }
            let mut evidence = sample::evidence(sample::target(), exchanges.into());
            let mut trial = sample::handshake(SocketAsk::Legitimate, None, "/ws", 403, &[]);
            trial.at = Timestamp::from_secs(at);
            evidence.sockets = vec![trial];
            let read = without(&evidence);
            assert_eq!(read.sockets[0].response.seen().is_some(), is_read, "{at} s");
        }
    }
}
