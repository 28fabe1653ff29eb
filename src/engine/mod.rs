//! Floor 5, the engine: every target looked at once, several at a time, results in order.
//!
//! In two passes: all that may run side by side first, then what is timed. A sample taken while
//! sixty other targets are shaking hands would measure this machine.

pub mod dry_run;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::evidence::{Evidence, Run};
use crate::model::{Millis, Target};
use crate::net::pool::in_order;
use crate::net::quiet::Quiet;
use crate::net::{Deadline, Net};
use crate::probe::allowance::{Allowance, Pace};
use crate::probe::{self, View};

/// What a timed sample may take on average, its pause included, before a target's samples are cut
/// short: a thousand of them are asked for on purpose.
const PER_SAMPLE: Duration = Duration::from_secs(1);

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
    /// Rate limits slow a target's audit down.
    fn paced(&self, target: &Target, pace: Pace);
    /// A target's audit ended, `done` of `all` by now.
    fn ended(&self, target: &Target, done: usize, all: usize);
}

/// Looks at every target. A fault of ours in one is caught at the worker's edge, so that the
/// others' results survive; what an interruption left out is in the result as incomplete.
#[must_use]
pub fn observe(plan: &Plan, net: &Net, watch: &dyn Watch) -> Vec<Evidence> {
    let whole = Deadline::within(plan.deadline.map_or(Duration::MAX, Into::into), &net.stop);
    let quiet = Quiet::new(plan.jobs);
    let looking = Looking {
        plan,
        net,
        whole: &whole,
        quiet: &quiet,
        watch,
    };
    let seen = in_order(plan.jobs, &plan.targets, |target| {
        watch.began(target);
        looking.look(target)
    });
    let (done, all) = (AtomicUsize::new(0), plan.targets.len());
    in_order(plan.jobs, &seen, |seen| {
        let evidence = looking.time(seen);
        watch.ended(&seen.target, done.fetch_add(1, Ordering::SeqCst) + 1, all);
        evidence
    })
}

/// What both passes need.
struct Looking<'a> {
    plan: &'a Plan,
    net: &'a Net,
    whole: &'a Deadline,
    quiet: &'a Quiet,
    watch: &'a dyn Watch,
}

impl Looking<'_> {
    fn look(&self, target: &Target) -> Evidence {
        let wake = target.cold_start.unwrap_or_default();
        let end = self
            .whole
            .sooner(Duration::from(self.plan.target_deadline) + Duration::from(wake));
        let allowance = Allowance::of(target, &self.plan.run.conditions);
        self.guarded(target, || {
            let view = self.view(target, &end, &allowance);
            if let Some(pace) = probe::pace(&view) {
                self.watch.paced(target, pace);
            }
            probe::observe(&view)
        })
    }

    /// With the time that the first pass left, and more for each sample that was asked for.
    fn time(&self, seen: &Evidence) -> Evidence {
        let left = Duration::from(self.plan.target_deadline).saturating_sub(seen.took.into());
        let load = self.plan.run.conditions.load.map(|load| load.length());
        let samples = probe::latency::requests(&seen.target);
        let samples = u32::try_from(samples).unwrap_or(u32::MAX);
        let left =
            left + PER_SAMPLE.saturating_mul(samples) + Duration::from(load.unwrap_or_default());
        let end = self.whole.sooner(left);
        self.guarded(&seen.target, || {
            let mut evidence = seen.clone();
            let allowance = Allowance::after(seen, self.net.clock.now());
            probe::time(&self.view(&seen.target, &end, &allowance), &mut evidence);
            evidence
        })
    }

    fn view<'v>(
        &'v self,
        target: &'v Target,
        end: &'v Deadline,
        allowance: &'v Allowance,
    ) -> View<'v> {
        let (run, net, quiet) = (&self.plan.run, self.net, self.quiet);
        View {
            target,
            run,
            net,
            end,
            quiet,
            allowance,
        }
    }

    fn guarded(&self, target: &Target, act: impl FnOnce() -> Evidence) -> Evidence {
        catch_unwind(AssertUnwindSafe(act))
            .unwrap_or_else(|_| probe::blank_after_bug(target, &self.plan.run, self.net))
    }
}
