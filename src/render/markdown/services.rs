//! Each service in a row: where it is, what it answers, what it says of itself, and how it stands.

use super::endpoints::mark;
use super::{by_service, code, prose, titled};
use crate::model::{Family, Severity, Untrusted};
use crate::render::{caps, service};
use crate::report::{Report, TargetReport, in_time};

pub(super) fn section(report: &Report) -> String {
    let rows: Vec<Vec<String>> = report.targets.iter().map(row).collect();
    let head = [
        "Service",
        "Address",
        "Answers",
        "As declared",
        "Says of itself",
        "Certificate",
        "First byte (server)",
    ];
    let mut body = by_service(report, &head, rows);
    body.push('\n');
    body.push_str(&letters(report));
    titled("Services", &body)
}

fn row(target: &TargetReport) -> Vec<String> {
    vec![
        name(target),
        code(&target.url),
        answers(target),
        as_declared(target),
        says(target),
        certificate(target),
        first_byte(target),
    ]
}

fn name(target: &TargetReport) -> String {
    let optional = if target.optional { " (optional)" } else { "" };
    format!("{}{optional}", prose(&target.name))
}

fn answers(target: &TargetReport) -> String {
    let said = service::answers(target);
    said.map_or_else(|| "no answer".to_owned(), |said| said.markdown())
}

fn as_declared(target: &TargetReport) -> String {
    service::declared(target).map_or_else(
        || "-".to_owned(),
        |declared| {
            let (met, all) = (declared.met, declared.all);
            format!("{met} of {all} {}", mark(declared.standing))
        },
    )
}

fn says(target: &TargetReport) -> String {
    let (values, more) = service::says(target);
    let said = values.iter().map(|value| {
        let (name, found) = (prose(value.name), value.found.markdown());
        format!("{name} {found} {}", mark(value.standing))
    });
    let mut said: Vec<String> = said.collect();
    if said.is_empty() {
        return "-".to_owned();
    }
    said.extend((more > 0).then(|| format!("{more} more")));
    said.join(" · ")
}

fn certificate(target: &TargetReport) -> String {
    service::certificate(target).map_or_else(
        || "-".to_owned(),
        |(said, standing)| format!("{} {}", said.markdown(), mark(standing)),
    )
}

fn first_byte(target: &TargetReport) -> String {
    let latency = target.facts.latency.known();
    let timed = latency.and_then(|latency| Some((latency, latency.timed.first()?)));
    let timed = timed.and_then(|(latency, timed)| Some((latency, timed, timed.cold.as_ref()?)));
    let Some((latency, timed, cold)) = timed else {
        return "-".to_owned();
    };
    let (first, server) = (cold.median.ttfb(), cold.median.server);
    let sign = mark(in_time(timed, latency));
    format!("{first} ({server}) ≤ {} {sign}", latency.target_ms)
}

/// The letter of each family, what the signs mean, and what keeps a letter down.
fn letters(report: &Report) -> String {
    let mut head = vec!["Service", "Grade"];
    head.extend(Family::ALL.map(Family::title));
    head.push("Open");
    let rows = report.targets.iter().map(|target| {
        let mut cells = vec![prose(&target.name), format!("**{}**", target.grade.shown())];
        cells.extend(Family::ALL.map(|family| target.families.of(family).shown()));
        cells.push(target.coverage.open().len().to_string());
        cells
    });
    let mut out = by_service(report, &head, rows.collect());
    out.push_str(
        "\n`-` nothing declared · `?` not decided · `~` could be worse · `4/5` essential questions \
         shown, where some are open · the grade is the weakest letter\n",
    );
    let lines = caps::lines(report, |finding| finding.severity >= Severity::Medium);
    let lines = lines
        .iter()
        .map(|line| Untrusted::from(line.as_str()).markdown());
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        out.push_str(&format!("\nWhy not higher: {}\n", lines.join(" · ")));
    }
    out
}
