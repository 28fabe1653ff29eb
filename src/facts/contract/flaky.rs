//! Endpoints that fail now and then: asked alike, they answer as declared and with an error of the
//! server.

use crate::evidence::{Evidence, Exchange, Observation, OriginClass, Response};
use crate::model::{Ask, Attempt, Endpoint, Place, Pointer, StatusSet};

/// An endpoint whose answers disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaky {
    /// The first request that failed.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// Its status.
    pub status: u16,
    /// How many of the endpoint's requests failed.
    pub failed: usize,
    /// How many were answered.
    pub asked: usize,
}

/// One request that the whole run sent to an endpoint, and its status.
struct Asked<'e> {
    index: usize,
    origin: Option<&'e str>,
    with_credential: bool,
    status: u16,
    is_failure: bool,
}

impl Asked<'_> {
    /// What was let in, and what was turned away on the way, are two things.
    fn is_of_kind(&self, other: &Self) -> bool {
        self.with_credential == other.with_credential
    }

    fn is_same(&self, other: &Self) -> bool {
        self.is_of_kind(other) && self.origin == other.origin
    }

    /// Whether a request like this failure was answered well. A gateway that has no answer of the
    /// application's does not fail for an origin, unless it did so more than once.
    fn is_now_and_then(&self, all: &[Self]) -> bool {
        let well = |alike: fn(&Self, &Self) -> bool| {
            all.iter()
                .any(|other| !other.is_failure && alike(self, other))
        };
        let once = all.iter().filter(|other| self.is_same(other)).count() == 1;
        let gateway = matches!(self.status, 502..=504);
        well(Self::is_same) || (gateway && once && well(Self::is_of_kind))
    }
}

/// Every endpoint that some of a run's requests found broken, and others like them did not.
pub(super) fn read(evidence: &Evidence) -> Vec<Flaky> {
    let endpoints = evidence.target.endpoints.iter().enumerate();
    endpoints
        .filter_map(|(place, endpoint)| flaky(evidence, Place::Endpoint(place), endpoint))
        .collect()
}

fn flaky(evidence: &Evidence, place: Place, endpoint: &Endpoint) -> Option<Flaky> {
    let exchanges = evidence.exchanges.iter().enumerate();
    let limited = evidence.exchanges.iter().any(was_limited);
    let all: Vec<Asked<'_>> = exchanges
        .filter(|(_, exchange)| exchange.question.place == place)
        .filter(|(_, exchange)| exchange.request.method == endpoint.method)
        .flat_map(|(index, exchange)| asked(index, exchange, endpoint.status.as_ref()))
        .filter(|one| !(limited && one.status == 503))
        .collect();
    let mut failures = all.iter().filter(|one| one.is_failure);
    let first = failures.find(|one| one.is_now_and_then(&all))?;
    Some(Flaky {
        at: Pointer::exchange(first.index),
        label: endpoint.label(),
        status: first.status,
        failed: all.iter().filter(|one| one.is_failure).count(),
        asked: all.len(),
    })
}

/// What a client of the endpoint sends, and each time it was sent; an origin that must not be let in
/// is none of them.
fn asked<'e>(index: usize, exchange: &'e Exchange, declared: Option<&StatusSet>) -> Vec<Asked<'e>> {
    let ask = &exchange.question.ask;
    let with_credential = matches!(ask, Ask::ReadValid | Ask::Credentials(Attempt::Valid));
    let usual = matches!(
        ask,
        Ask::Declared | Ask::Repeat | Ask::Read | Ask::Credentials(Attempt::Nothing)
    );
    let origin = exchange.origin.as_ref();
    let welcome = origin.is_none_or(|sent| sent.class == OriginClass::Declared);
    // Where a block has the last word, what came before it may be the block's as well.
    let last = exchange.response.seen().filter(|last| !is_limit(last));
    let Some(last) = last.filter(|_| (usual || with_credential) && welcome) else {
        return Vec::new();
    };
    let earlier = exchange.earlier.iter().filter_map(Observation::seen);
    earlier
        .copied()
        .filter(|status| !matches!(status, 429 | 503)) // a limiter's; whether it named a time is not kept
        .chain([last.status])
        .map(|status| Asked {
            index,
            origin: origin.map(|sent| sent.value.as_str()),
            with_credential,
            status,
            is_failure: is_failure(status, declared),
        })
        .collect()
}

/// Whether a request was turned away and answered once it came more slowly: behind such a limiter, nobody
/// can tell its 503 from the service's own.
fn was_limited(exchange: &Exchange) -> bool {
    let turned_away = |earlier: &Observation<u16>| matches!(earlier, Observation::Seen(429 | 503));
    let answered = exchange.response.seen();
    exchange.earlier.iter().any(turned_away)
        && answered.is_some_and(|last| last.status != 503 && !is_limit(last))
}

