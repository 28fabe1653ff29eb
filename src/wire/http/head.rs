//! The head of a response (RFC 9112 §4 and §5), read as it arrived.
//!
//! Lenient on purpose: whatever can be made out is kept in order, and what is not HTTP is listed
//! as a fault. A strict reader would lose the very lines an audit is about.

/// Heads longer than this are cut off by the observer.
pub const MAX_HEAD: usize = 64 * 1024;

/// A response head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `1.0`, `1.1`, or whatever stood behind `HTTP/`.
    pub version: String,
    /// The status code; 0 when there is none.
    pub status: u16,
    /// The reason phrase.
    pub reason: Vec<u8>,
    /// Field lines in order: name as written, value without surrounding white space.
    pub fields: Vec<(String, Vec<u8>)>,
    /// What is not HTTP, a sentence each.
    pub faults: Vec<String>,
}

impl Head {
    /// Whether it is an interim response (RFC 9110 §15.2), after which another head follows.
    #[must_use]
    pub fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }

    /// All values of a field, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.fields
            .iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    /// Reads the bytes before the empty line. Total: any bytes give a head, perhaps with faults.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let mut head = Self::default();
        let mut lines = bytes.split(|byte| *byte == b'\n').map(without_cr);
        // A server may send an empty line before the status line (RFC 9112 §2.2).
        let status_line = lines
            .by_ref()
            .find(|line| !line.is_empty())
            .unwrap_or_default();
        head.read_status_line(status_line);
        for line in lines {
            if line.is_empty() {
                break;
            }
            head.read_field_line(line);
        }
        if bytes
            .split(|byte| *byte == b'\n')
            .any(|line| !line.is_empty() && !line.ends_with(b"\r"))
            && bytes.contains(&b'\n')
            && !ends_mid_line_only(bytes)
        {
            head.faults
                .push("a line ends in a bare LF (RFC 9112 §2.2)".to_owned());
        }
        head
    }

    fn read_status_line(&mut self, line: &[u8]) {
        let mut parts = line.splitn(3, |byte| *byte == b' ');
        let version = parts.next().unwrap_or_default();
        match version.strip_prefix(b"HTTP/") {
            Some(number) => self.version = latin_1(number),
            None => self
                .faults
                .push("the status line does not start with HTTP/".to_owned()),
        }
        let code = parts.next().unwrap_or_default();
        match std::str::from_utf8(code)
            .ok()
            .filter(|text| text.len() == 3)
        {
            Some(text) => self.status = text.parse().unwrap_or(0),
            None => self
                .faults
                .push("the status code is not three digits".to_owned()),
        }
        parts
            .next()
            .unwrap_or_default()
            .clone_into(&mut self.reason);
    }

    fn read_field_line(&mut self, line: &[u8]) {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            self.faults
                .push("a folded field line (obs-fold, RFC 9112 §5.2)".to_owned());
            if let Some((_, value)) = self.fields.last_mut() {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
            return;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            self.faults.push("a field line without a colon".to_owned());
            return;
        };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name.is_empty() || !name.iter().copied().all(is_token_byte) {
            self.faults
                .push("a field name that is no token (RFC 9110 §5.1)".to_owned());
        }
        if value
            .iter()
            .any(|byte| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f)
        {
            self.faults
                .push("a control character in a field value (RFC 9110 §5.5)".to_owned());
        }
        self.fields
            .push((latin_1(name.trim_ascii()), value.to_vec()));
    }
}

/// How many bytes the first head takes, its empty line included; `None` while it is not complete.
#[must_use]
pub fn length(bytes: &[u8]) -> Option<usize> {
    let crlf = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .map(|at| at + 4);
    let lf = bytes
        .windows(2)
        .position(|two| two == b"\n\n")
        .map(|at| at + 2);
    match (crlf, lf) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// A token's bytes (RFC 9110 §5.6.2).
#[must_use]
pub const fn is_token_byte(byte: u8) -> bool {
    matches!(byte, b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'
        | b'_' | b'`' | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// True when the only line without CR is the unfinished last one.
fn ends_mid_line_only(bytes: &[u8]) -> bool {
    let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    lines.pop();
    lines.iter().all(|line| line.ends_with(b"\r"))
}

fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::{Head, length};

    #[test]
    fn order_and_duplicates_are_kept() {
        let head = Head::read(b"HTTP/1.1 200 OK\r\nA: 1\r\na:  2 \r\nB:\r\n\r\n");
        assert_eq!((head.status, head.version.as_str()), (200, "1.1"));
        assert_eq!(head.reason, b"OK");
        let fields: Vec<_> = head
            .fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_slice()))
            .collect();
        assert_eq!(fields, [("A", &b"1"[..]), ("a", b"2"), ("B", b"")]);
        assert!(head.faults.is_empty(), "{:?}", head.faults);
    }

    #[rustfmt::skip]
    const FAULTS: &[(&[u8], &str)] = &[
        (b"ICY 200 OK\r\n\r\n",                         "HTTP/"),
        (b"HTTP/1.1 OK\r\n\r\n",                        "three digits"),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\n b\r\n\r\n",      "obs-fold"),
        (b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",        "colon"),
        (b"HTTP/1.1 200 OK\r\nA : 1\r\n\r\n",           "token"),
        (b"HTTP/1.1 200 OK\r\nA: \x1b\r\n\r\n",         "control"),
        (b"HTTP/1.1 200 OK\nA: 1\n\n",                  "bare LF"),
    ];

    #[test]
    fn what_is_not_http_is_named() {
        for (bytes, fault) in FAULTS {
            let head = Head::read(bytes);
            assert!(
                head.faults.iter().any(|found| found.contains(fault)),
                "{head:?}"
            );
        }
    }

    #[test]
    fn the_first_of_two_heads_is_measured() {
        assert_eq!(
            length(b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
            Some(22)
        );
        assert_eq!(length(b"HTTP/1.1 200 OK\r\n"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_a_head(bytes: Vec<u8>) {
            let _ = Head::read(&bytes);
        }
    }
}
