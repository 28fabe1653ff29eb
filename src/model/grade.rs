//! The letters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A letter, ordered from worst to best, so that the weakest of several is their minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// Not fit to launch.
    F,
    /// Serious defects.
    D,
    /// A promise is broken.
    C,
    /// Works, with defences missing.
    B,
    /// One step from good.
    #[serde(rename = "A-")]
    AMinus,
    /// Good.
    A,
    /// Good, and ahead of what is asked.
    #[serde(rename = "A+")]
    APlus,
}

impl Grade {
    /// All letters, worst first.
    pub const ALL: [Self; 7] = [
        Self::F,
        Self::D,
        Self::C,
        Self::B,
        Self::AMinus,
        Self::A,
        Self::APlus,
    ];

    /// The letter as printed.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::F => "F",
            Self::D => "D",
            Self::C => "C",
            Self::B => "B",
            Self::AMinus => "A-",
            Self::A => "A",
            Self::APlus => "A+",
        }
    }

    /// The best letter a score of 0 to 100 points can earn.
    #[must_use]
    pub const fn from_score(score: u8) -> Self {
        match score {
            100.. => Self::APlus,
            90..=99 => Self::A,
            85..=89 => Self::AMinus,
            70..=84 => Self::B,
            50..=69 => Self::C,
            30..=49 => Self::D,
            0..=29 => Self::F,
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.letter())
    }
}

impl FromStr for Grade {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|grade| grade.letter().eq_ignore_ascii_case(text))
            .ok_or(())
    }
}
