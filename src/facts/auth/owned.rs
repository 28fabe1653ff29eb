//! Whose a protected thing is.

use crate::model::{Endpoint, Target};
use crate::plan::auth::protected;

/// Protected endpoints that are one user's own, by their place in the target file.
pub(super) fn owned(target: &Target) -> Vec<usize> {
    let own = |endpoint: &Endpoint| {
        let declared = endpoint.shared.map(|shared| !shared);
        declared.unwrap_or_else(|| names_a_person(&endpoint.path))
    };
    let protected = protected(target).filter(|(_, endpoint)| own(endpoint));
    protected.map(|(index, _)| index).collect()
}

/// Whether a path leads to a person's entry: `/users/42`, `/api/accounts/7f/settings`.
fn names_a_person(path: &str) -> bool {
    const PEOPLE: [&str; 8] = [
        "user", "account", "profile", "customer", "member", "patient", "person", "people",
    ];
    let path = path.split('?').next().unwrap_or_default();
    let segments: Vec<String> = path.split('/').map(str::to_ascii_lowercase).collect();
    segments.windows(2).any(|pair| match pair {
        [kind, id] => {
            let one = kind.strip_suffix('s').unwrap_or(kind);
            PEOPLE.contains(&one) && id.bytes().any(|byte| byte.is_ascii_digit())
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::names_a_person;

    #[test]
    fn paths_that_lead_to_a_person() {
        let yes = ["/users/42", "/api/Accounts/7f/settings", "/customer/9?x=1"];
        let no = [
            "/products/42",
            "/users",
            "/users/me",
            "/v2/users",
            "/users-of/42",
        ];
        assert!(yes.into_iter().all(names_a_person));
        assert!(!no.into_iter().any(names_a_person));
    }
}
