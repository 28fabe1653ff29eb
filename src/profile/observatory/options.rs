//! Tests: x-content-type-options, cross-origin-resource-policy, and of algorithm 6 the opener and the
//! embedder policy. Two lines arrive as one value that is none of those it knows.

use super::Hop;
use super::fields::folded;
use super::javascript::{first, trim};
use crate::wire::http::cross_origin::{EmbedderPolicy, OpenerPolicy, embedder, opener};

pub(super) fn nosniff(last: &Hop) -> &'static str {
    match folded(last.fields.value("x-content-type-options").as_deref(), 256).as_deref() {
        None => "x-content-type-options-not-implemented",
        Some("nosniff") => "x-content-type-options-nosniff",
        Some(_) => "x-content-type-options-header-invalid",
    }
}

pub(super) fn corp(last: &Hop) -> &'static str {
    let value = last.fields.value("cross-origin-resource-policy");
    match folded(value.as_deref(), 256).as_deref() {
        None | Some("") => "corp-not-implemented",
        Some("same-origin") => "corp-implemented-with-same-origin",
        Some("same-site") => "corp-implemented-with-same-site",
        Some("cross-origin") => "corp-implemented-with-cross-origin",
        Some(_) => "corp-header-invalid",
    }
}

/// How much of either it reads.
const READ: usize = 1024;

/// Read as browsers read it, case and all.
pub(super) fn coop(last: &Hop) -> &'static str {
    let value = last.fields.value("cross-origin-opener-policy");
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return "coop-not-implemented";
    };
    match opener(trim(first(&value, READ))).map(|read| read.policy) {
        Ok(OpenerPolicy::SameOrigin) => "coop-implemented-with-same-origin",
        Ok(OpenerPolicy::SameOriginAllowPopups) => "coop-implemented-with-same-origin-allow-popups",
        Ok(OpenerPolicy::NoopenerAllowPopups) => "coop-implemented-with-noopener-allow-popups",
        Ok(OpenerPolicy::UnsafeNone) => "coop-implemented-with-unsafe-none",
        Err(_) => "coop-header-invalid",
    }
}

/// Read as browsers read it, case and all.
pub(super) fn coep(last: &Hop) -> &'static str {
    let value = last.fields.value("cross-origin-embedder-policy");
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return "coep-not-implemented";
    };
    match embedder(trim(first(&value, READ))).map(|read| read.policy) {
        Ok(EmbedderPolicy::RequireCorp) => "coep-implemented-with-require-corp",
        Ok(EmbedderPolicy::Credentialless) => "coep-implemented-with-credentialless",
        Ok(EmbedderPolicy::UnsafeNone) => "coep-implemented-with-unsafe-none",
        Err(_) => "coep-header-invalid",
    }
}
