//! The CSP evaluator against a real browser: `golden/csp_chromium.json` is what headless Chromium ran,
//! loaded and applied of one page under every policy, recorded by `tests/real/test_csp_chromium.py`,
//! which also checks that the browser still does it.

use seaworthy::wire::html::Page;
use seaworthy::wire::http::csp::page::blocked;
use seaworthy::wire::http::csp::{Delivery, Policies, Policy, split_field};
use seaworthy::wire::url::WebUrl;
use serde::Deserialize;

#[derive(Deserialize)]
struct Record {
    page: String,
    items: Vec<String>,
    policies: Vec<Cell>,
    by_itself: Vec<String>,
    sandboxes: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    fields: Vec<String>,
    meta: String,
    /// A digit an item: whether it ran.
    ran: String,
}

const OWN: &str = "http://127.0.0.1:8080";
const OTHER: &str = "http://127.0.0.1:8081";
const SIX: &str = "http://[::1]:8082";

fn filled(text: &str) -> String {
    text.replace("{own}", OWN)
        .replace("{other}", OTHER)
        .replace("{six}", SIX)
}

/// What stands in the page for an item, as the evaluator quotes it.
fn mark(item: &str) -> String {
    match item {
        "style" => "#style {".to_owned(),
        "noncedstyle" | "hashedstyle" => format!("#{item} {{"),
        "attribute" => "p style".to_owned(),
        "handler" => "img onerror".to_owned(),
        "url" => "iframe src".to_owned(),
        _ if item.contains('.') || item.ends_with("-form") => format!("/{item}"),
        _ => format!("item: '{item}'"),
    }
}

#[expect(clippy::unwrap_used, reason = "a test's own record")]
fn outcomes(record: &Record, cell: &Cell, items: &[String]) -> String {
    let meta = if cell.meta.is_empty() {
        String::new()
    } else {
        let content = filled(&cell.meta);
        format!("<meta http-equiv=content-security-policy content=\"{content}\">")
    };
    let page = Page::read(&filled(&record.page.replace("{meta}", &meta)));
    let own = WebUrl::parse(&format!("{OWN}/page")).unwrap();
    let mut list = Vec::new();
    for field in &cell.fields {
        let field = filled(field);
        let policies = split_field(&field).into_iter();
        list.extend(policies.map(|(at, text)| Policy::parse(text, Delivery::Header, at)));
    }
    list.extend(
        page.metas
            .iter()
            .filter(|meta| meta.http_equiv && meta.in_head)
            .map(|meta| Policy::parse(&meta.content, Delivery::Meta, 0).holding_from(meta.at)),
    );
    let policies = Policies::new(&list, &own);
    // An element may hold both inline code and an address; inline code is quoted with its tag.
    let stopped: Vec<(usize, bool)> = blocked(&page, &policies)
        .iter()
        .map(|one| (one.at, one.what.starts_with('<')))
        .collect();
    let place = |mark: &str| {
        let inlines = page.inlines.iter();
        let mut inlines =
            inlines.filter(|inline| inline.text.contains(mark) || inline.place.contains(mark));
        let mut loads = page.loads.iter();
        let load = loads.find(|load| load.reference.ends_with(mark));
        inlines
            .next()
            .map(|inline| (inline.at, true))
            .or(load.map(|load| (load.at, false)))
    };
    let runs = |item: &String| match item.as_str() {
        "worker" => {
            let url = own.join("/worker.js").unwrap();
            // A script that runs starts it, which is trusted with what it starts.
            policies.governing("worker-src").all(|directive| {
                directive
                    .values
                    .iter()
                    .any(|value| value.text == "'strict-dynamic'")
                    || policies.allows_address("worker-src", &url)
            })
        }
        "eval" => policies.allows_eval(),
        item => !stopped.contains(&place(&mark(item)).unwrap()),
    };
    let digits = items.iter().map(|item| if runs(item) { '1' } else { '0' });
    digits.collect()
}

#[test]
fn the_evaluator_agrees_with_chromium_in_every_cell() {
    let record: Record = serde_json::from_str(include_str!("golden/csp_chromium.json"))
        .expect("the record is JSON of this shape");
    let mut cells = 0;
    let mut differences = Vec::new();
    for (policies, items) in [
        (&record.policies, &record.items),
        (&record.sandboxes, &record.by_itself),
    ] {
        for cell in policies {
            let ours = outcomes(&record, cell, items);
            for ((item, ours), theirs) in items.iter().zip(ours.chars()).zip(cell.ran.chars()) {
                cells += 1;
                if ours != theirs {
                    let policy = format!("{:?} {:?}", cell.fields, cell.meta);
                    differences.push(format!("{policy}: {item} is {ours}, in Chromium {theirs}"));
                }
            }
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(cells > 700, "{cells} cells");
}
