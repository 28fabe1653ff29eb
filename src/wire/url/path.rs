//! Path normalisation for special schemes (URL Standard §4.4, "path state").

use std::fmt::Write as _;

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
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        let escape = !(b'!'..=b'~').contains(&byte)
            || matches!(byte, b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'^');
        if escape {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
    out
}
