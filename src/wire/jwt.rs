//! JSON Web Tokens (RFC 7519) in their compact form (RFC 7515 §7.1): reading one, and forging those
//! that no server may accept.
//!
//! A forgery keeps the claims of the token it is made from and loses what proves them. Nothing here
//! can make a token that is valid.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::model::{SecretRef, Timestamp};

/// 32 bytes that are the signature of nothing, in base64url.
pub const WRONG_SIGNATURE: &str = "c2Vhd29ydGh5LW5vdC1hLXNpZ25hdHVyZS1vZi1hbnk";

/// `{"alg":"none","typ":"JWT"}` (RFC 7515 Appendix A.5), in base64url.
pub const ALG_NONE: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";

/// `{"alg":"None","typ":"JWT"}`: past a check that compares with `none`, to a library that does not
/// mind the case.
pub const ALG_NONE_CAPITAL: &str = "eyJhbGciOiJOb25lIiwidHlwIjoiSldUIn0";

/// `{"alg":"HS256","typ":"JWT"}` and the claims of nobody: `sub` and `user_id` are `seaworthy`, and
/// `exp` lies in the year 2100. For when no real token is at hand; a server that looks the user up
/// refuses it for that alone.
pub const NOBODY: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJzZWF3b3J0aHkiLCJ1c2VyX2lkIjoic2Vhd29ydGh5IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjQxMDI0NDQ4MDB9";

/// A token that was taken apart. Its signature is not judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Jwt {
    /// The JOSE header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    /// Length of the signature in bytes.
    pub signature: usize,
}

/// Why a text is no JWT in compact form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtFault {
    /// Not three parts with dots between.
    Parts,
    /// The header is not base64url of a JSON object with an `alg`.
    Header,
    /// The claims are not base64url of a JSON object.
    Claims,
    /// The signature is not base64url.
    Signature,
}

/// What no server may accept in place of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forgery {
    /// The same header and claims under a signature of nothing.
    WrongSignature,
    /// The same header and claims with the signature left away.
    NoSignature,
    /// The same claims under `"alg":"none"`.
    AlgNone,
    /// The same claims under `"alg":"None"`.
    AlgNoneCapital,
}

impl Jwt {
    /// Takes a compact token apart.
    ///
    /// # Errors
    /// The first part that is not what it should be.
    pub fn parse(token: &str) -> Result<Self, JwtFault> {
        let [header, claims, signature] = parts(token).ok_or(JwtFault::Parts)?;
        let header = object(header).ok_or(JwtFault::Header)?;
        if !header.get("alg").is_some_and(Value::is_string) {
            return Err(JwtFault::Header);
        }
        Ok(Self {
            header,
            claims: object(claims).ok_or(JwtFault::Claims)?,
            signature: URL_SAFE_NO_PAD
                .decode(signature)
                .map_err(|_| JwtFault::Signature)?
                .len(),
        })
    }

    /// The algorithm it names.
    #[must_use]
    pub fn algorithm(&self) -> Option<&str> {
        self.header.get("alg")?.as_str()
    }

    /// When it ends to be valid (RFC 7519 §4.1.4): NumericDate may have a fraction.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.moment("exp")
    }

    /// When it begins to be valid (RFC 7519 §4.1.5).
    #[must_use]
    pub fn not_before(&self) -> Option<Timestamp> {
        self.moment("nbf")
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates; a fraction is no matter"
    )]
    fn moment(&self, claim: &str) -> Option<Timestamp> {
        let number = self.claims.get(claim)?;
        let seconds = number
            .as_i64()
            .or_else(|| number.as_f64().map(|whole| whole as i64))?;
        Some(Timestamp::from_secs(seconds))
    }
}

impl Forgery {
    /// All of them, the most telling first.
    pub const ALL: [Self; 4] = [
        Self::WrongSignature,
        Self::AlgNone,
        Self::NoSignature,
        Self::AlgNoneCapital,
    ];

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongSignature => "wrong signature",
            Self::NoSignature => "signature left away",
            Self::AlgNone => "alg none",
            Self::AlgNoneCapital => "alg None",
        }
    }

    /// Makes it from `token`; `None` when that is no JWT.
    #[must_use]
    pub fn of(self, token: &str) -> Option<String> {
        let (signed, _) = signed_part(token)?;
        let (header, claims) = signed.split_once('.')?;
        Some(self.assemble(header, claims))
    }

    /// Makes it from the claims of nobody.
    #[must_use]
    pub fn of_nobody(self) -> String {
        let (header, claims) = NOBODY.split_once('.').unwrap_or_default();
        self.assemble(header, claims)
    }

    fn assemble(self, header: &str, claims: &str) -> String {
        match self {
            Self::WrongSignature => format!("{header}.{claims}.{WRONG_SIGNATURE}"),
            Self::NoSignature => format!("{header}.{claims}."),
            Self::AlgNone => format!("{ALG_NONE}.{claims}."),
            Self::AlgNoneCapital => format!("{ALG_NONE_CAPITAL}.{claims}."),
        }
    }
}

