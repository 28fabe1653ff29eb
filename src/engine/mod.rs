//! Floor 5, the engine: every target looked at once, several at a time, results in order.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::evidence::{Evidence, Run};
use crate::model::{Millis, Target};
use crate::net::{Deadline, Net};
use crate::probe::{self, View};

/// What is to be looked at, and how wide.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In report order.
    pub targets: Vec<Target>,
    /// What was asked of the run.
    pub run: Run,
    /// How many targets at a time.
    pub jobs: usize,
    /// How long one target may take in all.
    pub target_deadline: Millis,
    /// How long the run may take in all.
    pub deadline: Option<Millis>,
}

/// Told of progress; never asked for anything.
pub trait Watch: Sync {
    /// A target's audit began.
    fn began(&self, target: &Target);
    /// A target's audit ended, `done` of `all` by now.
    fn ended(&self, target: &Target, done: usize, all: usize);
}

/// Looks at every target. A fault of ours in one is caught at the worker's edge, so that the
/// others' results survive; what an interruption left out is in the result as incomplete.
#[must_use]
pub fn observe(plan: &Plan, net: &Net, watch: &dyn Watch) -> Vec<Evidence> {
    let (cursor, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results = Mutex::new(BTreeMap::new());
    let whole = Deadline::within(plan.deadline.map_or(Duration::MAX, Into::into), &net.stop);
    let all = plan.targets.len();
    std::thread::scope(|scope| {
        for _ in 0..plan.jobs.clamp(1, all.max(1)) {
            scope.spawn(|| {
                loop {
                    let index = cursor.fetch_add(1, Ordering::SeqCst);
                    let Some(target) = plan.targets.get(index) else {
                        return;
                    };
                    watch.began(target);
                    let evidence = observe_one(target, plan, net, &whole);
                    if let Ok(mut results) = results.lock() {
                        results.insert(index, evidence);
                    }
                    watch.ended(target, done.fetch_add(1, Ordering::SeqCst) + 1, all);
                }
            });
        }
    });
    results
        .into_inner()
        .unwrap_or_default()
        .into_values()
        .collect()
}

fn observe_one(target: &Target, plan: &Plan, net: &Net, whole: &Deadline) -> Evidence {
    let wake = target.cold_start.unwrap_or_default();
    let end = whole.sooner(Duration::from(plan.target_deadline) + Duration::from(wake));
    let view = View {
        target,
        run: &plan.run,
        net,
        end: &end,
    };
    catch_unwind(AssertUnwindSafe(|| probe::observe(&view)))
        .unwrap_or_else(|_| probe::blank_after_bug(target, &plan.run, net))
}
