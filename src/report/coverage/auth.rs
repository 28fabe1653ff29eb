//! What was shown of refusals and of the login.

use super::{Gap, Status, Why, answers};
use crate::evidence::Evidence;
use crate::facts::Facts;
use crate::facts::auth::{AuthFacts, LoginFacts, Tried};
use crate::model::{Ask, Attempt, Control, Endpoint, Place, Topic};
use crate::plan::auth::{attempts, control, needs};
use crate::plan::{Essential, Need};
use crate::wire::refusal::Answer;

/// A refusal means something where the valid credential is let in, and on an answer that got as far
/// as the credential.
pub(super) fn status(evidence: &Evidence, facts: &Facts, essential: &Essential) -> Status {
    let target = &evidence.target;
    let place = essential.question.place;
    match (facts.auth.known(), place) {
        (Some(auth), Place::Endpoint(index)) => match target.endpoints.get(index) {
            Some(endpoint) => Protected {
                evidence,
                auth,
                index,
                endpoint,
            }
            .status(essential),
            None => Ok(()),
        },
        (Some(auth), Place::Login) => match &auth.login {
            Some(login) => of_login(evidence, login, essential),
            None => Ok(()),
        },
        _ => answers(evidence, essential).map(|_| ()),
    }
}

/// A protected endpoint, and what was tried there.
struct Protected<'e> {
    evidence: &'e Evidence,
    auth: &'e AuthFacts,
    index: usize,
    endpoint: &'e Endpoint,
}

impl<'e> Protected<'e> {
    fn status(&self, essential: &Essential) -> Status {
        if essential.topic == Topic::ValidCredential {
            self.spoken(essential, &Attempt::Valid).map(|_| ())
        } else if essential.topic == Topic::OtherUser {
            self.other_user(essential)
        } else if essential.topic == Topic::Bypass {
            self.bypass(essential)
        } else {
            self.refusals(essential)
        }
    }

