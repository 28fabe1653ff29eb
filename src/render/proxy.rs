//! Through what a run looked.

use std::collections::BTreeMap;

use crate::report::Report;

/// What a proxy keeps to itself.
pub(super) const HIDDEN: &str =
    "it resolves names and connects, and neither these nor addresses are judged";

/// Every proxy, and the names of the targets that were observed through it.
pub(super) fn proxies(report: &Report) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for target in &report.targets {
        if let Some(proxy) = &target.proxy {
            let names = all.entry(proxy.clone()).or_default();
            if !names.is_empty() {
                names.push_str(", ");
            }
            names.push_str(&target.name);
        }
    }
    all
}
