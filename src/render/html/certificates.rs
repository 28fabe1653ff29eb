//! The chain of each certificate, and how much of its life has gone.

use maud::{Markup, html};

use super::{section as titled, text};
use crate::facts::tls::CertificateFacts;
use crate::model::Untrusted;
use crate::render::chain;
use crate::report::{Report, TargetReport};

pub(super) fn section(report: &Report) -> Markup {
    let targets = report.targets.iter();
    let with = targets.filter(|target| certificates(target).next().is_some());
    let with: Vec<&TargetReport> = with.collect();
    let body = html! {
        @for target in &with {
            @for facts in certificates(target) {
                h3 { (text(&target.name)) }
                (life(facts))
                pre tabindex="0" {
                    (chain::lines(facts, true).iter().map(Untrusted::terminal).collect::<Vec<_>>().join("\n"))
                }
            }
        }
    };
    titled("certificates", "Certificates", with.is_empty(), &body)
}

fn certificates(target: &TargetReport) -> impl Iterator<Item = &CertificateFacts> {
    let tls = target.facts.tls.known().into_iter();
    tls.flat_map(crate::facts::tls::TlsFacts::certificates)
}

/// A bar from the first to the last second of its life, filled up to the time of the run.
fn life(facts: &CertificateFacts) -> Markup {
    let leaf = facts.chain.first();
    let dates = leaf.and_then(|leaf| Some((leaf.not_before?, leaf.not_after?)));
    html! {
        @if let Some((first, last)) = dates {
            @let whole = last.secs().saturating_sub(first.secs()).max(1);
            @let gone = facts.seen_at.secs().saturating_sub(first.secs()).clamp(0, whole);
            @let percent = gone.saturating_mul(100) / whole;
            p {
                (first.date()) " "
                meter min="0" max="100" high="90" value=(percent) aria-label="part of its life that has gone" {
                    (percent) " %"
                }
                " " (last.date()) ", " (percent) " % of its life gone"
            }
        }
    }
}
