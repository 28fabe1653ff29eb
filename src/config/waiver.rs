//! `[[waiver]]`: findings accepted for a while, with a reason.

use std::collections::BTreeSet;

use super::node::Node;
use super::request::request;
use super::section::Section;
use super::vars::Vars;
use super::vocabulary;
use super::words::{date, line};
use crate::model::{RuleId, Target, Waiver};

/// Reads one and hands it to the targets it names.
pub(super) fn waiver(node: Node<'_>, rules: &[RuleId], targets: &mut [Target]) -> Option<()> {
    let mut section = Section::open(node, &vocabulary::WAIVER)?;
    let waived = section.require("rule", "\"headers/hsts-missing\"", |node| {
        every(node, |node| known_rule(node, rules))
    });
    let named = section.require("target", "\"NAME\"", |node| Named::read(node, targets));
    let endpoint = section.read("endpoint", label);
    let reason = section.require("reason", "\"…\"", line);
    let expires = section.require("expires", "2026-12-31", date);
    let ticket = section.read("ticket", line);
    section.close();
    let named = named?;
    let (reason, expires) = (reason?, expires?);
    let waivers = waived?.into_iter().map(|rule| Waiver {
        rule,
        endpoint: endpoint.clone(),
        everywhere: named == Named::All,
        reason: reason.clone(),
        expires,
        ticket: ticket.clone(),
    });
    let waivers: Vec<Waiver> = waivers.collect();
    for target in targets.iter_mut().filter(|target| named.holds(target)) {
        target.waivers.extend(waivers.iter().cloned());
    }
    Some(())
}

/// The targets that a waiver holds for.
#[derive(PartialEq, Eq)]
enum Named {
    All,
    These(BTreeSet<String>),
}

impl Named {
    fn read(node: Node<'_>, targets: &[Target]) -> Option<Self> {
        if node.value().as_str() == Some("*") {
            return Some(Self::All);
        }
        let names = every(node, |node| known_target(node, targets))?;
        Some(Self::These(names.into_iter().collect()))
    }

    fn holds(&self, target: &Target) -> bool {
        match self {
            Self::All => true,
            Self::These(names) => names.contains(&target.name),
        }
    }
}

/// Each element of a list, or the one value in its place; all faults are reported.
fn every<T>(node: Node<'_>, read: impl Fn(Node<'_>) -> Option<T>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = node.elements().into_iter().map(read).collect();
    read.into_iter().collect()
}

/// An endpoint as findings name it.
fn label(node: Node<'_>) -> Option<String> {
    let (method, path) = request(node)?;
    Some(format!("{method} {}", path.filled(&Vars::new())?))
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
