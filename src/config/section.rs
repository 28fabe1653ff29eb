//! One table of the file, read key by key: what nobody asked for is a mistake.

use std::collections::BTreeMap;
use std::ops::Range;

use super::nearest::nearest;
use super::node::Node;
use super::vocabulary::Shape;

/// A table whose keys are taken one by one.
pub(super) struct Section<'d> {
    shape: &'static Shape,
    node: Node<'d>,
    left: BTreeMap<&'d str, (Range<usize>, Node<'d>)>,
}

impl<'d> Section<'d> {
    /// Reports a value that is no table.
    pub(super) fn open(node: Node<'d>, shape: &'static Shape) -> Option<Self> {
        let members = node.members()?.into_iter();
        Some(Self {
            shape,
            node,
            left: members
                .map(|(key, span, value)| (key, (span, value)))
                .collect(),
        })
    }

    /// The table itself.
    pub(super) fn node(&self) -> Node<'d> {
        self.node
    }

    /// The value of `key`, which is one of the shape's.
    pub(super) fn take(&mut self, key: &str) -> Option<Node<'d>> {
        let owner = self.shape.owner(key);
        debug_assert!(owner.is_some(), "{key} is missing in {}", self.shape.title);
        let (_, value) = self.left.remove(key)?;
        #[cfg(test)]
        TAKEN.with_borrow_mut(|taken| {
            taken.extend(owner.map(|owner| (owner.title, key.to_owned())));
        });
        Some(value)
    }

    /// The value of `key`, read; `None` when it is not there or wrong.
    pub(super) fn read<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(Node<'d>) -> Option<T>,
    ) -> Option<T> {
        self.take(key).and_then(read)
    }

    /// The elements of the list at `key`, read.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        read: impl Fn(Node<'d>) -> Option<T>,
    ) -> Option<Vec<T>> {
        self.take(key).and_then(|node| node.each(read))
    }

    /// The value of `key`, without which the table says nothing.
    pub(super) fn require<T>(
        &mut self,
        key: &str,
        example: &str,
        read: impl FnOnce(Node<'d>) -> Option<T>,
    ) -> Option<T> {
        match self.take(key) {
            Some(node) => read(node),
            None if self.misspells(key) => None,
            None => self.node.refuse(
                format!("{} has no `{key}`", self.shape.title),
                format!("add `{key} = {example}`"),
            ),
        }
    }

    /// Whether `key` stands there under a wrong name, which [`Self::close`] reports.
    pub(super) fn misspells(&self, key: &str) -> bool {
        let unknown = |written: &&&str| self.shape.owner(written).is_none();
        let mut unknown = self.left.keys().filter(unknown);
        unknown.any(|written| meant(self.shape, written) == Some(key))
    }

    /// Reports every key nobody asked for.
    pub(super) fn close(self) {
        let record = self.node.record;
        for (key, (span, _)) in self.left {
            let message = format!("unknown key `{key}`");
            let label = format!("no key of {}", self.shape.title);
            let fault = record.error(span, message).label(label);
            let told = !record.is_full();
            let help = told.then(|| advice(self.shape, key));
            record.add(fault.help(help.unwrap_or_default()));
        }
    }
}

/// The key that was probably meant by one that is not known.
fn meant(shape: &Shape, written: &str) -> Option<&'static str> {
    let reached_for = shape.keys().find(|known| known.near.contains(&written));
    let reached_for = reached_for.map(|known| known.name);
    reached_for.or_else(|| nearest(written, shape.keys().map(|known| known.name)))
}

fn advice(shape: &Shape, written: &str) -> String {
    if let Some(meant) = meant(shape, written) {
        return format!("did you mean `{meant}`?");
    }
    let names: Vec<&str> = shape.keys().map(|known| known.name).collect();
    format!("its keys are {}", names.join(", "))
}

#[cfg(test)]
thread_local! {
    /// Keys that were there when they were asked for, by the title of the shape that documents them.
    pub(super) static TAKEN: std::cell::RefCell<std::collections::BTreeSet<(&'static str, String)>> =
        const { std::cell::RefCell::new(std::collections::BTreeSet::new()) };
}
