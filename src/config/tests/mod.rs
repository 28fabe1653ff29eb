//! The target file as users meet it: good ones, and every mistake with its caret.

mod arguments;
mod mistakes;
mod secrets;
mod values;

use proptest::prelude::*;

use super::section::TAKEN;
use super::vocabulary::SHAPES;
use super::{TEMPLATE, parse, reference, summary, waive};
use crate::model::{Millis, RuleId, Target, Timestamp};

/// The example at the top of the repository.
const EXAMPLE: &str = include_str!("../../../targets.toml");

/// Stands in for the catalogue.
const RULES: &[RuleId] = &[
    RuleId::new("headers/hsts-missing"),
    RuleId::new("headers/hsts-short"),
    RuleId::new("cors/reflects-any-origin"),
];

/// Targets of a file that is right.
fn targets(text: &str) -> Vec<Target> {
    match parse(text, "targets.toml", RULES) {
        Ok(file) => file.targets,
        Err(faults) => panic!("{}", faults.render(false)),
    }
}

/// The one target of a file with these lines under `[[target]]`.
fn one(lines: &str) -> Target {
    let text = format!("[[target]]\nurl = \"https://a.example\"\n{lines}\n");
    targets(&text).remove(0)
}

/// What is said of a file that is wrong.
fn faults(text: &str) -> String {
    match parse(text, "targets.toml", RULES) {
        Ok(file) => panic!("accepted: {:?}", file.targets),
        Err(faults) => faults.render(false),
    }
}

#[test]
fn the_example_is_right_and_has_no_dead_entries() {
    let file = parse(EXAMPLE, "targets.toml", RULES)
        .unwrap_or_else(|faults| panic!("{}", faults.render(false)));
    assert_eq!(file.warnings.render(false), "");
    assert_eq!(file.targets.len(), 4);
}

#[test]
fn the_template_is_right_as_it_is_and_with_its_suggestions() {
    assert_eq!(targets(TEMPLATE).len(), 2);
    let suggestions = regex_lite::Regex::new(r"(?m)^# ((?:\[|[a-z_]+ = ).*)$").unwrap();
    let all = suggestions.replace_all(TEMPLATE, "$1");
    let [app, api] = targets(&all).try_into().unwrap();
    assert!(app.production && !app.waivers.is_empty());
    assert!(api.auth.is_some() && api.websocket.is_some() && api.endpoints.len() == 2);
}

/// Each key of the vocabulary stands in its table of the example, and is asked for by the code.
#[test]
fn the_example_uses_every_key() {
    TAKEN.take();
    let mut declared = targets(EXAMPLE);
    let accepted = "schema_version = 1\n[[waiver]]\nrule = [\"headers/hsts-short\"]\ntarget = \"*\"\n\
                    reason = \"step by step\"\nexpires = 2026-12-31\n";
    waive(accepted, "waivers.toml", RULES, &mut declared).unwrap();
    let taken = TAKEN.take();
    let all = SHAPES.iter().flat_map(|shape| {
        shape
            .keys
            .iter()
            .map(|key| (shape.title, key.name.to_owned()))
    });
    let missing: Vec<_> = all.filter(|key| !taken.contains(key)).collect();
    assert_eq!(missing, []);
}

#[test]
fn the_page_on_the_file_is_what_the_vocabulary_says() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/targets.md");
    if std::env::var_os("SEAWORTHY_WRITE_DOCS").is_some() {
        std::fs::write(page, reference()).unwrap();
    }
    let written = std::fs::read_to_string(page).unwrap_or_default();
    assert!(
        written == reference(),
        "docs/targets.md is behind: SEAWORTHY_WRITE_DOCS=1 cargo test the_page_on_the_file"
    );
}

/// What the README shows of the target file is a target file, and its fault is what is said.
#[test]
fn the_readme_shows_what_is_so() {
    let readme = include_str!("../../../README.md");
    let block = |opening: &str| {
        let (_, rest) = readme.split_once(opening).unwrap();
        let (block, _) = rest.split_once("```").unwrap();
        block.to_owned()
    };
    let file = block("```toml\n");
    assert_eq!(targets(&file).len(), 1);
    let misspelt = file.replacen("credentials = true, ", "", 1);
    let misspelt = misspelt.replacen(", headers = [\"Authorization\"]", "", 1);
    let report = faults(&misspelt.replacen("origins", "origin", 1));
    let shown = block("all at once:\n\n```\n");
    assert_eq!(report.replace("\n\n1 error\n", "\n"), shown);
}

