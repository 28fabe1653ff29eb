//! `WWW-Authenticate` (RFC 9110 §11.6.1) and what RFC 6750 §3 adds for `Bearer`.

use super::Fault;

/// One challenge: a scheme and what goes with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as sent; schemes compare case-insensitively.
    pub scheme: String,
    /// The single token of schemes such as `Negotiate`.
    pub token68: Option<String>,
    /// Parameters in order, names in lower case, quotes and escapes undone.
    pub params: Vec<(String, String)>,
}

impl Challenge {
    /// The value of a parameter, by its lower-case name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether it is of this scheme.
    #[must_use]
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }
}

/// Reads the combined value of all `WWW-Authenticate` fields.
///
/// # Errors
/// The first byte that fits no challenge.
pub fn challenges(value: &str) -> Result<Vec<Challenge>, Fault> {
    let mut reader = Reader { text: value, at: 0 };
    let mut all: Vec<Challenge> = Vec::new();
    loop {
        reader.skip_separators();
        if reader.rest().is_empty() {
            return Ok(all);
        }
        let word = reader
            .token()
            .ok_or_else(|| reader.fault("no scheme"))?
            .to_owned();
        // After a comma, `name=value` belongs to the challenge before, a bare token begins one.
        match (reader.param_value()?, all.last_mut()) {
            (Some(value), Some(challenge)) => {
                let name = word.to_ascii_lowercase();
                if challenge.param(&name).is_some() {
                    return Err(reader.fault("a parameter twice")); // RFC 9110 §11.2
                }
                challenge.params.push((name, value));
            }
            (Some(_), None) => return Err(reader.fault("a parameter before any scheme")),
            (None, _) => all.push(reader.challenge(word)?),
        }
        reader.end_of_element()?;
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn fault(&self, why: &'static str) -> Fault {
        Fault::new(self.at, why)
    }

    fn skip(&mut self, skipped: impl Fn(char) -> bool) -> usize {
        let before = self.at;
        self.at = self.text.len() - self.rest().trim_start_matches(skipped).len();
        self.at - before
    }

    fn skip_separators(&mut self) {
        self.skip(|c| matches!(c, ' ' | '\t' | ','));
    }

    fn skip_space(&mut self) -> usize {
        self.skip(|c| matches!(c, ' ' | '\t'))
    }

    /// The longest run of characters that `wanted` takes, `None` when there is none.
    fn run(&mut self, wanted: impl Fn(char) -> bool) -> Option<&'a str> {
        let rest = self.rest();
        let length = self.skip(wanted);
        rest.get(..length).filter(|run| !run.is_empty())
    }

    fn token(&mut self) -> Option<&'a str> {
        self.run(is_tchar)
    }

    /// `BWS "=" BWS ( token / quoted-string )`; leaves everything in place when there is no `=`.
    fn param_value(&mut self) -> Result<Option<String>, Fault> {
        let start = self.at;
        self.skip_space();
        if !self.rest().starts_with('=') {
            self.at = start;
            return Ok(None);
        }
        self.at += 1;
        self.skip_space();
        if self.rest().starts_with('"') {
            return self.quoted().map(Some);
        }
        match self.token() {
            Some(value) => Ok(Some(value.to_owned())),
            None => Err(self.fault("a parameter without a value")),
        }
    }

    /// RFC 9110 §5.6.4, from its opening quote.
    fn quoted(&mut self) -> Result<String, Fault> {
        let opening = self.fault("a quoted string that does not end");
        let (mut value, mut escaped) = (String::new(), false);
        for (offset, c) in self.rest().char_indices().skip(1) {
            match c {
                _ if escaped => {
                    value.push(c);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.at += offset + 1;
                    return Ok(value);
                }
                _ => value.push(c),
            }
        }
        Err(opening)
    }

    /// What stands behind a scheme: nothing, a token68, or the first parameter.
    fn challenge(&mut self, scheme: String) -> Result<Challenge, Fault> {
        let mut challenge = Challenge {
            scheme,
            ..Challenge::default()
        };
        if self.skip_space() == 0 || self.rest().is_empty() || self.rest().starts_with(',') {
            return Ok(challenge);
        }
        if let Some(token) = self.token68() {
            challenge.token68 = Some(token.to_owned());
            return Ok(challenge);
        }
        let name = self
            .token()
            .ok_or_else(|| self.fault("neither a parameter nor a token"))?;
        let value = self
            .param_value()?
            .ok_or_else(|| self.fault("a parameter without `=`"))?;
        challenge.params.push((name.to_ascii_lowercase(), value));
        Ok(challenge)
    }

    /// RFC 9110 §11.2, when it fills the element; otherwise nothing is taken.
    fn token68(&mut self) -> Option<&'a str> {
        let start = self.at;
        let body = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
        if self.run(body).is_some() {
            self.skip(|c| c == '=');
            let end = self.at;
            self.skip_space();
            if self.rest().is_empty() || self.rest().starts_with(',') {
                return self.text.get(start..end);
            }
        }
        self.at = start;
        None
    }

    fn end_of_element(&mut self) -> Result<(), Fault> {
        self.skip_space();
        if self.rest().is_empty() || self.rest().starts_with(',') {
            Ok(())
        } else {
            Err(self.fault("no comma between two elements"))
        }
    }
}

