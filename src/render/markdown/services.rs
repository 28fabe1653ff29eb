//! Each service in a row: where it is, what it answers, what it says of itself, and how it stands.

use super::endpoints::mark;
use super::{by_service, code, prose, titled};
use crate::facts::contract::Standing;
use crate::facts::tls::CertificateFacts;
use crate::model::{Family, Severity, Untrusted};
use crate::render::caps;
use crate::render::certificate::issuer;
use crate::report::{Report, TargetReport, in_time};

/// So many values a service says of itself.
const VALUES: usize = 3;

/// A longer value is cut.
const VALUE: usize = 24;

pub(super) fn section(report: &Report) -> String {
    let rows: Vec<Vec<String>> = report.targets.iter().map(row).collect();
    let head = [
        "Service",
        "Address",
        "Answers",
        "As declared",
        "Says of itself",
        "Grade",
        "Open",
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
        format!("**{}**", target.grade.shown()),
        target.coverage.open().len().to_string(),
        certificate(target),
        first_byte(target),
    ]
}

fn name(target: &TargetReport) -> String {
    let optional = if target.optional { " (optional)" } else { "" };
    format!("{}{optional}", prose(&target.name))
}

fn answers(target: &TargetReport) -> String {
    let landing = target.facts.landing.as_ref();
    let answer = landing.and_then(|landing| landing.answer.as_ref());
    let Some(answer) = answer else {
        return "no answer".to_owned();
    };
    let said = format!("{} {}", answer.status, answer.media_type.raw());
    prose(said.trim_end())
}

/// How many of the declared requests were answered as declared in every part.
fn as_declared(target: &TargetReport) -> String {
    let all = target.claims.len();
    if all == 0 {
        return "-".to_owned();
    }
    let count = |standing: Standing| {
        let rows = target.claims.iter();
        rows.filter(|row| row.whole() == standing).count()
    };
    let met = count(Standing::Met);
    let unmet = [Standing::NotMet, Standing::NearAlert, Standing::Open];
    let worst = unmet.into_iter().find(|standing| count(*standing) > 0);
    let sign = worst.unwrap_or(Standing::Met);
    format!("{met} of {all} {}", mark(sign))
}

/// Declared values, those that are not as declared first.
fn says(target: &TargetReport) -> String {
    // What a login says is of the one who asks, not of the service.
    let rows = target.claims.iter();
    let rows = rows.filter(|row| row.request.starts_with("GET "));
    let parts = rows.flat_map(|row| &row.parts);
    let mut values: Vec<_> = parts
        .filter(|part| part.name.starts_with('/') && part.standing != Standing::Open)
        .collect();
    values.sort_by_key(|part| part.standing != Standing::NotMet);
    let said = values.iter().take(VALUES).map(|part| {
        let name = part.name.trim_start_matches('/');
        let value = part.got.terminal_within(VALUE);
        let value = value.trim_matches('"');
        format!("{} {} {}", prose(name), prose(value), mark(part.standing))
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() {
        return "-".to_owned();
    }
    let more = values.len().saturating_sub(VALUES);
    let more = if more > 0 {
        format!(" · {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", said.join(" · "))
}

fn certificate(target: &TargetReport) -> String {
    let tls = target.facts.tls.known();
    let certificate = tls.and_then(|tls| tls.certificate.as_ref());
    let sign =
        mark(target.standing(|finding| finding.rule.as_str().starts_with("tls/certificate")));
    certificate.map_or_else(
        || "-".to_owned(),
        |certificate| format!("{} {sign}", in_short(certificate)),
    )
}

fn in_short(certificate: &CertificateFacts) -> String {
    let issuer = issuer(certificate).map_or_else(|| "unread".to_owned(), |name| prose(&name));
    match certificate.days_left {
        Some(days) if days < 0 => format!("{issuer}, ended {} days ago", days.unsigned_abs()),
        Some(1) => format!("{issuer}, 1 day"),
        Some(days) => format!("{issuer}, {days} days"),
        None => issuer,
    }
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
    format!("{first} ({server}) {sign} ≤ {}", latency.target_ms)
}

/// The letter of each family, what the signs mean, and what keeps a letter down.
fn letters(report: &Report) -> String {
    let mut head = vec!["Service", "Grade"];
    head.extend(Family::ALL.map(Family::title));
    let rows = report.targets.iter().map(|target| {
        let mut cells = vec![prose(&target.name), format!("**{}**", target.grade.shown())];
        cells.extend(Family::ALL.map(|family| target.families.of(family).shown()));
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
