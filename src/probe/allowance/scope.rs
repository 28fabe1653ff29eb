//! What a rate limit counts.

use crate::model::{Method, RateLimit};

/// What a limit counts. One on a request that changes something, such as a login, is taken to be of
/// that request alone; one on a request that only reads, to be of everything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    Everything,
    Path(String),
    Request(Method, String),
}

impl Scope {
    pub(super) fn counts(&self, method: &Method, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Path(own) => own == path,
            Self::Request(of, own) => of == method && own == path,
        }
    }

    pub(super) fn of_declared(limit: &RateLimit, all: &[RateLimit]) -> Self {
        match (limit.method.is_safe(), limit.counts_everything(all)) {
            (true, true) => Self::Everything,
            (true, false) => Self::Path(path_of(&limit.path)),
            (false, _) => Self::Request(limit.method.clone(), path_of(&limit.path)),
        }
    }

    /// One that an answer at `path` advertises. Where it is met on the page or at two paths, it is
    /// taken to be of everything.
    pub(super) fn of_advertised(method: &Method, path: &str, is_general: bool) -> Self {
        match (method.is_safe(), is_general) {
            (false, _) => Self::Request(method.clone(), path.to_owned()),
            (true, true) => Self::Everything,
            (true, false) => Self::Path(path.to_owned()),
        }
    }
}

/// The path of a request target.
pub(super) fn path_of(target: &str) -> String {
    target.split('?').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::Scope;
    use crate::model::{Method, Millis, RateLimit};

    #[test]
    fn a_limit_below_another_is_of_its_own_path() {
        let limit = |method: &str, path: &str, requests, window| RateLimit {
            method: Method::of(method),
            path: path.to_owned(),
            requests,
            window: Millis(window),
            retry_after: false,
        };
        let all = [
            limit("GET", "/health", 60, 60_000),
            limit("GET", "/search?q=x", 10, 60_000),
            limit("GET", "/", 1, 1_000),
            limit("POST", "/login", 100, 60_000),
        ];
        let scopes = all.iter().map(|limit| Scope::of_declared(limit, &all));
        let expected = [
            Scope::Everything,
            Scope::Path("/search".to_owned()),
            Scope::Everything,
            Scope::Request(Method::of("POST"), "/login".to_owned()),
        ];
        assert_eq!(scopes.collect::<Vec<_>>(), expected);
    }
}
