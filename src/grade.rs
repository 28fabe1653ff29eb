//! Floor 5, from findings to letters: score, caps, and why not higher.

use std::fmt;

use crate::model::{Grade, RuleId, Severity};

/// What a family earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The letter, or why there is none.
    pub grade: Letter,
    /// 0 to 100 points, where measured.
    pub score: Option<u8>,
    /// What keeps the letter down, tightest first: the answer to "why not higher?".
    pub caps: Vec<Cap>,
    /// Whether the measurement fits a worse letter as well: the benefit of the doubt was given.
    pub in_doubt: bool,
    /// How much of what it rests on was shown; `None` where nothing was measured.
    pub coverage: Option<Fraction>,
}

/// How many of the essential questions were shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    /// Answered, well or badly.
    pub shown: usize,
    /// In all.
    pub essential: usize,
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.shown, self.essential)
    }
}

impl Mark {
    /// As tables show it: the letter, with `~` where it is in doubt, and beside it how much of what
    /// it rests on was shown, where that is not all.
    #[must_use]
    pub fn shown(&self) -> String {
        let doubt = if self.in_doubt { "~" } else { "" };
        let letter = format!("{}{doubt}", self.grade.shown());
        match self.open() {
            Some(fraction) => format!("{letter} {fraction}"),
            None => letter,
        }
    }

    /// How much was shown, where that is not all.
    #[must_use]
    pub fn open(&self) -> Option<Fraction> {
        self.coverage
            .filter(|fraction| fraction.shown < fraction.essential)
    }

    /// No better than `limit`, for a reason that is no rule.
    #[must_use]
    pub fn at_most(mut self, limit: Grade, because: Reason) -> Self {
        if let Letter::Graded(grade) = self.grade {
            self.grade = Letter::Graded(grade.min(limit));
        }
        self.caps.push(Cap { limit, because });
        self.caps.sort();
        self
    }
}

/// A letter, or its absence; the weaker come first, and what is no letter counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Letter {
    /// Should have been measured and was not: `?`.
    NotMeasured,
    /// Measured.
    Graded(Grade),
    /// Nothing asked for it: `null` in JSON, `-` in tables.
    NotConfigured,
    /// Left out of this run by `--only` or `--skip`: `null` in JSON, `skip` in tables.
    LeftOut,
}

impl Letter {
    /// As tables show it.
    #[must_use]
    pub const fn shown(self) -> &'static str {
        match self {
            Self::NotMeasured => "?",
            Self::Graded(grade) => grade.letter(),
            Self::NotConfigured => "-",
            Self::LeftOut => "skip",
        }
    }

    /// The weakest of several: what is not configured does not count, and an F is known to be an
    /// F however much else could not be measured.
    pub fn weakest(letters: impl IntoIterator<Item = Self>) -> Self {
        let mut weakest = Self::NotConfigured;
        for letter in letters {
            weakest = match (weakest, letter) {
                (Self::Graded(Grade::F), _) | (_, Self::Graded(Grade::F)) => Self::Graded(Grade::F),
                (one, other) => one.min(other),
            };
        }
        weakest
    }
}

/// A limit on a letter, and the rule that set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cap {
    /// The best letter possible.
    pub limit: Grade,
    /// What sets it.
    pub because: Reason,
}

/// What limits a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// This rule fails.
    Rule(RuleId),
    /// Essential questions are open for want of a credential, of a declaration or of consent.
    Open,
    /// The legitimate client was not seen to be let in, so that no refusal proves anything.
    NoControl,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(rule) => rule.fmt(f),
            Self::Open => f.write_str("open questions"),
            Self::NoControl => f.write_str("a missing control"),
        }
    }
}

/// A rule that failed, as grading sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failed {
    /// Which.
    pub rule: RuleId,
    /// How severe.
    pub severity: Severity,
    /// The best letter while it fails, if it sets one.
    pub limit: Option<Grade>,
}

/// Points a failing rule costs, once however many places it fails in.
#[must_use]
pub const fn points(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 60,
        Severity::High => 30,
        Severity::Medium => 12,
        Severity::Low => 4,
        Severity::Info => 0,
    }
}

/// The mark of a family that was measured. Two medium findings cap at B.
#[must_use]
pub fn mark(failed: &[Failed]) -> Mark {
    let lost: u32 = failed
        .iter()
        .map(|failed| u32::from(points(failed.severity)))
        .sum();
    let score = u8::try_from(100_u32.saturating_sub(lost)).unwrap_or(0);
    let mut caps: Vec<Cap> = failed
        .iter()
        .filter_map(|failed| {
            Some(Cap {
                limit: failed.limit?,
                because: Reason::Rule(failed.rule),
            })
        })
        .collect();
    let mut mediums = failed
        .iter()
        .filter(|failed| failed.severity == Severity::Medium);
    if let (Some(_), Some(second)) = (mediums.next(), mediums.next()) {
        caps.push(Cap {
            limit: Grade::B,
            because: Reason::Rule(second.rule),
        });
    }
    caps.sort();
    let earned = Grade::from_score(score);
    let grade = caps.iter().map(|cap| cap.limit).fold(earned, Grade::min);
    Mark {
        grade: Letter::Graded(grade),
        score: Some(score),
        caps,
        in_doubt: false,
        coverage: None,
    }
}

/// The mark of a family without a letter.
#[must_use]
pub const fn unmarked(grade: Letter) -> Mark {
    Mark {
        grade,
        score: None,
        caps: Vec::new(),
        in_doubt: false,
        coverage: None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Failed, Letter, mark};
    use crate::model::Grade::{A, AMinus, APlus, B, C, F};
    use crate::model::{Grade, RuleId, Severity};

    const ID: RuleId = RuleId::new("tls/example");

    #[rustfmt::skip]
    const CASES: &[(&[Severity], Grade, u8)] = &[
        (&[],                                       APlus,  100),
        (&[Severity::Info],                         APlus,  100),
        (&[Severity::Low],                          A,      96),
        (&[Severity::Medium],                       AMinus, 88),
        (&[Severity::Medium, Severity::Medium],     B,      76),
        (&[Severity::High],                         C,      70),
        (&[Severity::Critical],                     F,      40),
    ];

    #[test]
    fn severities_cost_points_and_cap() {
        for (severities, grade, score) in CASES {
            let failed: Vec<Failed> = severities
                .iter()
                .map(|severity| Failed {
                    rule: ID,
                    severity: *severity,
                    limit: match severity {
                        Severity::Critical => Some(F),
                        Severity::High => Some(C),
                        Severity::Medium | Severity::Low | Severity::Info => None,
                    },
                })
                .collect();
            let mark = mark(&failed);
            assert_eq!(
                (mark.grade, mark.score),
                (Letter::Graded(*grade), Some(*score))
            );
        }
    }

    #[test]
    fn the_weakest_letter_counts_and_unknown_is_no_pass() {
        let graded = |grade| Letter::Graded(grade);
        let weakest = |letters: &[Letter]| Letter::weakest(letters.iter().copied());
        assert_eq!(
            weakest(&[graded(A), graded(C), Letter::NotConfigured]),
            graded(C)
        );
        assert_eq!(
            weakest(&[graded(A), Letter::NotMeasured]),
            Letter::NotMeasured
        );
        assert_eq!(weakest(&[graded(F), Letter::NotMeasured]), graded(F));
        assert_eq!(weakest(&[Letter::NotConfigured]), Letter::NotConfigured);
        assert_eq!(weakest(&[Letter::LeftOut, graded(B)]), graded(B));
    }
}
