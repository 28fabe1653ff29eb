//! Whether a login got as far as the password.
//!
//! A login that is refused for its form, or for want of a token that pages carry, says nothing of
//! passwords. 401 does; of other refusals the words tell, or that the file declares just them.

use crate::evidence::Response;
use crate::model::Login;
use crate::wire::refusal::Answer;

/// What says that user and password were compared, in lower case.
const OF_CREDENTIALS: [&str; 28] = [
    "credential",
    "invalid_grant", // RFC 6749 §5.2
    "incorrect user",
    "incorrect email",
    "incorrect login",
    "incorrect password",
    "is incorrect",
    "are incorrect",
    "correct username",
    "correct email",
    "wrong user",
    "wrong email",
    "wrong login",
    "wrong password",
    "invalid user",
    "invalid email or",
    "invalid login",
    "invalid password",
    "unknown user",
    "no such user",
    "user not found",
    "login failed",
    "authentication failed",
    "not authenticated",
    "unauthorized",
    "unauthenticated",
    "do not match our",
    "account is locked",
];

/// What says that the request was refused for its form.
const OF_FORM: [&str; 17] = [
    "missing",
    "required",
    "must be",
    "must not",
    "not a valid",
    "validation",
    "malformed",
    "unexpected",
    "parse",
    "json",
    "content type",
    "content-type",
    "media type",
    "be blank",
    "too short",
    "expected",
    "undefined",
];

/// What frameworks call the token that a page's form carries.
const OF_PAGE_TOKEN: [&str; 7] = [
    "csrf",
    "xsrf",
    "request forgery",
    "authenticity token",
    "authenticitytoken",
    "antiforgery",
    "page expired",
];

const FORM: &str = "refused for its form: give the fields and the type it takes as `send` and `send_type` \
                    (application/x-www-form-urlencoded for an HTML form)";
const PAGE_TOKEN: &str = "refused for want of the token against forgeries that its page carries";
const ELSEWHERE: &str = "answered as a path that nobody has";
const UNSAID: &str = "it does not say whether the password was compared: declare its `status`, or what it holds (`json`)";
const BROKEN: &str = "it broke before it said anything of the password";

/// Why an answer says nothing of the password, if so. `kept` says that all that is declared of the
/// answer's body, which is something, holds; `nowhere` that a made-up path is answered alike.
pub(super) fn unreached(
    login: &Login,
    response: &Response,
    answer: Answer,
    kept: bool,
    nowhere: bool,
) -> Option<&'static str> {
    let text = response.content().text().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let declared = kept || (!login.has_usual_status() && login.status.contains(response.status));
    match answer {
        _ if nowhere => Some(ELSEWHERE),
        Answer::Broken | Answer::Strange | Answer::Throttled => Some(BROKEN),
        Answer::Served => None,
        Answer::Redirect => Some(UNSAID),
        Answer::LoginRedirect => (!declared && !says_failed(response)).then_some(UNSAID),
        // Every page with a form has such a token, and fields that are required.
        Answer::LoginPage => (!declared && !says(&OF_CREDENTIALS)).then_some(UNSAID),
        _ if response.status == 419 || says(&OF_PAGE_TOKEN) => Some(PAGE_TOKEN),
        _ if response.status == 401 || kept || says(&OF_CREDENTIALS) => None,
        Answer::Hidden | Answer::MethodRefused => Some(ELSEWHERE),
        _ if is_of_form(response.status) || says(&OF_FORM) => Some(FORM),
        Answer::Refused | Answer::SoftRefusal(_) | Answer::Invalid => (!declared).then_some(UNSAID),
    }
}

/// Statuses for the length or the type of a request.
const fn is_of_form(status: u16) -> bool {
    matches!(status, 406 | 411 | 413..=415 | 431)
}

