//! `[[waiver]]`: findings accepted for a while, with a reason.

use super::node::Node;
use super::section::Section;
use super::vocabulary;
use super::words::{date, line};
use crate::model::{RuleId, Target, Waiver};

/// Reads one and hands it to the targets it names.
pub(super) fn waiver(node: Node<'_>, rules: &[RuleId], targets: &mut [Target]) -> Option<()> {
    let mut section = Section::open(node, &vocabulary::WAIVER)?;
    let rule = section.require("rule", "\"headers/hsts-missing\"", |node| {
        known_rule(node, rules)
    });
    let named = section.require("target", "\"NAME\"", |node| known_targets(node, targets));
    let reason = section.require("reason", "\"…\"", line);
    let expires = section.require("expires", "2026-12-31", date);
    let ticket = section.read("ticket", line);
    section.close();
    let (named, waiver) = (
        named?,
        Waiver {
            rule: rule?,
            reason: reason?,
            expires: expires?,
            ticket,
        },
    );
    for target in targets
        .iter_mut()
        .filter(|target| named.contains(&target.name))
    {
        target.waivers.push(waiver.clone());
    }
    Some(())
}

fn known_rule(node: Node<'_>, rules: &[RuleId]) -> Option<String> {
    let text = node.text()?;
    let mut ids = rules.iter().map(|rule| rule.as_str());
    if ids.clone().any(|id| id == text) {
        return Some(text.to_owned());
    }
    // `hsts-missing` for `headers/hsts-missing` is the usual slip.
    let family_left_out = ids
        .clone()
        .find(|id| id.split('/').next_back() == Some(text));
    let help = match family_left_out.or_else(|| node.meant(text, &mut ids)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "`seaworthy rules` lists them all".to_owned(),
    };
    node.refuse(format!("there is no rule {text:?}"), help)
}

fn known_targets(node: Node<'_>, targets: &[Target]) -> Option<Vec<String>> {
    let named = node
        .elements()
        .into_iter()
        .map(|node| known_target(node, targets));
    let named: Vec<Option<String>> = named.collect();
    named.into_iter().collect()
}

/// The name of a target of this file.
pub(super) fn known_target(node: Node<'_>, targets: &[Target]) -> Option<String> {
    let text = node.text()?;
    let names = targets.iter().map(|target| target.name.as_str());
    if names.clone().any(|name| name == text) {
        return Some(text.to_owned());
    }
    let help = match node.meant(text, names) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "the `name` of a [[target]] belongs here".to_owned(),
    };
    node.refuse(format!("there is no target {text:?}"), help)
}
