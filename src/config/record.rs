//! What reading a file brings to light, besides its values.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::place::{Place, Text};
use crate::model::{SecretRef, Source};

/// Further faults are counted, not kept.
const KEPT: usize = 200;

/// The faults found so far, and where each secret is first named.
pub(super) struct Record<'t> {
    text: Text<'t>,
    found: RefCell<Vec<Diagnostic>>,
    /// Faults that were only counted.
    more: Cell<usize>,
    secrets: RefCell<BTreeMap<SecretRef, Place>>,
}

impl<'t> Record<'t> {
    pub(super) fn new(text: Text<'t>) -> Self {
        Self {
            text,
            found: RefCell::default(),
            more: Cell::default(),
            secrets: RefCell::default(),
        }
    }

    pub(super) fn text(&self) -> &Text<'t> {
        &self.text
    }

    /// An error at `range`, to be worded further and then [added](Self::add).
    pub(super) fn error(&self, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.place(|text| text.place(range)), message)
    }

    /// The same, not showing what stands there: it may be a secret.
    pub(super) fn error_hidden(
        &self,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::error(self.place(|text| text.place_hidden(range)), message)
    }

    /// A place costs time where lines are long; nobody looks at the thousandth.
    fn place(&self, find: impl FnOnce(&Text<'t>) -> Place) -> Option<Place> {
        (!self.is_full()).then(|| find(&self.text))
    }

    pub(super) fn add(&self, fault: Diagnostic) {
        if self.is_full() {
            self.more.set(self.more.get() + 1);
        } else {
            self.found.borrow_mut().push(fault);
        }
    }

    /// Whether further faults are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.found.borrow().len() >= KEPT
    }

    /// Whether anything is wrong so far.
    pub(super) fn is_clean(&self) -> bool {
        self.found.borrow().is_empty()
    }

    pub(super) fn name_secret(&self, from: &SecretRef, range: Range<usize>) {
        let mut secrets = self.secrets.borrow_mut();
        let place = || self.text.place(range);
        secrets.entry(from.clone()).or_insert_with(place);
    }

    pub(super) fn source(&self, at: usize) -> Source {
        self.text.source(at)
    }

    /// The faults, and the places of the secrets.
    pub(super) fn into_parts(self) -> (Diagnostics, BTreeMap<SecretRef, Place>) {
        let found = Diagnostics::new(self.found.into_inner()).and_more(self.more.get());
        (found, self.secrets.into_inner())
    }
}
