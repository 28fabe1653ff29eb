//! Pictures of what was seen, for those who asked for everything.

use colored::Colorize as _;

use super::Style;
use crate::facts::tls::TlsFacts;
use crate::model::Untrusted;
use crate::render::{chain, ratings};
use crate::report::Report;

pub(super) fn render(report: &Report, style: Style) -> String {
    let targets = report.targets.iter();
    targets
        .filter_map(|target| Some(picture(&target.name, target.facts.tls.known()?, style)))
        .collect()
}

fn picture(name: &str, tls: &TlsFacts, style: Style) -> String {
    let name = Untrusted::from(name).terminal_within(24);
    let mut out = format!("\n{}\n", format!("{name}  certificates and ratings").bold());
    for certificate in tls.certificates() {
        for line in chain::lines(certificate, style.unicode) {
            out.push_str(&format!(
                "  {}\n",
                line.terminal_within(style.width.saturating_sub(2))
            ));
        }
    }
    for line in ratings::lines(&tls.ssl_labs, &tls.mozilla) {
        out.push_str(&format!("  {}\n", Untrusted::from(line).terminal()));
    }
    out
}
