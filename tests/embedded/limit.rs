//! A limit on requests, right but for one thing.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Asked, Told};

/// So many requests are allowed of one client in a window.
pub(crate) struct Limit {
    /// What defects call it: `"limit absent"` is one of the limit called `"limit"`.
    pub(crate) name: &'static str,
    /// The paths it counts; an empty one counts everything.
    pub(crate) path: &'static str,
    pub(crate) requests: u32,
}

/// Counts for one replica.
pub(crate) struct Limiter {
    limit: &'static Limit,
    window: Duration,
    sent: Mutex<BTreeMap<String, Vec<Instant>>>,
}

impl Limiter {
    pub(crate) fn new(limit: &'static Limit, window: Duration) -> Self {
        Self {
            limit,
            window,
            sent: Mutex::default(),
        }
    }

    /// The refusal of a request that is one too many.
    #[expect(
        clippy::disallowed_methods,
        reason = "a server's clock is none of the audit's"
    )]
    pub(crate) fn refusal(&self, asked: &Asked, defect: &str) -> Option<Told> {
        let defect = defect
            .strip_prefix(self.limit.name)
            .unwrap_or_default()
            .trim();
        if defect == "absent" || !asked.path().starts_with(self.limit.path) {
            return None;
        }
        let client = match defect {
            "resettable" => asked.field("x-forwarded-for").unwrap_or_default(),
            _ => "the only one",
        };
        let allowed = match defect {
            "low" => self.limit.requests / 4,
            _ => self.limit.requests,
        };
        let mut sent = self.sent.lock().unwrap();
        let sent = sent.entry(client.to_owned()).or_default();
        sent.push(Instant::now());
        let recent = |when: &&Instant| when.elapsed() < self.window;
        let count = sent.iter().filter(recent).count();
        (u32::try_from(count).unwrap() > allowed).then(|| refusal(defect))
    }
}

fn refusal(defect: &str) -> Told {
    let status = if defect == "503" { 503 } else { 429 };
    let told = match defect {
        "text" => Told::text(status, "slow down"),
        _ => Told::json(status, &json!({"error": "slow down"})),
    };
    match defect {
        "silent" => told,
        "unreadable" => told.with("Retry-After", "1.5"),
        _ => told.with("Retry-After", "60"),
    }
}
