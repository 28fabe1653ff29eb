//! Certificates in few words.

use crate::facts::tls::CertificateFacts;

/// The organisation that issued it, or its common name, or the whole name.
#[must_use]
pub fn issuer(certificate: &CertificateFacts) -> Option<String> {
    let issuer = certificate.chain.first()?.issuer.raw();
    let named = value(issuer, "O=").or_else(|| value(issuer, "CN="));
    Some(named.unwrap_or_else(|| issuer.to_owned()))
}

/// One value of a name as it is written in reports: separators inside values are escaped.
fn value(name: &str, kind: &str) -> Option<String> {
    let parts = name.split(", ");
    let mut whole: Vec<String> = Vec::new();
    for part in parts {
        match whole.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push_str(&format!(", {part}"));
            }
            Some(_) | None => whole.push(part.to_owned()),
        }
    }
    let mut found = whole.iter().filter_map(|part| part.strip_prefix(kind));
    found.next().map(|value| value.replace('\\', ""))
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn one_value_of_a_name() {
        #[rustfmt::skip]
        let rows = [
            ("C=US, O=Let's Encrypt, CN=R11",      "O=",  Some("Let's Encrypt")),
            ("CN=R11",                             "O=",  None),
            ("CN=R11",                             "CN=", Some("R11")),
            (r"O=Example\, Inc., CN=Example Root", "O=",  Some("Example, Inc.")),
            (r"CN=a\, O=b",                        "O=",  None),
        ];
        for (name, kind, expected) in rows {
            assert_eq!(value(name, kind).as_deref(), expected, "{name}");
        }
    }
}
