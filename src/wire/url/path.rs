//! Path normalisation for special schemes (URL Standard §4.4, "path state").

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The path percent-encode set (§1.3), without `#` and `?`, which no path has inside.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// Dot segments are resolved, `\` is `/`, and what the path percent-encode set names is encoded.
pub(super) fn normalised(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut kept: Vec<String> = Vec::new();
    let segments: Vec<&str> = path.strip_prefix('/').unwrap_or(&path).split('/').collect();
    let last = segments.len().saturating_sub(1);
    for (index, segment) in segments.into_iter().enumerate() {
        match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
            ".." => {
                kept.pop();
                if index == last {
                    kept.push(String::new());
                }
            }
            "." if index == last => kept.push(String::new()),
            "." => {}
            _ => kept.push(encoded(segment)),
        }
    }
    format!("/{}", kept.join("/"))
}

fn encoded(segment: &str) -> String {
    utf8_percent_encode(segment, PATH).to_string()
}
