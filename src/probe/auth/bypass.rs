//! Ways past the guard: other methods, other spellings of the path, fields that proxies set; and beside
//! them what their answers are held against.

use crate::evidence::{Exchange, Response};
use crate::model::{
    Ask, Attempt, Bypass, Control, Endpoint, Method, ProxyField, Spelling, Target, Topic,
};
use crate::net::http::Outgoing;
use crate::plan::auth::{attempts, protected};
use crate::probe::carry::GARBAGE;
use crate::probe::declared::made_up_beside;
use crate::probe::headers::NOWHERE;
use crate::probe::{MayFollow, View};
use crate::wire::path_variant::path_variants;
use crate::wire::refusal::{Answer, Reply};

/// All of them without credentials, at every protected endpoint that is read and has refused.
pub(super) fn requests(view: &View<'_>, seen: &[Exchange]) -> Vec<Outgoing> {
    let places = protected(view.target);
    places
        .filter(|(index, _)| has_refused(view.target, seen, *index))
        .flat_map(|(index, endpoint)| ways(view, index, endpoint))
        .collect()
}

/// As many as [`requests`] has at most, place by place.
pub(super) fn may_follow(view: &View<'_>) -> Vec<MayFollow> {
    let of_place = |(index, endpoint): (usize, &Endpoint)| {
        let what = format!(
            "ways past the guard of GET {}, where it refuses: HEAD, OPTIONS, PROPFIND, TRACE, a \
             made-up token in the query, other spellings of the path, fields that proxies set, and \
             controls beside them",
            endpoint.path
        );
        MayFollow::new(ways(view, index, endpoint).len(), what)
    };
    protected(view.target).map(of_place).collect()
}

fn ways(view: &View<'_>, index: usize, endpoint: &Endpoint) -> Vec<Outgoing> {
    let all = attempts(view.target, endpoint, Topic::Bypass).into_iter();
    all.filter_map(|attempt| {
        let (method, target) = line(endpoint, &attempt)?;
        let question = Ask::Credentials(attempt.clone()).of_endpoint(index);
        let request = Outgoing::new(question, method, view.target.url.with_target(&target));
        // What the file sends along goes along here, too, but for secrets: those stay at their path.
        let own = endpoint.send_headers.iter();
        let request = own.fold(request, |request, (name, value)| request.with(name, value));
        Some(
            fields(endpoint, &attempt)
                .fold(request, |request, (name, value)| request.with(name, value)),
        )
    })
    .collect()
}

/// Whether those without credentials were turned away: nothing is bypassed where they are let in, and
/// nothing is learned where the endpoint breaks.
fn has_refused(target: &Target, seen: &[Exchange], index: usize) -> bool {
    let nothing = Ask::Credentials(Attempt::Nothing).of_endpoint(index);
    let asked = seen.iter().filter(|exchange| exchange.question == nothing);
    let mut answers = asked.filter_map(|exchange| exchange.response.seen());
    answers.any(|response| {
        !matches!(
            answer(target, response),
            Answer::Served | Answer::Broken | Answer::Throttled | Answer::Strange
        )
    })
}

fn answer(target: &Target, response: &Response) -> Answer {
    let (location, media_type) = (response.value("location"), response.value("content-type"));
    let content = response.content();
    let reply = Reply {
        method: "GET",
        status: response.status,
        location: location.as_deref(),
        media_type: media_type.as_deref(),
        body: content.bytes(),
    };
    Answer::under(&reply, target.auth.as_ref())
}

/// The method and the request target of an attempt; `None` where the path cannot be spelt so.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "other attempts are made at the path as it is"
)]
fn line(endpoint: &Endpoint, attempt: &Attempt) -> Option<(Method, String)> {
    let path = &endpoint.path;
    let get = |target: String| Some((Method::get(), target));
    match attempt {
        Attempt::Bypass(Bypass::Method(method)) => Some((method.clone(), path.clone())),
        // Where RFC 6750 §2.3 has it for those who cannot set a field, and under the other names in
        // use. It is made up: a real one would stay in the target's logs.
        Attempt::Bypass(Bypass::TokenInQuery) => get(with_query(
            path,
            &format!("access_token={GARBAGE}&token={GARBAGE}&api_key={GARBAGE}"),
        )),
        Attempt::Bypass(Bypass::Path(spelling)) => get(spelt(path, *spelling)?),
        // The fields name the path; it is asked for at one that nobody has, whose answer without them
        // is known.
        Attempt::Bypass(Bypass::Field(ProxyField::Path)) => get(NOWHERE.to_owned()),
        Attempt::Bypass(Bypass::Field(ProxyField::Sender)) | Attempt::Control(Control::Plain) => {
            get(path.clone())
        }
        Attempt::Control(Control::Query) => get(with_query(path, "seaworthy=1")),
        Attempt::Control(Control::MadeUpPath) => get(made_up_beside(path)),
        _ => None,
    }
}

fn with_query(path: &str, query: &str) -> String {
    let join = if path.contains('?') { '&' } else { '?' };
    format!("{path}{join}{query}")
}

fn spelt(path: &str, spelling: Spelling) -> Option<String> {
    let mut all = path_variants(path).into_iter();
    let found = all.find(|variant| variant.spelling == spelling)?;
    Some(found.target)
}

/// Fields that change nothing where nobody heeds them go together: two requests for four tricks.
fn fields(
    endpoint: &Endpoint,
    attempt: &Attempt,
) -> impl Iterator<Item = (&'static str, String)> + use<> {
    let field = if let Attempt::Bypass(Bypass::Field(field)) = attempt {
        Some(*field)
    } else {
        None
    };
    let fields = field.map(|field| match field {
        ProxyField::Sender => [
            ("X-Forwarded-For", "127.0.0.1".to_owned()),
            ("X-HTTP-Method-Override", "OPTIONS".to_owned()),
        ],
        ProxyField::Path => [
            ("X-Original-URL", endpoint.path.clone()),
            ("X-Rewrite-URL", endpoint.path.clone()),
        ],
    });
    fields.into_iter().flatten()
}
