//! The HSTS preload list, as given.

use std::collections::BTreeMap;

use serde_json::Value;

/// Hosts that browsers only ever ask over TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preload(BTreeMap<String, Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    force: bool,
    subdomains: bool,
}

impl Preload {
    /// Reads Chromium's `transport_security_state_static.json`, comments and all, or the map from
    /// host to entry that the Observatory makes of it. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bare: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        let value: Value = serde_json::from_str(&bare).ok()?;
        let map = value.as_object()?;
        let entries = match map.get("entries").and_then(Value::as_array) {
            Some(list) => list.iter().filter_map(chromium).collect(),
            None => map
                .iter()
                .map(|(host, entry)| (host.clone(), observatory(entry)))
                .collect(),
        };
        Some(Self(entries))
    }

    /// Whether the host, or a parent with its subdomains, is on the list.
    #[must_use]
    pub fn covers(&self, host: &str) -> bool {
        let listed = |host: &str, below: bool| {
            self.0
                .get(host)
                .is_some_and(|entry| entry.force && (!below || entry.subdomains))
        };
        let parents = host
            .match_indices('.')
            .filter_map(|(at, _)| host.get(at + 1..));
        listed(host, false) || parents.into_iter().any(|parent| listed(parent, true))
    }
}

fn chromium(entry: &Value) -> Option<(String, Entry)> {
    let name = entry.get("name")?.as_str()?.to_owned();
    Some((name, read(entry, "include_subdomains")))
}

fn observatory(entry: &Value) -> Entry {
    read(entry, "includeSubDomains")
}

fn read(entry: &Value, subdomains: &str) -> Entry {
    Entry {
        force: entry.get("mode").and_then(Value::as_str) == Some("force-https"),
        subdomains: entry.get(subdomains).and_then(Value::as_bool) == Some(true),
    }
}
