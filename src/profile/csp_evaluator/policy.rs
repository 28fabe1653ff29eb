//! The evaluator's own reading of a policy.

use super::syntax::{is_fetch, is_hash, is_keyword, is_nonce, is_scheme};
use super::{Finding, IGNORED, Severity, finding};

/// The script directives it looks at, in its order.
pub(super) const SCRIPT: [&str; 3] = ["script-src", "script-src-attr", "script-src-elem"];

/// Directives and their values, in its order.
#[derive(Clone, Debug)]
pub(super) struct Csp {
    pub(super) directives: Vec<(String, Vec<String>)>,
}

impl Csp {
    pub(super) fn parse(text: &str) -> Self {
        let mut csp = Self {
            directives: Vec::new(),
        };
        for piece in text.split(';') {
            let mut words = piece.split_whitespace();
            let Some(name) = words.next().map(str::to_lowercase) else {
                continue;
            };
            // A name that every JavaScript object has counts as seen.
            let inherited = matches!(name.as_str(), "constructor" | "__proto__");
            if inherited || csp.has(&name) {
                continue;
            }
            let mut values: Vec<String> = Vec::new();
            for value in words.map(normalised) {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            csp.directives.push((name, values));
        }
        csp.directives.sort_by_key(|(name, _)| array_index(name));
        csp
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.directives.iter().any(|(known, _)| known == name)
    }

    pub(super) fn values(&self, name: &str) -> &[String] {
        self.directives
            .iter()
            .find(|(known, _)| known == name)
            .map_or(&[], |(_, values)| values.as_slice())
    }

    /// The directive that speaks for `name`, whether or not it is there.
    pub(super) fn speaking<'a>(&self, name: &'a str) -> &'a str {
        if self.has(name) {
            return name;
        }
        let parent = match name {
            "script-src-attr" | "script-src-elem" => "script-src",
            "style-src-attr" | "style-src-elem" => "style-src",
            _ => name,
        };
        if self.has(parent) {
            return parent;
        }
        if is_fetch(name) { "default-src" } else { name }
    }

    /// [`Self::speaking`] for several, each once.
    pub(super) fn speaking_each<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        let mut all: Vec<&str> = Vec::new();
        for name in names {
            let speaking = self.speaking(name);
            if !all.contains(&speaking) {
                all.push(speaking);
            }
        }
        all
    }

    pub(super) fn has_nonces(&self, name: &str) -> bool {
        self.values(self.speaking(name)).iter().any(|v| is_nonce(v))
    }

    pub(super) fn has_hashes(&self, name: &str) -> bool {
        self.values(self.speaking(name)).iter().any(|v| is_hash(v))
    }

    pub(super) fn has_strict_dynamic(&self, name: &str) -> bool {
        self.says(self.speaking(name), "'strict-dynamic'")
    }

    pub(super) fn says(&self, directive: &str, value: &str) -> bool {
        self.values(directive).iter().any(|known| known == value)
    }

    /// What a browser of Level 3 makes of it, and the values it ignores. A directive that speaks
    /// for several is gone through for each, so its values are reported more than once.
    pub(super) fn effective(&self) -> (Self, Vec<Finding>) {
        let (mut effective, mut findings) = (self.clone(), Vec::new());
        for name in SCRIPT {
            let speaking = effective.speaking(name);
            if !effective.has(speaking) {
                continue;
            }
            let mut ignored: Vec<String> = Vec::new();
            let by_nonce = effective.has_nonces(speaking) || effective.has_hashes(speaking);
            if by_nonce && self.says(speaking, "'unsafe-inline'") {
                ignored.push("'unsafe-inline'".to_owned());
            }
            if self.has_strict_dynamic(speaking) {
                let dropped = |v: &&String| {
                    !v.starts_with('\'') || matches!(v.as_str(), "'self'" | "'unsafe-inline'")
                };
                ignored.extend(self.values(speaking).iter().filter(dropped).cloned());
            }
            effective.remove(speaking, &ignored);
            findings.extend(
                ignored
                    .iter()
                    .map(|value| finding(IGNORED, Severity::None, speaking, Some(value))),
            );
        }
        (effective, findings)
    }

    fn remove(&mut self, directive: &str, gone: &[String]) {
        if let Some((_, values)) = self
            .directives
            .iter_mut()
            .find(|(name, _)| name == directive)
        {
            values.retain(|value| !gone.contains(value));
        }
    }
}

/// Keywords and schemes are lower-cased, everything else is left.
fn normalised(value: &str) -> String {
    let lower = value.to_lowercase();
    if is_keyword(&lower) || is_scheme(value) {
        lower
    } else {
        value.to_owned()
    }
}

/// JavaScript lists keys that look like array indices first, in numeric order.
fn array_index(name: &str) -> u64 {
    let canonical = name == "0" || !name.starts_with('0');
    let index = name
        .parse::<u32>()
        .ok()
        .filter(|n| *n != u32::MAX && canonical);
    match index {
        Some(index) if name.bytes().all(|b| b.is_ascii_digit()) => u64::from(index),
        _ => u64::MAX,
    }
}
