//! Every key of the target file, once: what is read, suggested and documented comes from here.
//!
//! [`Section`](super::section::Section) only takes keys that stand in its shape and reports the
//! rest as unknown; `docs/targets.md` is printed from the shapes; and a test reads the example at
//! the top of the repository, in which each key must occur.

mod access;
mod contract;
mod target;

pub(super) use access::{AUTH, AUTH_ERROR, CORS, SECRET};
pub(super) use contract::{
    ASSERTION, ECHO, ENDPOINT, FIRST, LENGTH, LOGIN, RATE, REQUEST, WEBSOCKET,
};
pub(super) use target::{DEFAULTS, FILE, HEADERS, LATENCY, RUN, TARGET, TLS, WAIVER, WAIVERS};

/// One key.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What it takes, as one would write it.
    pub(super) form: &'static str,
    /// What holds without it; empty when nothing does, `required` when there must be one.
    pub(super) default: &'static str,
    /// What it means.
    pub(super) about: &'static str,
    /// Other words people reach for.
    pub(super) near: &'static [&'static str],
}

impl Key {
    const fn new(
        name: &'static str,
        form: &'static str,
        default: &'static str,
        about: &'static str,
    ) -> Self {
        Self {
            name,
            form,
            default,
            about,
            near: &[],
        }
    }

    const fn near(mut self, words: &'static [&'static str]) -> Self {
        self.near = words;
        self
    }
}

/// One table.
pub(super) struct Shape {
    /// How faults name it.
    pub(super) title: &'static str,
    /// Where it stands in the file, in Markdown.
    pub(super) heading: &'static str,
    /// What it is for.
    pub(super) about: &'static str,
    /// The keys that are its own.
    pub(super) keys: &'static [Key],
    /// A table all of whose keys it takes too.
    pub(super) with: Option<&'static Shape>,
}

impl Shape {
    /// All keys it takes, its own first.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static Key> + Clone + use<> {
        let shared = self.with.map_or(&[][..], |shape| shape.keys);
        self.keys.iter().chain(shared)
    }

    /// The table that `name` is documented in; `None` when it is no key of this one.
    pub(super) fn owner(&self, name: &str) -> Option<&Self> {
        let own = |shape: &Self| shape.keys.iter().any(|key| key.name == name);
        if own(self) {
            return Some(self);
        }
        self.with.filter(|shared| own(shared))
    }
}

/// All tables, in the order of the documentation.
pub(super) const SHAPES: [&Shape; 22] = [
    &FILE,
    &RUN,
    &DEFAULTS,
    &TARGET,
    &TLS,
    &HEADERS,
    &LATENCY,
    &CORS,
    &AUTH,
    &AUTH_ERROR,
    &SECRET,
    &REQUEST,
    &ENDPOINT,
    &ASSERTION,
    &LENGTH,
    &LOGIN,
    &WEBSOCKET,
    &ECHO,
    &FIRST,
    &RATE,
    &WAIVER,
    &WAIVERS,
];
