//! Takes known credentials out of everything captured, before it is stored.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::evidence::{Field, WireBytes};
use crate::model::{Ask, Question, Scheme, SchemeKind, Secret, SecretRef, Target, Url};
use crate::wire::http::cookie;
use crate::wire::{jwt, percent};

/// Shorter secrets are only looked for as they are: their encodings are too common.
const SHORT: usize = 6;

/// A shorter value may stand in an answer by chance.
const CERTAIN: usize = 12;

/// The credentials of a run in every form they could come back in: plain, percent-encoded, escaped
/// for JSON, and base64 at each of the three alignments.
#[derive(Clone, Default)]
pub struct Scrub {
    /// What each form is replaced by.
    forms: BTreeMap<Vec<u8>, String>,
    /// Finds all of them in one pass, each by its place in `forms`.
    search: Option<AhoCorasick>,
    /// Names of users that may be any word elsewhere, `admin` in a host or a role: they are replaced
    /// only where they were sent.
    names: Vec<(String, String)>,
    /// The forms of what no answer may hold: no user's name, nothing that is public or short.
    kept: Vec<(Vec<u8>, SecretRef)>,
    /// Finds those in one pass, each by its place in `kept`.
    kept_search: Option<AhoCorasick>,
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
        for (from, secret) in secrets {
            let (value, placeholder) = (secret.expose(), from.placeholder());
            let password = value.split_once(':').filter(|_| basic.contains(from));
            let password = password.map(|(_, password)| password);
            if !users.contains(from) && !public.contains(from) {
                for certain in [Some(value), password].into_iter().flatten() {
                    scrub.keep(certain, from);
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
        scrub.ready()
    }

    /// With the search for what was learnt.
    fn ready(mut self) -> Self {
        self.search = AhoCorasick::new(self.forms.keys()).ok();
        self.kept_search = AhoCorasick::new(self.kept.iter().map(|(form, _)| form)).ok();
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

    /// Adds one value and what it is replaced by.
    fn learn(&mut self, value: &str, placeholder: &str) {
        if value.is_empty() {
            return;
        }
        for form in forms(value) {
            let known = self.forms.entry(form);
            known.or_insert_with(|| placeholder.to_owned());
        }
    }

    /// Notes a value that no answer may hold, if it is long enough to be known again.
    fn keep(&mut self, value: &str, from: &SecretRef) {
        if value.len() >= CERTAIN {
            let forms = forms(value).into_iter();
            self.kept.extend(forms.map(|form| (form, from.clone())));
        }
    }

    /// The secrets that stand in the bytes, in whatever form: neither a user's name nor what is
    /// public, and nothing short.
    #[must_use]
    pub fn secrets_in(&self, bytes: &[u8]) -> BTreeSet<SecretRef> {
        let Some(search) = self.kept_search.as_ref().filter(|_| !self.kept.is_empty()) else {
            return BTreeSet::new();
        };
        let found = search.find_overlapping_iter(bytes);
        found
            .filter_map(|one| self.kept.get(one.pattern().as_usize()))
            .map(|(_, from)| from.clone())
            .collect()
    }

    /// The bytes of a text of which only the beginning was kept: what may be the beginning of a
    /// credential at its end goes too.
    #[must_use]
    pub fn beginning(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = self.bytes(bytes);
        let begun = |form: &[u8]| {
            let shorter = (SHORT..form.len()).rev();
            let mut begun = shorter.filter(|length| {
                form.get(..*length)
                    .is_some_and(|beginning| out.ends_with(beginning))
            });
            begun.next()
        };
        let cut = self.forms.keys().filter_map(|form| begun(form)).max();
        out.truncate(out.len().saturating_sub(cut.unwrap_or_default()));
        out
    }

    /// The bytes with every credential replaced, in one pass: a placeholder is not searched again.
    /// Forms that overlap go as one, by the name of the longest, so that no rest of any is left.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let Some(search) = &self.search else {
            if self.forms.is_empty() {
                return bytes.to_vec();
            }
            // Secrets of gigabytes are too many states for a search: then nothing is kept.
            return Vec::new();
        };
        let mut out = Vec::with_capacity(bytes.len());
        let mut rest = 0;
        for found in self.found(search, bytes) {
            out.extend_from_slice(bytes.get(rest..found.start).unwrap_or_default());
            out.extend_from_slice(found.placeholder.as_bytes());
            rest = found.end;
        }
        out.extend_from_slice(bytes.get(rest..).unwrap_or_default());
        out
    }

    /// Where credentials stand, in order and apart.
    fn found(&self, search: &AhoCorasick, bytes: &[u8]) -> Vec<Found<'_>> {
        let placeholders: Vec<&String> = self.forms.values().collect();
        let mut all: Vec<Found> = search
            .find_overlapping_iter(bytes)
            .filter_map(|one| {
                Some(Found {
                    start: one.start(),
                    end: one.end(),
                    longest: one.len(),
                    placeholder: placeholders.get(one.pattern().as_usize())?,
                })
            })
            .collect();
        all.sort_by_key(|one| (one.start, std::cmp::Reverse(one.end)));
        let mut apart: Vec<Found> = Vec::new();
        for one in all {
            match apart.last_mut().filter(|before| one.start < before.end) {
                Some(before) => before.join(&one),
                None => apart.push(one),
            }
        }
        apart
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

/// A stretch of credentials, and what is written in its place.
struct Found<'s> {
    start: usize,
    end: usize,
    /// The length of the form that gave the placeholder.
    longest: usize,
    placeholder: &'s str,
}

impl<'s> Found<'s> {
    /// Takes in another one that begins inside it.
    fn join(&mut self, other: &Found<'s>) {
        self.end = self.end.max(other.end);
        if other.longest > self.longest {
            self.longest = other.longest;
            self.placeholder = other.placeholder;
        }
    }
}

/// A value as it may come back.
fn forms(value: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![
        value.as_bytes().to_vec(),
        percent::encode(value).into_bytes(),
        percent::encode_in_lower_case(value).into_bytes(),
    ];
    let quoted = serde_json::to_string(value).ok();
    forms.extend(quoted.map(|text| text.trim_matches('"').into()));
    if value.len() >= SHORT {
        for shift in 0..3 {
            forms.extend(base64_inside(value.as_bytes(), shift));
        }
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The characters of base64 that depend on the value alone when `shift` unknown bytes precede it,
/// in both alphabets: with others behind it, and at the end, padded or not.
fn base64_inside(value: &[u8], shift: usize) -> Vec<Vec<u8>> {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(value);
    let whole = padded.len() - padded.len() % 3;
    let skipped = if shift == 0 { 0 } else { 4 };
    let usable = padded.get(..whole).unwrap_or_default();
    [
        STANDARD_NO_PAD.encode(usable),
        URL_SAFE_NO_PAD.encode(usable),
        STANDARD_NO_PAD.encode(&padded),
        URL_SAFE_NO_PAD.encode(&padded),
        STANDARD.encode(&padded),
        URL_SAFE.encode(&padded),
    ]
    .into_iter()
    .filter_map(|text| text.get(skipped..).map(|inside| inside.as_bytes().to_vec()))
    .filter(|form| form.len() >= SHORT)
    .collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::Scrub;
    use crate::model::{
        Ask, Attempt, Body, Endpoint, Identity, Login, Method, Place, Scheme, SchemeKind, Secret,
        SecretRef, StatusSet, Target,
    };

    fn secret(name: &str, value: &str) -> (SecretRef, Secret) {
        (
            SecretRef::Env(name.to_owned()),
            Secret::new(value.to_owned()),
        )
    }

    fn identity(name: &str) -> Identity {
        Identity::new(SecretRef::Env(name.to_owned()))
    }

    /// A target with Basic credentials in `$BASIC`, and an account named in `$USER`.
    fn target() -> Target {
        let mut target = Target::new("one", "http://one.example".parse().unwrap());
        target.auth = Some(Scheme {
            kind: SchemeKind::Basic,
            token: Some(identity("BASIC")),
            expired: None,
            other: None,
            reject: StatusSet::default(),
            challenge: true,
            error: None,
        });
        target.login = Some(Login {
            path: "/login".to_owned(),
            body: Body {
                media_type: "application/json".to_owned(),
                text: String::new(),
            },
            known_user: Some(identity("USER")),
            status: StatusSet::default(),
            uniform: true,
            json: std::collections::BTreeMap::new(),
            same_as: None,
            lines: std::collections::BTreeMap::new(),
        });
        target
    }

    fn scrub(secrets: &[(&str, &str)]) -> Scrub {
        let secrets: Vec<_> = secrets
            .iter()
            .map(|(name, value)| secret(name, value))
            .collect();
        Scrub::of(
            secrets.iter().map(|(from, value)| (from, value)),
            &[target()],
        )
    }

    #[test]
    fn no_form_of_a_secret_survives() {
        let secret = "s3cr3t/tok+en=value!";
        let scrub = scrub(&[("TOKEN", secret)]);
        for prefix in ["", "u:", "x"] {
            let encoded = STANDARD.encode(format!("{prefix}{secret}"));
            let left = scrub.text(&encoded);
            assert!(left.ends_with("$TOKEN"), "{encoded} -> {left}");
        }
        let sent =
            format!("a {secret} b s3cr3t%2Ftok%2Ben%3Dvalue%21 c s3cr3t%2ftok%2ben%3dvalue%21");
        assert_eq!(scrub.text(&sent), "a $TOKEN b $TOKEN c $TOKEN");
    }

    #[test]
    fn an_empty_secret_replaces_nothing() {
        assert_eq!(scrub(&[("EMPTY", "")]).text("abc"), "abc");
    }

    const JWT: &str =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    /// What a server says, and what is left of it.
    #[rustfmt::skip]
    const SAID: &[(&str, &str)] = &[
        ("svc-user:Hunter2-pass",            "$BASIC"),
        ("no such password: Hunter2-pass",   "no such password: ${BASIC#*:}"),
        ("Basic c3ZjLXVzZXI6SHVudGVyMi1wYXNz", "Basic $BASIC"),
        (JWT,                                "$TOKEN"),
        ("kid dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "kid ${TOKEN##*.}"),
        ("eyJzdWIiOiI0MiJ9",                 "$(echo $TOKEN | cut -d. -f2)"),
        ("Alice@one.example, alice@one.example", "$USER, $USER"),
    ];

    /// Secrets by name, what a server says, and what is left of it.
    type Row<'t> = (&'t [(&'t str, &'t str)], &'t str, &'t str);

    #[rustfmt::skip]
    const MIXED: &[Row<'_>] = &[
        (&[("A", "long-secret"), ("B", "A")],             "long-secret, A",     "$A, $B"),  // not $$B
        (&[("A", "abc"), ("B", "abcdef")],                "abcdef abc",         "$B $A"),
        (&[("A", "abcdef"), ("B", "cdefghi")],            "x abcdefghi x",      "x $B x"),  // no rest
        (&[("A", "abcdefghi"), ("B", "hijk")],            "abcdefghijk",        "$A"),
        (&[("A", "tok"), ("B", "ens")],                   "tokens",             "$A$B"),
        (&[("A", "same"), ("B", "same")],                 "same",               "$A"),
    ];

    #[test]
    fn secrets_inside_and_beside_one_another_leave_nothing() {
        for (secrets, said, left) in MIXED {
            assert_eq!(scrub(secrets).text(said), *left, "{said}");
        }
    }

    #[test]
    fn what_a_secret_is_made_of_is_one_too() {
        let scrub = scrub(&[
            ("BASIC", "svc-user:Hunter2-pass"),
            ("TOKEN", JWT),
            ("USER", "Alice@one.example"),
        ]);
        for (said, left) in SAID {
            assert_eq!(scrub.text(said), *left);
        }
    }

    /// A secret's value, what an answer says, and whether it holds the secret.
    #[test]
    fn what_no_answer_may_hold() {
        const KEY: &str = "sk_live_0123456789";
        let encoded = STANDARD.encode(format!("key={KEY}"));
        #[rustfmt::skip]
        let rows = [
            ("TOKEN",  KEY,                     r#"{"key":"sk_live_0123456789"}"#, true),
            ("TOKEN",  KEY,                     encoded.as_str(),                  true),
            ("TOKEN",  KEY,                     "write $TOKEN here",               false), // somebody's own words
            ("TOKEN",  KEY,                     "sk_live_012345678",               false),
            ("TOKEN",  "elevenbytes",           "elevenbytes",                     false), // it may be a word
            ("BASIC",  "svc:Hunter2-password",  "Hunter2-password",                true),
            ("BASIC",  "svc-of-the-house:word", "svc-of-the-house",                false),
            ("USER",   "anna@one.example",      "anna@one.example",                false), // a user's name
            ("PUBLIC", "pk_live_0123456789",    "pk_live_0123456789",              false),
        ];
        let mut target = target();
        let endpoint = Endpoint::new(Method::get(), "/search");
        let public = Identity {
            public: true,
            ..identity("PUBLIC")
        };
        target.endpoints = vec![Endpoint {
            send_secrets: [("X-Key".to_owned(), public)].into(),
            ..endpoint
        }];
        for (name, value, said, expected) in rows {
            let (from, value) = secret(name, value);
            let scrub = Scrub::of([(&from, &value)], std::slice::from_ref(&target));
            let found = scrub.secrets_in(said.as_bytes()).contains(&from);
            assert_eq!(found, expected, "{name} {said}");
        }
    }

    #[test]
    fn a_name_that_may_be_any_word_is_replaced_where_it_was_sent() {
        let scrub = scrub(&[("USER", "admin")]);
        let said = r#"https://admin.one.example, "role": "admin""#;
        assert_eq!(scrub.for_question(&Ask::Page.of_target()).text(said), said);
        let login = scrub.for_question(&Ask::Login(Attempt::WrongPassword).at(Place::Login));
        assert_eq!(login.text("no Admin, admin"), "no Admin, $USER");
    }

    #[test]
    fn what_was_cut_keeps_no_beginning_of_a_secret() {
        let scrub = scrub(&[("TOKEN", "sk_live_abcdefgh")]);
        for (kept, left) in [
            ("echo sk_live_abcdefgh", "echo $TOKEN"),
            ("echo sk_live_abc", "echo "),
            ("echo sk_li", "echo sk_li"), // too short to be told from a word
            ("echo", "echo"),
        ] {
            assert_eq!(scrub.beginning(kept.as_bytes()), left.as_bytes());
        }
    }
}
