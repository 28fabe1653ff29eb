//! Values with a unit: durations, sizes, limits.

use super::node::Node;
use crate::model::{Bytes, Millis};

const DURATION_UNITS: [(&str, u64); 6] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// `"500ms"`, `"1.5s"`, `"2m"`; never zero.
pub(super) fn duration(node: Node<'_>) -> Option<Millis> {
    const EXAMPLE: &str = "\"500ms\", \"10s\" or \"2m\"";
    if !node.value().is_str() {
        return node.expected("a duration", EXAMPLE);
    }
    match scaled(node.text()?, &DURATION_UNITS) {
        Some(millis) if millis > 0 => Some(Millis(millis)),
        Some(_) | None => node.refuse(
            "no duration",
            format!("write a number and its unit: {EXAMPLE}"),
        ),
    }
}

const SIZE_UNITS: [(&str, u64); 6] = [
    ("B", 1),
    ("KB", 1000),
    ("KiB", 1024),
    ("MB", 1_000_000),
    ("MiB", 1_048_576),
    ("GiB", 1_073_741_824),
];

/// `"64KiB"`, or a number of bytes.
pub(super) fn size(node: Node<'_>) -> Option<Bytes> {
    if node.value().is_integer() {
        return node.whole(0..=u64::MAX).map(Bytes);
    }
    if !node.value().is_str() {
        return node.expected("a size", "\"64KiB\", or 60 for bytes");
    }
    match scaled(node.text()?, &SIZE_UNITS) {
        Some(bytes) => Some(Bytes(bytes)),
        None => node.refuse(
            "no size",
            "write a number and its unit: \"64KiB\", \"1MiB\", \"60B\"",
        ),
    }
}

/// A decimal number with at most three decimals, times its unit, if that is whole.
fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    if whole.is_empty() || decimals.is_empty() || decimals.len() > 3 {
        return None;
    }
    let thousandths: u64 = format!("{decimals:0<3}").parse().ok()?;
    let whole: u64 = whole.parse().ok()?;
    let total = whole
        .checked_mul(1000)?
        .checked_add(thousandths)?
        .checked_mul(*factor)?;
    (total % 1000 == 0).then_some(total / 1000)
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
