//! Geometry of a bar that shows where time went.

use std::ops::Range;

use super::units::Micros;

/// The columns of `parts` laid end to end, when `scale` fills `width` columns.
///
/// Edges are rounded, not lengths, so neighbours touch, nothing is drawn twice, and the end of the
/// last part stands for the total. A part too short for a column has an empty range.
#[must_use]
pub fn columns(parts: &[Micros], scale: Micros, width: usize) -> Vec<Range<usize>> {
    let mut sum = Micros(0);
    let mut start = 0;
    parts
        .iter()
        .map(|part| {
            sum = sum + *part;
            let end = edge(sum, scale, width).max(start);
            std::mem::replace(&mut start, end)..end
        })
        .collect()
}

/// The column nearest to `at`, never beyond the last.
fn edge(at: Micros, scale: Micros, width: usize) -> usize {
    let scale = u128::from(scale.0.max(1));
    let exact = u128::from(at.0) * u128::try_from(width).unwrap_or(0);
    usize::try_from((exact + scale / 2) / scale).map_or(width, |column| column.min(width))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, proptest};

    use super::columns;
    use crate::model::Micros;

    /// Parts, scale, width, and where each part ends.
    #[rustfmt::skip]
    const CASES: &[(&[u64], u64, usize, &[usize])] = &[
        (&[2, 57, 58, 55, 0], 172, 40, &[0, 14, 27, 40, 40]),
        (&[1, 1, 1],            3,  3, &[1, 2, 3]),
        (&[1, 1, 1],            3,  2, &[1, 1, 2]),
        (&[50],               100, 10, &[5]),
        (&[500],              100, 10, &[10]),
        (&[0, 0],               0, 10, &[0, 0]),
        (&[5],                  5,  0, &[0]),
    ];

    #[test]
    fn edges_are_rounded() {
        for (parts, scale, width, ends) in CASES {
            let parts: Vec<Micros> = parts.iter().copied().map(Micros).collect();
            let columns = columns(&parts, Micros(*scale), *width);
            assert!(columns.iter().map(|c| &c.end).eq(*ends), "{columns:?}");
        }
    }

    proptest! {
        #[test]
        fn parts_touch_and_stay_inside(
            parts in prop::collection::vec(0..u64::MAX / 8, 0..8), scale: u64, width in 0..500_usize,
        ) {
            let parts: Vec<Micros> = parts.into_iter().map(Micros).collect();
            let mut edge = 0;
            for part in columns(&parts, Micros(scale), width) {
                assert_eq!(part.start, edge);
                assert!(part.end >= part.start && part.end <= width);
                edge = part.end;
            }
        }
    }
}
