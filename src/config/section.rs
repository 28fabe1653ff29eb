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
            None => self.node.refuse(
                format!("{} has no `{key}`", self.shape.title),
                format!("add {key} = {example}"),
            ),
        }
    }

    /// Reports every key nobody asked for.
    pub(super) fn close(self) {
        let record = self.node.record;
        for (key, (span, _)) in self.left {
            let message = format!("unknown key `{key}`");
            let label = format!("no key of {}", self.shape.title);
            let fault = record.error(span, message).label(label);
            record.add(fault.help(advice(self.shape, key)));
        }
    }
}

/// The key that was probably meant, or all there are.
fn advice(shape: &Shape, key: &str) -> String {
    let reached_for = shape.keys().find(|known| known.near.contains(&key));
    let meant = reached_for.map(|known| known.name);
    let names = || shape.keys().map(|known| known.name);
    match meant.or_else(|| nearest(key, names())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("its keys are {}", names().collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
thread_local! {
    /// Keys that were there when they were asked for, by the title of the shape that documents them.
    pub(super) static TAKEN: std::cell::RefCell<std::collections::BTreeSet<(&'static str, String)>> =
        const { std::cell::RefCell::new(std::collections::BTreeSet::new()) };
}
