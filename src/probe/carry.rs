//! How a credential travels with a request: in its target, in a field, or as a subprotocol.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::model::{Attempt, Identity, SchemeKind, Target};
use crate::net::Net;
use crate::wire::jwt::Forgery;
use crate::wire::percent;

/// Where the credential goes in a declared path or subprotocol.
const TOKEN: &str = "{token}";

/// A credential of no known shape.
pub(in crate::probe) const GARBAGE: &str = "seaworthy-garbage";

/// A request target and the fields that go with it, each with what the evidence shows instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::probe) struct Carried {
    /// Path and query.
    pub(in crate::probe) target: String,
    /// Name, value, and what is shown of the value.
    pub(in crate::probe) fields: Vec<(String, String, String)>,
}

/// What a trial shows for credentials: the value and the text that stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::probe) struct Shown {
    value: String,
    shown: String,
}

/// The credential of an attempt; `None` where it cannot be made, or may not travel.
#[must_use]
pub(in crate::probe) fn credential(target: &Target, net: &Net, attempt: &Attempt) -> Option<Shown> {
    let scheme = target.auth.as_ref()?;
    let kept = |identity: &Option<Identity>| {
        let identity = identity.as_ref().filter(|_| target.keeps_secrets())?;
        Some(Shown {
            value: net.secrets.get(&identity.from)?.expose().to_owned(),
            shown: identity.from.placeholder(),
        })
    };
    let forged = |forgery: Forgery| {
        let token = kept(&scheme.token)?;
        let value = forgery
            .of(&token.value)
            .unwrap_or_else(|| forgery.of_nobody());
        let shown = net.scrub.text(&value);
        Some(Shown { value, shown })
    };
    let fixed = |text: &str| {
        Some(Shown {
            value: text.to_owned(),
            shown: text.to_owned(),
        })
    };
    match attempt {
        Attempt::Valid => kept(&scheme.token),
        Attempt::Expired => kept(&scheme.expired),
        Attempt::OtherUser => kept(&scheme.other),
        Attempt::WrongSignature => forged(Forgery::WrongSignature),
        Attempt::AlgNone => forged(Forgery::AlgNone),
        Attempt::Empty => fixed(""),
        Attempt::Garbage => fixed(GARBAGE),
        Attempt::Malformed => fixed("seaworthy.mal.formed"),
        Attempt::NoSignature => forged(Forgery::NoSignature),
        Attempt::AlgNoneCapital => forged(Forgery::AlgNoneCapital),
        Attempt::Nothing
        | Attempt::UnknownUser
        | Attempt::WrongPassword
        | Attempt::QuoteInName
        | Attempt::OtherBody
        | Attempt::Bypass(_)
        | Attempt::Control(_) => None,
    }
}

/// Puts a credential where the contract wants it: into the path, or into the scheme's own field.
#[must_use]
pub(in crate::probe) fn carry(path: &str, target: &Target, credential: Option<&Shown>) -> Carried {
    let Some(credential) = credential else {
        return Carried {
            target: without_token(path),
            fields: Vec::new(),
        };
    };
    if path.contains(TOKEN) {
        return Carried {
            target: path.replace(TOKEN, &percent::encode(&credential.value)),
            fields: Vec::new(),
        };
    }
    let kind = target.auth.as_ref().map(|scheme| &scheme.kind);
    Carried {
        target: path.to_owned(),
        fields: kind
            .map(|kind| field(kind, credential))
            .into_iter()
            .collect(),
    }
}

/// The subprotocols to offer, each with what the evidence shows instead. Without a credential, that
/// which would carry it is not offered.
#[must_use]
pub(in crate::probe) fn offer(
    declared: &[String],
    credential: Option<&Shown>,
) -> Vec<(String, String)> {
    let filled = declared.iter().filter_map(|name| {
        if !name.contains(TOKEN) {
            return Some((name.clone(), name.clone()));
        }
        let credential = credential?;
        let with = |text: &str| name.replace(TOKEN, text);
        Some((with(&credential.value), with(&credential.shown)))
    });
    filled.filter(|(name, _)| !name.is_empty()).collect()
}

/// The declared message with the credential in its place; inside JSON, as JSON wants it.
#[must_use]
pub(in crate::probe) fn introduce(declared: &str, credential: &Shown) -> String {
    let is_json = serde_json::from_str::<serde_json::Value>(declared).is_ok();
    let value = credential.value.as_str();
    let quoted = serde_json::Value::from(value).to_string();
    let inner = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let inner = inner.filter(|_| is_json);
    declared.replace(TOKEN, inner.unwrap_or(value))
}

