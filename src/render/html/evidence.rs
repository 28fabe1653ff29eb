//! What arrived, of each exchange that a finding is about.

use maud::{Markup, html};

use super::{section as titled, text};
use crate::model::Untrusted;
use crate::render::entry::Entry;
use crate::report::Report;
use crate::report::transcript::{Transcript, exchange_of};

/// The place of a finding's exchange in this page; `None` where it is about something else.
pub(super) fn anchor(report: &Report, entry: &Entry<'_>) -> Option<String> {
    let nth = exchange_of(entry.finding)?;
    let mut targets = report.targets.iter();
    let target = targets.position(|one| std::ptr::eq(one, entry.target))?;
    Some(id(target, nth))
}

fn id(target: usize, nth: usize) -> String {
    format!("e-{target}-{nth}")
}

pub(super) fn section(report: &Report, transcripts: &[Transcript]) -> Markup {
    let body = html! {
        @for one in transcripts {
            details {
                summary {
                    @if let Some(target) = report.targets.get(one.target) { (text(&target.name)) ": " }
                    code { (one.request.terminal()) }
                }
                pre #(id(one.target, one.exchange)) tabindex="0" {
                    (lines(&one.sent)) "\n" (lines(&one.arrived))
                }
            }
        }
    };
    titled("evidence", "Evidence", transcripts.is_empty(), &body)
}

fn lines(lines: &[Untrusted]) -> String {
    lines.iter().map(|line| line.terminal() + "\n").collect()
}
