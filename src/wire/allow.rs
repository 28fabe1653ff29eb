//! `Allow`: which methods a resource takes (RFC 9110 §10.2.1).

use super::http::head::is_token_byte;

/// The methods of all `Allow` fields together, in order; `None` when a member is not a token.
///
/// An empty list is legal and means that no method is allowed just now.
#[must_use]
pub fn methods<'a>(values: &[&'a str]) -> Option<Vec<&'a str>> {
    let members = values.iter().flat_map(|value| value.split(','));
    let named = members
        .map(|member| member.trim_matches([' ', '\t']))
        .filter(|member| !member.is_empty());
    named
        .map(|member| member.bytes().all(is_token_byte).then_some(member))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::methods;

    #[test]
    fn lists_are_read() {
        #[rustfmt::skip]
        let rows: [(&[&str], Option<&[&str]>); 6] = [
            (&["GET, HEAD"],       Some(&["GET", "HEAD"])),
            (&["GET", "POST"],     Some(&["GET", "POST"])),
            (&["GET,,HEAD , "],    Some(&["GET", "HEAD"])), // §5.6.1.2: empty elements are ignored
            (&[""],                Some(&[])),
            (&["GET HEAD"],        None),
            (&["GET; HEAD"],       None),
        ];
        for (values, expected) in rows {
            assert_eq!(methods(values).as_deref(), expected, "{values:?}");
        }
    }
}