/// A limiter that says when to come back has not failed (RFC 9110 §10.2.3).
fn is_limit(response: &Response) -> bool {
    response.status == 429 || response.value("retry-after").is_some()
}

/// A server that does not know the method says so with 501.
fn is_failure(status: u16, declared: Option<&StatusSet>) -> bool {
    let meant = declared.is_some_and(|statuses| statuses.contains(status));
    status >= 500 && status != 501 && !meant
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::evidence::{
        Cause, Evidence, Exchange, Failure, Observation, OriginClass, OriginSent, Stage, sample,
    };
    use crate::model::{Ask, Attempt, Endpoint, Method, Millis};
    use crate::wire::cors::Ruse;

    /// The status of the first failure that is now and then, how many there were, of how many.
    type Fails = Option<(u16, usize, usize)>;

    /// What is asked of one endpoint, and its answers: `D` is the declared request, `O` reads on behalf
    /// of a declared origin, `X` of another, `N` has no credential and `V` the valid one. Statuses
    /// before the last were answered to the same request, sent again; `-` is no answer, and `!` says
    /// when to come back.
    #[rustfmt::skip]
    const RUNS: &[(&str, Fails)] = &[
        ("D200 D200",           None),
        ("D200 D500",           Some((500, 1, 2))),
        ("D500 D200",           Some((500, 1, 2))),
        ("D500 D500",           None),                // always, which is another matter
        ("D500,200",            Some((500, 1, 2))),
        ("D502,504,200",        Some((502, 2, 3))),
        ("D200 D501",           None),                // it does not know the method
        ("D200 D503",           Some((503, 1, 2))),
        ("D503,200",            None),                // a limiter's, perhaps
        ("D429,200",            None),
        ("D503,500,200",        Some((500, 1, 2))),
        ("D200 D503!",          None),
        ("D200 D500!",          None),
        ("D200 D500,-",         None),                // the last word is nobody's
        ("D200 D500,429",       None),
        ("D200 D500,503!",      None),
        ("D503,200 O503 D200",  None),                // there is a limiter
        ("O503,200 D500 D200",  Some((500, 1, 3))),   // and a service that fails
        ("O429 D503 D200",      Some((503, 1, 2))),   // of which nothing was answered later
        ("N401 V500",           None),                // two kinds of clients
        ("V200 V500",           Some((500, 1, 2))),
        ("N401 N500",           Some((500, 1, 2))),
        ("D200 O500",           None),                // for the origin, perhaps
        ("O200 O500",           Some((500, 1, 2))),
        ("D200 O502",           Some((502, 1, 2))),   // no gateway fails for an origin,
        ("D200 O502 O502",      None),                // unless it does so again
        ("D200 X500",           None),                // who must not be let in may be shown anything
    ];

    fn answer(word: &str) -> Observation<crate::evidence::Response> {
        let Some(status) = word.strip_suffix('!').unwrap_or(word).parse().ok() else {
            return Observation::Failed(Failure {
                stage: Stage::Head,
                cause: Cause::Reset,
                detail: String::new(),
                after: Millis(0),
            });
        };
        let later: &[(&str, &str)] = &[("Retry-After", "9")];
        let fields = later.get(..usize::from(word.ends_with('!'))).unwrap();
        let question = Ask::Declared.of_endpoint(0);
        sample::exchange(question, "GET /x", status, fields, "").response
    }

    fn exchange(word: &str) -> Exchange {
        let (kind, statuses) = word.split_at(1);
        let ask = match kind {
            "D" => Ask::Declared,
            "N" => Ask::Credentials(Attempt::Nothing),
            "V" => Ask::Credentials(Attempt::Valid),
            _ => Ask::Read,
        };
        let class = match kind {
            "O" => Some(OriginClass::Declared),
            "X" => Some(OriginClass::Attack(Ruse::Reflection)),
            _ => None,
        };
        let mut answers: Vec<_> = statuses.split(',').map(answer).collect();
        let mut exchange = sample::exchange(ask.of_endpoint(0), "GET /x", 200, &[], "");
        exchange.response = answers.pop().unwrap();
        exchange.earlier = answers
            .into_iter()
            .map(|earlier| earlier.map(|response| response.status))
            .collect();
        exchange.origin = class.map(|class| OriginSent {
            value: format!("https://{kind}.example.com"),
            class,
            from: None,
        });
        exchange
    }

    fn evidence(run: &str) -> Evidence {
        let mut target = sample::target();
        target.endpoints = vec![Endpoint::new(Method::get(), "/x")];
        sample::evidence(target, run.split(' ').map(exchange).collect())
    }

    #[test]
    fn what_fails_now_and_then() {
        for (run, expected) in RUNS {
            let found = read(&evidence(run));
            let found = found.first().map(|one| (one.status, one.failed, one.asked));
            assert_eq!(found, *expected, "{run}");
        }
    }
}
