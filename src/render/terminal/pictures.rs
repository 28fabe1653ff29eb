//! Pictures of what was seen, for those who asked for everything.

use colored::Colorize as _;

use super::Style;
use crate::facts::tls::TlsFacts;
use crate::model::Untrusted;
use crate::render::wrap::wrap;
use crate::render::{chain, ratings};
use crate::report::Report;

pub(super) fn render(report: &Report, style: Style) -> String {
    let targets = report.targets.iter();
    targets
        .filter_map(|target| Some(picture(&target.name, target.facts.tls.known()?, style)))
        .collect()
}

fn picture(name: &str, tls: &TlsFacts, style: Style) -> String {
    let name = Untrusted::from(name).terminal_ends_within(24);
    let mut out = format!("\n{}\n", format!("{name}  certificates and ratings").bold());
    for certificate in tls.certificates() {
        for line in chain::lines(certificate, style.unicode) {
            out.push_str(&format!("  {}\n", line.terminal()));
        }
    }
    for line in ratings::lines(&tls.ssl_labs, &tls.mozilla) {
        let text = Untrusted::from(line).terminal();
        for (index, line) in wrap(&text, style.width.saturating_sub(4))
            .iter()
            .enumerate()
        {
            let margin = if index == 0 { 2 } else { 4 };
            out.push_str(&format!("{:margin$}{line}\n", ""));
        }
    }
    out
}
