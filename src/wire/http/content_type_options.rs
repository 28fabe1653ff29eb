//! `X-Content-Type-Options` (Fetch §3.6, "determine nosniff").

use super::Fault;
use super::field_list::split;

/// Reads the combined field: the first value decides, without regard to case.
///
/// # Errors
/// The first value is not `nosniff`, so that browsers go on guessing.
pub fn parse(combined: &str) -> Result<(), Fault> {
    match split(combined).first() {
        Some((value, _)) if value.eq_ignore_ascii_case("nosniff") => Ok(()),
        Some((_, at)) => Err(Fault::new(*at, "the first value is not nosniff")),
        None => Err(Fault::new(0, "the first value is not nosniff")),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_first_value_decides() {
        for good in [
            "nosniff",
            "NoSniff",
            "nosniff, nosniff",
            "nosniff,",
            "nosniff, junk",
        ] {
            assert_eq!(parse(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "junk, nosniff",
            ",nosniff",
            "'nosniff'",
            "nosniff;",
            "no-sniff",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
