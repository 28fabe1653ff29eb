//! Orders of the lines of a target file, drawn by a seed: no verdict depends on them.

/// So many orders are tried.
pub(crate) const ORDERS: u64 = 56;

/// One order of several lists. The same seed draws the same orders in every run.
pub(crate) struct Order {
    state: u64,
}

impl Order {
    /// Of the seed, which a failing test names. `SEED` in the environment tries other ones.
    #[expect(
        clippy::disallowed_methods,
        reason = "what a test tries is none of the audit's"
    )]
    pub(crate) fn of(seed: u64) -> Self {
        let base = std::env::var("SEED")
            .ok()
            .and_then(|base| base.parse().ok());
        let base: u64 = base.unwrap_or(1);
        Self {
            state: base.wrapping_mul(1_000).wrapping_add(seed).wrapping_add(1),
        }
    }

    /// The items in an order of their own (Fisher and Yates).
    pub(crate) fn shuffled<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let mut items = items.to_vec();
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.next() % (last as u64 + 1)).unwrap();
            items.swap(last, other);
        }
        items
    }

    /// `splitmix64`.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Judges each order of a table's rows, row by row over and over, a few at once. What `judge` says
/// is wrong is told with its seed.
pub(crate) fn in_every_order<R: Sync>(
    rows: &[R],
    judge: impl Fn(&R, Order) -> Option<String> + Sync,
) {
    let seeds: Vec<u64> = (0..ORDERS.max(rows.len() as u64)).collect();
    let judged = seaworthy::net::pool::in_order(8, &seeds, |seed| {
        let row = rows
            .get(usize::try_from(*seed).unwrap() % rows.len())
            .unwrap();
        let wrong = judge(row, Order::of(*seed))?;
        Some(format!("seed {seed}: {wrong}"))
    });
    let wrong: Vec<String> = judged.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
