//! The house keeps its floors: a module imports from lower floors only, and looking never imports
//! judging. The same for documents that are made from the code: they are equal to it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read has failed"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use seaworthy::render::rules_page;

/// Top modules by floor, lowest first.
const FLOORS: &[&[&str]] = &[
    &["model"],
    &["wire"],
    &["evidence", "net"],
    &["probe", "facts", "profile"],
    &["rules"],
    &["engine", "config", "grade"],
    &["report"],
    &["render", "audit", "demo"],
    &["cli"],
];

const LOOKING: &[&str] = &["net", "probe", "engine"];
const JUDGING: &[&str] = &["facts", "rules", "grade", "report", "render", "profile"];

fn floor(module: &str) -> usize {
    FLOORS
        .iter()
        .position(|modules| modules.contains(&module))
        .unwrap_or_else(|| panic!("{module} is on no floor: add it to FLOORS"))
}

/// Every Rust file under `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The top modules that a file outside its tests names behind `crate::`.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .filter(|name: &String| !name.is_empty())
        .collect()
}

/// `(file, its top module, the top modules it imports)`.
fn edges() -> Vec<(PathBuf, String, BTreeSet<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&root)
        .into_iter()
        .filter(|path| !path.ends_with("lib.rs") && !path.ends_with("main.rs"))
        .map(|path| {
            let first = path
                .strip_prefix(&root)
                .unwrap()
                .components()
                .next()
                .unwrap();
            let module = Path::new(first.as_os_str())
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap();
            let imports = imports(&fs::read_to_string(&path).unwrap());
            (path.clone(), module.to_owned(), imports)
        })
        .collect()
}

#[test]
fn imports_go_down() {
    let edges = edges();
    assert!(edges.len() > 100, "the sources were found");
    for (path, module, imports) in edges {
        for import in imports.iter().filter(|import| **import != module) {
            let (from, to) = (floor(&module), floor(import));
            // Evidence is on the network's floor: a failure is made where it happens.
            let down = to < from || (module == "net" && import == "evidence");
            let beside = module == "audit" || module == "demo";
            assert!(
                down || (beside && to == from),
                "{} imports {import}",
                path.display()
            );
        }
    }
}

#[test]
fn looking_and_judging_do_not_know_each_other() {
    for (path, module, imports) in edges() {
        let (other, side) = match module.as_str() {
            module if LOOKING.contains(&module) => (JUDGING, "looks"),
            module if JUDGING.contains(&module) => (LOOKING, "judges"),
            _ => continue,
        };
        let crossing: Vec<_> = imports
            .iter()
            .filter(|name| other.contains(&name.as_str()))
            .collect();
        assert!(
            crossing.is_empty(),
            "{} {side} and imports {crossing:?}",
            path.display()
        );
    }
}

#[test]
fn no_file_is_one_nobody_tidied() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&root) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_rules_page_is_made_from_the_catalogue() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md"));
    let hint = "run: cargo run -- rules --format markdown > docs/rules.md";
    assert!(
        page.unwrap_or_default() == rules_page::markdown(),
        "docs/rules.md is stale; {hint}"
    );
}

/// A body may be cut, clipped or coded: only its content says so. What is judged of one is read
/// through `Response::content`, and nowhere from the bytes as they came.
#[test]
fn bodies_are_read_through_their_content() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for module in ["probe", "facts", "profile", "rules", "report", "render"] {
        for path in sources(&folder.join(module)) {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("body.bytes"), "{}", path.display());
        }
    }
}
