//! When no more is asked of a target that does not answer.
//!
//! Some servers with one thread never answer a method they do not know, and serve nobody else until
//! its connection ends (`openssl s_server -www` does so with all but GET). So GET and POST go first,
//! and what the other methods cost is counted apart: it ends those methods alone.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::model::Method;

/// After so many requests in a row without an answer the target is gone, or has enough of us.
const GIVE_UP_AFTER: usize = 3;

/// How many requests in a row had no answer.
#[derive(Debug, Default)]
pub(super) struct Silence {
    common: AtomicUsize,
    rare: AtomicUsize,
}

impl Silence {
    /// Whether no request of any method is worth sending.
    pub(super) fn is_complete(&self) -> bool {
        self.common.load(Ordering::SeqCst) >= GIVE_UP_AFTER
    }

    /// Whether no request of this method is worth sending.
    pub(super) fn covers(&self, method: &Method) -> bool {
        let rare = self.rare.load(Ordering::SeqCst) >= GIVE_UP_AFTER;
        self.is_complete() || (rare && !is_common(method))
    }

    /// Takes in whether a request was answered.
    pub(super) fn note(&self, method: &Method, answered: bool) {
        let (own, other) = if is_common(method) {
            (&self.common, None)
        } else {
            (&self.rare, Some(&self.common))
        };
        if !answered {
            own.fetch_add(1, Ordering::SeqCst);
            return;
        }
        // Who answers a rare method answers; that a common one was answered says nothing of the rare.
        for streak in std::iter::once(own).chain(other) {
            streak.store(0, Ordering::SeqCst);
        }
    }

    /// Those of common methods were kept waiting by another request, or are long past.
    pub(super) fn forgive(&self) {
        self.common.store(0, Ordering::SeqCst);
    }
}

/// Whether every server that speaks to browsers answers the method, if only by 405.
pub(super) fn is_common(method: &Method) -> bool {
    matches!(method.as_str(), "GET" | "POST")
}

#[cfg(test)]
mod tests {
    use super::Silence;
    use crate::model::Method;

    /// Requests with whether each was answered, and which methods are asked on.
    type Row = (&'static [(&'static str, bool)], bool, bool);

    #[rustfmt::skip]
    const CASES: &[Row] = &[
        (&[],                                                                  true,  true),
        (&[("GET", false), ("GET", false)],                                    true,  true),
        (&[("GET", false), ("GET", false), ("POST", false)],                   false, false),
        (&[("GET", false), ("GET", false), ("GET", true), ("GET", false)],     true,  true),
        (&[("OPTIONS", false), ("PROPFIND", false), ("HEAD", false)],          true,  false),
        (&[("OPTIONS", false), ("GET", true), ("OPTIONS", false), ("OPTIONS", false)], true, false),
        (&[("OPTIONS", false), ("OPTIONS", false), ("OPTIONS", true), ("OPTIONS", false)], true, true),
        (&[("GET", false), ("GET", false), ("OPTIONS", true), ("GET", false)], true,  true),
    ];

    #[test]
    fn a_method_that_is_never_answered_costs_no_other() {
        for (asked, get, options) in CASES {
            let silence = Silence::default();
            for (method, answered) in *asked {
                silence.note(&Method::of(method), *answered);
            }
            assert_eq!(!silence.covers(&Method::get()), *get, "{asked:?}");
            assert_eq!(
                !silence.covers(&Method::of("OPTIONS")),
                *options,
                "{asked:?}"
            );
        }
    }
}
