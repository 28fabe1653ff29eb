//! TLS in a row for each service; the picture of versions and suites where something weak is spoken.

use super::endpoints::mark;
use super::{by_service, prose, table, titled};
use crate::facts::tls::TlsFacts;
use crate::model::Family;
use crate::render::certificate::issuer;
use crate::render::suite_matrix;
use crate::report::{Report, TargetReport};
use crate::wire::tls::{Class, Known, Version};

pub(super) fn section(report: &Report) -> String {
    let with_tls = report.targets.iter();
    let with_tls = with_tls.filter_map(|target| Some((target, target.facts.tls.known()?)));
    let rows = with_tls.clone().map(|(target, tls)| row(target, tls));
    let head = [
        "",
        "Service",
        "Versions",
        "Suite",
        "Forward secrecy",
        "Post-quantum",
        "Issuer",
        "Days left",
        "CT",
        "SSL Labs",
    ];
    let mut body = by_service(report, &head, rows.collect());
    for (target, tls) in with_tls.filter(|(_, tls)| is_weak(tls)) {
        body.push_str(&format!("\n{}\n\n", prose(&target.name)));
        body.push_str(&table(&suite_matrix::head(), &suite_matrix::rows(tls)));
    }
    titled("TLS", &body)
}

fn row(target: &TargetReport, tls: &TlsFacts) -> Vec<String> {
    let certificate = tls.certificate.as_ref();
    let issuer = certificate.and_then(issuer);
    let days = certificate.and_then(|certificate| certificate.days_left);
    let timestamps = certificate.map(|one| match one.logs() {
        1 => "1 log".to_owned(),
        logs => format!("{logs} logs"),
    });
    let letter = tls.ssl_labs.grade.map_or("-", |letter| letter.name());
    vec![
        mark(target.standing_of(Family::Tls)).to_owned(),
        prose(&target.name),
        versions(tls),
        suite(tls),
        without(tls.class(Class::StaticRsa)).to_owned(),
        with(tls.post_quantum).to_owned(),
        issuer.map_or_else(|| "-".to_owned(), |name| prose(&name)),
        days.map_or_else(|| "-".to_owned(), |days| days.to_string()),
        timestamps.unwrap_or_else(|| "-".to_owned()),
        letter.to_owned(),
    ]
}

fn versions(tls: &TlsFacts) -> String {
    let spoken = tls.versions.iter().rev();
    let spoken = spoken.filter(|(_, known)| **known == Known::Accepted);
    let names: Vec<&str> = spoken.map(|(version, _)| version.name()).collect();
    names.join(", ")
}

/// The suite of the newest version that is spoken.
fn suite(tls: &TlsFacts) -> String {
    let newest = tls
        .suites
        .iter()
        .rev()
        .find_map(|(_, suites)| suites.first());
    newest.map_or_else(|| "-".to_owned(), ToString::to_string)
}

const fn without(weakness: Known) -> &'static str {
    match weakness {
        Known::Accepted => "not with every suite",
        Known::Refused => "yes",
        Known::Unsettled => "?",
    }
}

const fn with(strength: Known) -> &'static str {
    match strength {
        Known::Accepted => "yes",
        Known::Refused => "no",
        Known::Unsettled => "?",
    }
}

/// Whether an old version or a weak suite is spoken.
fn is_weak(tls: &TlsFacts) -> bool {
    let old = |(version, known): (&Version, &Known)| {
        *version < Version::Tls12 && *known == Known::Accepted
    };
    let suites = tls.matrix.values().flatten();
    let mut weak = suites.filter(|(class, _)| !matches!(class, Class::Cbc | Class::Dhe));
    tls.versions.iter().any(old) || weak.any(|(_, known)| *known == Known::Accepted)
}
