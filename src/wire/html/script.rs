//! What an inline script names, and what compiles text to script: as much as the markup tells.

use serde_json::Value;

use super::page::{LoadKind, Named};
use super::token::Tag;

/// The modules that an inline script imports, the addresses of scripts in its string literals, and
/// the files of its workers.
pub(super) fn named(text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, opened)) = rest
        .find(['"', '\'', '`'])
        .and_then(|at| rest.split_at_checked(at))
    {
        let quote = opened.chars().next().unwrap_or('"');
        let inside = opened.get(1..).unwrap_or("");
        match inside.split_once(quote) {
            Some((literal, behind)) if quote == '`' || !literal.contains('\n') => {
                found.extend(address(before, literal));
                rest = behind;
            }
            // A quote in a comment or an expression: it opens nothing.
            Some(_) | None => rest = inside,
        }
    }
    found
}

fn address(before: &str, literal: &str) -> Option<Named> {
    let before = before.trim_end();
    let before = before.strip_suffix('(').unwrap_or(before).trim_end();
    let imported = before.ends_with("import") || before.ends_with("from");
    if imported && literal.contains(['/', '.']) {
        return Some(Named::module(literal));
    }
    let mut starts = ["https://", "http://", "//"].iter();
    let is_elsewhere = starts.any(|start| literal.starts_with(start));
    let path = literal.split(['?', '#']).next().unwrap_or(literal);
    let is_script = matches!(path.rsplit_once('.'), Some((_, "js" | "mjs")));
    (is_script && is_elsewhere).then(|| Named::new(LoadKind::Script, literal))
}

/// The addresses an import map leads to (HTML §8.1.6.2).
pub(super) fn mapped(text: &str) -> Vec<Named> {
    let Ok(map) = serde_json::from_str::<Value>(text) else {
        return Vec::new();
    };
    let scopes = map.get("scopes").and_then(Value::as_object);
    let of_scopes = scopes.into_iter().flat_map(|each| each.values());
    let all = map.get("imports").into_iter().chain(of_scopes);
    all.filter_map(Value::as_object)
        .flat_map(|imports| imports.values())
        .filter_map(Value::as_str)
        .map(Named::module)
        .collect()
}

/// The words of inline script that compile text.
const COMPILING: [&str; 5] = [
    "eval(",
    "new Function(",
    "setTimeout(\"",
    "setTimeout('",
    "setInterval('",
];

/// What of an inline script compiles text.
pub(super) fn compiled_by(text: &str) -> Option<&'static str> {
    COMPILING
        .into_iter()
        .find(|word| text.contains(word))
        .map(|word| word.trim_end_matches(['(', '"', '\'']))
}

/// The library that compiles what an attribute or a template of this element holds.
pub(super) fn compiler(tag: &Tag) -> Option<&'static str> {
    let by_attribute = tag.attributes.iter().find_map(|(name, _)| {
        let is = |names: &[&str]| names.contains(&name.as_str());
        if is(&["x-data"]) {
            Some("x-data (Alpine)")
        } else if is(&[
            "v-if", "v-for", "v-model", "v-show", "v-html", "v-text", "v-scope",
        ]) || ["v-on:", "v-bind:"]
            .iter()
            .any(|start| name.starts_with(start))
        {
            Some("v-… attributes (Vue templates in the page)")
        } else if is(&["ng-app", "data-ng-app", "ng-controller"]) {
            Some("ng-app (AngularJS)")
        } else if name.starts_with("hx-on") {
            Some("hx-on (htmx)")
        } else {
            is(&["data-bind"]).then_some("data-bind (Knockout)")
        }
    });
    // AngularJS is told to do without.
    let declined = tag.attribute("ng-csp").or(tag.attribute("data-ng-csp"));
    by_attribute
        .filter(|_| declined.is_none())
        .or_else(|| template(tag))
}

fn template(tag: &Tag) -> Option<&'static str> {
    let kind = tag.attribute("type").filter(|_| tag.name == "script")?;
    let kind = kind.trim().to_ascii_lowercase();
    let compiled = ["text/template", "text/html", "text/ng-template"].contains(&kind.as_str())
        || [
            "text/x-template",
            "text/x-handlebars",
            "text/x-kendo",
            "text/x-js",
        ]
        .iter()
        .any(|start| kind.starts_with(start));
    compiled.then_some("a template in a <script>")
}

#[cfg(test)]
mod tests {
    use super::{compiled_by, mapped, named};

    /// An inline script, and the scripts it names.
    #[rustfmt::skip]
    const SCRIPTS: &[(&str, &[&str])] = &[
        ("f('a', \"b\")",                                        &[]),
        ("import a from '/a.js'; import {b} from \"./b.js\";",    &["/a.js", "./b.js"]),
        ("import'./c.js';const d=await import(`/d.js`)",         &["./c.js", "/d.js"]),
        ("import e from 'e'",                                    &[]),
        ("s.src = 'https://t.example/t.js?id=' + id",            &["https://t.example/t.js?id="]),
        ("s.src = '//t.example/t.js'; i.src = 'https://i.example/i.png'", &["//t.example/t.js"]),
        ("// don't\ns.src = 'https://t.example/t.js'",           &["https://t.example/t.js"]),
        ("it's cut",                                             &[]),
        ("/'/; s.src = \"https://t.example/t.js\"",              &["https://t.example/t.js"]),
    ];

    #[test]
    fn scripts_that_inline_code_names_are_found() {
        for (text, expected) in SCRIPTS {
            let found = named(text);
            let found: Vec<_> = found.iter().map(|one| one.reference.as_str()).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn an_import_map_names_its_targets() {
        let map = r#"{"imports": {"a": "/a.js", "b/": "https://b.example/b/"},
                      "scopes": {"/c/": {"a": "/c/a.js"}}, "integrity": {"/a.js": "sha384-x"}}"#;
        let found = mapped(map);
        let found: Vec<_> = found.iter().map(|one| one.reference.as_str()).collect();
        assert_eq!(found, ["/a.js", "https://b.example/b/", "/c/a.js"]);
        assert_eq!(mapped("{"), []);
        assert_eq!(mapped("[1]"), []);
    }

    #[test]
    fn what_compiles_text_is_told() {
        assert_eq!(
            compiled_by("return new Function('return this')()"),
            Some("new Function")
        );
        assert_eq!(compiled_by("setTimeout('f()', 1)"), Some("setTimeout"));
        assert_eq!(compiled_by("setTimeout(f, 1)"), None);
    }
}
