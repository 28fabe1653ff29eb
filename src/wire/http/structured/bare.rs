//! Bare items: one function per production (RFC 9651 §4.2.3.1).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::cursor::Cursor;
use super::{Bare, Fault};

/// §4.2.7: padding may be missing and trailing bits may be set.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Cursor<'_> {
    /// The first byte decides the type.
    pub(super) fn bare(&mut self) -> Result<Bare, Fault> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'"') => self.string().map(Bare::String),
            Some(b'*' | b'a'..=b'z' | b'A'..=b'Z') => Ok(self.token()),
            Some(b':') => self.bytes(),
            Some(b'?') => self.boolean(),
            Some(b'@') => self.date(),
            Some(b'%') => self.display_string(),
            Some(b'\'') => Err(self.fault("structured fields know no single quotes")),
            Some(_) => Err(self.fault("no structured value starts with this character")),
            None => Err(self.fault("a value is missing")),
        }
    }

    /// §4.2.4: fifteen digits, or twelve and up to three behind a dot.
    fn number(&mut self) -> Result<Bare, Fault> {
        let sign = if self.eat(b'-') { -1 } else { 1 };
        let whole = self.digits(15)?;
        if self.peek() != Some(b'.') {
            return Ok(Bare::Integer(sign * parsed(&whole)));
        }
        if whole.len() > 12 {
            return Err(self.fault("a decimal has at most twelve digits before its dot"));
        }
        self.bump();
        let fraction = self.digits(3)?;
        Ok(Bare::Decimal(
            sign * parsed(&format!("{whole}{fraction:0<3}")),
        ))
    }

    /// One to `most` digits.
    fn digits(&mut self, most: usize) -> Result<String, Fault> {
        let start = self.position();
        let digits = self.run(|byte| byte.is_ascii_digit());
        match digits.len() {
            0 => Err(self.fault("a digit is missing")),
            count if count > most => Err(Fault::new(start + most, "a number has too many digits")),
            _ => Ok(digits),
        }
    }

    /// §4.2.5: printable ASCII; only `"` and `\` may be escaped.
    fn string(&mut self) -> Result<String, Fault> {
        self.bump();
        let mut out = String::new();
        loop {
            let fault = self.fault("a string holds printable ASCII and ends with a quote");
            match self.bump() {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.push(self.escaped()?),
                Some(byte @ 0x20..=0x7e) => out.push(char::from(byte)),
                Some(_) | None => return Err(fault),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Fault> {
        let fault = self.fault("a backslash escapes a quote or a backslash only");
        match self.bump() {
            Some(byte @ (b'"' | b'\\')) => Ok(char::from(byte)),
            Some(_) | None => Err(fault),
        }
    }

    /// §4.2.6: tchar, colon and slash.
    fn token(&mut self) -> Bare {
        Bare::Token(
            self.run(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte)),
        )
    }

    /// §4.2.7.
    fn bytes(&mut self) -> Result<Bare, Fault> {
        self.bump();
        let start = self.position();
        let encoded = self.run(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        if !self.eat(b':') {
            return Err(self.fault("a byte sequence is base64 between colons"));
        }
        let decoded = BASE64.decode(encoded);
        decoded
            .map(Bare::Bytes)
            .map_err(|_| Fault::new(start, "not base64"))
    }

    /// §4.2.8.
    fn boolean(&mut self) -> Result<Bare, Fault> {
        self.bump();
        if self.eat(b'1') {
            Ok(Bare::Boolean(true))
        } else if self.eat(b'0') {
            Ok(Bare::Boolean(false))
        } else {
            Err(self.fault("a boolean is ?0 or ?1"))
        }
    }

    /// §4.2.9: an integer behind `@`.
    fn date(&mut self) -> Result<Bare, Fault> {
        self.bump();
        let sign = if self.eat(b'-') { -1 } else { 1 };
        let seconds = self.digits(15)?;
        if self.peek() == Some(b'.') {
            return Err(self.fault("a date has no fraction"));
        }
        Ok(Bare::Date(sign * parsed(&seconds)))
    }

    /// §4.2.10: percent-encoding in lower case, UTF-8 inside.
    fn display_string(&mut self) -> Result<Bare, Fault> {
        let start = self.position();
        self.bump();
        if !self.eat(b'"') {
            return Err(self.fault("a display string starts with %\""));
        }
        let mut bytes = Vec::new();
        loop {
            let fault = self.fault("a display string holds printable ASCII and ends with a quote");
            match self.bump() {
                Some(b'"') => break,
                Some(b'%') => bytes.push(self.hex_pair()?),
                Some(byte @ 0x20..=0x7e) => bytes.push(byte),
                Some(_) | None => return Err(fault),
            }
        }
        let text = String::from_utf8(bytes);
        text.map(Bare::DisplayString)
            .map_err(|_| Fault::new(start, "a display string is UTF-8"))
    }

    fn hex_pair(&mut self) -> Result<u8, Fault> {
        let mut value = 0;
        for _ in 0..2 {
            let fault = self.fault("% is followed by two lower-case hexadecimal digits");
            let digit = match self.bump() {
                Some(byte @ b'0'..=b'9') => byte - b'0',
                Some(byte @ b'a'..=b'f') => byte - b'a' + 10,
                Some(_) | None => return Err(fault),
            };
            value = value * 16 + digit;
        }
        Ok(value)
    }
}

/// At most fifteen digits, which always fit.
fn parsed(digits: &str) -> i64 {
    digits.parse().unwrap_or(i64::MAX)
}
