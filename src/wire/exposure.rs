//! Things a web root should not serve, each known by its own content: a status or a path alone
//! proves nothing where every path answers `200`.

use super::env_file;

/// How much it matters that everybody can read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exposure {
    /// Source, credentials, memory, environment.
    Secret,
    /// The inside of the running service: metrics, status, routes of the management.
    Internal,
    /// A description of the API, which may be public on purpose.
    Description,
}

/// One thing to look for.
#[derive(Clone, Copy, Debug)]
pub struct Artefact {
    /// Where it would stand, from the root.
    pub path: &'static str,
    /// What it is, in words.
    pub what: &'static str,
    /// How much it matters.
    pub exposure: Exposure,
    /// Whether a body is that thing.
    pub matches: fn(&[u8]) -> bool,
}

const fn artefact(
    path: &'static str,
    what: &'static str,
    exposure: Exposure,
    matches: fn(&[u8]) -> bool,
) -> Artefact {
    Artefact {
        path,
        what,
        exposure,
        matches,
    }
}

/// All of them. Every one is fetched with a plain `GET` that changes nothing.
#[rustfmt::skip]
pub const ARTEFACTS: &[Artefact] = &[
    artefact("/.git/HEAD",            "a Git repository",             Exposure::Secret,      is_git_head),
    artefact("/.env",                 "an environment file",          Exposure::Secret,      env_file::is_one),
    artefact("/.svn/wc.db",           "a Subversion working copy",    Exposure::Secret,      |body| body.starts_with(b"SQLite format 3\0")),
    artefact("/.DS_Store",            "a Finder index of file names", Exposure::Internal,    |body| body.starts_with(b"\0\0\0\x01Bud1")),
    artefact("/actuator/env",         "Spring's environment",         Exposure::Secret,      |body| is_json(body, &["\"propertySources\""])),
    artefact("/actuator",             "Spring's management index",    Exposure::Internal,    |body| is_json(body, &["\"_links\"", "/actuator"])),
    artefact("/debug/pprof/",         "Go's profiler",                Exposure::Secret,      |body| contains(body, &["Types of profiles available"])),
    artefact("/server-status",        "Apache's status page",         Exposure::Internal,    |body| contains(body, &["Apache Server Status for", "Server uptime"])),
    artefact("/metrics",              "Prometheus metrics",           Exposure::Internal,    is_metrics),
    artefact("/openapi.json",         "an OpenAPI description",       Exposure::Description, is_openapi),
    artefact("/v3/api-docs",          "an OpenAPI description",       Exposure::Description, is_openapi),
    artefact("/swagger/v1/swagger.json", "an OpenAPI description",    Exposure::Description, is_openapi),
    artefact("/docs",                 "interactive API documentation", Exposure::Description, is_api_docs),
];

/// The artefact of that path.
#[must_use]
pub fn at(path: &str) -> Option<&'static Artefact> {
    ARTEFACTS.iter().find(|artefact| artefact.path == path)
}

fn text(body: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(body)
}

fn contains(body: &[u8], marks: &[&str]) -> bool {
    let text = text(body);
    marks.iter().all(|mark| text.contains(mark))
}

fn is_json(body: &[u8], marks: &[&str]) -> bool {
    body.trim_ascii_start().starts_with(b"{") && contains(body, marks)
}

/// `ref: refs/heads/main`, or the forty digits of a detached head.
fn is_git_head(body: &[u8]) -> bool {
    let line = text(body);
    let line = line.trim();
    let detached =
        matches!(line.len(), 40 | 64) && line.bytes().all(|byte| byte.is_ascii_hexdigit());
    let reference = line.strip_prefix("ref: refs/").is_some_and(|name| {
        !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '<')
    });
    detached || reference
}

