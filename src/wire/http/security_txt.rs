//! `/.well-known/security.txt` (RFC 9116).

use crate::model::{Timestamp, Untrusted};

/// What is wrong with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// No `Contact` (§2.5.3: at least one).
    NoContact,
    /// A `Contact` that is no URI, or a web address that is not `https:` (§2.5.3).
    BadContact,
    /// No `Expires` (§2.5.5: exactly one).
    NoExpires,
    /// More than one `Expires`.
    RepeatedExpires,
    /// `Expires` is not an RFC 3339 moment.
    BadExpires,
    /// More than one `Preferred-Languages` (§2.5.8).
    RepeatedLanguages,
    /// A line that is neither a field, a comment, empty, nor part of a signature (§4).
    BadLine,
}

impl Flaw {
    /// The rule that was broken, in words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoContact => "no Contact field",
            Self::BadContact => "a Contact that is no mailto:, tel: or https: URI",
            Self::NoExpires => "no Expires field",
            Self::RepeatedExpires => "more than one Expires field",
            Self::BadExpires => "Expires is not a date and time of RFC 3339",
            Self::RepeatedLanguages => "more than one Preferred-Languages field",
            Self::BadLine => "a line that is no field and no comment",
        }
    }
}

/// The file, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityTxt {
    /// Where to report to, in order of preference.
    pub contacts: Vec<Untrusted>,
    /// After this the file is stale.
    pub expires: Option<Timestamp>,
    /// Where the file says it lives.
    pub canonical: Vec<Untrusted>,
    /// Whether it is wrapped in an OpenPGP cleartext signature, which is not checked.
    pub signed: bool,
    /// What is wrong, once each, with its one-based line; line 0 for what is missing.
    pub flaws: Vec<(Flaw, usize)>,
}

const BEGIN_SIGNED: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
const BEGIN_SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";

/// Whether the text is a security.txt at all, not a page that answers every path.
#[must_use]
pub fn is_one(text: &str) -> bool {
    !text.trim_start().starts_with('<')
        && text.lines().any(|line| {
            let name = line.split_once(':').map(|(name, _)| name.trim());
            name.is_some_and(|name| {
                name.eq_ignore_ascii_case("contact") || name.eq_ignore_ascii_case("expires")
            })
        })
}

/// Reads the file.
#[must_use]
pub fn parse(text: &str) -> SecurityTxt {
    let mut file = SecurityTxt::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut in_armor_header, mut languages) = (false, 0);
    for (number, line) in (1..).zip(text.lines().map(str::trim_end)) {
        match line {
            BEGIN_SIGNED => (file.signed, in_armor_header) = (true, true),
            BEGIN_SIGNATURE if file.signed => break,
            "" => in_armor_header = false,
            _ if in_armor_header || line.starts_with('#') => {}
            _ => match line.split_once(':') {
                Some((name, value)) => {
                    let name = name.trim().to_ascii_lowercase();
                    languages += usize::from(name == "preferred-languages");
                    file.take(&name, value.trim(), number, languages);
                }
                None => file.flaw(Flaw::BadLine, number),
            },
        }
    }
    let contact = file.contacts.is_empty() && !file.has(Flaw::BadContact);
    let expires = file.expires.is_none() && !file.has(Flaw::BadExpires);
    for (missing, flaw) in [(contact, Flaw::NoContact), (expires, Flaw::NoExpires)] {
        if missing {
            file.flaw(flaw, 0);
        }
    }
    file
}

impl SecurityTxt {
    fn take(&mut self, name: &str, value: &str, line: usize, languages: usize) {
        match name {
            "contact" if is_contact(value) => self.contacts.push(value.into()),
            "contact" => self.flaw(Flaw::BadContact, line),
            "expires" if self.expires.is_some() => self.flaw(Flaw::RepeatedExpires, line),
            "expires" => match Timestamp::parse(&value.to_ascii_uppercase()) {
                Some(moment) if value.len() > 10 => self.expires = Some(moment),
                Some(_) | None => self.flaw(Flaw::BadExpires, line),
            },
            "canonical" => self.canonical.push(value.into()),
            "preferred-languages" if languages > 1 => self.flaw(Flaw::RepeatedLanguages, line),
            _ => {}
        }
    }

    fn has(&self, flaw: Flaw) -> bool {
        self.flaws.iter().any(|(known, _)| *known == flaw)
    }

    fn flaw(&mut self, flaw: Flaw, line: usize) {
        if !self.has(flaw) {
            self.flaws.push((flaw, line));
        }
    }
}

/// §2.5.3: a URI; web addresses MUST begin with `https://`.
fn is_contact(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else {
        return false;
    };
    let mut bytes = scheme.bytes();
    let named = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    named
        && !rest.is_empty()
        && !value.contains(char::is_whitespace)
        && !scheme.eq_ignore_ascii_case("http")
}

#[cfg(test)]
mod tests {
    use super::{Flaw, is_one, parse};
    use crate::model::Timestamp;
    use proptest::prelude::*;

    const GOOD: &str = "# hello\nContact: mailto:sec@example.com\nExpires: 2031-12-31T18:37:07z\n";

    #[test]
    fn a_good_file_has_no_flaws() {
        let file = parse(GOOD);
        assert_eq!(file.flaws, []);
        assert_eq!(
            file.expires.map(Timestamp::date).as_deref(),
            Some("2031-12-31")
        );
    }

    #[test]
    fn a_signature_is_looked_through() {
        let text = format!(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{GOOD}\
             -----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n"
        );
        let file = parse(&text);
        assert!(file.signed);
        assert_eq!(file.flaws, []);
    }

    #[rustfmt::skip]
    const FLAWS: &[(&str, &[(Flaw, usize)])] = &[
        ("",                                                    &[(Flaw::NoContact, 0), (Flaw::NoExpires, 0)]),
        ("Contact: sec@example.com\nExpires: 2031-12-31T18:37:07Z", &[(Flaw::BadContact, 1)]),
        ("Contact: http://x.example/\nExpires: 2031-12-31T18:37:07Z", &[(Flaw::BadContact, 1)]),
        ("Contact: mailto:a@b.example\nExpires: next year",     &[(Flaw::BadExpires, 2)]),
        ("Contact: mailto:a@b.example\nExpires: 2031-12-31",    &[(Flaw::BadExpires, 2)]),
        ("Contact: mailto:a@b.example\njust words\nExpires: 2031-12-31T18:37:07Z", &[(Flaw::BadLine, 2)]),
        ("Contact: tel:+1\nExpires: 2031-12-31T18:37:07Z\nExpires: 2032-12-31T18:37:07Z", &[(Flaw::RepeatedExpires, 3)]),
    ];

    #[test]
    fn flaws_name_their_line() {
        for (text, expected) in FLAWS {
            assert_eq!(parse(text).flaws, *expected, "{text:?}");
        }
    }

    #[test]
    fn a_page_for_every_path_is_none() {
        assert!(is_one(GOOD));
        assert!(!is_one("<html>Contact: us</html>"));
        assert!(!is_one("not found"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|((Contact|Expires|x)?[:a-z0-9\\n -]{0,9}){0,12}") {
            let _ = parse(&text);
        }
    }
}
