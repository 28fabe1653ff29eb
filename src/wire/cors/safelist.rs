//! Fetch §2.2.2: the methods and request headers a script may use without asking first.

/// The longest value a safelisted header may have, in bytes.
const LONGEST_VALUE: usize = 128;

/// "CORS-safelisted method"; methods compare byte for byte.
#[must_use]
pub(super) fn method(name: &str) -> bool {
    matches!(name, "GET" | "HEAD" | "POST")
}

/// "CORS-safelisted request-header".
#[must_use]
pub(super) fn header(name: &str, value: &str) -> bool {
    if value.len() > LONGEST_VALUE {
        return false;
    }
    match name.to_ascii_lowercase().as_str() {
        "accept" => !value.bytes().any(is_unsafe),
        "accept-language" | "content-language" => value.bytes().all(is_language_byte),
        "content-type" => !value.bytes().any(is_unsafe) && is_form_type(value),
        "range" => is_simple_range(value),
        _ => false,
    }
}

/// "CORS-unsafe request-header byte".
const fn is_unsafe(byte: u8) -> bool {
    matches!(byte, 0..=8 | 10..=0x1f | 0x7f)
        || matches!(
            byte,
            b'"' | b'('
                | b')'
                | b':'
                | b'<'
                | b'>'
                | b'?'
                | b'@'
                | b'['
                | b'\\'
                | b']'
                | b'{'
                | b'}'
        )
}

const fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=')
}

/// The essence (MIME Sniffing §4.2) is one that an HTML form can send.
fn is_form_type(value: &str) -> bool {
    let essence = value.split(';').next().unwrap_or_default();
    let essence = essence
        .trim_matches([' ', '\t', '\r', '\n'])
        .to_ascii_lowercase();
    matches!(
        essence.as_str(),
        "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain"
    )
}

/// "Simple range header value": one range with a first byte.
fn is_simple_range(value: &str) -> bool {
    let Some((first, last)) = value
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
    else {
        return false;
    };
    let (Ok(first), digits) = (
        first.parse::<u64>(),
        last.bytes().all(|b| b.is_ascii_digit()),
    ) else {
        return false;
    };
    digits && (last.is_empty() || last.parse::<u64>().is_ok_and(|last| first <= last))
}

#[cfg(test)]
mod tests {
    use super::{header, method};

    #[rustfmt::skip]
    const HEADERS: &[(&str, &str, bool)] = &[
        ("Accept",          "application/json",                    true),
        ("accept",          "a(b",                                 false),
        ("Accept-Language", "en-GB, de;q=0.5",                     true),
        ("Accept-Language", "en_GB",                               false),
        ("Content-Type",    "text/plain;charset=UTF-8",            true),
        ("Content-Type",    "TEXT/PLAIN",                          true),
        ("Content-Type",    "multipart/form-data; boundary=x",     true),
        ("Content-Type",    "application/x-www-form-urlencoded",   true),
        ("Content-Type",    "application/json",                    false),
        ("Content-Type",    "text/plain; a=\"b\"",                 false), // unsafe byte
        ("Content-Type",    "text/plain, application/json",        false),
        ("Content-Type",    "",                                    false),
        ("Range",           "bytes=0-",                            true),
        ("Range",           "bytes=0-99",                          true),
        ("Range",           "bytes=9-1",                           false),
        ("Range",           "bytes=-5",                            false), // no first byte
        ("Range",           "bytes=0-1,3-4",                       false),
        ("Authorization",   "Bearer x",                            false),
        ("X-Requested-With","XMLHttpRequest",                      false),
    ];

    #[test]
    fn headers_as_fetch_has_them() {
        for (name, value, safe) in HEADERS {
            assert_eq!(header(name, value), *safe, "{name}: {value}");
        }
        assert!(header("Accept", &"a".repeat(128)));
        assert!(!header("Accept", &"a".repeat(129)));
    }

    #[test]
    fn methods_compare_byte_for_byte() {
        let safe = ["GET", "HEAD", "POST", "get", "PUT", "PATCH"].map(method);
        assert_eq!(safe, [true, true, true, false, false, false]);
    }
}
