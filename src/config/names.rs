//! Tables that are referred to by name: `[auth.NAME]` and `[cors.NAME]`.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

use super::diagnostic::Diagnostic;
use super::node::Node;

/// The tables of one kind, read once each.
pub(super) struct Names<'d, T> {
    /// `auth` or `cors`.
    kind: &'static str,
    read: fn(Node<'d>) -> Option<T>,
    known: BTreeMap<&'d str, Known<T>>,
}

struct Known<T> {
    span: Range<usize>,
    /// `None` when the table is faulty, which has been reported.
    value: Option<T>,
    used: Cell<bool>,
}

impl<'d, T: Clone> Names<'d, T> {
    /// Reads every table under `node`.
    pub(super) fn read(
        kind: &'static str,
        node: Option<Node<'d>>,
        read: fn(Node<'d>) -> Option<T>,
    ) -> Self {
        let members = node.and_then(Node::members).unwrap_or_default().into_iter();
        let known = members.map(|(name, span, value)| {
            let value = read(value);
            let used = Cell::new(false);
            (name, Known { span, value, used })
        });
        Self {
            kind,
            read,
            known: known.collect(),
        }
    }

    /// A name is looked up, a table read where it stands.
    pub(super) fn resolve(&self, node: Node<'d>) -> Option<T> {
        if node.value().is_table() {
            return (self.read)(node);
        }
        let kind = self.kind;
        if !node.value().is_str() {
            let example = format!("{kind} = \"NAME\" for [{kind}.NAME], or {{ … }}");
            return node.expected("a name or a table", &example);
        }
        let name = node.text()?;
        if let Some(known) = self.known.get(name) {
            known.used.set(true);
            return known.value.clone();
        }
        let help = match node.meant(name, self.known.keys().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("add a table [{kind}.{name}]"),
        };
        node.refuse(format!("there is no [{kind}.{name}]"), help)
    }

    /// Warns of every table nobody referred to.
    pub(super) fn warn_of_unused(&self, record: &super::record::Record<'_>) {
        for (name, known) in self.known.iter().filter(|(_, known)| !known.used.get()) {
            let message = format!("[{}.{name}] is used by no target", self.kind);
            let place = record.text().place(known.span.clone());
            let help = format!(
                "write `{} = \"{name}\"` in a target, or remove it",
                self.kind
            );
            record.add(Diagnostic::warning(Some(place), message).help(help));
        }
    }
}