    /// The answer to an attempt that says something of credentials; why there is none, otherwise.
    fn spoken(&self, essential: &Essential, attempt: &Attempt) -> Result<&'e Tried, Gap> {
        if let Some(tried) = self.auth.at(self.index, attempt) {
            return Ok(tried);
        }
        if let Some(unseen) = self.auth.unseen_at(self.index, attempt) {
            let why = if unseen.blocked {
                Why::Blocked
            } else {
                Why::NoAnswer
            };
            return Err(Gap::new(why, format!("{attempt}: {}", unseen.why)));
        }
        let asked = if *attempt == Attempt::Valid {
            control(self.index, self.endpoint, &self.evidence.run)
        } else {
            Ask::Credentials(attempt.clone()).of_endpoint(self.index)
        };
        let gap = answers(self.evidence, &Essential::new(essential.topic, asked)).err();
        Err(gap.unwrap_or_else(|| Gap::new(Why::NoAnswer, format!("{attempt}: was not asked"))))
    }

    /// All that a topic tries here; a hole that was found is shown, whatever else was not.
    fn all_spoken(&self, essential: &Essential) -> Result<Vec<&'e Tried>, Gap> {
        let all = attempts(&self.evidence.target, self.endpoint, essential.topic);
        let all: Vec<Result<&Tried, Gap>> = all
            .iter()
            .map(|attempt| self.spoken(essential, attempt))
            .collect();
        let let_in = |one: &Result<&Tried, Gap>| one.as_ref().is_ok_and(|tried| tried.got_in());
        if all.iter().any(let_in) {
            return Ok(all.into_iter().flatten().collect());
        }
        all.into_iter().collect()
    }

    fn refusals(&self, essential: &Essential) -> Status {
        let all = self.all_spoken(essential)?;
        if all.iter().any(|tried| tried.got_in()) {
            return Ok(());
        }
        all.iter().try_for_each(|tried| self.means_something(tried))
    }

    /// Nothing is bypassed where there is no guard, and nothing is known of one that was not seen.
    fn bypass(&self, essential: &Essential) -> Status {
        let refusal = self.spoken(essential, &Attempt::Nothing)?;
        if refusal.got_in() {
            return Ok(());
        }
        self.means_something(refusal)?;
        let all = self.all_spoken(essential)?;
        if all.iter().any(|tried| tried.got_in()) {
            return Ok(());
        }
        let plain = Attempt::Control(Control::Plain);
        let again = all.iter().find(|tried| tried.attempt == plain);
        match again.filter(|again| again.status != refusal.status) {
            Some(again) => Err(Gap::new(
                Why::Blocked,
                format!(
                    "a plain request was answered {} before, and {} after",
                    refusal.status, again.status
                ),
            )),
            None => Ok(()),
        }
    }

    fn other_user(&self, essential: &Essential) -> Status {
        let tried = self.spoken(essential, &Attempt::OtherUser)?;
        if !tried.got_in() {
            return self.means_something(tried);
        }
        let nothing = self.auth.at(self.index, &Attempt::Nothing);
        let open = nothing.is_some_and(Tried::got_in);
        let owned = self.auth.owned.contains(&self.index);
        if open || (owned && tried.like_valid != Some(false)) {
            return Ok(());
        }
        let said = format!("{}: whose data it is, the file does not say", tried.status);
        let needs = "`shared = true` where all users may have it, else `false`";
        Err(Gap::new(Why::NotReached, said).needing(needs))
    }

    /// Whether an answer that let nobody in is a refusal: the valid credential is answered otherwise.
    fn means_something(&self, tried: &Tried) -> Status {
        match self.auth.admits(self.index) {
            Some(true) => self.is_refusal(tried),
            Some(false) => {
                let said = "refused, but so is the valid credential: that proves nothing";
                Err(Gap::new(Why::ControlFailed, said))
            }
            None => Err(self.without_control(tried)),
        }
    }

    fn is_refusal(&self, tried: &Tried) -> Status {
        if tried.answer == Answer::Served && tried.bare && !tried.like_nowhere {
            let said = format!("{} with nothing in it: open, or empty", tried.status);
            let needs = "a `token` whose user has data there";
            return Err(Gap::new(Why::NotReached, said).needing(needs));
        }
        let valid = self.auth.at(self.index, &Attempt::Valid);
        if valid.is_some_and(|valid| valid.status >= 300 && valid.status == tried.status) {
            let said = format!("{}, as with the valid credential", tried.status);
            return Err(Gap::new(Why::NoControl, said));
        }
        Ok(())
    }

    /// Why it is not known whether the valid credential is let in here.
    fn without_control(&self, tried: &Tried) -> Gap {
        if let Some(unseen) = self.auth.unseen_at(self.index, &Attempt::Valid) {
            let why = if unseen.blocked {
                Why::Blocked
            } else {
                Why::NoAnswer
            };
            return Gap::new(why, format!("the valid credential: {}", unseen.why));
        }
        let target = &self.evidence.target;
        let missing = needs(
            target,
            self.endpoint,
            Topic::ValidCredential,
            &self.evidence.run,
        );
        let by_file = "`mutating = false`, if that is so, or --allow-mutation";
        match missing {
            Some(Need::Consent(_)) if is_before_the_guard(tried.answer) => {
                let said = format!("{}, which says nothing of credentials", tried.status);
                Gap::new(Why::NotReached, said).needing(by_file)
            }
            Some(Need::Consent(_)) => {
                let said = "refused; whether the valid credential is, was not asked";
                Gap::new(Why::NeedsConsent, said).needing(by_file)
            }
            Some(need) => {
                let said = format!("no valid credential was sent: needs {}", need.said());
                Gap::new(Why::NoControl, said).needing(need.said())
            }
            None if self.evidence.complete => {
                Gap::new(Why::NoAnswer, "the valid credential was not sent")
            }
            None => Gap::new(Why::Deadline, "the deadline came first"),
        }
    }
}

/// Whether the request may have been turned away for its form, its method or its path.
const fn is_before_the_guard(answer: Answer) -> bool {
    match answer {
        Answer::Invalid
        | Answer::Hidden
        | Answer::MethodRefused
        | Answer::Redirect
        | Answer::Broken
        | Answer::Throttled
        | Answer::Served
        | Answer::Strange => true,
        Answer::Refused | Answer::LoginRedirect | Answer::SoftRefusal(_) | Answer::LoginPage => {
            false
        }
    }
}

