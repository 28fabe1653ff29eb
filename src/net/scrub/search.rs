//! Finds values in bytes, whatever escapes they are written in.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::view::View;

/// Shorter values are only searched for as they are: what else they could be is too common.
pub(super) const SHORT: usize = 6;

/// Shorter ones are not searched for across white space either.
pub(super) const CERTAIN: usize = 12;

/// Values in all the forms they may come back in, and what belongs to each.
#[derive(Clone)]
pub(super) struct Search<T> {
    forms: BTreeMap<Vec<u8>, T>,
    /// The same without white space, of what is long enough.
    unbroken: BTreeMap<Vec<u8>, T>,
    finders: Option<[Finder<T>; 2]>,
}

/// Finds forms in one pass.
#[derive(Clone)]
struct Finder<T> {
    automaton: AhoCorasick,
    /// What belongs to each form, by its number.
    of: Vec<T>,
}

/// Where a value stands, and what belongs to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'s, T> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) of: &'s T,
}

impl<T> Default for Search<T> {
    fn default() -> Self {
        Self {
            forms: BTreeMap::new(),
            unbroken: BTreeMap::new(),
            finders: None,
        }
    }
}

impl<T: Clone> Search<T> {
    /// Adds a value in all its forms. What belongs to a form that is known stays.
    pub(super) fn learn(&mut self, value: &str, of: &T) {
        for form in forms(value) {
            self.learn_form(form, of);
        }
    }

    /// Adds a value in the one form it has.
    fn learn_form(&mut self, form: Vec<u8>, of: &T) {
        let mut unbroken = form.clone();
        unbroken.retain(|byte| !byte.is_ascii_whitespace());
        if unbroken.len() >= CERTAIN {
            self.unbroken.entry(unbroken).or_insert_with(|| of.clone());
        }
        self.forms.entry(form).or_insert_with(|| of.clone());
    }

    /// Adds a word that is only searched for as it is.
    pub(super) fn learn_word(&mut self, word: Vec<u8>, of: &T) {
        self.forms.entry(word).or_insert_with(|| of.clone());
    }

    /// To be called when all is learnt.
    pub(super) fn ready(mut self) -> Self {
        let finders = Finder::of(&self.forms).zip(Finder::of(&self.unbroken));
        self.finders = finders.map(|(forms, unbroken)| [forms, unbroken]);
        self
    }

    /// Where the values stand, in no order; `None` where they are too many or too long to be
    /// searched for.
    pub(super) fn all(&self, bytes: &[u8]) -> Option<Vec<Found<'_, T>>> {
        if self.forms.is_empty() {
            return Some(Vec::new());
        }
        let [forms, unbroken] = self.finders.as_ref()?;
        let mut all = Vec::new();
        for view in View::levels(bytes) {
            all.extend(forms.found(&view));
            // A line may be broken that is written in an escape, …
            if let Some(view) = view.unbroken().filter(|_| !unbroken.of.is_empty()) {
                all.extend(unbroken.found(&view));
            }
        }
        // … and an escape may be broken by a line.
        if let Some(view) = View::verbatim(bytes).unbroken() {
            all.extend(view.undone().flat_map(|view| unbroken.found(&view)));
        }
        Some(all)
    }

    /// Where a value begins that is cut off by the end of the bytes.
    pub(super) fn cut_off(&self, bytes: &[u8]) -> Option<usize> {
        View::levels(bytes)
            .filter_map(|view| {
                let begun = |form: &Vec<u8>| {
                    let mut lengths = (SHORT..form.len()).rev();
                    lengths.find(|length| {
                        let beginning = form.get(..*length);
                        beginning.is_some_and(|beginning| view.bytes.ends_with(beginning))
                    })
                };
                let length = self.forms.keys().filter_map(begun).max()?;
                Some(view.start(view.bytes.len() - length))
            })
            .min()
    }
}

impl<T: Clone> Finder<T> {
    fn of(forms: &BTreeMap<Vec<u8>, T>) -> Option<Self> {
        Some(Self {
            automaton: AhoCorasick::new(forms.keys()).ok()?,
            of: forms.values().cloned().collect(),
        })
    }

    /// Where forms stand in a view, by their place in what was received.
    fn found(&self, view: &View) -> Vec<Found<'_, T>> {
        let found = self.automaton.find_overlapping_iter(&view.bytes);
        let place = |one: aho_corasick::Match| {
            Some(Found {
                start: view.start(one.start()),
                end: view.end(one.end()),
                of: self.of.get(one.pattern().as_usize())?,
            })
        };
        found.filter_map(place).collect()
    }
}

/// A value as it may come back, escapes apart: those are undone where it is searched.
fn forms(value: &str) -> Vec<Vec<u8>> {
    if value.is_empty() {
        return Vec::new();
    }
    let mut forms = vec![value.as_bytes().to_vec()];
    if value.len() >= SHORT {
        // A blank in a form field (URL Standard §5.2).
        forms.push(value.replace(' ', "+").into_bytes());
        // A value that has an escape in it loses it where escapes are undone.
        let undone = View::levels(value.as_bytes()).skip(1);
        forms.extend(
            undone
                .map(|view| view.bytes)
                .filter(|form| form.len() >= SHORT),
        );
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