/// RFC 9110 §5.6.2.
fn is_tchar(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Challenge, challenges};

    /// A value, then each challenge as `scheme[:token68] name=value …`.
    #[rustfmt::skip]
    const GOOD: &[(&str, &[&str])] = &[
        ("",                                            &[]),
        ("Bearer",                                      &["Bearer"]),
        ("Bearer ",                                     &["Bearer"]),
        ("Bearer realm=\"api\", error=\"invalid_token\"", &["Bearer realm=api error=invalid_token"]),
        ("Basic realm=\"a, b\\\"c\", charset=UTF-8",    &["Basic realm=a, b\"c charset=UTF-8"]),
        ("Negotiate",                                   &["Negotiate"]),
        ("Negotiate YWJj==",                            &["Negotiate:YWJj=="]),
        ("Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"",
                                                        &["Newauth realm=apps type=1 title=Login to \"apps\"", "Basic realm=simple"]), // §11.6.1
        ("Bearer, Basic realm=x",                       &["Bearer", "Basic realm=x"]),
        ("  , Bearer realm = \"x\" ,",                  &["Bearer realm=x"]),
        ("bearer REALM=x",                              &["bearer realm=x"]),
        ("Bearer realm=",                               &["Bearer:realm="]), // §11.2 lets a token68 end so
        ("Digest realm=\"\", nonce=a",                  &["Digest realm= nonce=a"]),
    ];

    #[rustfmt::skip]
    const BAD: &[(&str, usize)] = &[
        ("realm=x",              7),
        ("Bearer realm=\"x",    13),
        ("Bearer realm=x y=z",  15),
        ("Bearer a b",           8),
        ("Bearer a=1, A=2",      15),
        ("\"Bearer\"",           0),
        ("Bearer (x)",           7),
        ("é",                    0),
    ];

    fn show(challenge: &Challenge) -> String {
        let token = challenge
            .token68
            .as_ref()
            .map(|token| format!(":{token}"))
            .unwrap_or_default();
        challenge.params.iter().fold(
            format!("{}{token}", challenge.scheme),
            |text, (key, value)| format!("{text} {key}={value}"),
        )
    }

    #[test]
    fn lists_of_challenges() {
        for (value, expected) in GOOD {
            let read: Vec<String> = challenges(value).unwrap().iter().map(show).collect();
            assert_eq!(read, *expected, "{value}");
        }
    }

    #[test]
    fn faults_have_a_place() {
        for (value, at) in BAD {
            assert_eq!(challenges(value).unwrap_err().at, *at, "{value}");
        }
    }

    #[test]
    fn parameters_by_name() {
        let all = challenges("Bearer realm=\"api\", error=invalid_token").unwrap();
        assert_eq!(all[0].param("error"), Some("invalid_token"));
        assert!(all[0].is("BEARER"));
    }

    proptest! {
        #[test]
        fn never_panics_and_ends(text in any::<String>(), noise in "[a-z \",=\\\\.]{0,40}") {
            let _ = challenges(&text);
            let _ = challenges(&noise);
        }
    }
}
