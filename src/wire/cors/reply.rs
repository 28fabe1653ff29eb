//! The part of a response that CORS looks at.

/// A response: its status and its fields, in order and with duplicates, names in any case.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The status code.
    pub status: u16,
    /// Name and value of every field.
    pub fields: &'a [(&'a str, &'a str)],
}

impl<'a> Reply<'a> {
    /// Every value sent under `name`, without the whitespace around it.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches([' ', '\t']))
    }

    /// Fetch, "get": all values joined by `, `, or `None` when the field is absent.
    #[must_use]
    pub fn combined(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.values(name).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// Fetch, "extract header list values" for a list of tokens (RFC 9110 §5.6.1): empty elements
    /// are skipped, and one element that is no token spoils the whole list.
    #[must_use]
    pub fn tokens(&self, name: &str) -> TokenList {
        let Some(text) = self.combined(name) else {
            return TokenList::Absent;
        };
        let elements = text
            .split(',')
            .map(|element| element.trim_matches([' ', '\t']));
        let named: Vec<String> = elements
            .filter(|element| !element.is_empty())
            .map(str::to_owned)
            .collect();
        match named.iter().find(|element| !is_token(element)) {
            Some(bad) => TokenList::Malformed(bad.clone()),
            None => TokenList::Present(named),
        }
    }
}

/// A field that holds a list of tokens, as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenList {
    /// Not sent.
    Absent,
    /// Sent, with this element that is not a token: browsers drop the whole response.
    Malformed(String),
    /// Its elements, in order.
    Present(Vec<String>),
}

impl TokenList {
    /// The elements, none when absent or malformed.
    #[must_use]
    pub fn elements(&self) -> &[String] {
        match self {
            Self::Present(elements) => elements,
            Self::Absent | Self::Malformed(_) => &[],
        }
    }
}

/// RFC 9110 §5.6.2: `1*tchar`.
#[must_use]
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_tchar)
}

const fn is_tchar(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
    ) || byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::{Reply, TokenList, is_token};

    #[test]
    fn values_are_joined_as_fetch_joins_them() {
        let fields = [("Vary", " a "), ("vary", "b"), ("x", "c")];
        let reply = Reply {
            status: 200,
            fields: &fields,
        };
        assert_eq!(reply.combined("VARY").as_deref(), Some("a, b"));
        assert_eq!(reply.combined("y"), None);
    }

    #[test]
    fn lists_skip_empty_elements_and_are_spoilt_whole() {
        let list = |value| {
            Reply {
                status: 200,
                fields: &[("l", value)],
            }
            .tokens("l")
        };
        let present =
            |names: &[&str]| TokenList::Present(names.iter().map(|n| (*n).to_owned()).collect());
        assert_eq!(list("a,, b ,"), present(&["a", "b"]));
        assert_eq!(list(""), present(&[]));
        assert_eq!(list("a, b c"), TokenList::Malformed("b c".to_owned()));
        assert_eq!(list("[GET]"), TokenList::Malformed("[GET]".to_owned()));
    }

    #[test]
    fn tokens() {
        for good in ["GET", "*", "x-y", "!#$%&'*+-.^_`|~09azAZ"] {
            assert!(is_token(good), "{good}");
        }
        for bad in ["", "a b", "a,b", "(", "é", "a:b", "\"a\"", "[", "{"] {
            assert!(!is_token(bad), "{bad}");
        }
    }
}
