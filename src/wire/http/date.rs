//! HTTP-date in its three forms (RFC 9110 §5.6.7). Cookies have an algorithm of their own.

use time::{Date, Month};

use crate::model::Timestamp;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT` and the two obsolete forms a recipient has to take:
/// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
///
/// The name of the day is not compared with the date. Two digits of a year mean 1970 to 2069; the
/// RFC would have them mean "not more than 50 years ahead", which needs a clock.
#[must_use]
pub fn http_date(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let (day, month, year, clock) = match words.as_slice() {
        [_, day, month, year, clock, "GMT"] | [_, month, day, clock, year] => {
            (*day, *month, full_year(year, 4)?, *clock)
        }
        [_, date, clock, "GMT"] => {
            let mut parts = date.split('-');
            let (day, month) = (parts.next()?, parts.next()?);
            (day, month, full_year(parts.next()?, 2)?, *clock)
        }
        _ => return None,
    };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let month = Month::try_from(u8::try_from(month + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, number(day)?).ok()?;
    let (hour, minute, second) = clock_time(clock)?;
    // A leap second is legal and has no place in the calendar: it counts as the one before.
    let moment = date.with_hms(hour, minute, second.min(59)).ok()?;
    Some(Timestamp::from_secs(moment.assume_utc().unix_timestamp()))
}

fn full_year(text: &str, digits: usize) -> Option<i32> {
    let year = number::<i32>(text).filter(|_| text.len() == digits)?;
    Some(match (digits, year) {
        (2, 0..=69) => year + 2000,
        (2, _) => year + 1900,
        _ => year,
    })
}

fn clock_time(text: &str) -> Option<(u8, u8, u8)> {
    let mut parts = text.split(':');
    let time = (
        number(parts.next()?)?,
        number(parts.next()?)?,
        number::<u8>(parts.next()?).filter(|second| *second <= 60)?,
    );
    parts.next().is_none().then_some(time)
}

/// Digits only: no sign.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::http_date;

    #[test]
    fn the_three_forms_are_one_moment() {
        #[rustfmt::skip]
        let rows = [
            ("Sun, 06 Nov 1994 08:49:37 GMT",  Some(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            ("Sun Nov  6 08:49:37 1994",       Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT",  Some(0)),
            ("Sun, 06 Nov 1994 08:49:37",      None),
            ("Sun, 06 Nov 1994 08:49:37 +0000", None),
            ("Sun, 06 nov 1994 08:49:37 GMT",  None), // case-sensitive
            ("Sun, 31 Feb 1994 08:49:37 GMT",  None),
            ("Sun, 06 Nov 94 08:49:37 GMT",    None),
            ("Sun, 06 Nov 1994 24:00:00 GMT",  None),
            ("Sun, +6 Nov 1994 08:49:37 GMT",  None),
            ("1994-11-06T08:49:37Z",           None),
            ("",                               None),
        ];
        for (text, seconds) in rows {
            assert_eq!(
                http_date(text).map(crate::model::Timestamp::secs),
                seconds,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,40}", date in "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT") {
            let read = [http_date(&text), http_date(&date)];
            prop_assert!(read.into_iter().flatten().all(|at| at.secs() < 253_402_300_800));
        }
    }
}
