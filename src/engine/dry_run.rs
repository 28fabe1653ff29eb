//! What would be sent, and nothing sent.

use std::time::Duration;

use super::Plan;
use crate::model::{Family, Schedule, Target, UrlScheme};
use crate::net::http::Outgoing;
use crate::net::quiet::Quiet;
use crate::net::{Deadline, Net};
use crate::probe::allowance::Allowance;
use crate::probe::{self, View};

/// Every connection and request that does not depend on an answer, and how many more may follow at
/// most, kind by kind.
#[must_use]
pub fn list(plan: &Plan, net: &Net) -> String {
    let end = Deadline::within(plan.target_deadline.into(), &net.stop);
    let quiet = Quiet::new(1);
    let mut out = String::new();
    for target in &plan.targets {
        let allowance = Allowance::of(target, &plan.run.conditions);
        let view = View {
            target,
            run: &plan.run,
            net,
            end: &end,
            quiet: &quiet,
            allowance: &allowance,
        };
        out.push_str(&of_target(&view));
    }
    out
}

fn of_target(view: &View<'_>) -> String {
    let target = view.target;
    let mut out = format!("{}  {}\n", target.name, target.url);
    if target.url.scheme == UrlScheme::Https && view.wants(Family::Tls) {
        for line in probe::tls::plan(view) {
            out.push_str(&format!("  tls        {line}\n"));
        }
    }
    let wave = probe::first_wave(view);
    for request in std::iter::once(&probe::page(target)).chain(&wave) {
        out.push_str(&format!("  http       {}\n", line(request, view)));
    }
    for line in probe::websocket::lines(view) {
        out.push_str(&format!("  websocket  {line}\n"));
    }
    if view.wants(Family::Latency) {
        out.push_str(&format!("  latency    {}\n", samples(view)));
        if let Some(schedule) = view.run.conditions.load {
            out.push_str(&format!("  load       {}\n", load(target, schedule)));
        }
    }
    for burst in probe::contract::bursts(view) {
        let (request, at_most, after) = (line(&burst.request, view), burst.at_most, burst.after);
        out.push_str(&format!(
            "  burst      {request}, at most {at_most} times, and at most {after} after a refusal\n"
        ));
    }
    if probe::observatory::is_wanted(view) {
        out.push_str("  profile    the exchanges of `seaworthy headers --profile`\n");
    }
    for probe::MayFollow { at_most, what } in probe::may_follow(view, &wave) {
        out.push_str(&format!("  then       at most {at_most}: {what}\n"));
    }
    out.push('\n');
    out
}

fn line(request: &Outgoing, view: &View<'_>) -> String {
    let shown = request.shown(&view.net.scrub);
    let fields: Vec<String> = shown
        .fields
        .iter()
        .map(|field| format!("{}: {}", field.name, field.text()))
        .collect();
    let fields = if fields.is_empty() {
        String::new()
    } else {
        format!("  ({})", fields.join("; "))
    };
    format!("{} {}{fields}", shown.method, shown.url)
}

fn samples(view: &View<'_>) -> String {
    let (url, policy) = (&view.target.url, &view.target.latency);
    let elsewhere = if view.run.conditions.has("all-addresses") {
        ", new ones again at every address of several"
    } else {
        ""
    };
    format!(
        "GET {url}, {} times on new connections, {} times on a kept one{elsewhere}; each once more \
         where this machine was late",
        policy.cold,
        policy.warm.saturating_add(policy.warm.min(1)),
    )
}

fn load(target: &Target, schedule: Schedule) -> String {
    if !target.allow_load {
        return "none: the target does not say `allow_load`".to_owned();
    }
    let (url, requests) = (&target.url, schedule.intended());
    let (users, length) = (schedule.users(), Duration::from(schedule.length()));
    let each = 1_000_000 / Schedule::GAP.0;
    let seconds = length.as_secs_f64();
    format!("GET {url}, {requests} times in {seconds} s: {users} users, {each} a second each")
}