/// A login says something of passwords where it got as far as that; what it breaks on, anywhere.
fn of_login(evidence: &Evidence, login: &LoginFacts, essential: &Essential) -> Status {
    let wanted: &[Attempt] = if essential.topic == Topic::WrongPassword {
        &[Attempt::WrongPassword]
    } else {
        &[
            Attempt::UnknownUser,
            Attempt::QuoteInName,
            Attempt::OtherBody,
        ]
    };
    for attempt in wanted {
        let Some(tried) = login.tried.iter().find(|tried| tried.attempt == *attempt) else {
            let question = Ask::Login(attempt.clone()).at(Place::Login);
            answers(evidence, &Essential::new(essential.topic, question))?;
            let said = login.unseen.clone().unwrap_or_default();
            return Err(Gap::new(Why::Blocked, said));
        };
        let by_form = matches!(attempt, Attempt::QuoteInName | Attempt::OtherBody);
        if let Some(why) = tried.unreached.filter(|_| !by_form) {
            return Err(Gap::new(
                Why::NotReached,
                format!("{}: {why}", tried.status),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::evidence::{Evidence, Flag, sample};
    use crate::facts::Facts;
    use crate::model::{
        Ask, Attempt, Body, Endpoint, Identity, Login, Method, Place, Scheme, SchemeKind,
        SecretRef, StatusSet, Topic,
    };
    use crate::plan::{self, auth::attempts};
    use crate::report::coverage::Coverage;

    const DATA: &str = r#"{"user":"anna"}"#;
    const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];

    fn identity(name: &str) -> Identity {
        let from = SecretRef::Env(name.to_owned());
        Identity {
            is_jwt: true,
            ..Identity::new(from)
        }
    }

    fn scheme() -> Scheme {
        Scheme {
            kind: SchemeKind::Bearer,
            token: Some(identity("T")),
            expired: Some(identity("OLD")),
            other: Some(identity("OTHER")),
            reject: StatusSet::of(&["401"]),
            challenge: false,
            error: None,
        }
    }

    /// Everything that is tried is refused, but for the valid credential; `changed` answers otherwise.
    fn evidence(
        endpoints: &[Endpoint],
        changed: &[(usize, Attempt, u16, &str)],
        unsent: &[(usize, Attempt)],
    ) -> Evidence {
        let mut target = sample::target();
        target.auth = Some(scheme());
        target.endpoints = endpoints.to_vec();
        let mut exchanges = Vec::new();
        for (index, endpoint) in plan::auth::protected(&target) {
            let topics = [
                Topic::Refusal,
                Topic::BadCredential,
                Topic::ForgedToken,
                Topic::ExpiredToken,
                Topic::OtherUser,
                Topic::ValidCredential,
                Topic::Bypass,
            ];
            let all = topics
                .into_iter()
                .flat_map(|topic| attempts(&target, endpoint, topic));
            for attempt in all.filter(|attempt| !unsent.contains(&(index, attempt.clone()))) {
                let mut changed = changed.iter();
                let other = changed.find(|(at, tried, ..)| *at == index && *tried == attempt);
                let (status, body) = match other {
                    Some((_, _, status, body)) => (*status, *body),
                    None if attempt == Attempt::Valid => (200, DATA),
                    None => (401, "{}"),
                };
                let question = Ask::Credentials(attempt).of_endpoint(index);
                let line = endpoint.label();
                exchanges.push(sample::exchange(question, &line, status, JSON, body));
            }
        }
        sample::evidence(target, exchanges)
    }

    fn protected(line: &str) -> Endpoint {
        let (method, path) = line.split_once(' ').unwrap();
        Endpoint {
            protected: true,
            ..Endpoint::new(Method::of(method), path)
        }
    }

    /// What is answered otherwise, and what is open then.
    type Row = (
        &'static [(usize, Attempt, u16, &'static str)],
        &'static [&'static str],
    );

    /// The open questions, each as `place: topic: why`.
    fn open(evidence: &Evidence) -> Vec<String> {
        let coverage = Coverage::of(evidence, &Facts::read(evidence));
        let all = coverage.open().iter();
        let auth = all.filter(|open| open.topic.family() == crate::model::Family::Auth);
        auth.map(|open| format!("{}: {:?}: {}", open.place, open.topic, open.why.name()))
            .collect()
    }

    #[test]
    fn every_place_is_shown_by_itself() {
        let places = [protected("GET /me"), protected("GET /users/42")];
        assert_eq!(open(&evidence(&places, &[], &[])), Vec::<String>::new());
        #[rustfmt::skip]
        let rows: &[Row] = &[
            // A hole is shown, whatever else is not.
            (&[(1, Attempt::Nothing, 200, DATA)], &[]),
            (&[(1, Attempt::Expired, 200, DATA)], &[]),
            (&[(0, Attempt::Garbage, 503, "")],   &["GET /me: BadCredential: blocked"]),
            (&[(1, Attempt::Expired, 429, "")],   &["GET /users/42: ExpiredToken: blocked"]),
            (&[(1, Attempt::Nothing, 200, "[]"), (1, Attempt::Valid, 200, "[]")],
                &["GET /users/42: Refusal: not_reached", "GET /users/42: Bypass: not_reached"]),
        ];
        for (changed, expected) in rows {
            assert_eq!(
                open(&evidence(&places, changed, &[])),
                *expected,
                "{changed:?}"
            );
        }
    }

    #[test]
    fn where_the_valid_credential_is_turned_away_no_refusal_counts() {
        let places = [protected("GET /me"), protected("GET /users/42")];
        for status in [401, 403, 404, 500] {
            let changed = [(1, Attempt::Valid, status, "{}")];
            let found = open(&evidence(&places, &changed, &[]));
            assert_eq!(found.len(), 6, "{found:?}");
            let failed = |line: &String| {
                line.starts_with("GET /users/42") && line.ends_with("control_failed")
            };
            assert!(found.iter().all(failed), "{found:?}");
        }
    }

    #[test]
    fn without_a_valid_credential_nothing_is_held_against_anything() {
        let mut evidence = evidence(&[protected("GET /me")], &[], &[(0, Attempt::Valid)]);
        if let Some(scheme) = &mut evidence.target.auth {
            scheme.token = None;
        }
        let found = open(&evidence);
        #[rustfmt::skip]
        let expected = [
            "GET /me: Refusal: no_control",
            "GET /me: BadCredential: no_control",
            "GET /me: ForgedToken: no_secret",
            "GET /me: ExpiredToken: no_control",
            "GET /me: ValidCredential: no_control",
            "GET /me: Bypass: no_control",
        ];
        assert_eq!(found, expected);
    }

    /// A POST that the file says nothing more of, and the answer to it without credentials.
    #[test]
    fn what_was_refused_for_its_form_says_nothing_of_credentials() {
        #[rustfmt::skip]
        let rows = [
            (422, "not_reached"),
            (400, "not_reached"),
            (415, "not_reached"),
            (404, "not_reached"),
            (405, "not_reached"),
            (500, "not_reached"),
            (401, "needs_consent"),
            (403, "needs_consent"),
            (429, "blocked"),
            (504, "blocked"),
        ];
        for (status, why) in rows {
            let changed = [(0, Attempt::Nothing, status, "{}")];
            let found = open(&evidence(
                &[protected("POST /orders")],
                &changed,
                &[(0, Attempt::Valid)],
            ));
            let expected = format!("POST /orders: Refusal: {why}");
            assert_eq!(found.first(), Some(&expected), "{status}");
            assert!(found.contains(&"POST /orders: ValidCredential: needs_consent".to_owned()));
        }
    }

    #[test]
    fn what_changes_something_needs_the_user_s_word() {
        let mut evidence = evidence(&[protected("DELETE /orders/7")], &[], &[]);
        let found = open(&evidence);
        assert!(
            found.iter().all(|line| line.ends_with("needs_consent")),
            "{found:?}"
        );
        assert!(found.contains(&"DELETE /orders/7: Refusal: needs_consent".to_owned()));
        evidence.run.conditions.flags.push(Flag::AllowMutation);
        assert_eq!(open(&evidence), Vec::<String>::new());
    }

    #[test]
    fn another_user_s_answer_is_open_where_nobody_says_whose_it_is() {
        let changed = [(0, Attempt::OtherUser, 200, DATA)];
        #[rustfmt::skip]
        let rows: [(&str, Option<bool>, &[&str]); 4] = [
            ("GET /products/42", None,        &["GET /products/42: OtherUser: not_reached"]),
            ("GET /products/42", Some(true),  &[]),
            ("GET /products/42", Some(false), &[]), // a finding
            ("GET /users/42",    None,        &[]), // a finding
        ];
        for (line, shared, expected) in rows {
            let endpoint = Endpoint {
                shared,
                ..protected(line)
            };
            assert_eq!(
                open(&evidence(&[endpoint], &changed, &[])),
                expected,
                "{line} {shared:?}"
            );
        }
    }

    #[test]
    fn a_login_is_shown_where_the_password_was_reached() {
        #[rustfmt::skip]
        let rows: [(u16, &str, &[&str]); 4] = [
            (401, "{}",                                             &[]),
            (422, r#"{"detail":[{"type":"missing"}]}"#,             &["POST /login: Login: not_reached", "POST /login: WrongPassword: not_reached"]),
            (403, "CSRF verification failed",                       &["POST /login: Login: not_reached", "POST /login: WrongPassword: not_reached"]),
            (503, "",                                               &["POST /login: Login: blocked", "POST /login: WrongPassword: blocked"]),
        ];
        for (status, body, expected) in rows {
            let mut target = sample::target();
            target.login = Some(Login {
                path: "/login".to_owned(),
                body: Body {
                    media_type: "application/json".to_owned(),
                    text: String::new(),
                },
                known_user: Some(identity("USER")),
                status: StatusSet::of(&Login::USUAL_STATUS),
                uniform: true,
                json: std::collections::BTreeMap::new(),
                same_as: None,
            });
            let tried = [
                Attempt::UnknownUser,
                Attempt::WrongPassword,
                Attempt::QuoteInName,
                Attempt::OtherBody,
            ];
            let exchanges = tried.map(|attempt| {
                let question = Ask::Login(attempt).at(Place::Login);
                sample::exchange(question, "POST /login", status, JSON, body)
            });
            let evidence = sample::evidence(target, exchanges.to_vec());
            assert_eq!(open(&evidence), expected, "{status}");
        }
    }
}
