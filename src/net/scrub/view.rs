//! Text as it is meant, whatever escapes it is written in.
//!
//! A value that is put into JSON, a URL, a script or a page is written in the escapes of that place,
//! and which characters are escaped differs between libraries: PHP writes `\/`, .NET `\u002B`,
//! Python's `quote` no `/`. So escapes are undone, all kinds at once, and undone again where they
//! were written one in another.

use crate::wire::html::character_reference;

/// So often are escapes undone: a value in a JSON string in a URL in an attribute.
const LEVELS: usize = 3;

/// `&#x00000041;` and shorter.
const LONGEST_REFERENCE: usize = 16;

/// Bytes, and where each of them stands in what was received.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    /// Where the text of each byte starts and ends; `None` where nothing was undone.
    places: Option<Vec<(u32, u32)>>,
}

impl View {
    /// The bytes as they came.
    pub(super) fn verbatim(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            places: None,
        }
    }

    /// The bytes as they came, then with their escapes undone once, twice, ….
    pub(super) fn levels(bytes: &[u8]) -> impl Iterator<Item = Self> {
        Self::verbatim(bytes).undone()
    }

    /// This view, then with its escapes undone once, twice, ….
    pub(super) fn undone(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), Self::unescaped).take(LEVELS + 1)
    }

    /// Where the byte at a position starts in what was received.
    pub(super) fn start(&self, at: usize) -> usize {
        self.place(at).0
    }

    /// Where the byte before a position ends in what was received.
    pub(super) fn end(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |last| self.place(last).1)
    }

    fn place(&self, at: usize) -> (usize, usize) {
        let Some(places) = &self.places else {
            return (at, at + 1);
        };
        let wide = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        let place = places.get(at).or(places.last());
        place.map_or((0, 0), |(start, end)| (wide(*start), wide(*end)))
    }

    /// Without white space: a value is broken over lines by folding, by MIME, and by whoever wraps
    /// text. `None` where there is none.
    pub(super) fn unbroken(&self) -> Option<Self> {
        if !self.bytes.iter().any(u8::is_ascii_whitespace) {
            return None;
        }
        let mut made = Maker::of(self);
        for (at, byte) in self.bytes.iter().enumerate() {
            if !byte.is_ascii_whitespace() {
                made.push(&[*byte], at, 1);
            }
        }
        Some(made.finish())
    }

    /// With escapes undone once; `None` where there are none.
    fn unescaped(&self) -> Option<Self> {
        let escapes = |byte: &u8| matches!(byte, b'%' | b'\\' | b'&');
        if !self.bytes.iter().any(escapes) {
            return None;
        }
        let (mut made, mut at, mut changed) = (Maker::of(self), 0, false);
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some((bytes, length)) = escape(rest) {
                made.push(&bytes, at, length);
                at += length;
                changed = true;
            } else {
                made.push(rest.get(..1).unwrap_or_default(), at, 1);
                at += 1;
            }
        }
        changed.then(|| made.finish())
    }
}

/// A view in the making.
struct Maker<'v> {
    of: &'v View,
    bytes: Vec<u8>,
    places: Vec<(u32, u32)>,
}

impl<'v> Maker<'v> {
    fn of(of: &'v View) -> Self {
        Self {
            of,
            bytes: Vec::with_capacity(of.bytes.len()),
            places: Vec::with_capacity(of.bytes.len()),
        }
    }

    /// What the `length` bytes from `at` mean.
    fn push(&mut self, bytes: &[u8], at: usize, length: usize) {
        // No text of so many bytes is read.
        let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let place = (narrow(self.of.start(at)), narrow(self.of.end(at + length)));
        self.bytes.extend_from_slice(bytes);
        self.places.extend(bytes.iter().map(|_| place));
    }

    fn finish(self) -> View {
        View {
            bytes: self.bytes,
            places: Some(self.places),
        }
    }
}

