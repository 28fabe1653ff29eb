//! Host parsing for special schemes (URL Standard §3.5).

use std::net::{Ipv4Addr, Ipv6Addr};

use percent_encoding::percent_decode_str;

/// Lower-cased and percent-decoded; numbers become dotted IPv4. `None` for a host no browser
/// would connect to.
pub(super) fn parse(text: &str) -> Option<String> {
    if let Some(inside) = text.strip_prefix('[') {
        let address: Ipv6Addr = inside.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{address}]"));
    }
    // Bytes that are not UTF-8 make no domain.
    let host = percent_decode_str(text).decode_utf8().ok()?.to_lowercase();
    if host.is_empty() || host.chars().any(is_forbidden) {
        return None;
    }
    if ends_in_number(&host) {
        return ipv4(&host).map(|address| address.to_string());
    }
    Some(host)
}

/// "Forbidden domain code points" (§3.1).
fn is_forbidden(c: char) -> bool {
    c <= ' '
        || c == '\u{7f}'
        || matches!(
            c,
            '#' | '%' | '/' | ':' | '<' | '>' | '?' | '@' | '[' | '\\' | ']' | '^' | '|'
        )
}

/// The "ends in a number" checker (§3.5).
fn ends_in_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or("");
    !last.is_empty() && (last.bytes().all(|b| b.is_ascii_digit()) || number(last).is_some())
}

/// The IPv4 parser (§3.5): up to four numbers, the last filling what is left.
fn ipv4(host: &str) -> Option<Ipv4Addr> {
    let host = host.strip_suffix('.').unwrap_or(host);
    let parts: Option<Vec<u64>> = host.split('.').map(number).collect();
    let parts = parts?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let room = 4 - u32::try_from(first.len()).ok()?;
    if *last >= 256_u64.pow(room) {
        return None;
    }
    let high = first
        .iter()
        .zip([24, 16, 8])
        .fold(0, |sum, (part, shift)| sum | (part << shift));
    u32::try_from(high | last).ok().map(Ipv4Addr::from)
}

/// Decimal, `0x` hexadecimal or `0` octal; saturating, since too great is refused later.
fn number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => (hex, 16),
        None if text.len() > 1 && text.starts_with('0') => (text.get(1..)?, 8),
        None if text.is_empty() => return None,
        None => (text, 10),
    };
    digits.chars().try_fold(0_u64, |sum, c| {
        let digit = u64::from(c.to_digit(radix)?);
        Some(sum.saturating_mul(u64::from(radix)).saturating_add(digit))
    })
}
