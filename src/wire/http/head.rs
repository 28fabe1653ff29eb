//! The head of a response (RFC 9112 §4 and §5), read as it arrived.
//!
//! Lenient on purpose, as browsers are: whatever can be made out is kept in order, and what is not
//! HTTP is listed as a fault. A strict reader would lose the very lines an audit is about. What is
//! wrong with a field that could be read, [`super::hygiene`] finds in the field itself.

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
        let lines = bytes.split(|byte| *byte == b'\n').map(without_cr);
        // A server may send an empty line before the status line (RFC 9112 §2.2).
        let mut lines = (1..).zip(lines).skip_while(|(_, line)| line.is_empty());
        let (_, status_line) = lines.next().unwrap_or_default();
        head.read_status_line(status_line);
        for (place, line) in lines {
            if line.is_empty() {
                break;
            }
            head.read_field_line(line, place);
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
        let three_digits = code.len() == 3 && code.iter().all(u8::is_ascii_digit);
        match latin_1(code).parse() {
            Ok(status) if three_digits => self.status = status,
            Ok(_) | Err(_) => self
                .faults
                .push("the status code is not three digits".to_owned()),
        }
        parts
            .next()
            .unwrap_or_default()
            .clone_into(&mut self.reason);
    }

    /// The line that is odd is named by its field or its place, never quoted: what stands in it may
    /// be a cookie's value.
    fn read_field_line(&mut self, line: &[u8], place: usize) {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            self.unfold(line, place);
            return;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            self.faults.push(format!(
                "line {place} of the head has no colon (RFC 9112 §5)"
            ));
            return;
        };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        let bare = latin_1(name.trim_ascii_end());
        if name.ends_with(b" ") || name.ends_with(b"\t") {
            self.faults.push(format!(
                "{bare}: white space before the colon (RFC 9112 §5.1)"
            ));
        }
        self.fields.push((bare, value.to_vec()));
    }

    /// "A user agent that receives an obs-fold … MUST replace each received obs-fold with one or more
    /// SP octets prior to interpreting the field value" (RFC 9112 §5.2).
    fn unfold(&mut self, line: &[u8], place: usize) {
        let Some((name, value)) = self.fields.last_mut() else {
            self.faults.push(format!(
                "line {place} of the head continues a field, and none stands before it (RFC 9112 §2.2)"
            ));
            return;
        };
        if !value.is_empty() {
            value.push(b' ');
        }
        value.extend_from_slice(line.trim_ascii());
        let fault = format!("{name}: folded over several lines (obs-fold, RFC 9112 §5.2)");
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}

/// How many bytes the first head takes, its empty line included; `None` while it is not complete.
/// Empty lines before the status line belong to it (RFC 9112 §2.2), and a line may end in LF alone.
#[must_use]
pub fn length(bytes: &[u8]) -> Option<usize> {
    let mut begun = false;
    let mut length = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        length += line.len();
        let is_empty = matches!(line, b"\n" | b"\r\n");
        if is_empty && begun {
            return Some(length);
        }
        begun |= !is_empty;
    }
    None
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
        (b"HTTP/1.1 +20 OK\r\n\r\n",                    "three digits"),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\n b\r\n\r\n",      "A: folded"),
        (b"HTTP/1.1 200 OK\r\n b\r\nA: 1\r\n\r\n",      "line 2 of the head continues"),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\nnonsense\r\n\r\n", "line 3 of the head has no colon"),
        (b"HTTP/1.1 200 OK\r\nA : 1\r\n\r\n",           "A: white space before the colon"),
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

    /// Odd lines, and the value of `A` that browsers read all the same.
    #[rustfmt::skip]
    const READ: &[(&str, &str)] = &[
        ("A: 1",                          "1"),
        ("A : 1",                         "1"),
        ("A\t: 1",                        "1"),
        ("A: 1;\r\n  2;\r\n\t3",          "1; 2; 3"),
        ("A:\r\n 1",                      "1"),
        ("A: a\x01b",                     "a\x01b"),
        ("nonsense\r\nA: 1",              "1"),
        (": 0\r\nA: 1",                   "1"),
        ("B\x7f: 0\nA: 1",                "1"),
    ];

    #[test]
    fn one_odd_line_costs_nothing_else() {
        for (lines, expected) in READ {
            let head = Head::read(format!("HTTP/1.1 200 OK\r\n{lines}\r\nZ: 9\r\n\r\n").as_bytes());
            let value = |name| head.values(name).next().map(<[u8]>::to_vec);
            assert_eq!(value("A"), Some(expected.as_bytes().to_vec()), "{lines:?}");
            assert_eq!(value("Z"), Some(b"9".to_vec()), "{lines:?}");
        }
    }

    /// Bytes, and how many of them are the first head.
    #[rustfmt::skip]
    const LENGTHS: &[(&[u8], Option<usize>)] = &[
        (b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", Some(22)),
        (b"HTTP/1.1 200 OK\r\n",                                None),
        (b"HTTP/1.1 200 OK\n\nbody",                            Some(17)),
        (b"HTTP/1.1 200 OK\n\r\nbody",                          Some(18)),
        (b"HTTP/1.1 200 OK\r\n\nbody",                          Some(18)),
        (b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",                   Some(23)),
        (b"\r\n\r\n",                                           None),
    ];

    #[test]
    fn the_first_head_is_measured() {
        for (bytes, expected) in LENGTHS {
            assert_eq!(length(bytes), *expected, "{}", bytes.escape_ascii());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_a_head(bytes: Vec<u8>) {
            let _ = Head::read(&bytes);
        }
    }
}
