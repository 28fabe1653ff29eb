//! What a server did with a request that had no right to be answered.

use super::http::problem::says_error;
use crate::model::{AuthError, Scheme};

/// The parts of an answer that tell a refusal from data.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The request's method: an answer to `HEAD` has no body to look at.
    pub method: &'a str,
    /// The status code.
    pub status: u16,
    /// `Location`, if sent.
    pub location: Option<&'a str>,
    /// `Content-Type`, if sent.
    pub media_type: Option<&'a str>,
    /// The start of the body.
    pub body: &'a [u8],
}

/// The answer's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// 401, 403 or 407: refused as HTTP means it (RFC 9110 §15.5.2, §15.5.4).
    Refused,
    /// 404 or 410: refused without saying that there is anything.
    Hidden,
    /// 3xx to what looks like a login page.
    LoginRedirect,
    /// 3xx to somewhere else; what is there was not asked for.
    Redirect,
    /// 2xx whose JSON says no, by the member named.
    SoftRefusal(&'static str),
    /// 2xx with an HTML page that asks for a password.
    LoginPage,
    /// 2xx with anything else: the request was answered.
    Served,
    /// 405 or 501: the method is not taken, whoever asks.
    MethodRefused,
    /// Any other 4xx: the request was looked at before the credentials were.
    Invalid,
    /// 429: nothing can be said.
    Throttled,
    /// 5xx: it broke.
    Broken,
    /// 1xx or no status of HTTP.
    Strange,
}

impl Answer {
    /// What `reply` is.
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        match reply.status {
            401 | 403 | 407 => Self::Refused,
            404 | 410 => Self::Hidden,
            405 | 501 => Self::MethodRefused,
            429 => Self::Throttled,
            200..=299 => success(reply),
            300..=399 if reply.location.is_some_and(is_login) => Self::LoginRedirect,
            300..=399 => Self::Redirect,
            400..=499 => Self::Invalid,
            500..=599 => Self::Broken,
            _ => Self::Strange,
        }
    }

    /// What `reply` is where refusals are declared: one that is sent with 2xx, as GraphQL does, is
    /// told by its declared error, and where none is declared by what the body says.
    #[must_use]
    pub fn under(reply: &Reply, scheme: Option<&Scheme>) -> Self {
        let answer = Self::of(reply);
        let declared = scheme.filter(|scheme| scheme.reject.contains(reply.status));
        let Some(scheme) = declared.filter(|_| matches!(reply.status, 200..=299)) else {
            return answer;
        };
        // A media type alone tells no refusal from data.
        let fits = |error: &AuthError| {
            !error.exists.is_empty() && error_fault(error, reply.media_type, reply.body).is_none()
        };
        let says_no = matches!(answer, Self::SoftRefusal(_) | Self::LoginPage);
        let served = answer == Self::Served;
        if says_no || (served && scheme.error.as_ref().is_some_and(fits)) {
            Self::Refused
        } else {
            answer
        }
    }

    /// Whether the request got what it had no right to.
    #[must_use]
    pub const fn let_in(self) -> bool {
        matches!(self, Self::Served)
    }
}

/// How an answer differs from a declared error, if it does. `media_type` is the field's value.
#[must_use]
pub fn error_fault(error: &AuthError, media_type: Option<&str>, body: &[u8]) -> Option<String> {
    let essence = media_type.unwrap_or_default().split(';').next();
    let found = essence.unwrap_or_default().trim().to_ascii_lowercase();
    if let Some(wanted) = error.media_type.as_ref().filter(|wanted| **wanted != found) {
        return Some(format!("{found:?} instead of {wanted}"));
    }
    if error.exists.is_empty() {
        return None;
    }
    let Ok(body) = serde_json::from_slice::<serde_json::Value>(body) else {
        return Some("the body is not JSON".to_owned());
    };
    let mut wanted = error.exists.iter();
    let missing = wanted.find(|pointer| body.pointer(pointer).is_none())?;
    Some(format!("{missing} is not in the body"))
}

fn success(reply: &Reply) -> Answer {
    if reply.method == "HEAD" {
        return Answer::Served;
    }
    if let Some(member) = says_error(reply.body) {
        return Answer::SoftRefusal(member);
    }
    if asks_for_password(reply) {
        return Answer::LoginPage;
    }
    Answer::Served
}

fn asks_for_password(reply: &Reply) -> bool {
    let html = reply
        .media_type
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
    let text = String::from_utf8_lossy(reply.body).to_ascii_lowercase();
    html && ["type=\"password\"", "type='password'", "type=password"]
        .iter()
        .any(|input| text.contains(input))
}