/// The part of a compact token that its signature covers, and the signature. `None` for a text that
/// is no JWT.
#[must_use]
pub fn signed_part(token: &str) -> Option<(&str, &str)> {
    Jwt::parse(token).ok()?;
    token.rsplit_once('.')
}

/// How a shell takes a token's header and claims, the claims alone, and the signature from where it
/// is kept, so that a report can say how to repeat a forgery without showing the token.
#[must_use]
pub fn parts_in_shell(from: &SecretRef) -> [String; 3] {
    match from {
        SecretRef::Env(name) => [
            format!("${{{name}%.*}}"),
            format!("$(echo ${name} | cut -d. -f2)"),
            format!("${{{name}##*.}}"),
        ],
        SecretRef::File(path) => [
            format!("$(cut -d. -f1,2 {path})"),
            format!("$(cut -d. -f2 {path})"),
            format!("$(cut -d. -f3 {path})"),
        ],
    }
}

fn parts(token: &str) -> Option<[&str; 3]> {
    let mut parts = token.split('.');
    let three = [parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(three)
}

fn object(part: &str) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()? {
        Value::Object(members) => Some(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Forgery, Jwt, JwtFault, NOBODY, signed_part};
    use crate::model::Timestamp;

    /// RFC 7519 §3.1.
    const EXAMPLE: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn the_example_of_the_standard() {
        let jwt = Jwt::parse(EXAMPLE).unwrap();
        assert_eq!(jwt.algorithm(), Some("HS256"));
        assert_eq!(jwt.expires(), Some(Timestamp::from_secs(1_300_819_380)));
        assert_eq!(jwt.not_before(), None);
        assert_eq!(jwt.signature, 32);
    }

    #[rustfmt::skip]
    const BROKEN: &[(&str, JwtFault)] = &[
        ("",                         JwtFault::Parts),
        ("a.b",                      JwtFault::Parts),
        ("a.b.c.d",                  JwtFault::Parts),
        ("a.b.c",                    JwtFault::Header),
        ("e30.e30.",                 JwtFault::Header),    // {} names no algorithm
        ("eyJhbGciOjF9.e30.",        JwtFault::Header),    // "alg": 1
        ("eyJhbGciOiJub25lIn0.W10.", JwtFault::Claims),    // []
        ("eyJhbGciOiJub25lIn0.e30.=", JwtFault::Signature),
    ];

    #[test]
    fn each_fault_has_its_name() {
        for (token, fault) in BROKEN {
            assert_eq!(Jwt::parse(token), Err(*fault), "{token}");
        }
    }

    #[test]
    fn a_forgery_keeps_the_claims_and_proves_nothing() {
        let honest = Jwt::parse(EXAMPLE).unwrap();
        for forgery in Forgery::ALL {
            let forged = forgery.of(EXAMPLE).unwrap();
            let read = Jwt::parse(&forged).unwrap();
            assert_eq!(read.claims, honest.claims, "{forgery:?}");
            assert_ne!(forged, EXAMPLE);
        }
        let signed =
            |forgery: Forgery| Jwt::parse(&forgery.of(EXAMPLE).unwrap()).unwrap().signature;
        assert_eq!(Forgery::ALL.map(signed), [32, 0, 0, 0]);
    }

    #[test]
    fn alg_none_is_spelt_both_ways() {
        let algorithm = |forgery: Forgery| {
            Jwt::parse(&forgery.of_nobody())
                .unwrap()
                .algorithm()
                .map(str::to_owned)
        };
        assert_eq!(algorithm(Forgery::AlgNone).as_deref(), Some("none"));
        assert_eq!(algorithm(Forgery::AlgNoneCapital).as_deref(), Some("None"));
        assert_eq!(algorithm(Forgery::WrongSignature).as_deref(), Some("HS256"));
    }

    #[test]
    fn nobody_lives_until_2100() {
        let jwt = Jwt::parse(&format!("{NOBODY}.")).unwrap();
        assert_eq!(jwt.expires().unwrap().to_string(), "2100-01-01T00:00:00Z");
        assert_eq!(jwt.claims.get("sub").unwrap(), "seaworthy");
    }

    #[test]
    fn an_opaque_token_cannot_be_forged() {
        for token in [
            "sk_live_opaque",
            "eyJ1c2VyIjo0Mn0.awFmng.WQpXmTwInnNYRQZ0G0uJDkobmVg",
        ] {
            assert_eq!(Forgery::AlgNone.of(token), None);
        }
    }

    #[test]
    fn the_signed_part_and_its_signature() {
        let (signed, signature) = signed_part(EXAMPLE).unwrap();
        assert_eq!(signature, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(format!("{signed}.{signature}"), EXAMPLE);
        assert_eq!(signed_part("sk_live_a.b.c"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), cut in 0..EXAMPLE.len(), flip in any::<u8>()) {
            let _ = Jwt::parse(&text);
            let _ = EXAMPLE.get(..cut).map(Jwt::parse);
            let mut bytes = EXAMPLE.as_bytes().to_vec();
            bytes[cut] ^= flip & 0x7f;
            let _ = std::str::from_utf8(&bytes).map(Jwt::parse);
            let _ = Forgery::AlgNone.of(&text);
        }
    }
}
