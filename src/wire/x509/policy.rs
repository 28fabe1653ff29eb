//! Certificate policies along a path (RFC 5280 §6.1): where an authority demands one, is there
//! one that all below it share?
//!
//! Clients start with the anyPolicy set and without a demand of their own, so only the expected
//! policies matter, and the tree of §6.1 shrinks to their set.

use std::collections::BTreeSet;

use super::certificate::Certificate;
use super::der::{Element, OID, Reader, SEQUENCE, primitive};
use super::parts::Parts;

const ANY: &str = "2.5.29.32.0";
pub(super) const POLICIES: &str = "2.5.29.32";
pub(super) const MAPPINGS: &str = "2.5.29.33";
pub(super) const CONSTRAINTS: &str = "2.5.29.36";
pub(super) const INHIBIT_ANY: &str = "2.5.29.54";

/// Counters of §6.1.2 (d) to (f): how many more certificates may go without.
struct Countdown {
    explicit: usize,
    mapping: usize,
    any: usize,
}

/// Does every demand for a policy hold? `path` goes from the anchor's side to the leaf.
pub(super) fn holds(path: &[&Certificate]) -> bool {
    let long = path.len() + 1;
    let mut left = Countdown {
        explicit: long,
        mapping: long,
        any: long,
    };
    let mut expected = Some(BTreeSet::from([ANY.to_owned()]));
    for (index, certificate) in path.iter().enumerate() {
        let parts = &certificate.parts;
        let is_last = index + 1 == path.len();
        let self_issued = certificate.is_self_issued();
        let any_counts = left.any > 0 || (!is_last && self_issued);
        expected = after(expected, parts, any_counts);
        if left.explicit == 0 && expected.is_none() {
            return false;
        }
        let (require_explicit, inhibit_mapping) = constraints(parts);
        if is_last {
            left.explicit = left.explicit.saturating_sub(1);
            if require_explicit == Some(0) {
                left.explicit = 0;
            }
            continue;
        }
        expected = mapped(expected, parts, left.mapping > 0);
        if !self_issued {
            left.explicit = left.explicit.saturating_sub(1);
            left.mapping = left.mapping.saturating_sub(1);
            left.any = left.any.saturating_sub(1);
        }
        left.explicit = left.explicit.min(require_explicit.unwrap_or(long));
        left.mapping = left.mapping.min(inhibit_mapping.unwrap_or(long));
        left.any = left.any.min(inhibit_any(parts).unwrap_or(long));
    }
    left.explicit > 0 || expected.is_some()
}

type Expected = Option<BTreeSet<String>>;

/// §6.1.3 (d) and (e): what is left of the expected policies below this certificate.
fn after(expected: Expected, parts: &Parts, any_counts: bool) -> Expected {
    let (before, stated) = (expected?, stated(parts)?);
    let mut left: BTreeSet<String> = stated
        .iter()
        .filter(|policy| *policy != ANY && (before.contains(*policy) || before.contains(ANY)))
        .cloned()
        .collect();
    if any_counts && stated.contains(ANY) {
        left.extend(before);
    }
    Some(left).filter(|left| !left.is_empty())
}

/// §6.1.4 (b): the policies of this authority in the terms of the next.
fn mapped(expected: Expected, parts: &Parts, allowed: bool) -> Expected {
    let mut expected = expected?;
    let pairs = mappings(parts);
    let named: BTreeSet<&String> = pairs.iter().map(|(own, _)| own).collect();
    let concerned = |own: &String| expected.contains(own) || expected.contains(ANY);
    let next: Vec<String> = pairs
        .iter()
        .filter(|(own, _)| allowed && concerned(own))
        .map(|(_, theirs)| theirs.clone())
        .collect();
    expected.retain(|policy| !named.contains(policy));
    expected.extend(next);
    Some(expected).filter(|left| !left.is_empty())
}

/// The policy numbers, without their qualifiers.
fn stated(parts: &Parts) -> Option<BTreeSet<String>> {
    let extension = parts.extension(POLICIES)?;
    let mut rest = Reader::new(&extension.value).take(SEQUENCE)?.inside();
    let mut policies = BTreeSet::new();
    while let Some(information) = rest.take(SEQUENCE) {
        policies.insert(information.inside().take(OID)?.dotted()?);
    }
    Some(policies)
}

/// PolicyMappings ::= SEQUENCE OF SEQUENCE { issuerDomainPolicy, subjectDomainPolicy }
fn mappings(parts: &Parts) -> Vec<(String, String)> {
    let extension = parts.extension(MAPPINGS);
    let list = extension.and_then(|extension| Reader::new(&extension.value).take(SEQUENCE));
    let mut rest = Reader::new(list.map_or(&[], |list| list.body));
    let mut pairs = Vec::new();
    while let Some(pair) = rest.take(SEQUENCE) {
        let mut inside = pair.inside();
        let mut next = || inside.take(OID).and_then(Element::dotted);
        if let (Some(own), Some(theirs)) = (next(), next()) {
            pairs.push((own, theirs));
        }
    }
    pairs
}

/// requireExplicitPolicy [0] and inhibitPolicyMapping [1].
fn constraints(parts: &Parts) -> (Option<usize>, Option<usize>) {
    let extension = parts.extension(CONSTRAINTS);
    let list = extension.and_then(|extension| Reader::new(&extension.value).take(SEQUENCE));
    let mut inside = Reader::new(list.map_or(&[], |list| list.body));
    let mut number = |tag| {
        let found = inside.optional(primitive(tag))?;
        usize::try_from(found.unsigned()?).ok()
    };
    (number(0), number(1))
}

fn inhibit_any(parts: &Parts) -> Option<usize> {
    let extension = parts.extension(INHIBIT_ANY)?;
    let skipped = Reader::new(&extension.value).read()?.unsigned()?;
    usize::try_from(skipped).ok()
}
