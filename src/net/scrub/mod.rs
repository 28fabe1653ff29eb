//! Takes known credentials out of everything captured, before it is stored.

mod search;
mod view;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use search::{CERTAIN, Found, SHORT, Search};

use crate::evidence::{Field, WireBytes};
use crate::model::{Ask, Question, Scheme, SchemeKind, Secret, SecretRef, Target, Url};
use crate::wire::http::cookie;
use crate::wire::jwt;

/// Long bodies are searched in parts of so many bytes: what is made of a part takes several times its
/// room.
const WINDOW: usize = 256 * 1024;

/// So much of the next part is searched with each, which no secret is longer than in any escape.
const OVERLAP: usize = 16 * 1024;

/// The credentials of a run, found in whatever form they come back in.
#[derive(Clone, Default)]
pub struct Scrub {
    /// What each form is replaced by.
    forms: Search<String>,
    /// Names of users that may be any word elsewhere, `admin` in a host or a role: they are replaced
    /// only where they were sent.
    names: Vec<(String, String)>,
    /// What no answer may hold: no user's name, nothing that is public or short.
    kept: Search<BTreeSet<SecretRef>>,
}

impl Scrub {
    /// Of all the secrets that may be sent to some targets.
    pub fn of<'a>(
        secrets: impl IntoIterator<Item = (&'a SecretRef, &'a Secret)>,
        targets: &[Target],
    ) -> Self {
        let logins = targets.iter().filter_map(|target| target.login.as_ref());
        let users = logins.filter_map(|login| Some(&login.known_user.as_ref()?.from));
        let users: BTreeSet<&SecretRef> = users.collect();
        let schemes = targets.iter().filter_map(|target| target.auth.as_ref());
        let basic = schemes.filter(|scheme| scheme.kind == SchemeKind::Basic);
        let basic: BTreeSet<&SecretRef> = basic.flat_map(Scheme::credentials).collect();
        let identities = targets.iter().flat_map(Target::identities);
        let public = identities.filter(|identity| identity.public);
        let public: BTreeSet<&SecretRef> = public.map(|identity| &identity.from).collect();
        let mut scrub = Self::default();
        let mut kept: BTreeMap<&str, BTreeSet<SecretRef>> = BTreeMap::new();
        for (from, secret) in secrets {
            let (value, placeholder) = (secret.expose(), from.placeholder());
            let password = value.split_once(':').filter(|_| basic.contains(from));
            let password = password.map(|(_, password)| password);
            if !users.contains(from) && !public.contains(from) {
                for certain in [Some(value), password].into_iter().flatten() {
                    if certain.len() >= CERTAIN {
                        kept.entry(certain).or_default().insert(from.clone());
                    }
                }
            }
            if users.contains(from) && !value.contains('@') {
                scrub.names.push((value.to_owned(), placeholder));
                continue;
            }
            scrub.learn(value, &placeholder);
            if users.contains(from) {
                scrub.learn(&value.to_lowercase(), &placeholder);
            }
            if let Some(password) = password.filter(|word| word.len() >= SHORT) {
                scrub.learn(password, &from.password());
            }
            // A forgery carries the claims of the real token, which may name the user.
            if let Some((signed, signature)) = jwt::signed_part(value) {
                let claims = signed.split_once('.').unwrap_or_default().1;
                let parts = [signed, claims, signature];
                for (part, shown) in parts.into_iter().zip(jwt::parts_in_shell(from)) {
                    scrub.learn(part, &shown);
                }
            }
        }
        for (value, from) in kept {
            scrub.kept.learn(value, &from);
        }
        scrub.kept = scrub.kept.ready();
        scrub.ready()
    }

    /// With the search for what was learnt.
    fn ready(mut self) -> Self {
        self.forms = self.forms.ready();
        self
    }

    /// What an exchange that asks this is rid of: where a user's name is sent, that too.
    #[must_use]
    pub fn for_question(&self, question: &Question) -> Cow<'_, Self> {
        if !matches!(question.ask, Ask::Login(_)) || self.names.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut scrub = self.clone();
        for (name, placeholder) in &self.names {
            scrub.learn(name, placeholder);
            scrub.learn(&name.to_lowercase(), placeholder);
        }
        Cow::Owned(scrub.ready())
    }

    /// Adds one value and what it is replaced by. That is known too, as itself: what was replaced
    /// once is not replaced again.
    fn learn(&mut self, value: &str, placeholder: &String) {
        self.forms.learn(value, placeholder);
        self.forms
            .learn_word(placeholder.as_bytes().to_vec(), placeholder);
    }

    /// The secrets that stand in the bytes, in whatever form: neither a user's name nor what is
    /// public, and nothing short.
    #[must_use]
    pub fn secrets_in(&self, bytes: &[u8]) -> BTreeSet<SecretRef> {
        let starts = (0..bytes.len()).step_by(WINDOW);
        let windows = starts.filter_map(|start| {
            let end = bytes.len().min(start + WINDOW + OVERLAP);
            bytes.get(start..end)
        });
        let found = windows.filter_map(|window| self.kept.all(window));
        found.flatten().flat_map(|one| one.of.clone()).collect()
    }

    /// Bytes of a binary format, with every secret that no answer may hold blotted out in its length,
    /// so that what encloses it can still be read.
    #[must_use]
    pub fn blotted(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        let Some(found) = self.kept.all(bytes) else {
            return Vec::new();
        };
        for one in found {
            if let Some(secret) = out.get_mut(one.start..one.end) {
                secret.fill(b'*');
            }
        }
        out
    }

    /// The bytes of a text of which only the beginning was kept: what may be the beginning of a
    /// credential at its end goes too.
    #[must_use]
    pub fn beginning(&self, bytes: &[u8]) -> Vec<u8> {
        let cut = self.forms.cut_off(bytes).unwrap_or(bytes.len());
        // A whole credential that reaches over the cut is named; what is behind it goes with the rest.
        let whole = self.stretches(bytes).unwrap_or_default().into_iter();
        let mut over = whole.filter(|one| one.start < cut && one.end > cut);
        let end = over.next().map_or(cut, |one| one.end);
        self.bytes(bytes.get(..end).unwrap_or_default())
    }

    /// The bytes with every credential replaced, in one pass: a placeholder is not searched again.
    /// Forms that overlap go as one, by the name of the longest, so that no rest of any is left.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        self.pieces(&[bytes]).concat()
    }

    /// The same of pieces that came one after another: a credential that is split over several is
    /// replaced in the first of them.
    #[must_use]
    pub fn pieces(&self, pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let all = pieces.concat();
        let Some(stretches) = self.stretches(&all) else {
            // Secrets of gigabytes are too many states for a search: then nothing is kept.
            return vec![Vec::new(); pieces.len()];
        };
        let mut stretches = stretches.into_iter().peekable();
        let (mut at, mut end) = (0, 0);
        let mut left = Vec::with_capacity(pieces.len());
        for piece in pieces {
            end += piece.len();
            let mut out = Vec::with_capacity(piece.len());
            while let Some(found) = stretches.next_if(|found| found.start < end) {
                out.extend_from_slice(all.get(at..found.start).unwrap_or_default());
                out.extend_from_slice(found.of.as_bytes());
                at = found.end;
            }
            out.extend_from_slice(all.get(at..end).unwrap_or_default());
            at = at.max(end);
            left.push(out);
        }
        left
    }

    /// Where credentials stand, in order and apart.
    fn stretches(&self, bytes: &[u8]) -> Option<Vec<Found<'_, String>>> {
        let mut all = self.forms.all(bytes)?;
        // What is found of a value in one view may be found in another one, too.
        all.sort_by_key(|one| (one.start, std::cmp::Reverse(one.end)));
        let mut apart: Vec<(Found<'_, String>, usize)> = Vec::new();
        for one in all {
            let length = one.end - one.start;
            match apart
                .last_mut()
                .filter(|(before, _)| one.start < before.end)
            {
                Some((before, longest)) => {
                    before.end = before.end.max(one.end);
                    if length > *longest {
                        (before.of, *longest) = (one.of, length);
                    }
                }
                None => apart.push((one, length)),
            }
        }
        Some(apart.into_iter().map(|(found, _)| found).collect())
    }

    /// The text with every credential replaced.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// The URL with every credential replaced.
    #[must_use]
    pub fn url(&self, url: &Url) -> Url {
        let mut url = url.clone();
        url.target = self.text(&url.target);
        url
    }

    /// A field line with every credential replaced, and cookie values too.
    #[must_use]
    pub fn field(&self, name: &str, value: &[u8]) -> Field {
        let value = if name.eq_ignore_ascii_case("set-cookie") {
            cookie::redact(&self.bytes(value))
        } else {
            self.bytes(value)
        };
        Field {
            name: self.text(name),
            value: WireBytes(value),
        }
    }
}

#[cfg(test)]
mod tests;
