//! Other graders, answered exactly: what they would say of a response, quirks included.
//!
//! Nothing outside this module knows of its readings, and none of them is ours: where the MDN
//! Observatory or the CSP Evaluator misreads a field, so does this module, so that a score can be
//! compared. What a response really does is for the rules to say.

pub mod csp_evaluator;
pub mod observatory;

use serde::Serialize;

use crate::evidence::{Evidence, Flag};
use crate::model::Untrusted;
use crate::wire::http::csp;
use observatory::{Graded, Preload, Scan, Version};

/// Which grader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// The MDN HTTP Observatory up to 1.4.9.
    #[serde(rename = "observatory-4")]
    Observatory4,
    /// The MDN HTTP Observatory from 1.5.0 to 1.6.3.
    #[serde(rename = "observatory-5")]
    Observatory5,
    /// The repository of the MDN HTTP Observatory as of August 2026, which no release has yet.
    #[serde(rename = "observatory-6")]
    Observatory6,
    /// Google's CSP Evaluator 1.1.8.
    CspEvaluator,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Observatory4,
        Self::Observatory5,
        Self::Observatory6,
        Self::CspEvaluator,
    ];

    /// The name in flags and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Observatory4 => "observatory-4",
            Self::Observatory5 => "observatory-5",
            Self::Observatory6 => "observatory-6",
            Self::CspEvaluator => "csp-evaluator",
        }
    }

    /// What a run that asks for it has among its conditions.
    #[must_use]
    pub const fn flag(self) -> Flag {
        match self {
            Self::Observatory4 => Flag::Observatory4,
            Self::Observatory5 => Flag::Observatory5,
            Self::Observatory6 => Flag::Observatory6,
            Self::CspEvaluator => Flag::CspEvaluator,
        }
    }
}

/// What a grader says of one URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Result keys, score and grade.
    Graded(Graded),
    /// The findings of each policy, in the order of the field lines.
    Policies {
        /// One entry per policy; none without a policy.
        policies: Vec<Evaluated>,
    },
    /// It ends without a grade.
    Failed {
        /// In its own words.
        error: String,
    },
}

/// One policy and what the evaluator says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evaluated {
    /// As received.
    pub policy: Untrusted,
    /// The findings.
    pub findings: csp_evaluator::Answer,
}

/// The verdict of the grader that a run asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Which.
    pub profile: Profile,
    /// What it says.
    pub answer: Answer,
}

/// What the grader says that the run asked for, if it did. No host is on the preload list then:
/// evidence holds none.
#[must_use]
pub fn asked(evidence: &Evidence) -> Option<Asked> {
    let named = |profile: &Profile| evidence.run.conditions.has(profile.flag());
    let profile = Profile::ALL.into_iter().find(named)?;
    Some(Asked {
        profile,
        answer: answer(profile, evidence, &Preload::default()),
    })
}

/// Reads the exchanges that were made for a profile, and answers as that grader does.
#[must_use]
pub fn answer(profile: Profile, evidence: &Evidence, preload: &Preload) -> Answer {
    let scan = Scan::read(evidence);
    let graded = |version| match observatory::grade(&scan, preload, version) {
        Ok(graded) => Answer::Graded(graded),
        Err(error) => Answer::Failed { error },
    };
    match profile {
        Profile::Observatory4 => graded(Version::Four),
        Profile::Observatory5 => graded(Version::Five),
        Profile::Observatory6 => graded(Version::Six),
        Profile::CspEvaluator => policies(&scan),
    }
}

fn policies(scan: &Scan) -> Answer {
    let Some(last) = scan.auto().and_then(observatory::Session::last) else {
        let error = "the site could not be reached".to_owned();
        return Answer::Failed { error };
    };
    let lines = last.fields.lines("content-security-policy");
    let policies = lines.flat_map(|line| {
        csp::split_field(&line)
            .into_iter()
            .map(|(_, text)| Evaluated {
                policy: Untrusted::from(text.trim()),
                findings: csp_evaluator::evaluate(text),
            })
            .collect::<Vec<_>>()
    });
    Answer::Policies {
        policies: policies.collect(),
    }
}
