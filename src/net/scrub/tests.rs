//! Secrets, what a server says, and what is left of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Scrub;
use crate::model::{
    Ask, Attempt, Body, Endpoint, Identity, Login, Method, Place, Scheme, SchemeKind, Secret,
    SecretRef, StatusSet, Target,
};

fn secret(name: &str, value: &str) -> (SecretRef, Secret) {
    (
        SecretRef::Env(name.to_owned()),
        Secret::new(value.to_owned()),
    )
}

fn identity(name: &str) -> Identity {
    Identity::new(SecretRef::Env(name.to_owned()))
}

/// A target with Basic credentials in `$BASIC`, and an account named in `$USER`.
fn target() -> Target {
    let mut target = Target::new("one", "http://one.example".parse().unwrap());
    target.auth = Some(Scheme {
        kind: SchemeKind::Basic,
        token: Some(identity("BASIC")),
        expired: None,
        other: None,
        reject: StatusSet::default(),
        challenge: true,
        error: None,
    });
    target.login = Some(Login {
        path: "/login".to_owned(),
        body: Body {
            media_type: "application/json".to_owned(),
            text: String::new(),
        },
        known_user: Some(identity("USER")),
        status: StatusSet::default(),
        uniform: true,
        json: std::collections::BTreeMap::new(),
        lines: std::collections::BTreeMap::new(),
        same_as: None,
    });
    target
}

fn scrub(secrets: &[(&str, &str)]) -> Scrub {
    let secrets: Vec<_> = secrets
        .iter()
        .map(|(name, value)| secret(name, value))
        .collect();
    Scrub::of(
        secrets.iter().map(|(from, value)| (from, value)),
        &[target()],
    )
}

#[test]
fn no_form_of_a_secret_survives() {
    let secret = "s3cr3t/tok+en=value!";
    let scrub = scrub(&[("TOKEN", secret)]);
    for prefix in ["", "u:", "x"] {
        let encoded = STANDARD.encode(format!("{prefix}{secret}"));
        let left = scrub.text(&encoded);
        assert!(left.ends_with("$TOKEN"), "{encoded} -> {left}");
    }
    let sent = format!("a {secret} b s3cr3t%2Ftok%2Ben%3Dvalue%21 c s3cr3t%2ftok%2ben%3dvalue%21");
    assert_eq!(scrub.text(&sent), "a $TOKEN b $TOKEN c $TOKEN");
}

#[test]
fn an_empty_secret_replaces_nothing() {
    assert_eq!(scrub(&[("EMPTY", "")]).text("abc"), "abc");
}