/// Whether a credential goes into a subprotocol.
#[must_use]
pub(in crate::probe) fn is_offered(declared: &[String]) -> bool {
    declared.iter().any(|name| name.contains(TOKEN))
}

fn field(kind: &SchemeKind, credential: &Shown) -> (String, String, String) {
    let (name, value) = line(kind, &credential.value);
    let (_, before) = place(kind);
    (name, value, format!("{before}{}", credential.shown))
}

/// The field line that carries a credential of this kind.
#[must_use]
pub(in crate::probe) fn line(kind: &SchemeKind, credential: &str) -> (String, String) {
    let (name, before) = place(kind);
    let value = if *kind == SchemeKind::Basic {
        basic(credential)
    } else {
        credential.to_owned()
    };
    (name.to_owned(), format!("{before}{value}"))
}

/// A field's name, and what stands before the credential in it.
fn place(kind: &SchemeKind) -> (&str, String) {
    match kind {
        SchemeKind::Bearer => ("Authorization", "Bearer ".to_owned()),
        SchemeKind::Basic => ("Authorization", "Basic ".to_owned()),
        SchemeKind::ApiKey { header } => (header, String::new()),
        SchemeKind::Cookie { name } => ("Cookie", format!("{name}=")),
    }
}

/// RFC 7617 §2; what has no colon is sent as it is, to be no credential at all.
fn basic(credential: &str) -> String {
    if credential.contains(':') {
        STANDARD.encode(credential)
    } else {
        credential.to_owned()
    }
}

/// A path without the parameter that would carry the token; a token in a segment leaves it empty.
fn without_token(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.replace(TOKEN, "");
    };
    let left: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.contains(TOKEN))
        .collect();
    let path = path.replace(TOKEN, "");
    if left.is_empty() {
        path
    } else {
        format!("{path}?{}", left.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Shown, basic, carry, offer, without_token};
    use crate::model::{Target, Url};

    #[test]
    fn a_path_loses_its_token_whole() {
        #[rustfmt::skip]
        let rows = [
            ("/ws",                       "/ws"),
            ("/ws?token={token}",         "/ws"),
            ("/ws?a=1&token={token}&b=2", "/ws?a=1&b=2"),
            ("/ws/{token}/x",             "/ws//x"),
        ];
        for (path, expected) in rows {
            assert_eq!(without_token(path), expected);
        }
    }

    #[test]
    fn a_token_in_the_path_is_encoded() {
        let target = Target::new("t", "https://api.example.com/".parse::<Url>().unwrap());
        let token = Shown {
            value: "a+b/c=".to_owned(),
            shown: "$T".to_owned(),
        };
        let carried = carry("/ws?token={token}", &target, Some(&token));
        assert_eq!(carried.target, "/ws?token=a%2Bb%2Fc%3D");
    }

    /// What is declared, the credential, and what is sent and shown.
    type Row<'a> = (&'a [&'a str], Option<&'a Shown>, &'a str, &'a str);

    #[test]
    fn a_token_goes_into_the_subprotocol_that_is_for_it() {
        let token = Shown {
            value: "abc".to_owned(),
            shown: "$T".to_owned(),
        };
        let empty = Shown {
            value: String::new(),
            shown: String::new(),
        };
        #[rustfmt::skip]
        let rows: [Row<'_>; 6] = [
            (&["chat"],              Some(&token), "chat",        "chat"),
            (&["bearer", "{token}"], Some(&token), "bearer, abc", "bearer, $T"),
            (&["bearer", "{token}"], None,         "bearer",      "bearer"),
            (&["bearer", "{token}"], Some(&empty), "bearer",      "bearer"),
            (&["token.{token}"],     Some(&token), "token.abc",   "token.$T"),
            (&["token.{token}"],     None,         "",            ""),
        ];
        for (declared, credential, sent, shown) in rows {
            let declared: Vec<String> = declared.iter().map(|name| (*name).to_owned()).collect();
            let (values, placeholders): (Vec<String>, Vec<String>) =
                offer(&declared, credential).into_iter().unzip();
            assert_eq!(
                (values.join(", ").as_str(), placeholders.join(", ").as_str()),
                (sent, shown)
            );
        }
    }

    #[test]
    fn basic_needs_a_colon() {
        assert_eq!(basic("Aladdin:open sesame"), "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); // RFC 7617 §2
        assert_eq!(basic(""), "");
    }
}
