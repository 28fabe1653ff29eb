//! "Did you mean …?"

/// The one of `known` that a typing mistake most likely turned into `written`; `None` when all of
/// them are too far away to be meant.
#[must_use]
pub fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let written = written.to_ascii_lowercase();
    let bound = written.chars().count().min(MEASURED).div_ceil(3);
    known
        .into_iter()
        .take(COMPARED)
        .map(|name| (distance(&written, &name.to_ascii_lowercase()), name))
        .filter(|(distance, _)| *distance <= bound)
        .min()
        .map(|(_, name)| name)
}

/// More names than this are not told apart by their typing mistakes.
const COMPARED: usize = 1000;

/// Names are short; what is not is compared by its beginning, so that nobody waits for a mistake.
const MEASURED: usize = 64;

/// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.
fn distance(a: &str, b: &str) -> usize {
    let measured = |name: &str| name.chars().take(MEASURED).collect::<String>();
    strsim::osa_distance(&measured(a), &measured(b))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const KNOWN: [&str; 5] = ["origins", "denied", "methods", "headers", "max_time"];

    #[rustfmt::skip]
    const CASES: &[(&str, Option<&str>)] = &[
        ("origin",   Some("origins")),
        ("orgiins",  Some("origins")),  // a swap is one step
        ("Origins",  Some("origins")),
        ("header",   Some("headers")),
        ("maxtime",  Some("max_time")),
        ("max-time", Some("max_time")),
        ("colour",   None),
        ("x",        None),
        ("",         None),
    ];

    #[test]
    fn typing_mistakes_are_understood() {
        for (written, meant) in CASES {
            assert_eq!(nearest(written, KNOWN), *meant, "{written}");
        }
    }
}
