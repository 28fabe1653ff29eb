//! Where the time went, as bars: one look tells a far handshake from a slow server.

use crate::facts::latency::{Series, Timed};
use crate::model::waterfall::columns;
use crate::model::{Micros, Phases, Place};
use crate::report::{Report, TargetReport};

/// What bars are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Blocks and shades.
    Unicode,
    /// For terminals and logs that have nothing else.
    Ascii,
}

/// The phases in the order they happen: name, then the fill of each [`Ink`].
const PHASES: [(&str, char, char); 5] = [
    ("dns", '░', '.'),
    ("tcp", '▒', '-'),
    ("tls", '▓', '='),
    ("server", '█', '#'),
    ("transfer", '▄', '+'),
];

/// Widest of the names above.
const NAME: usize = 8;
/// Widest of a duration, as in `1234 ms`.
const TIME: usize = 7;

impl Ink {
    const fn fill(self, phase: (&str, char, char)) -> char {
        match self {
            Self::Unicode => phase.1,
            Self::Ascii => phase.2,
        }
    }

    /// Of something too short for a column.
    const fn sliver(self) -> char {
        match self {
            Self::Unicode => '▏',
            Self::Ascii => '|',
        }
    }
}

/// Each phase on a line of its own, drawn where it happened; `scale` fills `width` columns.
#[must_use]
pub fn steps(phases: &Phases, scale: Micros, width: usize, ink: Ink) -> Vec<String> {
    let parts = parts(phases);
    let solid = match ink {
        Ink::Unicode => '█',
        Ink::Ascii => '#',
    };
    let spans = columns(&parts, scale, width);
    PHASES
        .iter()
        .zip(parts)
        .zip(spans)
        .map(|(((name, ..), time), span)| {
            let bar = match (span.len(), time.0) {
                (0, 0) => String::new(),
                (0, _) => ink.sliver().to_string(),
                (length, _) => solid.to_string().repeat(length),
            };
            // A sliver at the right edge must not stick out.
            let start = span.start.min(width.saturating_sub(1));
            let time = if time.0 == 0 {
                "-".to_owned()
            } else {
                time.to_string()
            };
            format!("{name:<NAME$} {time:>TIME$}  {:start$}{bar}", "")
                .trim_end()
                .to_owned()
        })
        .collect()
}

/// All phases in one bar, `width` columns wide when `scale` is reached.
#[must_use]
pub fn bar(phases: &Phases, scale: Micros, width: usize, ink: Ink) -> String {
    let drawn: String = PHASES
        .iter()
        .zip(columns(&parts(phases), scale, width))
        .map(|(phase, span)| ink.fill(*phase).to_string().repeat(span.len()))
        .collect();
    if drawn.is_empty() && width > 0 && phases.total() > Micros(0) {
        return ink.sliver().to_string();
    }
    drawn
}

/// A request that was timed on new connections.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// Whose.
    pub target: &'r TargetReport,
    /// What was timed.
    pub timed: &'r Timed,
    /// Its cold samples.
    pub cold: &'r Series,
}

impl Row<'_> {
    /// The target's name, and the request where it is not for the target's own URL.
    #[must_use]
    pub fn name(&self) -> String {
        let name = &self.target.name;
        if self.timed.place == Place::Target {
            return name.clone();
        }
        format!("{name} {}", self.timed.label)
    }

    /// The median of its warm samples.
    #[must_use]
    pub fn warm(&self) -> Option<Phases> {
        self.timed.warm.as_ref().map(|warm| warm.median)
    }
}

/// What was timed.
#[must_use]
pub fn slowest_server_first(report: &Report) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for target in &report.targets {
        let latency = target.facts.latency.known();
        let timed = latency.into_iter().flat_map(|latency| &latency.timed);
        rows.extend(timed.filter_map(|timed| {
            let cold = timed.cold.as_ref()?;
            Some(Row {
                target,
                timed,
                cold,
            })
        }));
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.cold.median.server));
    rows
}

/// What the fills of [`bar`] stand for.
#[must_use]
pub fn legend(ink: Ink) -> String {
    PHASES
        .map(|phase| format!("{} {}", ink.fill(phase), phase.0))
        .join("  ")
}

/// In the order of [`PHASES`].
fn parts(phases: &Phases) -> [Micros; 5] {
    let Phases {
        dns,
        tcp,
        tls,
        server,
        transfer,
    } = *phases;
    [dns, tcp, tls, server, transfer]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::{Ink, bar, legend, steps};
    use crate::model::{Micros, Phases};

    fn phases(dns: u64, tcp: u64, tls: u64, server: u64, transfer: u64) -> Phases {
        let [dns, tcp, tls, server, transfer] = [dns, tcp, tls, server, transfer].map(Micros);
        Phases {
            dns,
            tcp,
            tls,
            server,
            transfer,
        }
    }

    #[test]
    fn a_far_service_looks_far() {
        let far = phases(1_000, 146_000, 146_000, 21_000, 300);
        let picture = steps(&far, far.total(), 40, Ink::Unicode).join("\n");
        insta::assert_snapshot!(picture, @r"
        dns       1.0 ms  ▏
        tcp       146 ms  ███████████████████
        tls       146 ms                     ██████████████████
        server     21 ms                                       ███
        transfer 0.30 ms                                         ▏
        ");
    }

    #[test]
    fn a_slow_service_looks_slow() {
        let slow = phases(24_000, 40_000, 117_000, 431_000, 0);
        let picture = steps(&slow, slow.total(), 40, Ink::Ascii).join("\n");
        insta::assert_snapshot!(picture, @r"
        dns        24 ms  ##
        tcp        40 ms    ##
        tls       117 ms      ########
        server    431 ms              ############################
        transfer       -
        ");
    }

    #[test]
    fn bars_compare_side_by_side() {
        let near = phases(2_000, 57_000, 58_000, 55_000, 2_000);
        let far = phases(1_000, 146_000, 146_000, 21_000, 300);
        let scale = far.total();
        let picture = [
            legend(Ink::Unicode),
            bar(&far, scale, 40, Ink::Unicode),
            bar(&near, scale, 40, Ink::Unicode),
            legend(Ink::Ascii),
            bar(&near, scale, 40, Ink::Ascii),
            bar(&phases(0, 0, 0, 90, 0), scale, 40, Ink::Ascii),
        ];
        insta::assert_snapshot!(picture.join("\n"), @r"
        ░ dns  ▒ tcp  ▓ tls  █ server  ▄ transfer
        ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓███
        ▒▒▒▒▒▒▒▒▓▓▓▓▓▓▓███████
        . dns  - tcp  = tls  # server  + transfer
        --------=======#######
        |
        ");
    }

    proptest! {
        #[test]
        fn nothing_sticks_out(times: [u32; 5], width in 0..200_usize) {
            let [dns, tcp, tls, server, transfer] = times.map(u64::from);
            let phases = phases(dns, tcp, tls, server, transfer);
            for ink in [Ink::Unicode, Ink::Ascii] {
                assert!(bar(&phases, phases.total(), width, ink).chars().count() <= width);
                for line in steps(&phases, phases.total(), width, ink) {
                    assert!(line.chars().count() <= 20 + width.max(1), "{line}");
                }
            }
        }
    }
}
