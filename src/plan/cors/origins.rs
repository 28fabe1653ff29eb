//! Which origins to claim, and what each is for.

use crate::evidence::{OriginClass, OriginSent};
use crate::model::{CorsContract, CorsExpectation, Target};
use crate::wire::cors::{Hostile, Origin, Ruse, hostile_origins};

/// The origins of pages that must be able to read: the declared ones. Of a service for everybody's
/// pages, a page of nobody in particular.
pub(super) fn readers(target: &Target, label: &str) -> Vec<OriginSent> {
    let Some(contract) = &target.cors else {
        return Vec::new();
    };
    if contract.expectation == CorsExpectation::Public {
        let mut all = untrusted(target, label);
        all.retain(|origin| origin.class == OriginClass::Attack(Ruse::Reflection));
        return all;
    }
    declared(contract)
}

/// The declared origins.
#[must_use]
pub fn declared(contract: &CorsContract) -> Vec<OriginSent> {
    let origins = contract.origins.iter();
    origins
        .map(|origin| sent(OriginClass::Declared, origin))
        .collect()
}

/// The origins that must not get in, the most telling first.
pub(super) fn untrusted(target: &Target, label: &str) -> Vec<OriginSent> {
    let Some(contract) = &target.cors else {
        return undeclared(target, label);
    };
    let hostile = hostile_origins(&parsed(contract), label)
        .into_iter()
        .map(of);
    if contract.expectation == CorsExpectation::Public {
        return hostile.filter(is_universal).collect();
    }
    let denied = contract
        .denied
        .iter()
        .map(|origin| sent(OriginClass::Denied, origin));
    denied.chain(hostile).collect()
}

/// Those of them that are tried in every part of a service: `null`, any origin, and what resembles a
/// declared one in every way at once, of the declared ones the `nth`.
pub(super) fn telling(all: &[OriginSent], nth: usize) -> Vec<OriginSent> {
    let of_class = |class| all.iter().filter(move |origin| origin.class == class);
    let composites = of_class(OriginClass::Attack(Ruse::Composite));
    let count = composites.clone().count().max(1);
    let universal = [Ruse::Null, Ruse::Reflection].map(OriginClass::Attack);
    universal
        .into_iter()
        .flat_map(of_class)
        .chain(composites.skip(nth % count).take(1))
        .cloned()
        .collect()
}

fn parsed(contract: &CorsContract) -> Vec<Origin> {
    let origins = contract.origins.iter();
    origins
        .filter_map(|text| Origin::parse(text).ok())
        .collect()
}

/// With no list to go by, the target's own origin is the one most likely to be on it.
fn undeclared(target: &Target, label: &str) -> Vec<OriginSent> {
    let own: Vec<Origin> = Origin::parse(&target.url.origin()).into_iter().collect();
    hostile_origins(&own, label)
        .into_iter()
        .map(of)
        .filter(is_universal)
        .collect()
}

fn is_universal(sent: &OriginSent) -> bool {
    matches!(
        sent.class,
        OriginClass::Attack(Ruse::Null | Ruse::Reflection | Ruse::Composite)
    )
}

/// An attack origin as it is sent.
#[must_use]
pub fn of(hostile: Hostile) -> OriginSent {
    OriginSent {
        value: hostile.origin,
        class: OriginClass::Attack(hostile.ruse),
        from: hostile.resembles,
    }
}

/// A declared origin, to ask as for comparison.
#[must_use]
pub fn control(declared: &OriginSent) -> OriginSent {
    sent(OriginClass::Control, &declared.value)
}

fn sent(class: OriginClass, origin: &str) -> OriginSent {
    OriginSent {
        value: origin.to_owned(),
        class,
        from: None,
    }
}
