//! Other spellings of one path, which a guard and the router behind it may read differently.

use crate::model::Spelling;

/// A spelling, and how it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathVariant {
    /// What was done to the path.
    pub spelling: Spelling,
    /// The request target.
    pub target: String,
}

/// The spellings of `target` (a path, perhaps with a query) that slip past guards of real
/// frameworks, those seen most often first. Each keeps the query.
///
/// Routers ignore case and a trailing slash (Express), servers decode `%61` before routing (uvicorn)
/// or cut `..;/` and `;x` (Tomcat), URL parsers take `%2e` for a dot, and proxies pass on what they did not match (nginx).
#[must_use]
pub fn path_variants(target: &str) -> Vec<PathVariant> {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (target, String::new()),
    };
    let trimmed = path.trim_end_matches('/');
    let mut all = vec![
        (Spelling::TrailingSlash, format!("{trimmed}/")),
        (Spelling::UpperCase, upper(path)),
        (Spelling::EncodedLetter, encode_letter(path)),
        (Spelling::DoubleSlash, format!("/{path}")),
        (Spelling::DotSegment, format!("/.{path}")),
        (Spelling::SemicolonSegment, format!("/seaworthy/..;{path}")),
        (Spelling::PathParameter, format!("{trimmed};seaworthy")),
        (Spelling::EncodedDotSegment, format!("/%2e{path}")),
        (Spelling::EncodedSlash, encode_slash(path)),
        (Spelling::Extension, format!("{trimmed}.json")),
        (Spelling::NullByte, format!("{trimmed}%00")),
    ];
    if query.is_empty() {
        all.push((Spelling::EmptyQuery, format!("{path}?")));
    }
    all.retain(|(_, variant)| variant != path && trimmed.len() > 1);
    all.into_iter()
        .map(|(spelling, variant)| PathVariant {
            spelling,
            target: format!("{variant}{query}"),
        })
        .collect()
}

/// Upper case, but for what is percent-encoded already (its digits may be either case).
fn upper(path: &str) -> String {
    path.to_ascii_uppercase()
}

/// The first letter that is not part of an escape.
fn encode_letter(path: &str) -> String {
    let letter = path.char_indices().find(|(at, c)| {
        let before = path.get(at.saturating_sub(2)..*at).unwrap_or_default();
        c.is_ascii_alphabetic() && !before.contains('%')
    });
    match letter {
        Some((at, c)) => {
            let (head, tail) = path.split_at_checked(at).unwrap_or((path, ""));
            let rest = tail.strip_prefix(c).unwrap_or_default();
            format!("{head}%{:02x}{rest}", u32::from(c))
        }
        None => path.to_owned(),
    }
}

/// The last slash that is neither the first nor the final one.
fn encode_slash(path: &str) -> String {
    let inner = path.trim_end_matches('/').rfind('/').filter(|at| *at > 0);
    match inner.and_then(|at| path.split_at_checked(at)) {
        Some((head, tail)) => format!("{head}%2f{}", tail.strip_prefix('/').unwrap_or_default()),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::path_variants;

    fn targets(target: &str) -> Vec<String> {
        path_variants(target)
            .into_iter()
            .map(|variant| variant.target)
            .collect()
    }

    #[test]
    fn twelve_of_a_plain_path() {
        assert_eq!(
            targets("/api/v1/me"),
            [
                "/api/v1/me/",
                "/API/V1/ME",
                "/%61pi/v1/me",
                "//api/v1/me",
                "/./api/v1/me",
                "/seaworthy/..;/api/v1/me",
                "/api/v1/me;seaworthy",
                "/%2e/api/v1/me",
                "/api/v1%2fme",
                "/api/v1/me.json",
                "/api/v1/me%00",
                "/api/v1/me?",
            ]
        );
    }

    #[test]
    fn a_query_stays_behind() {
        let all = targets("/api/me?a=b");
        assert_eq!(all.len(), 11);
        assert!(all.iter().all(|target| target.ends_with("?a=b")));
    }

    #[test]
    fn nothing_is_sent_twice() {
        assert!(!targets("/42/").contains(&"/42/".to_owned()));
        assert!(targets("/%41x").iter().all(|target| !target.contains("%%")));
        assert_eq!(targets("/"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn never_panics_and_starts_with_a_slash(path in any::<String>()) {
            assert!(targets(&format!("/{path}")).iter().all(|target| target.starts_with('/')));
        }
    }
}