/// A redirect back to the form tells by its query: `/login?error`.
fn says_failed(response: &Response) -> bool {
    let location = response.value("location").unwrap_or_default();
    let query = location.split_once('?').map_or("", |(_, query)| query);
    let query = query.to_lowercase();
    ["error", "fail", "invalid"]
        .iter()
        .any(|word| query.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{ELSEWHERE, FORM, PAGE_TOKEN, UNSAID, unreached};
    use crate::evidence::sample;
    use crate::facts::auth::tried::answer;
    use crate::model::{Ask, Attempt, Body, Login, Place, StatusSet};

    fn login(status: &[&str]) -> Login {
        Login {
            path: "/login".to_owned(),
            body: Body {
                media_type: "application/json".to_owned(),
                text: String::new(),
            },
            known_user: None,
            status: StatusSet::of(status),
            uniform: true,
            json: std::collections::BTreeMap::new(),
            same_as: None,
            lines: std::collections::BTreeMap::new(),
        }
    }

    /// What is declared, the answer to a wrong login, and why it says nothing of the password.
    type Row = (
        &'static [&'static str],
        u16,
        (&'static str, &'static str),
        &'static str,
        Option<&'static str>,
    );

    const JSON: (&str, &str) = ("Content-Type", "application/json");
    const HTML: (&str, &str) = ("Content-Type", "text/html");
    const USUAL: &[&str] = &Login::USUAL_STATUS;

    #[rustfmt::skip]
    const ROWS: &[Row] = &[
        (USUAL,    401, JSON, "{}",                                                        None),
        (USUAL,    400, JSON, r#"{"error":"invalid_grant"}"#,                              None),
        (USUAL,    400, JSON, r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#, None),
        (USUAL,    422, JSON, r#"{"errors":{"email":["These credentials do not match our records."]}}"#, None),
        (USUAL,    403, JSON, r#"{"detail":"Wrong password"}"#,                            None),
        (USUAL,    404, JSON, r#"{"error":"User not found"}"#,                             None),
        (USUAL,    200, JSON, r#"{"token":"x"}"#,                                          None), // it was let in
        (USUAL,    200, HTML, "<p>Please enter a correct username.<input type=password>",  None),
        (USUAL,    302, ("Location", "/login?error"), "",                                  None),
        (&["302"], 302, ("Location", "/login"), "",                                        None),
        (&["400"], 400, JSON, "{}",                                                        None), // as declared
        // For its form.
        (USUAL,    415, JSON, "{}",                                                        Some(FORM)),
        (USUAL,    422, JSON, r#"{"detail":[{"type":"missing","loc":["body","password"]}]}"#, Some(FORM)),
        (USUAL,    400, JSON, r#"{"errors":{"Password":["The Password field is required."]}}"#, Some(FORM)),
        (USUAL,    400, JSON, r#"{"message":"Unexpected token s"}"#,                       Some(FORM)),
        (&["422"], 422, JSON, r#"{"detail":"email must be an e-mail address"}"#,           Some(FORM)),
        // For want of a token.
        (USUAL,    403, HTML, "<h1>Forbidden</h1>CSRF verification failed.",               Some(PAGE_TOKEN)),
        (USUAL,    419, HTML, "<title>Page Expired</title>",                               Some(PAGE_TOKEN)),
        (USUAL,    422, JSON, r#"{"error":"Can't verify CSRF token authenticity"}"#,       Some(PAGE_TOKEN)),
        // Nobody knows.
        (USUAL,    400, JSON, "{}",                                                        Some(UNSAID)),
        (USUAL,    403, HTML, "<h1>Forbidden</h1>",                                        Some(UNSAID)),
        (USUAL,    200, HTML, "<form><input type=password required></form>",               Some(UNSAID)),
        (USUAL,    302, ("Location", "/login"), "",                                        Some(UNSAID)),
        (USUAL,    302, ("Location", "/"), "",                                             Some(UNSAID)),
        (USUAL,    404, JSON, r#"{"detail":"Not Found"}"#,                                 Some(ELSEWHERE)),
        (USUAL,    405, JSON, "{}",                                                        Some(ELSEWHERE)),
        (USUAL,    400, JSON, r#"{"message":"Something went wrong"}"#,                     Some(UNSAID)),
    ];

    #[test]
    fn what_a_wrong_login_says_of_the_password() {
        for (declared, status, field, body, expected) in ROWS {
            let question = Ask::Login(Attempt::UnknownUser).at(Place::Login);
            let exchange = sample::exchange(question, "POST /login", *status, &[*field], body);
            let response = exchange.response.seen().unwrap();
            let found = unreached(
                &login(declared),
                response,
                answer("POST", response, None),
                false,
                false,
            );
            assert_eq!(found, *expected, "{status} {body}");
        }
    }
}
