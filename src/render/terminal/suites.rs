//! The picture of versions and suites, target by target.

use crate::model::Untrusted;
use crate::render::suite_matrix;
use crate::report::Report;

/// Widest of a name.
const NAME: usize = 40;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for target in &report.targets {
        let Some(tls) = target.facts.tls.known() else {
            continue;
        };
        let name = Untrusted::from(target.name.as_str()).terminal_ends_within(NAME);
        let connections = tls.connections;
        out.push_str(&format!("TLS  {name}  {connections} connections\n"));
        for line in suite_matrix::text(tls) {
            out.push_str(&format!("  {line}\n"));
        }
        out.push('\n');
    }
    out
}
