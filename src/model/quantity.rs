//! Numbers with their unit, as people write them: in the target file and in flags alike.

use std::fmt;
use std::str::FromStr;

use super::units::{Bytes, Millis};

/// A text that is no number with a unit we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseQuantityError {
    /// What would have been one.
    pub wanted: &'static str,
}

impl fmt::Display for ParseQuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "write {}", self.wanted)
    }
}

impl std::error::Error for ParseQuantityError {}

impl FromStr for Millis {
    type Err = ParseQuantityError;

    /// `500ms`, `1.5s`, `2m`, `2min`, `1h`, `1d`; whole milliseconds.
    fn from_str(text: &str) -> Result<Self, ParseQuantityError> {
        const UNITS: [(&str, u64); 6] = [
            ("ms", 1),
            ("s", 1000),
            ("m", 60_000),
            ("min", 60_000),
            ("h", 3_600_000),
            ("d", 86_400_000),
        ];
        let wanted = "a time such as 500ms, 10s or 2m";
        let millis = scaled(text, &UNITS);
        millis.map(Self).ok_or(ParseQuantityError { wanted })
    }
}

impl FromStr for Bytes {
    type Err = ParseQuantityError;

    /// `60B`, `4KB` (4000), `4KiB` (4096), `1.5MiB`; whole bytes.
    fn from_str(text: &str) -> Result<Self, ParseQuantityError> {
        const UNITS: [(&str, u64); 6] = [
            ("B", 1),
            ("KB", 1000),
            ("KiB", 1024),
            ("MB", 1_000_000),
            ("MiB", 1_048_576),
            ("GiB", 1_073_741_824),
        ];
        let wanted = "a size such as 60B, 64KiB or 1MiB";
        let bytes = scaled(text, &UNITS);
        bytes.map(Self).ok_or(ParseQuantityError { wanted })
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

#[cfg(test)]
mod tests {
    use super::{Bytes, Millis};

    #[rustfmt::skip]
    const TIMES: &[(&str, Option<u64>)] = &[
        ("500ms",    Some(500)),
        ("10s",      Some(10_000)),
        ("1.5s",     Some(1_500)),
        ("0.25s",    Some(250)),
        ("10 s",     Some(10_000)),
        ("2m",       Some(120_000)),
        ("1d",       Some(86_400_000)),
        ("0s",       Some(0)),
        ("0.5ms",    None),  // not whole
        ("1.2345s",  None),  // four decimals
        ("10",       None),
        ("s",        None),
        (".5s",      None),
        ("1.s",      None),
        ("1.2.3s",   None),
        ("-1s",      None),
        ("10 years", None),
        ("99999999999999999999s", None),
        ("",         None),
    ];

    #[rustfmt::skip]
    const SIZES: &[(&str, Option<u64>)] = &[
        ("60B",    Some(60)),
        ("4KB",    Some(4_000)),
        ("4KiB",   Some(4_096)),
        ("1.5KiB", Some(1_536)),
        ("1MiB",   Some(1_048_576)),
        ("60",     None),
        ("4kb",    None),
        ("18446744073709551615GiB", None),
    ];

    #[test]
    fn quantities_are_read() {
        for (text, millis) in TIMES {
            assert_eq!(text.parse().ok(), millis.map(Millis), "{text}");
        }
        for (text, bytes) in SIZES {
            assert_eq!(text.parse().ok(), bytes.map(Bytes), "{text}");
        }
    }
}
