//! The client's opening handshake: the request, and the rules the answer is held to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tungstenite::handshake::derive_accept_key;

use super::Violation;
use crate::model::Untrusted;

/// `Sec-WebSocket-Key`: sixteen bytes that let the client see it is answered by a WebSocket server
/// and not by a cache. They are a nonce, not a secret (RFC 6455 §10.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// From sixteen random bytes (§4.1, item 7).
    #[must_use]
    pub fn from_bytes(nonce: [u8; 16]) -> Self {
        Self(STANDARD.encode(nonce))
    }

    /// From the text of a request that was sent.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As it stands in the request.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the server has to answer: base64 of SHA-1 of the key and the RFC's fixed GUID (§4.2.2).
    #[must_use]
    pub fn accept(&self) -> String {
        derive_accept_key(self.0.as_bytes())
    }
}

/// What the client put on the table, which bounds what the server may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The nonce of this handshake.
    pub key: Key,
    /// Subprotocols, most wanted first.
    pub protocols: Vec<String>,
    /// Extensions; only their names matter here.
    pub extensions: Vec<String>,
}

impl Offer {
    /// No subprotocol, no extension.
    #[must_use]
    pub const fn plain(key: Key) -> Self {
        Self {
            key,
            protocols: Vec::new(),
            extensions: Vec::new(),
        }
    }
}

/// The fields §4.1 requires of a client, `Host` left to [`request`].
#[must_use]
pub fn fields(offer: &Offer) -> Vec<(&'static str, String)> {
    let fields = [
        ("Upgrade", "websocket".to_owned()),
        ("Connection", "Upgrade".to_owned()),
        ("Sec-WebSocket-Key", offer.key.as_str().to_owned()),
        ("Sec-WebSocket-Version", "13".to_owned()),
        ("Sec-WebSocket-Protocol", offer.protocols.join(", ")),
        ("Sec-WebSocket-Extensions", offer.extensions.join(", ")),
    ];
    let sent = fields.into_iter().filter(|(_, value)| !value.is_empty());
    sent.collect()
}

/// The request's bytes: a `GET` of `target` (path and query) at `host`, then `fields` as given.
///
/// A field whose name or value would end the line early is left out: nothing given here can add a
/// second field or a second request.
#[must_use]
pub fn request(target: &str, host: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut out = format!("GET {target} HTTP/1.1\r\n").into_bytes();
    for (name, value) in [("Host", host)].iter().chain(fields) {
        if is_one_line(name) && is_one_line(value) {
            out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }
    out.extend_from_slice(b"\r\n");
    out
}

fn is_one_line(text: &str) -> bool {
    !text.contains(['\r', '\n', '\0'])
}

/// Every rule a `101` breaks, in the order of RFC 6455 §4.1. An empty list is an open socket, also
/// to a page.
///
/// `version` is the answer's, such as `1.1`; `fields` are its names and values in order,
/// duplicates kept. Any other status is not a broken handshake but an answer of HTTP's, which the
/// caller judges.
#[must_use]
pub fn violations(offer: &Offer, version: &str, fields: &[(&str, &str)]) -> Vec<Violation> {
    let answer = Answer(fields);
    let mut found = Vec::new();
    found.extend(not_http_11(version));
    found.extend(upgrade(&answer));
    found.extend(connection(&answer));
    found.extend(accept(&answer, &offer.key));
    found.extend(extensions(&answer, &offer.extensions));
    found.extend(protocol(&answer, &offer.protocols));
    found.extend(content(&answer));
    found
}

/// The fields of an answer, looked up by name.
struct Answer<'a>(&'a [(&'a str, &'a str)]);

