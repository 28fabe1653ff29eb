//! One file to open in a browser: what a person reads who was sent the report and has nothing else.
//!
//! It asks the network for nothing, and its policy lets no text of a peer become a script.

mod certificates;
mod declared;
mod evidence;
mod findings;
mod headers;
mod services;
mod time;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::facts::contract::Standing;
use crate::model::Untrusted;
use crate::report::Report;
use crate::report::transcript::Transcript;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The whole report, with what arrived of each exchange that a finding is about.
#[must_use]
pub fn render(report: &Report, transcripts: &[Transcript]) -> String {
    let headline = text(&report.headline);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (headline) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#findings" { "To the findings" }
                header { (verdict(report)) }
                main {
                    (services::section(report))
                    (findings::section(report))
                    (declared::section(report))
                    (time::section(report))
                    (headers::section(report))
                    (certificates::section(report))
                    (declared::open(report))
                    (evidence::section(report, transcripts))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string() + "\n"
}

/// Nothing but the style and the script of this file, by their hashes.
fn policy() -> String {
    let hash = |text: &str| {
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        format!("'sha256-{}'", BASE64_STANDARD.encode(digest))
    };
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    format!(
        "default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"
    )
}

fn verdict(report: &Report) -> Markup {
    let (summary, counts) = (&report.summary, &report.summary.counts);
    let took = std::time::Duration::from(summary.took).as_secs_f64();
    html! {
        h1 { (text(&report.headline)) }
        p {
            "Grade " strong { (summary.grade.shown()) }
            " · " (text(&summary.list))
            " · " (summary.at.to_string())
            " · " (format!("{took:.1} s"))
            " · " (report.tool)
            " · exit " (summary.exit_code.number()) ": " (text(&summary.reason))
        }
        p {
            (counts.checks) " checks: "
            (counts.pass) " pass, " (counts.fail) " fail, " (counts.unknown) " unknown, "
            (counts.not_tested) " not tested, " (counts.not_applicable) " not applicable, "
            (counts.waived) " waived"
        }
        @if !summary.complete {
            p.warning { "Incomplete: not everything was asked." }
        }
        @for target in &report.targets {
            @if let Some(blocked) = &target.blocked {
                p.warning { "Blocked: " (text(&target.name)) ": " (text(blocked)) }
            }
        }
        @if report.targets.iter().any(|target| target.insecure) {
            p.warning { "Insecure: certificates were not held against any trust anchor." }
        }
    }
}

/// Text that anybody may have had a hand in, on one line; `maud` escapes what is markup.
fn text(text: &str) -> String {
    Untrusted::from(text).terminal()
}

/// A verdict as a sign, with its word for those who do not see it.
fn sign(standing: Standing) -> Markup {
    let (class, sign, word) = match standing {
        Standing::Met => ("met", "✓", "as wanted"),
        Standing::NearAlert => ("near", "⚠", "near its limit"),
        Standing::NotMet => ("unmet", "✗", "not as wanted"),
        Standing::Open => ("open", "?", "open"),
    };
    html! { span class=(class) role="img" aria-label=(word) { (sign) } }
}

/// A section with a heading; nothing where it would be empty.
fn section(id: &str, title: &str, is_empty: bool, body: &Markup) -> Markup {
    html! {
        @if !is_empty {
            section aria-labelledby=(id) {
                h2 id=(id) { (title) }
                (body)
            }
        }
    }
}

/// A table that scrolls by itself where the page is too narrow; reachable by keyboard.
fn table(label: &str, head: &[Markup], rows: &Markup) -> Markup {
    html! {
        div.scroll role="region" aria-label=(label) tabindex="0" {
            table {
                thead { tr { @for cell in head { th scope="col" { (cell) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// Column headings that are plain words.
fn words(names: &[&str]) -> Vec<Markup> {
    names.iter().map(|name| html! { (name) }).collect()
}

#[cfg(test)]
mod tests {
    use super::{SCRIPT, STYLE, policy, render};
    use crate::render::sample;

    #[test]
    fn the_whole_form() {
        let page = render(&sample::report(), &[]);
        let page = page.replace(STYLE, "…").replace(SCRIPT, "…");
        insta::assert_snapshot!("page", page.replace("><", ">\n<"));
    }

    #[test]
    fn what_would_end_an_element_is_in_neither_the_style_nor_the_script() {
        for text in [STYLE, SCRIPT] {
            assert!(!text.contains("</") && !text.contains("<!--"));
        }
        assert_eq!(policy().matches("sha256-").count(), 2);
    }
}
