//! The modules of a source tree outside its tests, and which file imports which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::code::{Code, Names};

/// The modules below `lib.rs`, by their path: `["wire", "tls"]`.
pub(crate) struct Tree {
    modules: BTreeMap<Names, Module>,
}

struct Module {
    /// Below the root, with slashes.
    file: String,
    code: Code,
}

/// How many re-exports may lead on to one another.
const MOST_STEPS: usize = 16;

impl Tree {
    /// Follows the `mod` items from `lib.rs` in a folder.
    ///
    /// # Panics
    /// If a file is missing.
    pub(crate) fn read(root: &Path) -> Self {
        let mut tree = Self {
            modules: BTreeMap::new(),
        };
        tree.add_file(root, Names::new(), "lib.rs", "");
        tree
    }

    fn add_file(&mut self, root: &Path, path: Names, file: &str, folder: &str) {
        let text =
            fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        self.add(root, path, file, folder, Code::read(&text));
    }

    fn add(&mut self, root: &Path, path: Names, file: &str, folder: &str, mut code: Code) {
        for name in &code.files {
            let beside = format!("{folder}{name}.rs");
            let inside = format!("{folder}{name}/mod.rs");
            let child = if root.join(&beside).exists() {
                beside
            } else {
                inside
            };
            self.add_file(root, join(&path, name), &child, &format!("{folder}{name}/"));
        }
        for (name, inner) in std::mem::take(&mut code.inline) {
            self.add(
                root,
                join(&path, &name),
                file,
                &format!("{folder}{name}/"),
                inner,
            );
        }
        let file = file.to_owned();
        self.modules.insert(path, Module { file, code });
    }

    /// Every file.
    pub(crate) fn files(&self) -> BTreeSet<&str> {
        self.modules
            .values()
            .map(|module| module.file.as_str())
            .collect()
    }

    /// For each file, the modules it names on the way to something, from the root.
    pub(crate) fn named(&self) -> BTreeMap<&str, BTreeSet<Names>> {
        let mut named: BTreeMap<&str, BTreeSet<Names>> = BTreeMap::new();
        for (at, module) in &self.modules {
            let Code {
                uses,
                globs,
                bodies,
                ..
            } = &module.code;
            let paths = &bodies.paths;
            let paths = uses.iter().map(|one| &one.path).chain(globs).chain(paths);
            let paths = paths.filter_map(|path| absolute(at, path));
            named.entry(&module.file).or_default().extend(paths);
        }
        named
    }

    /// Each file's literals.
    pub(crate) fn literals(&self) -> impl Iterator<Item = (&str, &str)> {
        let modules = self.modules.values();
        modules.flat_map(|module| {
            let literals = module.code.bodies.literals.iter();
            literals.map(|literal| (module.file.as_str(), literal.as_str()))
        })
    }

    /// For each file, the files that define what it names: a re-export leads to its origin.
    pub(crate) fn imports(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (at, module) in &self.modules {
            let mut found = BTreeSet::new();
            for path in needed(module) {
                self.resolve(at, path, MOST_STEPS, &mut found);
            }
            let files = found.iter().map(|at| self.modules[at].file.as_str());
            edges
                .entry(&module.file)
                .or_default()
                .extend(files.filter(|file| *file != module.file));
        }
        edges
    }

    /// The modules that define what a path names, as seen from a module.
    fn resolve(&self, from: &[String], path: &[String], steps: usize, found: &mut BTreeSet<Names>) {
        match path.split_first() {
            Some((first, rest)) if first == "crate" => self.walk(&[], rest, steps, found),
            Some(_) => self.walk(from, path, steps, found),
            None => {}
        }
    }

    /// The same, below a module. A module itself defines nothing: naming one is no import.
    fn walk(&self, at: &[String], path: &[String], steps: usize, found: &mut BTreeSet<Names>) {
        let (Some((name, rest)), Some(steps)) = (path.split_first(), steps.checked_sub(1)) else {
            return;
        };
        if name == "self" {
            return self.walk(at, rest, steps, found);
        }
        if name == "super" {
            return self.walk(&at[..at.len() - 1], rest, steps, found);
        }
        let Some(Module { code, .. }) = self.modules.get(at) else {
            return;
        };
        if code.items.contains(name) {
            found.insert(at.to_vec());
        }
        let child = join(at, name);
        if self.modules.contains_key(&child) {
            return self.walk(&child, rest, steps, found);
        }
        for one in code.uses.iter().filter(|one| one.name == *name) {
            let path: Names = one.path.iter().chain(rest).cloned().collect();
            self.resolve(at, &path, steps, found);
        }
        for glob in &code.globs {
            let path: Names = glob.iter().chain(path).cloned().collect();
            self.resolve(at, &path, steps, found);
        }
    }
}

/// The paths of a module that name something it needs; a re-export that it does not use is a
/// signpost.
fn needed(module: &Module) -> impl Iterator<Item = &Names> {
    let Code {
        uses,
        globs,
        bodies,
        ..
    } = &module.code;
    let paths = &bodies.paths;
    let firsts: BTreeSet<&str> = paths
        .iter()
        .filter_map(|path| path.first())
        .map(String::as_str)
        .collect();
    let uses = uses
        .iter()
        .filter(move |one| !one.is_public || firsts.contains(one.name.as_str()));
    uses.map(|one| &one.path).chain(globs).chain(paths)
}

/// A path from the root, if it is one of ours by its first name.
fn absolute(from: &[String], path: &[String]) -> Option<Names> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some(from.iter().chain(rest).cloned().collect()),
        "super" => {
            let ups = path.iter().take_while(|name| *name == "super").count();
            let kept = &from[..from.len() - ups];
            Some(kept.iter().chain(&path[ups..]).cloned().collect())
        }
        _ => None,
    }
}

fn join(path: &[String], name: &str) -> Names {
    path.iter().cloned().chain([name.to_owned()]).collect()
}
