//! Secrets by reference, fetched once, before any traffic.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::place::Place;
use crate::model::{Family, Secret, SecretRef, Secrets, Target};
use crate::wire::jwt::Jwt;

/// What to do about a secret that is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingSecrets {
    /// Nothing is audited.
    Refuse,
    /// The audit runs on; what needs the secret is reported as not tested.
    Skip,
    /// Something else stands in its place: for what is listed and not sent.
    StandIn,
}

/// The secrets that target files refer to, and where first.
#[derive(Debug, Default)]
pub struct References(BTreeMap<SecretRef, Place>);

impl References {
    pub(super) const fn new(places: BTreeMap<SecretRef, Place>) -> Self {
        Self(places)
    }

    /// Adds those of another file.
    pub fn extend(&mut self, others: Self) {
        for (from, place) in others.0 {
            self.0.entry(from).or_insert(place);
        }
    }

    /// Fetches every secret that `targets` send for the families that are `wanted`, through `lookup`:
    /// `Ok(None)` is a variable that is not set, `Err` a file that cannot be read. An empty value
    /// counts as not set. What is missing under [`MissingSecrets::Skip`] is marked in the targets.
    ///
    /// # Errors
    /// Under [`MissingSecrets::Refuse`] every secret that is missing, where it is referred to; and
    /// always those that cannot be sent.
    pub fn resolve(
        &self,
        targets: &mut [Target],
        wanted: &dyn Fn(Family) -> bool,
        policy: MissingSecrets,
        lookup: &dyn Fn(&SecretRef) -> io::Result<Option<String>>,
    ) -> Result<Secrets, Diagnostics> {
        let sent: BTreeSet<SecretRef> = targets
            .iter()
            .flat_map(|target| target.identities_for(wanted))
            .map(|identity| identity.from.clone())
            .collect();
        let (mut secrets, mut faults) = (Secrets::new(), Vec::new());
        for (from, place) in self.0.iter().filter(|(from, _)| sent.contains(from)) {
            let fault = |message: String| Diagnostic::error(Some(place.clone()), message);
            match fetched(from, lookup(from)) {
                Ok(value) => {
                    secrets.insert(from.clone(), Secret::new(value));
                }
                Err(Lack::Unusable(why)) => faults.push(fault(why)),
                Err(Lack::Missing(why)) => match policy {
                    MissingSecrets::Skip => {}
                    MissingSecrets::StandIn => {
                        secrets.insert(from.clone(), stand_in(from));
                    }
                    MissingSecrets::Refuse => faults.push(fault(why).help(
                        "set it, or run with `--missing-secrets skip` to leave out what needs it",
                    )),
                },
            }
        }
        if !faults.is_empty() {
            return Err(Diagnostics::new(faults));
        }
        for identity in targets.iter_mut().flat_map(Target::identities_mut) {
            let value = secrets.get(&identity.from);
            identity.available = value.is_some();
            identity.is_jwt = value.is_some_and(|value| Jwt::parse(value.expose()).is_ok());
        }
        Ok(secrets)
    }
}

/// A JSON Web Token of its own for each reference: what is tried with a token is listed for it, too.
fn stand_in(from: &SecretRef) -> Secret {
    let signature = URL_SAFE_NO_PAD.encode(from.placeholder());
    // `{"alg":"HS256"}` and no claims (RFC 7515 §3.1).
    Secret::new(format!("eyJhbGciOiJIUzI1NiJ9.e30.{signature}"))
}

/// Why there is no value.
enum Lack {
    Missing(String),
    Unusable(String),
}

/// The first line of what was found; never part of a message.
fn fetched(from: &SecretRef, found: io::Result<Option<String>>) -> Result<String, Lack> {
    let (name, missing) = match from {
        SecretRef::Env(name) => (format!("${name}"), format!("${name} is not set")),
        SecretRef::File(path) => (path.clone(), format!("{path} is not there, or empty")),
    };
    let whole = match found {
        Ok(value) => value.unwrap_or_default(),
        Err(why) if why.kind() == io::ErrorKind::NotFound => String::new(),
        Err(why) => return Err(Lack::Missing(format!("{name} cannot be read: {why}"))),
    };
    let line = match from {
        SecretRef::Env(_) => whole.as_str(),
        SecretRef::File(_) => whole.lines().next().unwrap_or_default(),
    };
    if line.is_empty() {
        return Err(Lack::Missing(missing));
    }
    if line.chars().any(char::is_control) {
        // It would end the header field it is sent in.
        return Err(Lack::Unusable(format!(
            "{name} holds a line break or a control character"
        )));
    }
    Ok(line.to_owned())
}
