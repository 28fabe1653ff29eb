//! What would be sent, and nothing sent.

use super::Plan;
use crate::model::{Family, Target, UrlScheme};
use crate::net::http::Outgoing;
use crate::net::quiet::Quiet;
use crate::net::{Deadline, Net};
use crate::probe::allowance::Allowance;
use crate::probe::{self, View};

/// Every connection and request that does not depend on an answer, and how many more may follow.
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
    let mut requests = vec![probe::page(target)];
    requests.extend(probe::first_wave(view));
    for request in &requests {
        out.push_str(&format!("  http       {}\n", line(request, view)));
    }
    for line in probe::websocket::lines(view) {
        out.push_str(&format!("  websocket  {line}\n"));
    }
    if view.wants(Family::Latency) {
        out.push_str(&format!("  latency    {}\n", samples(target)));
    }
    out.push_str("  then       redirect hops, and requests that the answers call for\n\n");
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

fn samples(target: &Target) -> String {
    let policy = &target.latency;
    format!(
        "GET {}, {} times on new connections, {} times on a kept one",
        target.url,
        policy.cold,
        policy.warm.saturating_add(1),
    )
}
