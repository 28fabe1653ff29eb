//! Where each part of a target or an endpoint is declared: a finding names the line of what it is
//! about.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::node::Node;

/// The line of each key of a table; members of `json`, `exists` and `headers` have their own, as
/// `json /version`.
pub(super) fn lines(node: Node<'_>) -> BTreeMap<String, u32> {
    let mut lines = BTreeMap::new();
    let line = |at: usize| node.record.source(at).line;
    let Some(table) = node.value().as_table() else {
        return lines;
    };
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        lines.insert(named(name).to_owned(), line(key.span().start));
        match value.get_ref() {
            DeValue::Table(members) if matches!(name, "json" | "headers") => {
                lines.extend(members.keys().map(|member| {
                    let own = format!("{name} {}", member.get_ref());
                    (own, line(member.span().start))
                }));
            }
            DeValue::Array(pointers) if name == "exists" => {
                lines.extend(pointers.iter().filter_map(|pointer| {
                    let own = format!("json {}", pointer.get_ref().as_str()?);
                    Some((own, line(pointer.span().start)))
                }));
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {}
        }
    }
    lines
}

/// Keys of a target whose findings are about one of several, or about one of several keys.
const NESTED: [&str; 4] = ["absent", "wrong_method", "rate", "websocket"];

/// Keys of a target that are one declaration.
const SINGLE: [&str; 3] = ["cold_start", "max_error_rate", "latency"];

/// The line of each declaration of a target that has no lines of its own: `absent 0` for the first
/// path of a list, `websocket heartbeat` for a key of a table.
pub(super) fn of_target(node: Node<'_>) -> BTreeMap<String, u32> {
    let mut lines = BTreeMap::new();
    let line = |at: usize| node.record.source(at).line;
    let Some(table) = node.value().as_table() else {
        return lines;
    };
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if !NESTED.contains(&name) && !SINGLE.contains(&name) {
            continue;
        }
        lines.insert(name.to_owned(), line(key.span().start));
        if SINGLE.contains(&name) {
            continue;
        }
        if let Some(members) = value.get_ref().as_table() {
            lines.extend(members.keys().map(|member| {
                let own = format!("{name} {}", member.get_ref());
                (own, line(member.span().start))
            }));
        }
        let items = value.get_ref().as_array().into_iter().flatten();
        lines.extend(
            items
                .enumerate()
                .map(|(nth, item)| (format!("{name} {nth}"), line(item.span().start))),
        );
    }
    lines
}

/// Both sizes are one thing, and both times.
fn named(key: &str) -> &str {
    match key {
        "bytes" | "max_bytes" => "size",
        "max_time" | "max_over_network" => "time",
        other => other,
    }
}