/// Whether a `Location` leads to a place to log in, by a word of its path.
#[must_use]
pub fn is_login(location: &str) -> bool {
    const WORDS: [&str; 10] = [
        "login",
        "log-in",
        "log_in",
        "logon",
        "signin",
        "sign-in",
        "sign_in",
        "sso",
        "authorize",
        "oauth",
    ];
    let lower = location.to_ascii_lowercase();
    let behind = lower
        .split_once("://")
        .map_or(lower.as_str(), |(_, rest)| rest);
    let path = behind.split(['?', '#']).next().unwrap_or_default();
    path.split(['/', '.'])
        .any(|part| WORDS.iter().any(|word| part.starts_with(word)) || part == "auth")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{Answer, Reply, is_login};
    use crate::model::{AuthError, Scheme, SchemeKind, StatusSet};

    const JSON: &str = "application/json";
    const HTML: &str = "text/html; charset=utf-8";

    #[rustfmt::skip]
    const CASES: &[(u16, Option<&str>, &str, &str, Answer)] = &[
        (401, None,                           JSON, "{}",                        Answer::Refused),
        (403, None,                           HTML, "",                          Answer::Refused),
        (404, None,                           JSON, "{}",                        Answer::Hidden),
        (405, None,                           JSON, "{}",                        Answer::MethodRefused),
        (422, None,                           JSON, "{}",                        Answer::Invalid),
        (429, None,                           JSON, "{}",                        Answer::Throttled),
        (500, None,                           HTML, "Traceback",                 Answer::Broken),
        (302, Some("/login?next=/x"),         HTML, "",                          Answer::LoginRedirect),
        (303, Some("https://id.example/oauth2/authorize?x"), HTML, "",           Answer::LoginRedirect),
        (307, Some("/api/users/"),            HTML, "",                          Answer::Redirect),
        (304, None,                           HTML, "",                          Answer::Redirect),
        (200, None,                           JSON, r#"{"success":false}"#,      Answer::SoftRefusal("success")),
        (200, None,                           HTML, "<input type=\"password\">", Answer::LoginPage),
        (200, None,                           JSON, "\"<input type=password>\"", Answer::Served),
        (200, None,                           JSON, r#"{"users":[]}"#,           Answer::Served),
        (204, None,                           "",   "",                          Answer::Served),
        (101, None,                           "",   "",                          Answer::Strange),
    ];

    #[test]
    fn every_answer_has_its_kind() {
        for (status, location, media_type, body, expected) in CASES {
            let reply = Reply {
                method: "GET",
                status: *status,
                location: *location,
                media_type: Some(media_type),
                body: body.as_bytes(),
            };
            assert_eq!(Answer::of(&reply), *expected, "{status} {body}");
        }
    }

    /// What is declared to be in the body of a refusal with 200, and what an answer with 200 is then.
    #[rustfmt::skip]
    const DECLARED: &[(Option<&str>, &str, &str, Answer)] = &[
        (Some("/errors/0/message"), JSON, r#"{"errors":[{"message":"no"}],"data":null}"#, Answer::Refused),
        (Some("/denied"),           JSON, r#"{"denied":true}"#,                           Answer::Refused),
        (Some("/denied"),           JSON, r#"{"id":7}"#,                                  Answer::Served),
        (Some("/denied"),           JSON, r#"{"success":false}"#,                         Answer::Refused),
        (None,                      JSON, r#"{"success":false}"#,                         Answer::Refused),
        (None,                      HTML, "<input type=password>",                        Answer::Refused),
        (None,                      JSON, r#"{"id":7}"#,                                  Answer::Served),
    ];

    #[test]
    fn a_declared_refusal_may_be_sent_with_success() {
        for (exists, media_type, body, expected) in DECLARED {
            let scheme = Scheme {
                kind: SchemeKind::Bearer,
                token: None,
                expired: None,
                other: None,
                reject: StatusSet::of(&["200"]),
                challenge: false,
                error: Some(AuthError {
                    media_type: None,
                    exists: exists.iter().map(|pointer| (*pointer).to_owned()).collect(),
                }),
            };
            let reply = Reply {
                method: "POST",
                status: 200,
                location: None,
                media_type: Some(media_type),
                body: body.as_bytes(),
            };
            assert_eq!(Answer::under(&reply, Some(&scheme)), *expected, "{body}");
        }
    }

    #[test]
    fn places_to_log_in() {
        let yes = [
            "/login",
            "/users/sign_in",
            "https://a.example/Account/LogOn",
            "/auth/",
            "/login.php",
            "/oauth2/start",
        ];
        let no = [
            "/",
            "/api/authors",
            "https://login.example/home",
            "/x?next=login",
            "/blog/in",
        ];
        assert!(yes[..5].iter().all(|place| is_login(place)));
        assert!(is_login(yes[5]));
        assert!(!is_login(no[0]) && !is_login(no[1]) && !is_login(no[3]) && !is_login(no[4]));
        // A host of that name is a place to log in as well.
        assert!(is_login(no[2]));
    }

    proptest! {
        #[test]
        fn never_panics(status in any::<u16>(), body in prop::collection::vec(any::<u8>(), 0..64), location in any::<String>()) {
            let reply = Reply { method: "GET", status, location: Some(&location), media_type: None, body: &body };
            let _ = Answer::of(&reply);
        }
    }
}
