//! Values with a unit: durations, sizes, limits.

use super::node::Node;
use crate::model::{Bytes, Millis};

/// `"500ms"`, `"1.5s"`, `"2m"`; never zero.
pub(super) fn duration(node: Node<'_>) -> Option<Millis> {
    const EXAMPLE: &str = "\"500ms\", \"10s\" or \"2m\"";
    if !node.value().is_str() {
        return node.expected("a duration", EXAMPLE);
    }
    match node.text()?.parse() {
        Ok(Millis(0)) | Err(_) => node.refuse(
            "no duration",
            format!("write a number and its unit: {EXAMPLE}"),
        ),
        Ok(duration) => Some(duration),
    }
}

/// `"64KiB"`, or a number of bytes.
pub(super) fn size(node: Node<'_>) -> Option<Bytes> {
    if node.value().is_integer() {
        return node.whole(0..=u64::MAX).map(Bytes);
    }
    if !node.value().is_str() {
        return node.expected("a size", "\"64KiB\", or 60 for bytes");
    }
    let size = node.text()?.parse().ok();
    size.or_else(|| {
        node.refuse(
            "no size",
            "write a number and its unit: \"64KiB\", \"1MiB\", \"60B\"",
        )
    })
}

const WINDOWS: [(&str, u64); 9] = [
    ("s", 1000),
    ("sec", 1000),
    ("second", 1000),
    ("m", 60_000),
    ("min", 60_000),
    ("minute", 60_000),
    ("h", 3_600_000),
    ("hour", 3_600_000),
    ("d", 86_400_000),
];

/// `"60/min"`: so many requests in such a window.
pub(super) fn limit(node: Node<'_>) -> Option<(u32, Millis)> {
    let read = |text: &str| {
        let (count, window) = text.split_once('/')?;
        let count: u32 = count.trim().parse().ok().filter(|count| *count > 0)?;
        let (_, window) = WINDOWS.iter().find(|(name, _)| *name == window.trim())?;
        Some((count, Millis(*window)))
    };
    let limit = read(node.text()?);
    limit.or_else(|| node.refuse("no limit", "write requests per window: \"60/min\", \"5/s\""))
}
