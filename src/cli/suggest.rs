//! "Did you mean …?" for what is named on the command line.

use crate::config::nearest;
use crate::model::Family;
use crate::rules;

/// So many rules are named at most; behind them `seaworthy rules` is shorter.
const NAMED: usize = 12;

/// The rules that a text may mean: those whose ids hold it, else the one that a typing mistake most
/// likely turned into it.
#[must_use]
pub(super) fn rules_like(text: &str) -> Vec<&'static str> {
    let ids = || rules::catalogue().map(|rule| rule.id.as_str());
    let slug = |id: &'static str| id.split('/').next_back().unwrap_or_default();
    let holding: Vec<&str> = ids()
        .filter(|id| !text.is_empty() && (id.contains(text) || text.contains(slug(id))))
        .collect();
    if !holding.is_empty() {
        return holding;
    }
    let by_slug =
        || nearest(text, ids().map(slug)).and_then(|near| ids().find(|id| slug(id) == near));
    nearest(text, ids()).or_else(by_slug).into_iter().collect()
}

/// What helps somebody who named no rule.
#[must_use]
pub(super) fn instead_of_rule(text: &str) -> String {
    let near = rules_like(text);
    match near.as_slice() {
        [] => "`seaworthy rules` lists them".to_owned(),
        [one] => format!("did you mean {one}?"),
        several => {
            let named: Vec<&str> = several.iter().take(NAMED).copied().collect();
            let more = match several.len() - named.len() {
                0 => String::new(),
                more => format!("\n  and {more} more: `seaworthy rules` lists them"),
            };
            format!("did you mean one of these?\n  {}{more}", named.join("\n  "))
        }
    }
}

/// The family or rule that was probably meant.
#[must_use]
pub(super) fn family_or_rule(text: &str) -> Option<&'static str> {
    let families = Family::ALL.map(Family::name);
    nearest(text, families)
        .or_else(|| nearest(text, rules::catalogue().map(|rule| rule.id.as_str())))
}