/// It travels in the evidence.
#[test]
fn a_full_target_survives_json() {
    for target in targets(EXAMPLE) {
        let json = serde_json::to_string(&target).unwrap();
        assert_eq!(serde_json::from_str::<Target>(&json).unwrap(), target);
    }
}

#[test]
fn defaults_hold_until_a_target_says_otherwise() {
    let text = "
[defaults]
timeout = \"3s\"
latency = { target = \"200ms\", cold_samples = 3 }
vars = { a = \"1\", b = \"2\" }
[[target]]
url = \"https://a.example\"
[[target]]
url = \"https://b.example\"
timeout = \"1s\"
latency = { alert = \"400ms\" }
vars = { b = \"3\" }
endpoint = [\"/{a}/{b}\"]
";
    let [a, b] = targets(text).try_into().unwrap();
    assert_eq!(
        (a.timeout, a.latency.target, a.latency.alert),
        (Millis(3000), Millis(200), Millis(1000))
    );
    assert_eq!(
        (b.timeout, b.latency.target, b.latency.alert),
        (Millis(1000), Millis(200), Millis(400))
    );
    assert_eq!(b.latency.cold, 3);
    assert_eq!(b.endpoints[0].path, "/1/3");
}

#[test]
fn check_shows_what_was_understood() {
    let day = |date| Timestamp::parse(date).unwrap();
    let text = summary(&targets(EXAMPLE), day("2026-12-30"));
    assert!(summary(&targets(EXAMPLE), day("2026-12-31")).contains("expired on 2026-12-31"));
    insta::assert_snapshot!(text);
}

#[test]
fn named_tables_that_nobody_uses_are_mentioned() {
    let text = "[auth.old]\nscheme = \"basic\"\n[[target]]\nurl = \"https://a.example\"";
    let file = parse(text, "targets.toml", RULES).unwrap();
    let warning = file.warnings.render(false);
    assert!(
        warning.starts_with("warning: [auth.old] is used by no target"),
        "{warning}"
    );
}

#[test]
fn a_file_has_limits() {
    let long = " ".repeat(super::MAX_BYTES);
    assert!(faults(&format!("{long}\n")).contains("targets.toml has more than 1.0 MiB"));
    assert!(faults(&long).contains("line 1 of targets.toml has more than 64.0 KiB"));
    let many = format!("x = [\n{}]", "1,\n".repeat(400));
    let wrong = format!(
        "[[target]]\nurl = \"https://a.example\"\nabsent{}",
        many.trim_start_matches('x')
    );
    assert!(faults(&wrong).ends_with("400 errors (360 not shown)\n"));
    let deep = format!("x = {}1{}", "[".repeat(5000), "]".repeat(5000));
    assert!(faults(&deep).contains("error"));
    assert!(faults(&format!("{}b = 1", "a.".repeat(50_000))).contains("error"));
}

/// A fault or a file, never a panic, and always something to say.
fn answers(text: &str) -> bool {
    match parse(text, "targets.toml", RULES) {
        Ok(file) => !file.targets.is_empty(),
        Err(faults) => faults.has_errors() && !faults.render(true).is_empty(),
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in "(?s).{0,200}") {
        prop_assert!(answers(&text));
    }

    /// A byte of the example put elsewhere, taken away, doubled or replaced.
    #[test]
    fn any_mutation_of_the_example_is_answered(
        cuts in prop::collection::vec((0..EXAMPLE.len(), 0..40_usize, "[\\[\\]{}=\"',.#a-z0-9\n -]{0,3}"), 1..4),
    ) {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        for (at, len, put) in cuts {
            let at = at.min(bytes.len());
            let end = (at + len).min(bytes.len());
            bytes.splice(at..end, put.into_bytes());
        }
        prop_assert!(answers(&String::from_utf8_lossy(&bytes)));
    }
}
