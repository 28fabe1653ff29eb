//! Who may import whom, what may be shown, and where a tree of sources breaks that.

use std::collections::{BTreeMap, BTreeSet};

use crate::circles::{Graph, drawn, knots};
use crate::tree::Tree;

/// Top modules by floor, lowest first.
const FLOORS: &[&[&str]] = &[
    &["model"],
    &["wire"],
    &["evidence", "net"],
    &["plan"],
    &["probe", "facts", "profile"],
    &["rules"],
    &["engine", "config", "grade"],
    &["report"],
    &["render", "audit", "demo"],
    &["cli"],
    &["lib", "main"],
];

/// The import on one floor that is meant: a failure is made where it happens.
const BESIDE: &[(&str, &str)] = &[("net", "evidence")];

const OBSERVATION: &[&str] = &["net", "probe", "engine"];
const JUDGEMENT: &[&str] = &["facts", "rules", "grade", "report", "render", "profile"];

/// These see facts, never what the facts were read from.
const WITHOUT_EVIDENCE: &[&str] = &["rules", "grade", "render"];

/// What these write is read by users: no type's `Debug` form.
const WITHOUT_DEBUG: &[&str] = &["render", "report", "cli", "probe", "engine"];

fn floor(module: &str) -> usize {
    FLOORS
        .iter()
        .position(|modules| modules.contains(&module))
        .unwrap_or_else(|| panic!("{module} is on no floor: add it to FLOORS"))
}

/// Every broken law, one sentence each.
pub(crate) fn broken(tree: &Tree) -> BTreeSet<String> {
    let mut found = circles(tree);
    for (file, named) in tree.named() {
        let module = room(file, "").unwrap_or("lib");
        let tops = named.iter().filter_map(|path| path.first());
        let tops = tops.map(String::as_str).filter(|top| *top != module);
        found.extend(tops.filter_map(|top| forbidden(file, module, top)));
    }
    for (file, literal) in tree.literals() {
        let is_debug = literal.contains(":?}") || literal.contains(":#?}");
        if is_debug && room(file, "").is_some_and(|module| WITHOUT_DEBUG.contains(&module)) {
            found.insert(format!("{file} shows {literal}"));
        }
    }
    found
}

fn forbidden(file: &str, module: &str, import: &str) -> Option<String> {
    let apart = |one: &[&str], other: &[&str]| one.contains(&module) && other.contains(&import);
    if apart(OBSERVATION, JUDGEMENT) || apart(JUDGEMENT, OBSERVATION) {
        return Some(format!("{file} imports {import}, across the wall"));
    }
    if apart(WITHOUT_EVIDENCE, &["evidence"]) {
        return Some(format!("{file} imports evidence and should see facts only"));
    }
    let down = floor(import) < floor(module) || BESIDE.contains(&(module, import));
    (!down).then(|| format!("{file} imports {import}, which is no lower floor"))
}

/// Circles among the rooms of each folder. A room is a file or a folder with all that is in it. The
/// folder's own `mod.rs` is the floor that its rooms stand on, and their common front: what a room
/// takes from it is no circle.
fn circles(tree: &Tree) -> BTreeSet<String> {
    let imports = tree.imports();
    let folders: BTreeSet<&str> = imports.keys().flat_map(|file| folders_of(file)).collect();
    let mut found = BTreeSet::new();
    // The top modules stand on floors, which leaves no room for a circle.
    for folder in folders.into_iter().filter(|folder| !folder.is_empty()) {
        let rooms = rooms(&imports, folder);
        for knot in knots(&rooms) {
            found.insert(format!("circle in {folder}: {}", drawn(&rooms, &knot)));
        }
    }
    found
}

/// The imports from room to room of one folder.
fn rooms<'a>(imports: &Graph<'a>, folder: &str) -> Graph<'a> {
    let mut graph: Graph = BTreeMap::new();
    for (from, all) in imports {
        let Some(from) = room(from, folder) else {
            continue;
        };
        let to = all.iter().filter_map(|to| room(to, folder));
        let others = to.filter(|to| *to != from);
        graph.entry(from).or_default().extend(others);
    }
    graph
}

/// The room of a folder that a file is in: `tls` of `wire` for `wire/tls/suite.rs`.
fn room<'a>(file: &'a str, folder: &str) -> Option<&'a str> {
    let inside = match folder {
        "" => file,
        folder => file.strip_prefix(folder)?.strip_prefix('/')?,
    };
    let first = inside.split('/').next()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (room != "mod").then_some(room)
}

