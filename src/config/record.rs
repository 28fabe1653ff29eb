//! What reading a file brings to light, besides its values.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::place::{Place, Text};
use crate::model::{SecretRef, Source};

/// The faults found so far, and where each secret is first named.
pub(super) struct Record<'t> {
    text: Text<'t>,
    found: RefCell<Vec<Diagnostic>>,
    secrets: RefCell<BTreeMap<SecretRef, Place>>,
}

impl<'t> Record<'t> {
    pub(super) fn new(text: Text<'t>) -> Self {
        Self {
            text,
            found: RefCell::default(),
            secrets: RefCell::default(),
        }
    }

    pub(super) fn text(&self) -> &Text<'t> {
        &self.text
    }

    /// An error at `range`, to be worded further and then [added](Self::add).
    pub(super) fn error(&self, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(Some(self.text.place(range)), message)
    }

    pub(super) fn add(&self, fault: Diagnostic) {
        self.found.borrow_mut().push(fault);
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
        let found = Diagnostics::new(self.found.into_inner());
        (found, self.secrets.into_inner())
    }
}
