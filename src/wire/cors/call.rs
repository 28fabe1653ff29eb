//! What a page's script asks for.

use std::collections::BTreeSet;

use super::safelist;

/// Safelisted headers longer than this together are no longer safe, in bytes.
const LONGEST_SUM: usize = 1024;

/// A header no application uses: a server that allows it allows any.
pub const UNHEARD_OF: &str = "x-seaworthy";

/// A cross-origin `fetch()`: from where, with which method and headers, with or without cookies.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The page's origin, serialized: `https://app.example.com`, or `null`.
    pub origin: &'a str,
    /// The method, upper case as `fetch()` sends the usual ones.
    pub method: &'a str,
    /// The headers the script sets, name and value.
    pub headers: &'a [(&'a str, &'a str)],
    /// Credentials mode is `include`.
    pub credentials: bool,
}

impl Call<'_> {
    /// The headers of these names as a script sets them: JSON in `Content-Type`, which needs leave,
    /// and else a value that leaves a header a form could send as safe as it is.
    #[must_use]
    pub fn usual_headers(names: &[String]) -> Vec<(&str, &'static str)> {
        let all = names.iter().map(String::as_str);
        all.map(|name| (name, Self::usual_value(name))).collect()
    }

    fn usual_value(name: &str) -> &'static str {
        if name.eq_ignore_ascii_case("content-type") {
            "application/json"
        } else {
            "x"
        }
    }

    /// "CORS-unsafe request-header names": lower case, sorted, each once.
    #[must_use]
    pub fn unsafe_headers(&self) -> BTreeSet<String> {
        let (safe, mut names): (Vec<_>, BTreeSet<String>) = (
            self.headers
                .iter()
                .filter(|(name, value)| safelist::header(name, value))
                .collect(),
            self.headers
                .iter()
                .filter(|(name, value)| !safelist::header(name, value))
                .map(|(name, _)| name.to_ascii_lowercase())
                .collect(),
        );
        if safe.iter().map(|(_, value)| value.len()).sum::<usize>() > LONGEST_SUM {
            names.extend(safe.iter().map(|(name, _)| name.to_ascii_lowercase()));
        }
        names
    }

    /// Whether the browser asks with `OPTIONS` first (Fetch §4.1, "main fetch").
    #[must_use]
    pub fn needs_preflight(&self) -> bool {
        !safelist::method(self.method) || !self.unsafe_headers().is_empty()
    }

    /// The fields of the preflight request (Fetch §4.8), beside `Host` and `User-Agent`: never a
    /// cookie, never `Authorization`.
    #[must_use]
    pub fn preflight_fields(&self) -> Vec<(&'static str, String)> {
        let names: Vec<String> = self.unsafe_headers().into_iter().collect();
        let mut fields = vec![
            ("Accept", "*/*".to_owned()),
            ("Origin", self.origin.to_owned()),
            ("Access-Control-Request-Method", self.method.to_owned()),
        ];
        if !names.is_empty() {
            // Joined without a space, as every browser does: some servers split on "," alone.
            fields.push(("Access-Control-Request-Headers", names.join(",")));
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::Call;

    const PAGE: Call = Call {
        origin: "https://a.example",
        method: "GET",
        headers: &[],
        credentials: false,
    };

    #[test]
    fn what_asks_first() {
        let json = &[("Content-Type", "application/json")][..];
        let form = &[("Content-Type", "text/plain")][..];
        assert!(!PAGE.needs_preflight());
        assert!(
            !Call {
                method: "POST",
                headers: form,
                ..PAGE
            }
            .needs_preflight()
        );
        assert!(
            Call {
                method: "POST",
                headers: json,
                ..PAGE
            }
            .needs_preflight()
        );
        assert!(
            Call {
                method: "PUT",
                ..PAGE
            }
            .needs_preflight()
        );
        assert!(
            Call {
                headers: &[("authorization", "x")],
                ..PAGE
            }
            .needs_preflight()
        );
    }

    #[test]
    fn names_are_lower_case_sorted_and_joined_without_a_space() {
        let headers = &[
            ("X-B", ""),
            ("Content-Type", "application/json"),
            ("Authorization", "x"),
            ("x-b", ""),
        ];
        let fields = Call {
            method: "PUT",
            headers,
            ..PAGE
        }
        .preflight_fields();
        assert_eq!(
            fields.last(),
            Some(&(
                "Access-Control-Request-Headers",
                "authorization,content-type,x-b".to_owned()
            ))
        );
        assert_eq!(PAGE.preflight_fields().len(), 3);
    }

    #[test]
    fn many_safe_headers_are_unsafe_together() {
        let long = "a".repeat(128);
        let headers: Vec<(&str, &str)> =
            std::iter::repeat_n(("Accept", long.as_str()), 9).collect();
        assert!(
            !Call {
                headers: headers.get(..8).unwrap_or_default(),
                ..PAGE
            }
            .needs_preflight()
        );
        assert!(
            Call {
                headers: &headers,
                ..PAGE
            }
            .needs_preflight()
        );
    }
}
