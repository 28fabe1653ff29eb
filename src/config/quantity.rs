//! Values with a unit: durations, sizes, shares, limits.

use super::node::Node;
use crate::model::{Bytes, Millis, PartsPerMillion};

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

/// `"1%"`; a number alone might be a share or a percentage.
pub(super) fn share(node: Node<'_>) -> Option<PartsPerMillion> {
    const EXAMPLE: &str = "\"1%\" or \"0.5%\"";
    if !node.value().is_str() {
        return node.expected("a share", EXAMPLE);
    }
    let share = PartsPerMillion::percent(node.text()?);
    share.or_else(|| {
        node.refuse(
            "no share",
            format!("write a percentage from 0% to 100%: {EXAMPLE}"),
        )
    })
}

const WINDOWS: [(&str, u64); 10] = [
    ("s", 1000),
    ("sec", 1000),
    ("second", 1000),
    ("m", 60_000),
    ("min", 60_000),
    ("minute", 60_000),
    ("h", 3_600_000),
    ("hour", 3_600_000),
    ("d", 86_400_000),
    ("day", 86_400_000),
];

/// `"60/min"` or `"100/15min"`: so many requests in such a window.
pub(super) fn limit(node: Node<'_>) -> Option<(u32, Millis)> {
    let read = |text: &str| {
        let (count, window) = text.split_once('/')?;
        let count: u32 = count.trim().parse().ok().filter(|count| *count > 0)?;
        Some((count, window_of(window.trim())?))
    };
    let limit = read(node.text()?);
    let example = "write requests per window: \"60/min\", \"5/s\", \"100/15min\"";
    limit.or_else(|| node.refuse("no limit", example))
}

/// A unit, or a whole number of one: `min`, `15min`, `15 minutes`. A window of zero is none.
fn window_of(text: &str) -> Option<Millis> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at_checked(digits)?;
    let count: u64 = match count {
        "" => 1,
        count => count.parse().ok().filter(|count| *count > 0)?,
    };
    let unit = unit.trim();
    let singular = unit.strip_suffix('s').filter(|unit| unit.len() > 1);
    let named = |name: &str| unit == name || singular == Some(name);
    let (_, length) = WINDOWS.iter().find(|(name, _)| named(name))?;
    count.checked_mul(*length).map(Millis)
}