const JWT: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What a server says, and what is left of it.
#[rustfmt::skip]
const SAID: &[(&str, &str)] = &[
    ("svc-user:Hunter2-pass",            "$BASIC"),
    ("no such password: Hunter2-pass",   "no such password: ${BASIC#*:}"),
    ("Basic c3ZjLXVzZXI6SHVudGVyMi1wYXNz", "Basic $BASIC"),
    (JWT,                                "$TOKEN"),
    ("kid dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "kid ${TOKEN##*.}"),
    ("eyJzdWIiOiI0MiJ9",                 "$(echo $TOKEN | cut -d. -f2)"),
    ("Alice@one.example, alice@one.example", "$USER, $USER"),
];

/// Secrets by name, what a server says, and what is left of it.
type Row<'t> = (&'t [(&'t str, &'t str)], &'t str, &'t str);

#[rustfmt::skip]
const MIXED: &[Row<'_>] = &[
    (&[("A", "long-secret"), ("B", "A")],             "long-secret, A",     "$A, $B"),  // not $$B
    (&[("A", "abc"), ("B", "abcdef")],                "abcdef abc",         "$B $A"),
    (&[("A", "abcdef"), ("B", "cdefghi")],            "x abcdefghi x",      "x $B x"),  // no rest
    (&[("A", "abcdefghi"), ("B", "hijk")],            "abcdefghijk",        "$A"),
    (&[("A", "tok"), ("B", "ens")],                   "tokens",             "$A$B"),
    (&[("A", "same"), ("B", "same")],                 "same",               "$A"),
];

#[test]
fn secrets_inside_and_beside_one_another_leave_nothing() {
    for (secrets, said, left) in MIXED {
        assert_eq!(scrub(secrets).text(said), *left, "{said}");
    }
}

#[test]
fn what_a_secret_is_made_of_is_one_too() {
    let scrub = scrub(&[
        ("BASIC", "svc-user:Hunter2-pass"),
        ("TOKEN", JWT),
        ("USER", "Alice@one.example"),
    ]);
    for (said, left) in SAID {
        assert_eq!(scrub.text(said), *left);
    }
}

/// A secret's value, what an answer says, and whether it holds the secret.
#[test]
fn what_no_answer_may_hold() {
    const KEY: &str = "sk_live_0123456789";
    let encoded = STANDARD.encode(format!("key={KEY}"));
    #[rustfmt::skip]
    let rows = [
        ("TOKEN",  KEY,                     r#"{"key":"sk_live_0123456789"}"#, true),
        ("TOKEN",  KEY,                     encoded.as_str(),                  true),
        ("TOKEN",  KEY,                     "write $TOKEN here",               false), // somebody's own words
        ("TOKEN",  KEY,                     "sk_live_012345678",               false),
        ("TOKEN",  "elevenbytes",           "elevenbytes",                     false), // it may be a word
        ("BASIC",  "svc:Hunter2-password",  "Hunter2-password",                true),
        ("BASIC",  "svc-of-the-house:word", "svc-of-the-house",                false),
        ("USER",   "anna@one.example",      "anna@one.example",                false), // a user's name
        ("PUBLIC", "pk_live_0123456789",    "pk_live_0123456789",              false),
    ];
    let mut target = target();
    let endpoint = Endpoint::new(Method::get(), "/search");
    let public = Identity {
        public: true,
        ..identity("PUBLIC")
    };
    target.endpoints = vec![Endpoint {
        send_secrets: [("X-Key".to_owned(), public)].into(),
        ..endpoint
    }];
    for (name, value, said, expected) in rows {
        let (from, value) = secret(name, value);
        let scrub = Scrub::of([(&from, &value)], std::slice::from_ref(&target));
        let found = scrub.secrets_in(said.as_bytes()).contains(&from);
        assert_eq!(found, expected, "{name} {said}");
    }
}

#[test]
fn a_name_that_may_be_any_word_is_replaced_where_it_was_sent() {
    let scrub = scrub(&[("USER", "admin")]);
    let said = r#"https://admin.one.example, "role": "admin""#;
    assert_eq!(scrub.for_question(&Ask::Page.of_target()).text(said), said);
    let login = scrub.for_question(&Ask::Login(Attempt::WrongPassword).at(Place::Login));
    assert_eq!(login.text("no Admin, admin"), "no Admin, $USER");
}

#[test]
fn what_was_cut_keeps_no_beginning_of_a_secret() {
    let scrub = scrub(&[("TOKEN", "sk_live_abcdefgh")]);
    for (kept, left) in [
        ("echo sk_live_abcdefgh", "echo $TOKEN"),
        ("echo sk_live_abc", "echo "),
        ("echo sk_li", "echo sk_li"), // too short to be told from a word
        ("echo", "echo"),
        (r"echo sk\u005flive_abc", "echo "),
        ("echo sk%5Flive%5Fabcdefgh", "echo $TOKEN"),
        ("echo sk_live_abcdefghsk_live_a", "echo $TOKEN"),
    ] {
        assert_eq!(scrub.beginning(kept.as_bytes()), left.as_bytes());
    }
}

/// What a server makes of `s3cr3t/tok+en=v&l"e!`, and what is left of it.
#[rustfmt::skip]
const WRITTEN: &[(&str, &str)] = &[
    (r#"{"t":"s3cr3t\/tok+en=v&l\"e!"}"#,                    r#"{"t":"$TOKEN"}"#),  // PHP
    (r#""s3cr3t/tok\u002Ben=v\u0026l\u0022e!""#,            r#""$TOKEN""#),        // .NET
    (r#""s3cr3t/tok+en\u003dv\u0026l\"e!""#,                r#""$TOKEN""#),        // Gson
    (r"\u0073\u0033cr3t/tok+en=v&l\u0022e!",               "$TOKEN"),             // letters, too
    (r"s3cr3t\x2Ftok\x2ben=v\x26l\x22e!",                  "$TOKEN"),             // nginx's log, JavaScript
    ("?q=s3cr3t/tok%2Ben%3Dv%26l%22e%21.",                  "?q=$TOKEN."),         // Python's quote()
    ("?q=s3cr3t%2ftok%2ben%3dv%26l%22e!&a",                 "?q=$TOKEN&a"),
    ("%73%33%63%72%33%74%2F%74%6F%6B%2B%65%6E%3D%76%26%6C%22%65%21", "$TOKEN"),
    ("next=%2Fa%3Ft%3Ds3cr3t%252Ftok%252Ben%253Dv%2526l%2522e%2521", "next=%2Fa%3Ft%3D$TOKEN"), // twice
    ("<b>s3cr3t/tok+en=v&amp;l&quot;e!</b>",                "<b>$TOKEN</b>"),
    ("s3cr3t&#x2F;tok&#43;en&#x3D;v&#38;l&#34;e!",          "$TOKEN"),             // Mustache
    ("s3cr3t&#x2F;tok&plus;en&equals;v&AMP;l&quot;e!",      "$TOKEN"),
    (r#"<a href="?{&quot;t&quot;:&quot;s3cr3t\/tok+en=v&amp;l\&quot;e!&quot;}">"#,
     r#"<a href="?{&quot;t&quot;:&quot;$TOKEN&quot;}">"#),                            // JSON in an attribute
    ("s3cr3t/tok+en=v\r\n &l\"e!",                          "$TOKEN"),             // a folded field
    ("s3cr3t/tok+en%3\r\n Dv&l\"e!",                         "$TOKEN"),             // in an escape
    ("s3cr3t/tok+en=v%0D%0A&l\"e!",                         "$TOKEN"),             // by one
    ("s3cr3t/tok%20+en",                                    "s3cr3t/tok%20+en"),
];

#[test]
fn a_secret_is_known_in_every_escape() {
    let scrub = scrub(&[("TOKEN", "s3cr3t/tok+en=v&l\"e!")]);
    for (said, left) in WRITTEN {
        assert_eq!(scrub.text(said), *left, "{said}");
    }
}

/// A secret that has escapes in it itself, what is said, and what is left.
#[test]
fn escapes_in_a_secret_are_no_cover() {
    #[rustfmt::skip]
    let rows = [
        ("100%25+sure/", "100%25+sure/",           "$TOKEN"),
        ("100%25+sure/", r"100%25\u002bsure\/",    "$TOKEN"),
        ("100%25+sure/", "100%2525%2Bsure%2F",     "$TOKEN"),
        (r"a\nb&amp;c-d", r"a\\nb\u0026amp;c-d",   "$TOKEN"),
        ("pass word 12", "q=pass+word+12",         "q=$TOKEN"),
        ("pass word 12", "pass%20word%2012",       "$TOKEN"),
    ];
    for (secret, said, left) in rows {
        assert_eq!(
            scrub(&[("TOKEN", secret)]).text(said),
            left,
            "{secret}: {said}"
        );
    }
}

#[test]
fn what_was_replaced_is_not_replaced_again() {
    let scrub = scrub(&[("TOKEN", "long-secret"), ("B", "TOKEN"), ("C", "$")]);
    let once = scrub.text("long-secret TOKEN $");
    assert_eq!(once, "$TOKEN $B $C");
    assert_eq!(scrub.text(&once), once);
}

/// Frames one after another, and what is left of each.
#[test]
fn a_secret_is_known_over_several_pieces() {
    let scrub = scrub(&[("TOKEN", "s3cr3t/tok+en")]);
    #[rustfmt::skip]
    let rows: [(&[&str], &[&str]); 5] = [
        (&["a s3cr3t", "/tok+en b"],       &["a $TOKEN", " b"]),
        (&["s3", "cr3t/", "tok", "+en"],   &["$TOKEN", "", "", ""]),
        (&[r"s3cr3t\", "/tok+en", "x"],    &["$TOKEN", "", "x"]),
        (&["s3cr3t/tok+en", "s3cr3t"],     &["$TOKEN", "s3cr3t"]),
        (&["", "a"],                       &["", "a"]),
    ];
    for (said, left) in rows {
        let pieces: Vec<&[u8]> = said.iter().map(|text| text.as_bytes()).collect();
        let bytes: Vec<Vec<u8>> = left.iter().map(|text| text.as_bytes().to_vec()).collect();
        assert_eq!(scrub.pieces(&pieces), bytes, "{said:?}");
    }
}

/// What a certificate says, which is read by its lengths.
#[test]
fn a_secret_in_a_binary_format_is_blotted_out() {
    let scrub = scrub(&[("TOKEN", "sk_live_abcdefgh"), ("PIN", "1234")]);
    #[rustfmt::skip]
    let rows: [(&[u8], &[u8]); 4] = [
        (b"\x0c\x14sk_live_abcdefgh.one\0", b"\x0c\x14****************.one\0"),
        (b"\x0c\x16a=sk%5Flive_abcdefgh",    b"\x0c\x16a=******************"),
        (b"\x021234",                        b"\x021234"), // a number like any other
        (b"sk_live_abcdefg",                 b"sk_live_abcdefg"),
    ];
    for (said, left) in rows {
        assert_eq!(scrub.blotted(said), left);
    }
}

#[test]
fn a_secret_is_known_wherever_in_a_long_body() {
    let (from, value) = secret("TOKEN", "sk_live_0123456789");
    let scrub = Scrub::of([(&from, &value)], &[]);
    for before in [0, 100_000, 262_130, 262_144, 300_000, 524_280] {
        let body = format!(
            "{}sk%5Flive%5F0123456789{}",
            "a".repeat(before),
            "b".repeat(70_000)
        );
        let found = scrub.secrets_in(body.as_bytes());
        assert_eq!(found.len(), 1, "{before}");
    }
}
