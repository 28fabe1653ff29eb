//! A rule as the catalogue has it, for the consumer's own pages (§3.49).

use serde::Serialize;

use super::{Message, level};
use crate::model::Severity;
use crate::rules::Rule;

/// A reporting descriptor.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Debug, Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Serialize)]
struct Properties {
    tags: Vec<&'static str>,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

impl Descriptor {
    pub(super) fn of(rule: &'static Rule) -> Self {
        let security_severity = security_severity(rule.severity);
        let security = security_severity.map(|_| "security");
        let family = [rule.family().name()];
        Self {
            id: rule.id.as_str(),
            short_description: Message::new(rule.title),
            full_description: Message::new(rule.rationale),
            help: Help {
                text: text(rule),
                markdown: markdown(rule),
            },
            help_uri: rule.references.first().map(crate::rules::Reference::url),
            default_configuration: Configuration {
                level: level(rule.severity),
            },
            properties: Properties {
                tags: security.into_iter().chain(family).collect(),
                security_severity,
            },
        }
    }
}

/// Code scanning reads above 9.0 as critical, from 7.0 as high, from 4.0 as medium, and the rest as
/// low. What is only worth knowing has none.
const fn security_severity(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.1"),
        Severity::High => Some("8.0"),
        Severity::Medium => Some("5.5"),
        Severity::Low => Some("2.0"),
        Severity::Info => None,
    }
}

fn parts(rule: &Rule) -> [(&'static str, &'static str); 3] {
    [
        ("Expected", rule.expected),
        ("Fix", rule.remediation),
        ("Detection", rule.observed_by),
    ]
}

fn text(rule: &Rule) -> String {
    let mut lines: Vec<String> = parts(rule)
        .iter()
        .map(|(name, text)| format!("{name}: {text}"))
        .collect();
    let references = rule.references.iter();
    lines.extend(references.map(|reference| format!("See: {reference}, {}", reference.url())));
    lines.join("\n")
}

/// The rules' texts are Markdown already.
fn markdown(rule: &Rule) -> String {
    let parts = parts(rule);
    let mut blocks: Vec<String> = vec![rule.rationale.to_owned()];
    blocks.extend(
        parts
            .iter()
            .map(|(name, text)| format!("**{name}:** {text}")),
    );
    let references: Vec<String> = rule
        .references
        .iter()
        .map(|reference| format!("- [{reference}]({})", reference.url()))
        .collect();
    if !references.is_empty() {
        blocks.push(references.join("\n"));
    }
    blocks.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::Descriptor;
    use crate::rules::catalogue;

    #[test]
    fn no_rule_is_too_long_for_code_scanning() {
        for rule in catalogue() {
            let descriptor = Descriptor::of(rule);
            for text in [rule.title, rule.rationale] {
                assert!(text.chars().count() <= 1_000, "{}", rule.id);
            }
            assert!(!descriptor.help.text.is_empty(), "{}", rule.id);
        }
    }
}