/// The exposition format: a typed metric, and a line of it.
fn is_metrics(body: &[u8]) -> bool {
    let text = text(body);
    let typed = text.lines().find_map(|line| line.strip_prefix("# TYPE "));
    let name = typed.and_then(|rest| rest.split(' ').next());
    !text.trim_start().starts_with('<')
        && name.is_some_and(|name| {
            text.lines()
                .any(|line| !line.starts_with('#') && line.starts_with(name))
        })
}

fn is_openapi(body: &[u8]) -> bool {
    is_json(body, &["\"paths\""]) && {
        let text = text(body);
        text.contains("\"openapi\"") || text.contains("\"swagger\"")
    }
}

/// The pages Swagger UI and ReDoc are started from.
fn is_api_docs(body: &[u8]) -> bool {
    let text = text(body);
    ["SwaggerUIBundle(", "<redoc ", "Redoc.init("]
        .iter()
        .any(|mark| text.contains(mark))
}

/// Whether a body is a source map (ECMA-426 §4), which is the source of a script.
#[must_use]
pub fn is_source_map(body: &[u8]) -> bool {
    is_json(body, &["\"version\"", "\"mappings\"", "\"sources\""])
}

/// Whether a source map carries the sources themselves.
#[must_use]
pub fn has_sources_content(body: &[u8]) -> bool {
    contains(body, &["\"sourcesContent\""])
}

#[cfg(test)]
mod tests {
    use super::{ARTEFACTS, at, is_source_map};
    use proptest::prelude::*;

    /// The path, a body that is it, a body that is not.
    #[rustfmt::skip]
    const CASES: &[(&str, &[u8], &[u8])] = &[
        ("/.git/HEAD",     b"ref: refs/heads/main\n",                     b"<html>ref: refs/heads/main"),
        ("/.git/HEAD",     b"0123456789abcdef0123456789abcdef01234567\n", b"ref: refs/ <b>"),
        ("/.env",          b"# x\nDB_HOST=a\nexport DB_PASSWORD=b\n",     b"A=1\n"),
        ("/.svn/wc.db",    b"SQLite format 3\0...",                       b"SQLite format 3"),
        ("/.DS_Store",     b"\0\0\0\x01Bud1\0",                           b"Bud1"),
        ("/actuator",      b"{\"_links\":{\"self\":{\"href\":\"http://x/actuator\"}}}", b"{\"_links\":{}}"),
        ("/actuator/env",  b"{\"propertySources\":[]}",                   b"{}"),
        ("/metrics",       b"# HELP a b\n# TYPE up gauge\nup 1\n",        b"# TYPE up gauge\n"),
        ("/openapi.json",  b"{\"openapi\":\"3.1.0\",\"paths\":{}}",       b"{\"openapi\":\"3.1.0\"}"),
        ("/docs",          b"<script>const ui = SwaggerUIBundle({",       b"<h1>Docs</h1>"),
    ];

    #[test]
    fn content_decides() {
        for (path, good, bad) in CASES {
            let matches = at(path).map(|artefact| artefact.matches).unwrap();
            assert!(matches(good), "{path}");
            assert!(!matches(bad), "{path}: {}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn paths_are_unique_and_none_matches_nothing() {
        for artefact in ARTEFACTS {
            let same = ARTEFACTS.iter().filter(|other| other.path == artefact.path);
            assert_eq!(same.count(), 1, "{}", artefact.path);
            assert!(!(artefact.matches)(b""), "{}", artefact.path);
            assert!(!(artefact.matches)(
                b"<!doctype html><title>Not found</title>"
            ));
        }
    }

    #[test]
    fn source_maps_map() {
        assert!(is_source_map(
            b"{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AAAA\"}"
        ));
        assert!(!is_source_map(b"{\"version\":3}"));
    }

    proptest! {
        #[test]
        fn any_bytes_have_an_answer(body in proptest::collection::vec(any::<u8>(), 0..80)) {
            for artefact in ARTEFACTS {
                let _ = (artefact.matches)(&body);
            }
        }
    }
}
