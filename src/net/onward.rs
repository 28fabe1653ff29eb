//! Where an answer leads that has a credential in its `Location`.

use super::scrub::Scrub;
use crate::evidence::Onward;
use crate::model::{Untrusted, Url};
use crate::wire::http::head::Head;
use crate::wire::url;

/// The URL as it was received. Evidence shows a reference in the credential's place, which is no
/// place to go to; where no credential stands in it, evidence is enough.
pub(super) fn onward(from: &Url, head: &[u8], scrub: &Scrub) -> Option<Onward> {
    let head = Head::read(head);
    let mut fields = head.fields.iter();
    let (_, value) = fields.find(|(name, _)| name.eq_ignore_ascii_case("location"))?;
    let shown = scrub.bytes(value);
    if shown == *value {
        return None;
    }
    url::resolve(from, Untrusted::from_bytes(value).raw()).map(Onward::new)
}

#[cfg(test)]
mod tests {
    use super::onward;
    use crate::model::{Secret, SecretRef, Url};
    use crate::net::scrub::Scrub;

    /// A `Location`, and what is asked for in place of what evidence shows: nothing where evidence
    /// shows it whole, or where the credential would leave the origin.
    #[rustfmt::skip]
    const LOCATIONS: &[(&str, &str)] = &[
        ("/next?t=sk_live_0123",                      "https://a.example/next?t=sk_live_0123"),
        ("next#sk_live_0123",                         "https://a.example/next"),
        ("/a b?t=sk_live_0123",                       "https://a.example/a%20b?t=sk_live_0123"),
        ("https://a.example:443/?sk_live_0123",       "https://a.example/?sk_live_0123"),
        ("https://a.example:444/?sk_live_0123",       ""),
        ("http://a.example/?sk_live_0123",            ""),
        ("//b.example/?sk_live_0123",                 ""),
        ("javascript:sk_live_0123",                   ""),
        ("/next?t=other",                             ""),
    ];

    #[test]
    fn a_credential_in_a_redirect_stays_with_its_origin() {
        let from: Url = "https://a.example/start".parse().unwrap();
        let (name, value) = (
            SecretRef::Env("TOKEN".to_owned()),
            Secret::new("sk_live_0123".to_owned()),
        );
        let scrub = Scrub::of([(&name, &value)], &[]);
        for (location, expected) in LOCATIONS {
            let head = format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\n\r\n");
            let to = onward(&from, head.as_bytes(), &scrub).and_then(|to| to.within(&from));
            let to = to.map(|url| url.to_string());
            assert_eq!(to.unwrap_or_default(), *expected, "{location}");
        }
    }
}
