//! Which origins to claim, and what each is for.

use crate::evidence::{OriginClass, OriginSent};
use crate::model::{CorsContract, CorsExpectation, Target};
use crate::probe::View;
use crate::wire::cors::{Hostile, Origin, Ruse, hostile_origins};

/// A label nobody has registered; another one in each run.
pub(super) fn label(view: &View<'_>) -> String {
    // Knuth's multiplicative hash spreads the low digits of the clock.
    let spread = view
        .net
        .clock
        .now()
        .millis()
        .cast_unsigned()
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("sw{:08x}", spread >> 32)
}

/// The declared origins; a public service is asked as anybody.
pub(super) fn declared(contract: &CorsContract) -> Vec<OriginSent> {
    contract
        .origins
        .iter()
        .map(|origin| sent(OriginClass::Declared, origin))
        .collect()
}

/// A declared origin, to ask as at a path that nobody has.
pub(super) fn control(declared: &OriginSent) -> OriginSent {
    sent(OriginClass::Control, &declared.value)
}

/// The origins that must not get in, the most telling first.
pub(super) fn strangers(target: &Target, label: &str) -> Vec<OriginSent> {
    let Some(contract) = &target.cors else {
        return undeclared(target, label);
    };
    let parsed: Vec<Origin> = contract
        .origins
        .iter()
        .filter_map(|text| Origin::parse(text).ok())
        .collect();
    let hostile = hostile_origins(&parsed, label).into_iter().map(of);
    if contract.expectation == CorsExpectation::Public {
        return hostile.filter(is_universal).collect();
    }
    let denied = contract
        .denied
        .iter()
        .map(|origin| sent(OriginClass::Denied, origin));
    denied.chain(hostile).collect()
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

pub(super) fn of(hostile: Hostile) -> OriginSent {
    OriginSent {
        value: hostile.origin,
        class: OriginClass::Attack(hostile.ruse),
        from: hostile.resembles,
    }
}

fn sent(class: OriginClass, origin: &str) -> OriginSent {
    OriginSent {
        value: origin.to_owned(),
        class,
        from: None,
    }
}
