//! The house keeps its floors: a module imports from lower floors only, observation and judgement
//! never import each other, nothing imports in a circle, and no output shows a type's `Debug` form.
//! Documents that are made from the code are equal to it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot read has failed"
)]

mod circles;
mod code;
mod laws;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};

use seaworthy::render::rules_page;

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
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

#[test]
fn the_house_keeps_its_floors() {
    let tree = tree::Tree::read(&src());
    let (seen, all) = (tree.files().len(), sources(&src()).len());
    assert!(
        seen * 10 > all * 9,
        "{seen} files of {all} are not tests, and read"
    );
    let broken = laws::broken(&tree);
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn no_file_is_one_nobody_tidied() {
    for path in sources(&src()) {
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
    for module in ["probe", "facts", "profile", "rules", "report", "render"] {
        for path in sources(&src().join(module)) {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("body.bytes"), "{}", path.display());
        }
    }
}

/// `docs/grades.md` names the least points of each letter and the points of each severity.
#[test]
fn the_page_on_grades_has_the_numbers_of_the_code() {
    use seaworthy::grade::points;
    use seaworthy::model::{Grade, Severity};
    let page = src().join("../docs/grades.md");
    let page = fs::read_to_string(page).unwrap();
    let letters = [
        Grade::APlus,
        Grade::A,
        Grade::AMinus,
        Grade::B,
        Grade::C,
        Grade::D,
        Grade::F,
    ];
    let least = |grade: Grade| {
        (0..=100)
            .find(|score| Grade::from_score(*score) == grade)
            .unwrap()
    };
    let cells = |row: Vec<String>| format!("| {} |", row.join(" | "));
    let names = cells(
        letters
            .iter()
            .map(|grade| grade.letter().to_owned())
            .collect(),
    );
    let scores = cells(
        letters
            .iter()
            .map(|grade| least(*grade).to_string())
            .collect(),
    );
    assert!(
        page.contains(&names) && page.contains(&scores),
        "{names}\n{scores}"
    );
    for severity in [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ] {
        let row = format!("| {} | {} |", severity.name(), points(severity));
        assert!(page.contains(&row), "{row}");
    }
}
