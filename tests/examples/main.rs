//! The target files of `examples/`, each against a replica of the system it describes: everything
//! holds on a good one, each claim that breaks is found by its own rule and by no other, and what
//! cannot be seen from outside is said.

#![expect(
    clippy::unwrap_used,
    reason = "a lock is never poisoned but by a failure"
)]

#[path = "../embedded/mod.rs"]
mod embedded;

mod assistant;
mod coverage;
mod issues;
mod kanban;
mod pitch;
mod replica;
mod safety;
mod told;

use std::sync::{Mutex, PoisonError};

use embedded::rules;
use replica::{System, audit};
use seaworthy::model::Severity;
use seaworthy::report::{Outcome, TargetReport};

const SYSTEMS: &[&System] = &[
    &assistant::SYSTEM,
    &kanban::SYSTEM,
    &safety::SYSTEM,
    &issues::SYSTEM,
    &pitch::SYSTEM,
];

/// What a replica on loopback can show of a system; TLS and page headers are other chapters.
const FAMILIES: &[&str] = &["contract", "websocket", "cors", "auth"];

/// Everything that failed, but for what is only worth knowing.
fn wrong(target: &TargetReport) -> Vec<&'static str> {
    let grave = target
        .failures()
        .filter(|finding| finding.severity > Severity::Info);
    grave.map(|finding| finding.rule.as_str()).collect()
}

#[test]
fn every_claim_holds_on_a_good_replica() {
    let runs = |system: &&'static System| {
        [system.flags("none"), &["thorough"]].map(|flags| (*system, flags))
    };
    let runs = SYSTEMS.iter().flat_map(runs);
    assert_none(side_by_side(runs, |(system, flags)| undue(system, flags)));
}

/// Verdicts on a good replica that are none: what failed, what could not be decided, and, where all
/// was to be tried, what was not.
fn undue(system: &'static System, flags: &[&str]) -> Vec<String> {
    let families = [FAMILIES, &["latency"]].concat();
    let of = |target: &TargetReport| {
        let mut undue = wrong(target);
        undue.extend(rules(target, Outcome::Unknown));
        // What is open is what the file or a flag could close.
        let open = target.coverage.open().iter();
        let stuck = open.filter(|open| open.needs.is_none());
        let stuck: Vec<String> = stuck.map(|open| format!("{open:?}")).collect();
        if !stuck.is_empty() {
            return Some(format!("{} {flags:?}: {stuck:?}", target.name));
        }
        (!undue.is_empty()).then(|| format!("{} {flags:?}: {undue:?}", target.name))
    };
    let targets = audit(system, "none", &families, flags).0;
    let disagreeing = targets.iter().filter_map(told::disagreement);
    let undue = targets.iter().filter_map(of);
    undue.chain(disagreeing).collect()
}

#[test]
fn each_broken_claim_is_found_by_its_own_rule() {
    let rows = SYSTEMS
        .iter()
        .flat_map(|system| system.broken.iter().map(move |row| (*system, *row)));
    assert_none(side_by_side(rows, |(system, row)| fault(system, row)));
}

/// One test has the machine for itself: what is judged by the clock is not to wait for the others.
static ALONE: Mutex<()> = Mutex::new(());

/// Most of an audit is waiting: so many go on at once.
fn side_by_side<T: Send, F: IntoIterator<Item = String>>(
    items: impl Iterator<Item = T> + Send,
    judge: impl Fn(T) -> F + Sync,
) -> Vec<String> {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (items, faults) = (Mutex::new(items), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let next = items.lock().unwrap().next();
            let Some(item) = next else { return };
            let found = judge(item);
            faults.lock().unwrap().extend(found);
        }
    };
    std::thread::scope(|scope| (0..64).for_each(|_| drop(scope.spawn(work))));
    faults.into_inner().unwrap()
}

fn assert_none(mut faults: Vec<String>) {
    faults.sort();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// What is wrong with the verdict on one broken claim.
fn fault(system: &'static System, (claim, defect, rules): replica::Broken) -> Option<String> {
    let family = |rule: &str| rule.split('/').next().unwrap_or_default().to_owned();
    let more = rules.first().map(|rule| family(rule)).unwrap_or_default();
    let families = [FAMILIES, &[more.as_str()]].concat();
    let targets = audit(system, defect, &families, system.flags(defect)).0;
    let mut found: Vec<&str> = targets.iter().flat_map(wrong).collect();
    // A replica has no page headers worth the name.
    found.retain(|rule| family(rule) != "headers" || rules.contains(rule));
    found.sort_unstable();
    found.dedup();
    // The first must be found. What follows from it may depend on which request came first.
    let own = rules.iter().take(1).all(|rule| found.contains(rule));
    let follows = found.iter().all(|rule| rules.contains(rule));
    if let Some(disagreement) = targets.iter().find_map(told::disagreement) {
        return Some(format!("{claim}; {defect}: {disagreement}"));
    }
    (!own || !follows).then(|| format!("{claim}; {defect}: {rules:?} wanted, {found:?} found"))
}

#[test]
fn what_cannot_be_seen_is_said() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for system in SYSTEMS {
        for target in audit(system, "none", FAMILIES, &[]).0 {
            let all = target.not_checked.join("\n");
            for hidden in system.hidden {
                assert!(all.contains(hidden), "{}: {hidden}", target.name);
            }
        }
    }
}
