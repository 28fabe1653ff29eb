//! "Did you mean …?"

/// The one of `known` that a typing mistake most likely turned into `written`; `None` when all of
/// them are too far away to be meant.
pub(super) fn nearest<'k>(
    written: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> Option<&'k str> {
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

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`
/// (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(MEASURED).collect();
    let b: Vec<char> = b.chars().take(MEASURED).collect();
    let mut earlier: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            let swap = if swapped {
                at(&earlier, j - 1) + 1
            } else {
                usize::MAX
            };
            let change = at(&above, j) + usize::from(x != y);
            row.push(
                (at(&above, j + 1) + 1)
                    .min(at(&row, j) + 1)
                    .min(change)
                    .min(swap),
            );
        }
        earlier = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
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
