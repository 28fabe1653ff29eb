//! Takes known credentials out of everything captured, before it is stored.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::evidence::{Field, WireBytes};
use crate::model::{Secret, SecretRef};
use crate::wire::http::cookie;
use crate::wire::jwt;

/// Shorter secrets are only looked for as they are: their encodings are too common.
const SHORT: usize = 6;

/// The credentials of a run in every form they could come back in: plain, percent-encoded, escaped
/// for JSON, and base64 at each of the three alignments.
#[derive(Clone, Default)]
pub struct Scrub {
    /// Longest first, so that a form inside another does not leave a rest behind.
    forms: Vec<(Vec<u8>, String)>,
}

impl Scrub {
    /// Of all the secrets a run may send.
    pub fn of<'a>(secrets: impl IntoIterator<Item = (&'a SecretRef, &'a Secret)>) -> Self {
        let mut scrub = Self::default();
        for (from, secret) in secrets {
            scrub.learn(secret.expose(), &from.placeholder());
            // A forgery carries the claims of the real token, which may name the user.
            if let Some((signed, claims)) = jwt::signed_part(secret.expose()) {
                let (of_signed, of_claims) = jwt::parts_in_shell(from);
                scrub.learn(signed, &of_signed);
                scrub.learn(claims, &of_claims);
            }
        }
        scrub
    }

    /// Adds one value and what it is replaced by.
    pub fn learn(&mut self, value: &str, placeholder: &str) {
        if value.is_empty() {
            return;
        }
        let mut forms = vec![
            value.as_bytes().to_vec(),
            percent(value, true),
            percent(value, false),
        ];
        forms.extend(
            serde_json::to_string(value)
                .ok()
                .map(|text| text.trim_matches('"').into()),
        );
        if value.len() >= SHORT {
            for shift in 0..3 {
                forms.extend(base64_inside(value.as_bytes(), shift));
            }
        }
        self.forms
            .extend(forms.into_iter().map(|form| (form, placeholder.to_owned())));
        self.forms
            .sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        self.forms.dedup();
    }

    /// The bytes with every credential replaced.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        for (form, placeholder) in &self.forms {
            out = replace(out, form, placeholder.as_bytes());
        }
        out
    }

    /// The text with every credential replaced.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.bytes(text.as_bytes())).into_owned()
    }

    /// A field line with every credential replaced, and cookie values too.
    #[must_use]
    pub fn field(&self, name: &str, value: &[u8]) -> Field {
        let value = if name.eq_ignore_ascii_case("set-cookie") {
            cookie::redact(&self.bytes(value))
        } else {
            self.bytes(value)
        };
        Field {
            name: self.text(name),
            value: WireBytes(value),
        }
    }
}

fn replace(bytes: Vec<u8>, form: &[u8], placeholder: &[u8]) -> Vec<u8> {
    let mut found = bytes
        .windows(form.len().max(1))
        .position(|window| window == form);
    if found.is_none() {
        return bytes;
    }
    let (mut out, mut rest) = (Vec::with_capacity(bytes.len()), bytes.as_slice());
    while let Some(at) = found {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(before);
        out.extend_from_slice(placeholder);
        rest = after.get(form.len()..).unwrap_or_default();
        found = rest
            .windows(form.len().max(1))
            .position(|window| window == form);
    }
    out.extend_from_slice(rest);
    out
}

/// RFC 3986 §2.1, with either case of the digits.
fn percent(value: &str, upper: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte);
        } else if upper {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            out.extend_from_slice(format!("%{byte:02x}").as_bytes());
        }
    }
    out
}

/// The characters of base64 that depend on the value alone when `shift` unknown bytes precede it,
/// in both alphabets.
fn base64_inside(value: &[u8], shift: usize) -> Vec<Vec<u8>> {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(value);
    let whole = padded.len() - padded.len() % 3;
    let skipped = if shift == 0 { 0 } else { 4 };
    let usable = padded.get(..whole).unwrap_or_default();
    [
        STANDARD_NO_PAD.encode(usable),
        URL_SAFE_NO_PAD.encode(usable),
    ]
    .into_iter()
    .filter_map(|text| text.get(skipped..).map(|inside| inside.as_bytes().to_vec()))
    .filter(|form| form.len() >= SHORT)
    .collect()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::Scrub;

    #[test]
    fn no_form_of_a_secret_survives() {
        let secret = "s3cr3t/tok+en=value!";
        let mut scrub = Scrub::default();
        scrub.learn(secret, "$TOKEN");
        for prefix in ["", "u:", "x"] {
            let encoded = STANDARD.encode(format!("{prefix}{secret}"));
            let left = scrub.text(&encoded);
            assert!(left.contains("$TOKEN"), "{encoded} -> {left}");
        }
        let sent =
            format!("a {secret} b s3cr3t%2Ftok%2Ben%3Dvalue%21 c s3cr3t%2ftok%2ben%3dvalue%21");
        assert_eq!(scrub.text(&sent), "a $TOKEN b $TOKEN c $TOKEN");
    }

    #[test]
    fn an_empty_secret_replaces_nothing() {
        let mut scrub = Scrub::default();
        scrub.learn("", "$EMPTY");
        assert_eq!(scrub.text("abc"), "abc");
    }
}
