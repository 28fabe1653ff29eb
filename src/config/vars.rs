//! `{name}` in paths, filled in from `vars`.

use std::collections::BTreeMap;

use super::node::Node;
use super::request::Path;

/// Values by name.
pub(super) type Vars = BTreeMap<String, String>;

/// Names that the probes fill in themselves.
const OWN: [&str; 3] = ["token", "user", "password"];

/// A table of texts or whole numbers, fit to stand in a path.
pub(super) fn vars(node: Node<'_>) -> Option<Vars> {
    let mut vars = Vars::new();
    for (name, span, value) in node.members()? {
        if OWN.contains(&name) {
            let message = format!("`{{{name}}}` is filled in by seaworthy");
            let fault = node.record.error_hidden(value.span(), message);
            let fault = fault.help("credentials come from `auth` and `login`, by reference");
            node.record.add(fault);
        } else if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            let fault = node
                .record
                .error(span, format!("{name:?} is no name for a variable"));
            node.record
                .add(fault.help("use letters, digits and underscores"));
        } else if let Some(value) = value_of(value) {
            vars.insert(name.to_owned(), value);
        }
    }
    Some(vars)
}

fn value_of(node: Node<'_>) -> Option<String> {
    if node.value().is_integer() {
        return node.whole(0..=u64::MAX).map(|number| number.to_string());
    }
    let text = node.text()?;
    let fits =
        |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'`' | b'#' | b'{' | b'}');
    if !text.is_empty() && text.bytes().all(fits) {
        return Some(text.to_owned());
    }
    node.refuse(
        "this cannot stand in a path",
        "percent-encode it, as it goes onto the request line",
    )
}

impl Path<'_> {
    /// With every `{name}` filled in.
    pub(super) fn filled(self, vars: &Vars) -> Option<String> {
        self.filled_but(vars, &[])
    }

    /// The same, leaving `kept` as they are, for the probes to fill in.
    pub(super) fn filled_but(self, vars: &Vars, kept: &[&str]) -> Option<String> {
        let mut filled = String::new();
        let mut rest = self.text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else {
                return self
                    .node
                    .refuse("a `{` without its `}`", "write a bare brace as %7B");
            };
            filled.push_str(before);
            match vars.get(name) {
                Some(value) => filled.push_str(value),
                None if kept.contains(&name) => filled.extend(["{", name, "}"]),
                None => return self.unknown(name, vars),
            }
            rest = behind;
        }
        filled.push_str(rest);
        Some(filled)
    }

    fn unknown<T>(self, name: &str, vars: &Vars) -> Option<T> {
        let help = match self.node.meant(name, vars.keys().map(String::as_str)) {
            Some(meant) => format!("did you mean `{{{meant}}}`?"),
            None => format!("add `vars = {{ {name} = \"…\" }}` to the target"),
        };
        self.node
            .refuse(format!("nothing to fill in for `{{{name}}}`"), help)
    }
}
