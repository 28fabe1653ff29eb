//! What was shown of pages of other origins.

use super::{Gap, Status, Why, answers};
use crate::evidence::Evidence;
use crate::facts::Facts;
use crate::facts::cors::{Answer, Asker, CorsFacts, Preflight};
use crate::model::{Ask, Endpoint, Place, Pointer, Topic};
use crate::plan::Essential;

/// Whether the answer got as far as what was asked.
pub(super) fn status(evidence: &Evidence, facts: &Facts, essential: &Essential) -> Status {
    let answered = answers(evidence, essential)?;
    // Without facts the family has no letter anyway.
    let Some(cors) = facts.cors.known() else {
        return Ok(());
    };
    let down = is_down(evidence, essential.question.place);
    for (index, exchange) in answered {
        let at = Pointer::exchange(index);
        let status = exchange.response.seen().map_or(0, |one| one.status);
        if down && is_platform(status) {
            return Err(unreached(status));
        }
        if let Some(preflight) = cors.preflights.iter().find(|one| one.at == at) {
            of_preflight(cors, essential, preflight)?;
        } else if let Some(answer) = cors.answers.iter().find(|one| one.at == at) {
            of_answer(cors, essential, answer)?;
        } else {
            return Err(blocked(status));
        }
    }
    Ok(())
}

/// Whether a declared endpoint answers everybody with 502, 503 or 504, and that not once: between
/// controls that are answered well it is the endpoint's own answer, and nobody stands in its way.
fn is_down(evidence: &Evidence, place: Place) -> bool {
    let Place::Endpoint(index) = place else {
        return false;
    };
    let endpoint = evidence.target.endpoints.get(index);
    let here = evidence.exchanges.iter().filter(|exchange| {
        let is_it = |one: &Endpoint| one.path == exchange.request.url.target;
        exchange.question.place == place && endpoint.is_some_and(is_it)
    });
    let real = here.filter(|one| !matches!(one.question.ask, Ask::Preflight { .. }));
    let statuses: Vec<u16> = real
        .filter_map(|exchange| exchange.response.seen())
        .map(|response| response.status)
        .collect();
    statuses.len() > 1 && statuses.iter().copied().all(is_platform)
}

const fn is_platform(status: u16) -> bool {
    matches!(status, 502..=504)
}

fn of_answer(cors: &CorsFacts, essential: &Essential, answer: &Answer) -> Status {
    let status = answer.status;
    let another = is_platform(status) && !answer.is_declared;
    if another {
        return Err(blocked(status));
    }
    if essential.topic == Topic::RefusedOrigin {
        return control(cors, answer);
    }
    if essential.topic == Topic::ReadableError {
        // Where no path is missing, nobody meets the error.
        let shown = status >= 400 || essential.question.ask == Ask::ReadNotFound;
        let said = format!("answered {status}, and no error");
        return if shown {
            Ok(())
        } else {
            Err(Gap::new(Why::NotReached, said))
        };
    }
    if cors.is_outside(answer) {
        return Err(Gap::new(
            Why::NotReached,
            "answers without CORS where other endpoints share: name it in `cors.probe` or declare it \
             with `cors = false`",
        ));
    }
    if status < 300 || answer.is_declared {
        return Ok(());
    }
    Err(unreached(status))
}

/// That an untrusted origin is left out means something where a declared one is let in.
fn control(cors: &CorsFacts, answer: &Answer) -> Status {
    let let_in = |other: &Answer| cors.serves(other.asker) && !cors.leaves_out(other);
    let here = |other: &Answer| other.place == answer.place && other.occasion == answer.occasion;
    let beside = |place| {
        let mut all = cors.answers.iter();
        all.any(|other| let_in(other) && other.place == place)
    };
    let mut all = cors.answers.iter();
    let same_place = all.any(|other| here(other) && let_in(other));
    // Or the same origin was left out at another place, where a declared one was let in.
    let elsewhere = || {
        let mut all = cors.answers.iter();
        all.any(|other| other.origin == answer.origin && beside(other.place))
    };
    if !expects_pages(cors) || same_place || elsewhere() {
        return Ok(());
    }
    Err(Gap::new(
        Why::NoControl,
        "no declared origin was let in there either",
    ))
}

fn expects_pages(cors: &CorsFacts) -> bool {
    let declared = cors.declared.as_ref();
    cors.has_list() && declared.is_some_and(|cors| !cors.origins.is_empty())
}

fn of_preflight(cors: &CorsFacts, essential: &Essential, preflight: &Preflight) -> Status {
    let status = preflight.status;
    if matches!(status, 429 | 502..=504) && !is_found(cors, preflight) {
        return Err(blocked(status));
    }
    if essential.topic == Topic::Preflight {
        return if cors.tells(preflight) {
            Ok(())
        } else {
            Err(Gap::new(
                Why::NotReached,
                format!(
                    "no endpoint is declared for {}: name one, or where to ask in `cors.probe`",
                    preflight.method()
                ),
            ))
        };
    }
    let mut pages = cors.preflights.iter();
    let let_in = pages.any(|one| {
        matches!(one.asker, Asker::Declared | Asker::Control)
            && one.path() == preflight.path()
            && one.faults.is_empty()
    });
    if let_in || !expects_pages(cors) {
        return Ok(());
    }
    Err(Gap::new(
        Why::NoControl,
        "no declared origin was allowed there either",
    ))
}

/// Whether a preflight that fails is a finding of its own: then it has shown something.
fn is_found(cors: &CorsFacts, preflight: &Preflight) -> bool {
    preflight.status == 429 && preflight.asker == Asker::Declared && cors.limited.is_empty()
}

fn blocked(status: u16) -> Gap {
    Gap::new(Why::Blocked, format!("something else answered ({status})"))
}

fn unreached(status: u16) -> Gap {
    let said = if (300..400).contains(&status) {
        format!("redirected ({status}): what it leads to was not read")
    } else {
        format!("answered {status}, and not what was asked for")
    };
    Gap::new(Why::NotReached, said)
}
