//! The cookie date algorithm of RFC 6265bis §5.1.1, which accepts far more than any date format.

use crate::model::Timestamp;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// What the tokens seen so far have filled in; the first token that fits a part keeps it.
#[derive(Default)]
struct Parts {
    time: Option<(u8, u8, u8)>,
    day: Option<u8>,
    month: Option<u8>,
    year: Option<i32>,
}

/// Reads a cookie date, or nothing when a browser would ignore the attribute.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let mut parts = Parts::default();
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        parts.take(token);
    }
    let (hour, minute, second) = parts.time?;
    let (day, month, year) = (parts.day?, parts.month?, parts.year?);
    if year < 1601 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let month = time::Month::try_from(month).ok()?;
    let date = time::Date::from_calendar_date(year, month, day).ok()?;
    let moment = date.with_hms(hour, minute, second).ok()?.assume_utc();
    Some(Timestamp::from_secs(moment.unix_timestamp()))
}

/// `delimiter` of the grammar: everything but digits, letters, colons and bytes above ASCII.
fn is_delimiter(c: char) -> bool {
    matches!(c, '\t' | ' '..='/' | ';'..='@' | '['..='`' | '{'..='~')
}

impl Parts {
    fn take(&mut self, token: &str) {
        if self.time.is_none()
            && let Some(time) = clock(token)
        {
            self.time = Some(time);
        } else if self.day.is_none()
            && let Some(day) = number(token, 1, 2)
        {
            self.day = u8::try_from(day).ok();
        } else if self.month.is_none()
            && let Some(month) = month(token)
        {
            self.month = Some(month);
        } else if self.year.is_none()
            && let Some(year) = number(token, 2, 4)
        {
            self.year = Some(full_year(year));
        }
    }
}

/// §5.1.1 steps 3 and 4: two digits mean the span from 1970 to 2069.
fn full_year(year: i32) -> i32 {
    match year {
        70..=99 => year + 1900,
        0..=69 => year + 2000,
        _ => year,
    }
}

/// `1*2DIGIT ":" 1*2DIGIT ":" 1*2DIGIT`, and after that anything not a digit.
fn clock(token: &str) -> Option<(u8, u8, u8)> {
    let mut fields = token.splitn(3, ':');
    let exact = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| number(text, 1, 2)).flatten()
    };
    let (hour, minute) = (exact(fields.next()?)?, exact(fields.next()?)?);
    let second = number(fields.next()?, 1, 2)?;
    Some((
        u8::try_from(hour).ok()?,
        u8::try_from(minute).ok()?,
        u8::try_from(second).ok()?,
    ))
}

fn month(token: &str) -> Option<u8> {
    let word = token.get(..3)?.to_ascii_lowercase();
    let index = MONTHS.iter().position(|month| *month == word)?;
    u8::try_from(index + 1).ok()
}

/// `least` to `most` digits at the start of the token; what follows must not be another digit.
fn number(token: &str, least: usize, most: usize) -> Option<i32> {
    let count = token.bytes().take_while(u8::is_ascii_digit).count();
    if !(least..=most).contains(&count) {
        return None;
    }
    token.get(..count)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    /// As sent, then as RFC 3339.
    #[rustfmt::skip]
    const CASES: &[(&str, Option<&str>)] = &[
        ("Wed, 09 Jun 2021 10:18:14 GMT",        Some("2021-06-09T10:18:14Z")),
        ("Wednesday, 09-Jun-21 10:18:14 GMT",    Some("2021-06-09T10:18:14Z")),
        ("Thu, 01 Jan 1970 00:00:00 GMT",        Some("1970-01-01T00:00:00Z")),
        ("Thu, 01-Jan-70 00:00:01 GMT",          Some("1970-01-01T00:00:01Z")),
        ("Jun 9 2021 1:2:3",                     Some("2021-06-09T01:02:03Z")),
        ("10:18:14x 09th June 2069",             Some("2069-06-09T10:18:14Z")),
        ("Fri, 31 Dec 9999 23:59:59 GMT",        Some("9999-12-31T23:59:59Z")),
        ("Wed, 09 Jun 1600 10:18:14 GMT",        None),
        ("Wed, 31 Feb 2021 10:18:14 GMT",        None),
        ("Wed, 09 Jun 2021 24:00:00 GMT",        None),
        ("Wed, 09 Jun 2021",                     None),
        ("Wed, 09 Jun 10:18:14",                 None),
        ("2021-06-09T10:18:14Z",                 None), // ISO 8601 has no month word
        ("0",                                    None),
        ("",                                     None),
    ];

    #[test]
    fn dates_are_read_as_browsers_read_them() {
        for (text, expected) in CASES {
            let found = parse(text).map(|at| at.to_string());
            assert_eq!(found.as_deref(), *expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "\\PC*|[0-9: janfebdec,-]{0,40}") {
            let _ = parse(&text);
        }
    }
}
