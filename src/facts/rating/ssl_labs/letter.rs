//! The letters of the guide, and what limits them.

use std::fmt;

/// A letter of the guide, worst first: `T` (not trusted) and `M` (name mismatch) stand beside the
/// scale, and outweigh it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Letter {
    /// Not trusted.
    T,
    /// Trusted, for another name.
    M,
    /// Below 20, or one fault that suffices.
    F,
    /// From 20.
    E,
    /// From 35.
    D,
    /// From 50.
    C,
    /// From 65.
    B,
    /// A with a warning.
    AMinus,
    /// From 80.
    A,
    /// A with HSTS and nothing to complain of.
    APlus,
}

/// One rule that limits the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The best letter it leaves.
    pub limit: Letter,
    /// The revision of the guide that brought it.
    pub rule: &'static str,
    /// What was seen.
    pub because: String,
}

/// One rule that may limit the letter, where it is not known whether it applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The best letter it would leave.
    pub limit: Letter,
    /// The revision of the guide that brought it.
    pub rule: &'static str,
    /// What is not known: `whether …`.
    pub question: String,
}

impl Letter {
    /// As printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::T => "T",
            Self::M => "M",
            Self::F => "F",
            Self::E => "E",
            Self::D => "D",
            Self::C => "C",
            Self::B => "B",
            Self::AMinus => "A-",
            Self::A => "A",
            Self::APlus => "A+",
        }
    }

    pub(super) const fn of(score: u8) -> Self {
        match score {
            80.. => Self::A,
            65..80 => Self::B,
            50..65 => Self::C,
            35..50 => Self::D,
            20..35 => Self::E,
            0..20 => Self::F,
        }
    }
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
