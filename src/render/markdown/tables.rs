//! What was answered to whom: CORS, refusals, WebSocket trials.

use super::{code, prose, table, titled};
use crate::facts::websocket::Answer;
use crate::model::{Attempt, Untrusted};
use crate::render::suite_matrix;
use crate::report::Report;

pub(super) fn cors(report: &Report) -> String {
    let mut rows = Vec::new();
    for target in &report.targets {
        for preflight in target
            .facts
            .cors
            .known()
            .map_or(&[][..], |cors| &cors.preflights)
        {
            rows.push(vec![
                prose(&target.name),
                code(&preflight.endpoint),
                code(preflight.origin.as_deref().unwrap_or_default()),
                preflight.status.to_string(),
                preflight
                    .allow_origin
                    .as_ref()
                    .map_or("none".to_owned(), Untrusted::markdown_code),
            ]);
        }
    }
    titled(
        "CORS preflights",
        &table(
            &["Target", "Request", "Origin", "Status", "Allow-Origin"],
            &rows,
        ),
    )
}

/// Versions by classes of suites; TLS 1.3 has none of the classes.
pub(super) fn tls(report: &Report) -> String {
    let mut body = String::new();
    for target in &report.targets {
        if let Some(tls) = target.facts.tls.known() {
            body.push_str(&format!("{}\n\n", prose(&target.name)));
            body.push_str(&table(&suite_matrix::head(), &suite_matrix::rows(tls)));
            body.push('\n');
        }
    }
    titled("TLS versions and suites", &body)
}

pub(super) fn auth(report: &Report) -> String {
    let mut rows = Vec::new();
    for target in &report.targets {
        let Some(auth) = target.facts.auth.known() else {
            continue;
        };
        for tried in &auth.attempts {
            rows.push(vec![
                prose(&target.name),
                code(&tried.label),
                prose(&tried.credential()),
                tried.status.to_string(),
                if tried.attempt == Attempt::Valid {
                    "2xx".to_owned()
                } else {
                    auth.wanted.to_string()
                },
            ]);
        }
    }
    titled(
        "Refusals",
        &table(
            &["Target", "Request", "Credentials", "Status", "Wanted"],
            &rows,
        ),
    )
}

pub(super) fn websocket(report: &Report) -> String {
    let mut rows = Vec::new();
    for target in &report.targets {
        for tried in target
            .facts
            .websocket
            .known()
            .map_or(&[][..], |facts| &facts.trials)
        {
            rows.push(vec![
                prose(&target.name),
                prose(&tried.ask.to_string()),
                tried
                    .origin
                    .as_ref()
                    .map_or("none".to_owned(), |origin| code(&origin.value)),
                answer(&tried.answer),
                tried.upgrade_us.to_string(),
            ]);
        }
    }
    titled(
        "WebSocket",
        &table(
            &["Target", "Tried as", "Origin", "Answer", "Upgrade"],
            &rows,
        ),
    )
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Opened(_) => "101".to_owned(),
        Answer::Refused { status, .. } => status.to_string(),
        Answer::Failed(_) => "none".to_owned(),
    }
}