impl<'a> Answer<'a> {
    /// The values of every field of this name, trimmed (RFC 9110 §5.5).
    fn all(&self, name: &'static str) -> impl Iterator<Item = &'a str> {
        let of_name = move |(field, _): &&(&str, &str)| field.eq_ignore_ascii_case(name);
        let values = self.0.iter().filter(of_name);
        values.map(|(_, value)| value.trim_matches([' ', '\t']))
    }

    /// The members of the list that all fields of this name make together (RFC 9110 §5.6.1).
    fn list(&self, name: &'static str) -> impl Iterator<Item = &'a str> {
        let members = self.all(name).flat_map(|value| value.split(','));
        let trimmed = members.map(|member| member.trim_matches([' ', '\t']));
        trimmed.filter(|member| !member.is_empty())
    }
}

/// RFC 9110 §7.8 and §15.2: HTTP/1.0 knows neither `Upgrade` nor 1xx.
fn not_http_11(version: &str) -> Option<Violation> {
    (version != "1.1").then(|| Violation::Version(Untrusted::from(version)))
}

/// Item 2: the value is `websocket`, in any case. A list with another protocol in it is not.
fn upgrade(answer: &Answer<'_>) -> Option<Violation> {
    let values: Vec<&str> = answer.all("upgrade").collect();
    match values.as_slice() {
        [] => Some(Violation::UpgradeMissing),
        [value] if value.eq_ignore_ascii_case("websocket") => None,
        other => Some(Violation::UpgradeOther(Untrusted::from(other.join(", ")))),
    }
}

/// Item 3: a token of the list is `Upgrade`; `keep-alive, Upgrade` has it.
fn connection(answer: &Answer<'_>) -> Option<Violation> {
    let values: Vec<&str> = answer.all("connection").collect();
    if values.is_empty() {
        return Some(Violation::ConnectionMissing);
    }
    let has = answer
        .list("connection")
        .any(|token| token.eq_ignore_ascii_case("upgrade"));
    (!has).then(|| Violation::ConnectionOther(Untrusted::from(values.join(", "))))
}

/// Item 4, and §11.3.3: exactly one field, and it answers this key.
fn accept(answer: &Answer<'_>, key: &Key) -> Option<Violation> {
    let values: Vec<&str> = answer.all("sec-websocket-accept").collect();
    match values.as_slice() {
        [] => Some(Violation::AcceptMissing),
        [value] if *value == key.accept() => None,
        [value] => Some(Violation::AcceptWrong(Untrusted::from(*value))),
        many => Some(Violation::AcceptTwice(Untrusted::from(many.join(", ")))),
    }
}

/// Item 5: only extensions that were offered; one violation for each that was not.
fn extensions(answer: &Answer<'_>, offered: &[String]) -> Vec<Violation> {
    let names = answer
        .list("sec-websocket-extensions")
        .map(|member| member.split(';').next().unwrap_or(member).trim());
    let unknown =
        names.filter(|name| !offered.iter().any(|offer| offer.eq_ignore_ascii_case(name)));
    unknown
        .map(|name| Violation::ExtensionNotOffered(Untrusted::from(name)))
        .collect()
}

/// Item 6, and §11.3.4: at most one, and one that was offered. Choosing none is legal there, and a
/// browser fails the connection (WHATWG WebSockets, "establish a WebSocket connection"). Names are
/// compared as they are (§1.9 registers them, nothing folds their case).
fn protocol(answer: &Answer<'_>, offered: &[String]) -> Option<Violation> {
    let values: Vec<&str> = answer.all("sec-websocket-protocol").collect();
    match values.as_slice() {
        [] => (!offered.is_empty()).then_some(Violation::ProtocolNotChosen),
        [value] if offered.iter().any(|offer| offer == value) => None,
        [value] => Some(Violation::ProtocolNotOffered(Untrusted::from(*value))),
        many => Some(Violation::ProtocolTwice(Untrusted::from(many.join(", ")))),
    }
}

/// RFC 9110 §8.6 and RFC 9112 §6.1: a 1xx has no content, so nothing may announce any.
fn content(answer: &Answer<'_>) -> Vec<Violation> {
    let announced = ["content-length", "transfer-encoding"];
    let sent = announced
        .into_iter()
        .filter(|name| answer.all(name).next().is_some());
    sent.map(Violation::ContentAnnounced).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Key, Offer, fields, request, violations};

    /// The RFC's own example (§1.3).
    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
    const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    fn offer() -> Offer {
        Offer {
            protocols: vec!["chat".to_owned(), "superchat".to_owned()],
            ..Offer::plain(Key::from_text(KEY))
        }
    }

    #[test]
    fn the_key_of_the_rfc_is_answered_as_in_the_rfc() {
        assert_eq!(Key::from_bytes(*b"the sample nonce").as_str(), KEY);
        assert_eq!(Key::from_text(KEY).accept(), ACCEPT);
    }

    #[test]
    fn a_request_has_the_fields_of_the_rfc_and_no_smuggled_ones() {
        let required = fields(&offer());
        let mut sent: Vec<(&str, &str)> = required
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        sent.extend([("Origin", "https://a.example"), ("X", "1\r\nCookie: 2")]);
        let sent = request("/chat?x=1", "a.example", &sent);
        let expected = "GET /chat?x=1 HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n\
                        Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, superchat\r\n\
                        Origin: https://a.example\r\n\r\n";
        assert_eq!(String::from_utf8(sent).unwrap(), expected);
    }

    type Change = (&'static str, Option<&'static str>);

    /// A good answer with some fields replaced (`None`: removed), and what it then violates.
    #[rustfmt::skip]
    const CASES: &[(&[Change], &[&str])] = &[
        (&[],                                                     &[]),
        (&[("Connection", Some("keep-alive, Upgrade"))],          &[]), // a list (§4.1, item 3)
        (&[("Connection", Some("upgrade"))],                      &[]),
        (&[("Upgrade", Some("WebSocket"))],                       &[]),
        (&[("Sec-WebSocket-Protocol", Some("superchat"))],        &[]),
        (&[("Server", Some("x"))],                                &[]),
        (&[("Sec-WebSocket-Extensions", Some(""))],               &[]),
        (&[("Upgrade", None)],                                    &["no Upgrade field"]),
        (&[("Upgrade", Some("h2c"))],                             &["Upgrade is `h2c`"]),
        (&[("Upgrade", Some("websocket, h2c"))],                  &["Upgrade is `websocket, h2c`"]),
        (&[("Connection", None)],                                 &["no Connection field"]),
        (&[("Connection", Some("keep-alive"))],                   &["Connection is `keep-alive`"]),
        (&[("Connection", Some("Upgraded"))],                     &["Connection is `Upgraded`"]),
        (&[("Sec-WebSocket-Accept", None)],                       &["no Sec-WebSocket-Accept field"]),
        (&[("Sec-WebSocket-Accept", Some("AAAA"))],               &["Sec-WebSocket-Accept is `AAAA`, which answers another key"]),
        (&[("sec-websocket-accept", Some("s3pplmbitxaq9kygzzhzrbk+xoo="))], &["Sec-WebSocket-Accept is `s3pplmbitxaq9kygzzhzrbk+xoo=`, which answers another key"]),
        (&[("Sec-WebSocket-Extensions", Some("permessage-deflate; client_max_window_bits=15, x"))],
                                                                  &["extension `permessage-deflate` was not offered", "extension `x` was not offered"]),
        (&[("Sec-WebSocket-Protocol", None)],                     &["no Sec-WebSocket-Protocol field, although subprotocols were offered"]),
        (&[("Sec-WebSocket-Protocol", Some(""))],                 &["subprotocol `` was not offered"]),
        (&[("Sec-WebSocket-Protocol", Some("Chat"))],             &["subprotocol `Chat` was not offered"]),
        (&[("Sec-WebSocket-Protocol", Some("chat, superchat"))],  &["subprotocol `chat, superchat` was not offered"]),
        (&[("Content-Length", Some("0"))],                        &["content-length on a 101"]),
        (&[("Upgrade", None), ("Connection", None), ("Sec-WebSocket-Accept", None)],
                                                                  &["no Upgrade field", "no Connection field", "no Sec-WebSocket-Accept field"]),
    ];

    #[test]
    fn every_violation_is_listed() {
        for (changes, expected) in CASES {
            let mut fields = vec![
                ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", ACCEPT),
                ("Sec-WebSocket-Protocol", "chat"),
            ];
            for (name, value) in *changes {
                fields.retain(|(field, _)| !field.eq_ignore_ascii_case(name));
                fields.extend(value.map(|value| (*name, value)));
            }
            let found = violations(&offer(), "1.1", &fields);
            let said: Vec<String> = found
                .iter()
                .map(|one| one.said().raw().to_owned())
                .collect();
            assert_eq!(&said, expected, "{changes:?}");
        }
    }

    #[test]
    fn repeated_fields_and_old_versions_are_violations() {
        let fields = [
            ("Upgrade", "websocket"),
            ("Connection", "keep-alive"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", ACCEPT),
            ("Sec-WebSocket-Accept", ACCEPT),
            ("Sec-WebSocket-Protocol", "chat"),
            ("Sec-WebSocket-Protocol", "chat"),
        ];
        let found = violations(&offer(), "1.0", &fields);
        let said: Vec<String> = found
            .iter()
            .map(|one| one.said().raw().to_owned())
            .collect();
        assert_eq!(
            said,
            [
                "the answer is HTTP/1.0".to_owned(),
                format!("two Sec-WebSocket-Accept fields: `{ACCEPT}, {ACCEPT}`"),
                "two Sec-WebSocket-Protocol fields: `chat, chat`".to_owned(),
            ]
        );
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(version in ".{0,10}", fields in prop::collection::vec(("[A-Za-z-]{0,24}", ".{0,30}"), 0..8)) {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let accepted = fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-accept"));
            prop_assert!(accepted || !violations(&offer(), &version, &fields).is_empty());
        }

        #[test]
        fn no_input_adds_a_line(target in "/[a-z?=]{0,9}", name in "[A-Za-z]{1,9}", value in "(?s).{0,40}") {
            let sent = request(&target, "h", &[(&name, &value)]);
            let lines = sent.windows(2).filter(|two| two == b"\r\n").count();
            prop_assert!(lines == 3 || lines == 4);
        }
    }
}
