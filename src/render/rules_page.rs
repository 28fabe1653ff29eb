//! The rules page of the documentation, made from the catalogue.

use serde::Serialize;

use crate::grade;
use crate::model::{Family, Grade, RuleId, Severity};
use crate::rules::{Rule, catalogue, find, headers};
use crate::wire::http::class::Class;

/// `docs/rules.md`.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::from(
        "# Rules\n\nGenerated from the catalogue with `seaworthy rules --format markdown`; a test \
         holds this page equal to it.\n\nA rule that fails costs its family points once, however \
         many places it fails in, and may cap its letter. Unknown is never a pass: a family that \
         could not be measured has `?` instead of a letter.\n\n",
    );
    out.push_str("| severity | points | caps the family at |\n|---|--:|---|\n");
    for severity in Severity::ALL.into_iter().rev() {
        let cap = match severity {
            Severity::Critical => "F",
            Severity::High => "C",
            Severity::Medium => "B, from the second on",
            Severity::Low | Severity::Info => "",
        };
        out.push_str(&format!(
            "| {severity} | {} | {cap} |\n",
            grade::points(severity)
        ));
    }
    for family in Family::ALL {
        out.push_str(&format!("\n## {}\n", family.title()));
        if family == Family::Headers {
            out.push_str(&classes());
        }
        for rule in catalogue().filter(|rule| rule.family() == family) {
            out.push_str(&section(rule));
        }
    }
    out
}

/// What a rule about single answers costs in each class of answer.
fn classes() -> String {
    let names: Vec<&str> = Class::ALL.into_iter().map(Class::name).collect();
    let mut out = format!(
        "\nAn answer is a document, an api, an asset, a redirect, an error or empty, by its status, \
         its media type and a look at its body; `headers.class` in the target file overrides the \
         guess. A rule that does not apply to a class is shown as not applicable and costs \
         nothing. Points by class; rules that are not listed look at the deployment as a whole, \
         and cost what their severity does.\n\n| rule | {} |\n|---|{}\n",
        names.join(" | "),
        "--:|".repeat(names.len()),
    );
    for (id, weighs_on) in headers::SCOPES.iter().copied().flatten() {
        let points = find(id.as_str()).map_or(0, |rule| grade::points(rule.severity));
        let cells = Class::ALL.map(|class| {
            let weighs = weighs_on.contains(&class);
            if weighs {
                points.to_string()
            } else {
                "n/a".to_owned()
            }
        });
        out.push_str(&format!("| `{id}` | {} |\n", cells.join(" | ")));
    }
    out
}

fn section(rule: &Rule) -> String {
    let references: Vec<String> = rule
        .references
        .iter()
        .map(|reference| format!("[{reference}]({})", reference.url()))
        .collect();
    let cap = rule
        .cap
        .map(|cap| format!(" · caps at {cap}"))
        .unwrap_or_default();
    format!(
        "\n### `{}`\n\n{} · **{}**{cap}\n\n{}\n\n- **Wanted:** {}\n- **Fix:** {}\n- **How it is \
         seen, and what could make it wrong:** {}\n- **Written in:** {}\n",
        rule.id,
        rule.title,
        rule.severity,
        rule.rationale,
        rule.expected,
        rule.remediation,
        rule.observed_by,
        if references.is_empty() {
            "our own judgement".to_owned()
        } else {
            references.join(", ")
        },
    )
}

#[derive(Serialize)]
struct Entry {
    id: RuleId,
    family: Family,
    title: &'static str,
    severity: Severity,
    rationale: &'static str,
    expected: &'static str,
    remediation: &'static str,
    observed_by: &'static str,
    references: Vec<String>,
    cap: Option<Grade>,
}

/// The catalogue for machines: an array, in the catalogue's order.
#[must_use]
pub fn json() -> String {
    let entries: Vec<Entry> = catalogue()
        .map(|rule| Entry {
            id: rule.id,
            family: rule.family(),
            title: rule.title,
            severity: rule.severity,
            rationale: rule.rationale,
            expected: rule.expected,
            remediation: rule.remediation,
            observed_by: rule.observed_by,
            references: rule
                .references
                .iter()
                .map(crate::rules::Reference::url)
                .collect(),
            cap: rule.limit(),
        })
        .collect();
    // Plain strings always serialise.
    serde_json::to_string_pretty(&entries).unwrap_or_default() + "\n"
}
