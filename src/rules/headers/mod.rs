//! Header fields: what a browser makes of them, for each class of response.

pub mod answer;
pub mod banners;
pub mod caching;
pub mod content_type;
pub mod cookie_storage;
pub mod cookies;
pub mod csp;
pub mod csp_page;
pub mod csp_paths;
pub mod errors;
pub mod exposure;
pub mod framing;
pub mod hsts;
pub mod hygiene;
pub mod isolation;
pub mod landing;
pub mod leaks;
pub mod mixed;
pub mod redirection;
pub mod referrer;
pub mod scope;
pub mod security_txt;
pub mod sri;

#[cfg(test)]
mod document_tests;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod twenty;

use super::Rule;
use scope::Scope;

/// Every rule of this family, by subject.
pub const RULES: &[&[Rule]] = &[
    answer::RULES,
    landing::RULES,
    redirection::RULES,
    hsts::RULES,
    csp::RULES,
    csp_paths::RULES,
    csp_page::RULES,
    content_type::RULES,
    framing::RULES,
    isolation::RULES,
    referrer::RULES,
    cookies::RULES,
    cookie_storage::RULES,
    caching::RULES,
    sri::RULES,
    mixed::RULES,
    errors::RULES,
    leaks::RULES,
    exposure::RULES,
    banners::RULES,
    security_txt::RULES,
    hygiene::RULES,
];

/// Which classes of answers a rule weighs on, by subject; a rule that is not listed looks at the
/// deployment as a whole.
pub const SCOPES: &[&[Scope]] = &[
    hsts::SCOPE,
    csp::SCOPE,
    csp_paths::SCOPE,
    csp_page::SCOPE,
    sri::SCOPE,
    mixed::SCOPE,
    content_type::SCOPE,
    framing::SCOPE,
    isolation::SCOPE,
    referrer::SCOPE,
    caching::SCOPE,
];

#[cfg(test)]
mod tests {
    use super::sample::{Sample, verdict};
    use super::{RULES, SCOPES};
    use crate::wire::http::class::Class;

    /// The published weights are what the rules do: outside their classes they do not apply.
    #[test]
    fn rules_keep_to_their_classes() {
        for (id, classes) in SCOPES.iter().copied().flatten() {
            let rule = RULES.iter().copied().flatten().find(|rule| rule.id == *id);
            let rule = rule.unwrap_or_else(|| panic!("{id} is not in the catalogue"));
            for class in Class::ALL
                .into_iter()
                .filter(|class| !classes.contains(class))
            {
                let name = class.name().to_owned();
                let facts = Sample::html()
                    .declared(|target| target.headers.class = Some(name))
                    .facts();
                assert_eq!(
                    verdict(rule, &facts).word(),
                    "n/a",
                    "{id} in {}",
                    class.name()
                );
            }
        }
    }
}
