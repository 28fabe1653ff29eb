//! The page on every key, printed from the vocabulary.

use std::fmt::Write as _;

use super::vocabulary::{Key, SHAPES, Shape};

/// `docs/targets.md`, in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut out = INTRODUCTION.to_owned();
    for shape in SHAPES {
        out.push_str(&table(shape));
    }
    out
}

const INTRODUCTION: &str = "\
<!-- Printed from the vocabulary in src/config; a test holds the two equal. -->
# The target file

`targets.toml` says what you run and what you promised about it. `seaworthy init` writes a
commented one, `seaworthy check` reads it without any traffic, and the
[`targets.toml`](../targets.toml) at the top of this repository uses every key below. The file is
[TOML](https://toml.io/en/v1.0.0); a key that is not on this page is an error.

Editors that read JSON Schema (Taplo, and what is built on it) know the keys and mark mistakes as one
writes: `seaworthy schema > targets.schema.json`, and `#:schema ./targets.schema.json` as the file's
first line. The schema knows names, types and forms; `seaworthy check` knows what they mean.

Values are written like this:

| form | like |
|---|---|
| duration | `\"500ms\"`, `\"1.5s\"`, `\"2m\"`, `\"1h\"`, `\"1d\"` |
| size | `\"64KiB\"`, `\"1MB\"`, or a number of bytes |
| status | `200`, `[200, 204]`, `\"2xx\"` |
| `\"METHOD /path\"` | `\"POST /api/orders\"`; a path alone means GET |
| origin | `\"https://app.example\"`, as browsers send it: no path, no default port |
| secret | `{ env = \"API_TOKEN\" }` or `{ file = \"token.txt\" }`, never the value itself |
| JSON Pointer | `\"/data/redis/enabled\"` (RFC 6901) |
";

fn table(shape: &Shape) -> String {
    let mut out = format!("\n## {}\n\n", shape.title);
    let _ = write!(
        out,
        "Where: {}. {}\n\n| key | takes | default | meaning |\n|---|---|---|---|\n",
        shape.heading, shape.about
    );
    for key in shape.keys {
        out.push_str(&row(key));
    }
    if let Some(shared) = shape.with {
        let _ = writeln!(out, "\nAnd every key of {}.", shared.title);
    }
    out
}

fn row(key: &Key) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    format!(
        "| `{}` | {} | {} | {} |\n",
        key.name,
        cell(key.form),
        cell(key.default),
        cell(key.about)
    )
}
