//! What was shown of refusals and of the login.

use super::{Gap, Status, Why, answers};
use crate::evidence::Evidence;
use crate::facts::Facts;
use crate::facts::auth::{AuthFacts, LoginFacts, Tried, Unseen};
use crate::model::{Ask, Attempt, Control, Endpoint, Place, Topic};
use crate::plan::auth::{attempts, control, login_attempts, needs};
use crate::plan::{Essential, Need};
use crate::wire::refusal::Answer;

/// A refusal means something where the valid credential is let in, and on an answer that got as far
/// as the credential.
pub(super) fn status(evidence: &Evidence, facts: &Facts, essential: &Essential) -> Status {
    let target = &evidence.target;
    let place = essential.question.place;
    match (facts.auth.known(), place) {
        (Some(auth), _) if essential.topic == Topic::Disclosure => searched(auth),
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

/// A secret that was found is shown, whatever else was not read.
fn searched(auth: &AuthFacts) -> Status {
    match &auth.unsearched {
        Some(why) if auth.disclosed.is_empty() => Err(Gap::new(Why::NotReached, why.as_str())),
        Some(_) | None => Ok(()),
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
        let turned_away = |attempt: &&Attempt| {
            let unseen = self.auth.unseen_at(self.index, attempt);
            unseen.is_some_and(Unseen::is_turned_away)
        };
        let all: Vec<Result<&Tried, Gap>> = all
            .iter()
            .filter(|attempt| !turned_away(attempt))
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
        // An answer with nothing in it looked open when it came: no guard was seen to get past.
        let asked = attempts(&self.evidence.target, self.endpoint, Topic::Bypass);
        let tried = |attempt: &Attempt| self.auth.at(self.index, attempt).is_some();
        if (200..300).contains(&refusal.status) && !asked.iter().any(tried) {
            let said = format!(
                "{} without credentials: no guard to get past",
                refusal.status
            );
            return Err(Gap::new(Why::NotReached, said));
        }
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
            None => self.valid_unanswered(),
        }
    }
}

impl Protected<'_> {
    /// Why the valid credential, which could be sent, has no answer.
    fn valid_unanswered(&self) -> Gap {
        let question = control(self.index, self.endpoint, &self.evidence.run);
        let essential = Essential::new(Topic::ValidCredential, question);
        let gap = answers(self.evidence, &essential).err();
        let mut gap = gap.unwrap_or_else(|| Gap::new(Why::NoAnswer, "was not asked"));
        gap.said = format!("the valid credential: {}", gap.said);
        gap
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
    for attempt in login_attempts(essential.topic) {
        let Some(tried) = login.tried.iter().find(|tried| tried.attempt == *attempt) else {
            let question = Ask::Login(attempt.clone()).at(Place::Login);
            answers(evidence, &Essential::new(essential.topic, question))?;
            let said = login.unseen.clone().unwrap_or_default();
            return Err(Gap::new(Why::Blocked, said));
        };
        let of_password = essential.topic != Topic::LoginInput;
        if let Some(why) = tried.unreached.filter(|_| of_password) {
            return Err(Gap::new(
                Why::NotReached,
                format!("{}: {why}", tried.status),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
