//! The login endpoint, by people who have no account or do not know the password.
//!
//! At most one wrong password for an account that exists: more could lock it.

use crate::model::{Ask, Attempt, Login, Method, Place, Question, Secret};
use crate::net::http::Outgoing;
use crate::probe::View;
use crate::wire::percent;

/// A password nobody has.
const WRONG: &str = "seaworthy-wrong-1aA!";

/// A user nobody is, and a known one with a wrong password.
pub(super) fn requests(view: &View<'_>) -> Vec<Outgoing> {
    let Some(login) = &view.target.login else {
        return Vec::new();
    };
    let known = known_user(view, login);
    let nobody = fill(login, &nobody(login, known));
    let mut requests = vec![attempt(view, login, Attempt::UnknownUser, &nobody)];
    requests.extend(known.map(|known| {
        let body = fill(login, known);
        attempt(view, login, Attempt::WrongPassword, &body)
    }));
    requests
}

/// A quote where SQL might take it, and a body that is not what was declared: firewalls may take
/// either for an attack, so they come when all else was answered.
pub(super) fn unusual(view: &View<'_>) -> Vec<Outgoing> {
    let Some(login) = &view.target.login else {
        return Vec::new();
    };
    let nobody = nobody(login, known_user(view, login));
    let quote = fill(login, &nobody.replacen("nobody", "nobody'", 1));
    vec![
        attempt(view, login, Attempt::QuoteInName, &quote),
        attempt(view, login, Attempt::OtherBody, "{seaworthy"),
    ]
}

fn known_user<'v>(view: &View<'v>, login: &Login) -> Option<&'v str> {
    let identity = login.known_user.as_ref();
    let identity = identity.filter(|identity| identity.available)?;
    view.net.secrets.get(&identity.from).map(Secret::expose)
}

/// A login as a user nobody is, for a reason of the caller's own.
#[must_use]
pub fn login_of_nobody(view: &View<'_>, login: &Login, question: Question) -> Outgoing {
    send(view, login, question, &fill(login, &nobody(login, None)))
}

fn attempt(view: &View<'_>, login: &Login, attempt: Attempt, body: &str) -> Outgoing {
    send(view, login, Ask::Login(attempt).at(Place::Login), body)
}

fn send(view: &View<'_>, login: &Login, question: Question, body: &str) -> Outgoing {
    let url = view.target.url.with_target(&login.path);
    let request = Outgoing::new(question, Method::of("POST"), url);
    let request = request.with_body(&login.body.media_type, body.as_bytes());
    if login.json.is_empty() {
        request
    } else {
        request.keeping_all()
    }
}

/// A user name of the same kind as real ones: an address where addresses are asked for.
fn nobody(login: &Login, known: Option<&str>) -> String {
    let address = known.map_or_else(
        || login.body.text.contains("mail"),
        |known| known.contains('@'),
    );
    if address {
        "seaworthy-nobody@example.com".to_owned()
    } else {
        "seaworthy-nobody".to_owned()
    }
}

fn fill(login: &Login, user: &str) -> String {
    let escape = |text: &str| escaped(&login.body.media_type, text);
    login
        .body
        .text
        .replace("{user}", &escape(user))
        .replace("{password}", &escape(WRONG))
}

/// Escaped for where it goes: inside a JSON string, or inside a form field.
fn escaped(media_type: &str, text: &str) -> String {
    if media_type.contains("json") {
        let quoted = serde_json::to_string(text).unwrap_or_default();
        return quoted
            .get(1..quoted.len().saturating_sub(1))
            .unwrap_or_default()
            .to_owned();
    }
    percent::encode(text)
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn values_stay_inside_their_place() {
        assert_eq!(escaped("application/json", "a\"b\\"), "a\\\"b\\\\");
        assert_eq!(
            escaped("application/x-www-form-urlencoded", "a&b=c@d"),
            "a%26b%3Dc%40d"
        );
    }
}
