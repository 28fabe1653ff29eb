//! A field line of a request, with what the evidence shows of its value.

/// A field line about to be sent.
#[derive(Clone)]
pub struct Line {
    /// The name.
    pub name: String,
    /// The value for the wire.
    pub value: String,
    /// What the evidence shows in its place, where it is made from a credential. Credentials
    /// themselves are replaced wherever they stand and need none.
    pub shown: Option<String>,
}

impl Line {
    /// One whose value the evidence shows as something else.
    #[must_use]
    pub fn shown_as(name: &str, value: impl Into<String>, shown: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.into(),
            shown: Some(shown.into()),
        }
    }

    /// Its value as the evidence shows it, credentials that are known elsewhere not yet replaced.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(&self.value)
    }

    /// Adds it to fields that have none of its name; cookies go into one field (RFC 6265 §5.4).
    pub fn join(self, fields: &mut Vec<Self>) {
        let mut fellows = fields.iter_mut();
        let fellow = fellows.find(|known| known.name.eq_ignore_ascii_case(&self.name));
        match fellow {
            None => fields.push(self),
            Some(cookies) if self.name.eq_ignore_ascii_case("cookie") => {
                let shown = format!("{}; {}", self.shown(), cookies.shown());
                cookies.value = format!("{}; {}", self.value, cookies.value);
                cookies.shown = Some(shown);
            }
            Some(_) => {}
        }
    }
}