/// `""`, `"wire"` and `"wire/tls"` for `wire/tls/suite.rs`.
fn folders_of(file: &str) -> Vec<&str> {
    let ends = file.match_indices('/').map(|(at, _)| at);
    [0].into_iter()
        .chain(ends)
        .filter_map(|end| file.get(..end))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::broken;
    use crate::tree::Tree;

    /// What is planted, the files, and every law that they break.
    type Planted = (
        &'static str,
        &'static [(&'static str, &'static str)],
        &'static [&'static str],
    );

    const LIB: (&str, &str) = (
        "lib.rs",
        "pub mod model; pub mod wire; pub mod evidence; pub mod facts; pub mod rules; pub mod probe;",
    );

    /// Files that every planted tree has, unless it plants them itself.
    const SOUND: &[(&str, &str)] = &[
        LIB,
        ("model.rs", "pub struct Url;"),
        (
            "wire/mod.rs",
            "pub mod read; pub mod write; pub use write::Line;",
        ),
        (
            "wire/read.rs",
            "use crate::model::Url; pub fn read() -> Option<Url> { None }",
        ),
        (
            "wire/write.rs",
            "pub struct Line; pub fn write() { super::read::read(); }",
        ),
        ("evidence.rs", "pub struct Seen(crate::wire::Line);"),
        ("facts.rs", "pub struct Facts(crate::evidence::Seen);"),
        (
            "rules.rs",
            "use crate::facts; pub fn judge(_: &facts::Facts) {}",
        ),
        (
            "probe.rs",
            "pub fn observe() { crate::wire::write::write() }",
        ),
    ];

    #[rustfmt::skip]
    const PLANTED: &[Planted] = &[
        ("nothing", &[], &[]),
        ("a climb in a test is a test's affair",
            &[("wire/read.rs", "#[cfg(test)] mod tests { use crate::facts::Facts; } pub fn read() {}")], &[]),
        ("a climb behind a test",
            &[("wire/read.rs", "#[cfg(test)] mod tests; use crate::facts::Facts; pub fn read() {}")],
            &["wire/read.rs imports facts, which is no lower floor"]),
        ("a climb in a body, behind a test's function",
            &[("wire/read.rs", "impl X { #[cfg(test)] fn a() {} fn b() { crate::probe::observe() } } pub fn read() {}")],
            &["wire/read.rs imports probe, which is no lower floor"]),
        ("a climb behind a test's field, and in an attribute",
            &[("wire/write.rs", "pub struct Line { #[cfg(test)] a: u8, #[with(crate::rules::x)] b: crate::facts::Facts }
                                 pub fn write() {}")],
            &["wire/write.rs imports facts, which is no lower floor", "wire/write.rs imports rules, which is no lower floor"]),
        ("a climb behind a signature that has a lifetime",
            &[("wire/read.rs", "pub fn read() -> &'static str { crate::facts::x() } #[cfg(test)] mod tests { use super::super::nothing; }")],
            &["wire/read.rs imports facts, which is no lower floor"]),
        ("a climb in a macro",
            &[("wire/read.rs", "pub fn read() { println!(\"{}\", crate::probe::observe()) }")],
            &["wire/read.rs imports probe, which is no lower floor"]),
        ("a climb by steps",
            &[("wire/read.rs", "pub fn read() { super::super::facts::x() }")],
            &["wire/read.rs imports facts, which is no lower floor"]),
        ("through the wall, in a group",
            &[("probe.rs", "use crate::{facts::Facts, wire::read}; pub fn observe() {}")],
            &["probe.rs imports facts, across the wall"]),
        ("back through the wall",
            &[("rules.rs", "pub fn judge() { crate::probe::observe() }")],
            &["rules.rs imports probe, across the wall"]),
        ("a rule that reads evidence",
            &[("rules.rs", "use crate::evidence::Seen;")],
            &["rules.rs imports evidence and should see facts only"]),
        ("a type's Debug form, shown",
            &[("probe.rs", "pub fn observe() { format!(\"{why:?}\"); } #[cfg(test)] fn a() { format!(\"{0:?}\") }")],
            &["probe.rs shows \"{why:?}\""]),
        ("a circle, by a name that the folder exports again",
            &[("wire/read.rs", "#[cfg(test)] mod tests {} use super::Line; pub fn read() {}")],
            &["circle in wire: read -> write; write -> read"]),
        ("a circle, by the module's name",
            &[("wire/read.rs", "use crate::wire::write; pub fn read() { write::write() }")],
            &["circle in wire: read -> write; write -> read"]),
        ("a circle of three, one of them a folder",
            &[("wire/mod.rs", "pub mod read; pub mod write; pub mod deep; pub use write::Line;"),
              ("wire/deep/mod.rs", "mod inner;"),
              ("wire/deep/inner.rs", "use crate::wire::Line;"),
              ("wire/read.rs", "pub fn read() { super::deep::inner::x() } use super::deep::inner::X;"),
              ("wire/deep/inner.rs", "pub struct X; fn x(_: crate::wire::write::Line) {}")],
            &["circle in wire: deep -> write; read -> deep; write -> read"]),
        ("a folder and its own room are no circle",
            &[("wire/mod.rs", "pub mod read; pub mod write; pub use write::Line; pub fn all() { read::read() } pub struct Own;"),
              ("wire/read.rs", "pub fn read() -> super::Own { super::Own }")], &[]),
    ];

    fn plant(nth: usize, files: &[(&str, &str)]) -> PathBuf {
        let name = format!("seaworthy-planted-{}-{nth}", std::process::id());
        let root = std::env::temp_dir().join(name);
        for (file, text) in SOUND.iter().chain(files) {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn what_is_planted_is_found_and_nothing_else() {
        for (nth, (what, files, laws)) in PLANTED.iter().enumerate() {
            let root = plant(nth, files);
            let found = broken(&Tree::read(&root));
            fs::remove_dir_all(&root).unwrap();
            assert!(found.iter().eq(*laws), "{what}: {found:#?}");
        }
    }
}
