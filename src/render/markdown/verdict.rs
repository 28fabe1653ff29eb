//! The verdict in one sentence, and what the run was.

use super::{code, prose};
use crate::render::proxy::{HIDDEN, proxies};
use crate::report::Report;

pub(super) fn section(report: &Report) -> String {
    let summary = &report.summary;
    let counts = &summary.counts;
    let mut out = format!("# {}\n\n", prose(&report.headline));
    for target in &report.targets {
        if let Some(blocked) = &target.blocked {
            let (name, said) = (prose(&target.name), prose(blocked));
            out.push_str(&format!("> **Blocked**: {name}: {said}\n\n"));
        }
    }
    if !summary.complete {
        out.push_str("> **Incomplete**: not everything was asked.\n\n");
    }
    if report.targets.iter().any(|target| target.insecure) {
        out.push_str("> **Insecure**: certificates were not held against any trust anchor.\n\n");
    }
    for (proxy, names) in proxies(report) {
        let (proxy, names) = (prose(&proxy), prose(&names));
        out.push_str(&format!(
            "> **Through a proxy**: {names}: {proxy}; {HIDDEN}.\n\n"
        ));
    }
    let agent = summary.user_agent.as_str();
    let agent = if agent.is_empty() {
        String::new()
    } else {
        format!(" · {}", code(agent))
    };
    out.push_str(&format!(
        "Grade **{}** · {} · {} · {:.1} s · {}{agent} · exit {}: {}\n\n",
        summary.grade.shown(),
        prose(&summary.list),
        summary.at,
        std::time::Duration::from(summary.took).as_secs_f64(),
        report.tool,
        summary.exit_code.number(),
        prose(&summary.reason),
    ));
    let noun = if counts.checks == 1 {
        "check"
    } else {
        "checks"
    };
    out.push_str(&format!(
        "{} {noun}: {} pass, {} fail, {} unknown, {} not tested, {} not applicable, {} waived\n\n",
        counts.checks,
        counts.pass,
        counts.fail,
        counts.unknown,
        counts.not_tested,
        counts.not_applicable,
        counts.waived,
    ));
    out
}
