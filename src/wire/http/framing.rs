//! Where the content of a response ends (RFC 9112 §6.3).

use super::head::Head;

/// How the end of the content is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is none: `HEAD`, 1xx, 204 and 304.
    Nothing,
    /// It comes in chunks, the last of them empty.
    Chunked,
    /// So many bytes.
    Length(u64),
    /// All up to the end of the connection.
    UntilClose,
    /// `Content-Length` says two things: clients discard the content (§6.3 item 5).
    Contradictory,
}

impl Framing {
    /// Of the answer to a request of that method.
    #[must_use]
    pub fn of(head: &Head, method: &str) -> Self {
        if method == "HEAD" || matches!(head.status, 100..=199 | 204 | 304) {
            return Self::Nothing;
        }
        let codings = members(head, "transfer-encoding");
        if let Some(last) = codings.last() {
            // A coding behind `chunked` leaves no end but that of the connection (§6.3 item 4).
            let chunked = last.eq_ignore_ascii_case("chunked");
            return if chunked {
                Self::Chunked
            } else {
                Self::UntilClose
            };
        }
        let lengths = members(head, "content-length");
        let mut numbers = lengths.iter().map(|length| number(length));
        match numbers.next() {
            None => Self::UntilClose,
            Some(first) if numbers.any(|other| other != first) => Self::Contradictory,
            // Browsers read on to the end of the connection where the length is no number.
            Some(first) => first.map_or(Self::UntilClose, Self::Length),
        }
    }
}

/// Whether another request may follow on the connection (RFC 9112 §9.3).
#[must_use]
pub fn is_kept_alive(head: &Head) -> bool {
    let options = members(head, "connection");
    let says = |word: &str| {
        options
            .iter()
            .any(|option| option.eq_ignore_ascii_case(word))
    };
    !says("close") && (head.version == "1.1" || says("keep-alive"))
}

/// The members of a list field, over all its lines (RFC 9110 §5.6.1).
fn members(head: &Head, name: &str) -> Vec<String> {
    let lines = head.values(name).map(String::from_utf8_lossy);
    lines
        .flat_map(|line| {
            let members = line.split(',').map(|member| member.trim().to_owned());
            members.collect::<Vec<_>>()
        })
        .filter(|member| !member.is_empty())
        .collect()
}

/// `1*DIGIT`; a sign, which `parse` would take, is none.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{Framing, is_kept_alive};
    use crate::wire::http::head::Head;

    /// Method, status, field lines, and where the content ends.
    #[rustfmt::skip]
    const CASES: &[(&str, u16, &str, Framing)] = &[
        ("GET",  200, "",                                                   Framing::UntilClose),
        ("GET",  200, "Content-Length: 5\r\n",                              Framing::Length(5)),
        ("GET",  200, "content-length : 5\r\n",                             Framing::Length(5)),
        ("GET",  200, "Content-Length: 5\r\nContent-Length: 5\r\n",         Framing::Length(5)),
        ("GET",  200, "Content-Length: 5, 5\r\n",                           Framing::Length(5)),
        ("GET",  200, "Content-Length: 5\r\nContent-Length: 6\r\n",         Framing::Contradictory),
        ("GET",  200, "Content-Length: 5, 6\r\n",                           Framing::Contradictory),
        ("GET",  200, "Content-Length: +5\r\n",                             Framing::UntilClose),
        ("GET",  200, "Content-Length: many\r\n",                           Framing::UntilClose),
        ("GET",  200, "Transfer-Encoding: chunked\r\n",                     Framing::Chunked),
        ("GET",  200, "Transfer-Encoding: gzip,\r\n Chunked\r\n",           Framing::Chunked),
        ("GET",  200, "Transfer-Encoding: chunked, gzip\r\n",               Framing::UntilClose),
        ("GET",  200, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", Framing::Chunked),
        ("HEAD", 200, "Content-Length: 5\r\n",                              Framing::Nothing),
        ("GET",  204, "Content-Length: 5\r\n",                              Framing::Nothing),
        ("GET",  304, "Transfer-Encoding: chunked\r\n",                     Framing::Nothing),
    ];

    #[test]
    fn the_end_is_found_as_the_standard_finds_it() {
        for (method, status, fields, expected) in CASES {
            let head = Head::read(format!("HTTP/1.1 {status} x\r\n{fields}\r\n").as_bytes());
            assert_eq!(Framing::of(&head, method), *expected, "{fields}");
        }
    }

    #[test]
    fn connections_are_kept_by_version_and_option() {
        #[rustfmt::skip]
        let rows = [
            ("1.1", "",                          true),
            ("1.1", "Connection: Close\r\n",     false),
            ("1.1", "Connection: x, close\r\n",  false),
            ("1.0", "",                          false),
            ("1.0", "Connection: Keep-Alive\r\n", true),
        ];
        for (version, fields, expected) in rows {
            let head = Head::read(format!("HTTP/{version} 200 x\r\n{fields}\r\n").as_bytes());
            assert_eq!(is_kept_alive(&head), expected, "{version} {fields}");
        }
    }
}