/// What the escape at the beginning means, and how long it is.
fn escape(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    match rest {
        [b'%', hex @ ..] => Some((vec![u8::try_from(number(hex, 2)?).ok()?], 3)),
        [b'\\', b'x', hex @ ..] => Some((vec![u8::try_from(number(hex, 2)?).ok()?], 4)),
        [b'\\', b'u', b'{', hex @ ..] => {
            let digits = hex.iter().position(|byte| *byte == b'}')?;
            Some((utf8(number(hex, digits)?)?, digits + 4))
        }
        [b'\\', b'u', hex @ ..] => unit(hex),
        [b'\\', escaped, ..] => {
            let byte = match escaped {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 8,
                b'f' => 12,
                b'"' | b'\'' | b'\\' | b'/' => *escaped,
                _ => return None,
            };
            Some((vec![byte], 2))
        }
        [b'&', behind @ ..] => {
            let window = behind.get(..LONGEST_REFERENCE).unwrap_or(behind);
            let ascii = window.iter().take_while(|byte| byte.is_ascii()).count();
            let text = std::str::from_utf8(window.get(..ascii)?).ok()?;
            let (c, length) = character_reference(text)?;
            Some((c.to_string().into_bytes(), length + 1))
        }
        _ => None,
    }
}

/// The UTF-16 code unit behind `\u`, with the other half of a surrogate pair (RFC 8259 §7).
fn unit(hex: &[u8]) -> Option<(Vec<u8>, usize)> {
    let first = number(hex, 4)?;
    if let Some(bytes) = utf8(first) {
        return Some((bytes, 6));
    }
    let low = hex.get(4..)?.strip_prefix(b"\\u")?;
    let units = [first, number(low, 4)?].map(|unit| u16::try_from(unit).unwrap_or_default());
    let c = char::decode_utf16(units).next()?.ok()?;
    Some((c.to_string().into_bytes(), 12))
}

fn utf8(code: u32) -> Option<Vec<u8>> {
    char::from_u32(code).map(|c| c.to_string().into_bytes())
}

/// The number in so many hexadecimal digits.
fn number(hex: &[u8], digits: usize) -> Option<u32> {
    let text = std::str::from_utf8(hex.get(..digits)?).ok()?;
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::View;

    /// As written, then as it is meant in the end.
    #[rustfmt::skip]
    const WRITTEN: &[(&str, &str)] = &[
        ("plain",                     "plain"),
        (r"a\/b",                     "a/b"),           // PHP
        (r"a\u002Bb\u002bb",          "a+b+b"),         // .NET, Java
        (r"a\x2bb",                   "a+b"),           // JavaScript, access logs
        (r"a\u{2b}b",                 "a+b"),
        (r"\ud83d\ude42",             "🙂"),
        ("%61%2F%2f%C3%A9",           "a//é"),
        ("%252F",                     "/"),             // twice
        (r"%5Cu002b",                 "+"),             // JSON in a URL
        ("&#43;&#x2B;&plus;&amp;&#47", "+++&/"),
        ("&amp;#43;",                 "+"),             // twice
        (r"\\\/",                     r"\/"),
        ("100% \\q &nosuch; \\u12 %4", "100% \\q &nosuch; \\u12 %4"),
    ];

    #[test]
    fn escapes_are_undone() {
        for (written, meant) in WRITTEN {
            let levels = View::levels(written.as_bytes());
            let all: Vec<_> = levels
                .map(|view| String::from_utf8_lossy(&view.bytes).into_owned())
                .collect();
            assert!(all.iter().any(|text| text == meant), "{written}: {all:?}");
        }
    }

    #[test]
    fn what_was_undone_is_found_where_it_stood() {
        let last = View::levels(b"x=%2541;").last().unwrap();
        assert_eq!(last.bytes, b"x=A;");
        assert_eq!((last.start(2), last.end(3), last.start(3)), (2, 7, 7));
        let unbroken = View::verbatim(b"a\r\n b c").unbroken().unwrap();
        assert_eq!(unbroken.bytes, b"abc");
        assert_eq!((unbroken.start(1), unbroken.end(2)), (4, 5));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
            text in r"[\\%&#;xu0-9a-f{}]{0,40}",
        ) {
            for bytes in [bytes, text.into_bytes()] {
                for view in View::levels(&bytes) {
                    let starts: Vec<usize> = (0..view.bytes.len()).map(|at| view.start(at)).collect();
                    prop_assert!(starts.is_sorted());
                    prop_assert_eq!(view.end(view.bytes.len()), bytes.len());
                }
            }
        }
    }
}
