//! A server that says again what credential it was given, in every escape that servers write, in
//! every place of an answer: no file and no stream that leaves the program has it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::program::Folder;
use crate::server::{answer, answer_each, listen};

const TOKEN: &str = "s3cr3t/tok+en~with=every.kind-of_42";

type Write = fn(&str) -> String;

/// Who writes a value like this, and how.
#[rustfmt::skip]
const ESCAPES: &[(&str, Write)] = &[
    ("as it is",               str::to_owned),
    ("PHP's json_encode",      |text| text.replace('/', r"\/")),
    ("System.Text.Json",       |text| text.replace('+', r"\u002B")),
    ("Gson",                   |text| text.replace('=', r"\u003d")),
    ("JSON in ASCII, all of it", |text| each(text, |byte| format!("\\u{byte:04X}"))),
    ("JavaScript",             |text| each(text, |byte| format!("\\x{byte:02x}"))),
    ("JavaScript's code points", |text| each(text, |byte| format!("\\u{{{byte:x}}}"))),
    ("Python's quote",         |text| odd(text, '/', |byte| format!("%{byte:02X}"))),
    ("encodeURIComponent",     |text| odd(text, '\0', |byte| format!("%{byte:02X}"))),
    ("the same in lower case", |text| odd(text, '\0', |byte| format!("%{byte:02x}"))),
    ("every byte encoded",     |text| each(text, |byte| format!("%{byte:02X}"))),
    ("encoded twice",          |text| odd(text, '\0', |byte| format!("%25{byte:02X}"))),
    ("encoded three times",    |text| odd(text, '\0', |byte| format!("%2525{byte:02X}"))),
    ("HTML, decimal",          |text| odd(text, '\0', |byte| format!("&#{byte};"))),
    ("HTML, hexadecimal",      |text| odd(text, '\0', |byte| format!("&#x{byte:X};"))),
    ("HTML, named",            |text| text.replace('/', "&sol;").replace('+', "&plus;").replace('=', "&equals;")),
    ("HTML in HTML",           |text| odd(text, '\0', |byte| format!("&amp;#{byte};"))),
    ("JSON in a URL",          |text| text.replace('/', "%5C%2F").replace('+', "%5Cu002b")),
    ("a URL in JSON",          |text| odd(text, '\0', |byte| format!("\\u0025{byte:02x}"))),
    ("base64",                 |text| STANDARD.encode(text)),
    ("base64 of a pair",       |text| STANDARD.encode(format!("api:{text}"))),
    ("base64url in a text",    |text| URL_SAFE_NO_PAD.encode(format!("{{\"t\":\"{text}\"}}"))),
    ("base64 in JSON",         |text| STANDARD.encode(text).replace('/', r"\/").replace('=', r"\u003d")),
];

type Place = fn(&str) -> Vec<u8>;

/// Where in an answer it stands.
#[rustfmt::skip]
const PLACES: &[(&str, Place)] = &[
    ("a text",             |said| answer("200 OK", "Content-Type: text/plain\r\n", &format!("hello {said}."))),
    ("a JSON value",       |said| answer("200 OK", "Content-Type: application/json\r\n", &format!("{{\"you\":\"{said}\"}}"))),
    ("an attribute",       |said| answer("200 OK", "Content-Type: text/html\r\n", &format!("<a href=\"/?t={said}\">x</a>"))),
    ("a field",            |said| answer("200 OK", &format!("X-Echo: {said}\r\n"), "")),
    ("a folded field",     |said| answer("200 OK", &format!("X-Echo: {}\r\n", broken(said, "\r\n ")), "")),
    ("wrapped lines",      |said| answer("200 OK", "Content-Type: text/plain\r\n", &broken(said, "\r\n"))),
    ("the reason phrase",  |said| answer(&format!("200 OK {said}"), "", "")),
    ("a Location",         |said| answer("302 Found", &format!("Location: /elsewhere?t={said}\r\n"), "")),
    ("a challenge",        |said| answer("401 Unauthorized", &format!("WWW-Authenticate: Bearer error=\"{said}\"\r\n"), "")),
    ("a policy",           |said| answer("200 OK", &format!("Content-Security-Policy: report-uri /r?t={said}\r\n"), "")),
    ("two chunks",         |said| {
        let (one, two) = said.split_at(said.len() / 2);
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n", one.len(), two.len()).into_bytes()
    }),
];

/// Every byte, written like this.
fn each(text: &str, write: impl Fn(u8) -> String) -> String {
    text.bytes().map(write).collect()
}

/// What is neither a letter, a digit, unreserved nor `safe`, written like this.
fn odd(text: &str, safe: char, write: impl Fn(u8) -> String) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let write = |byte| {
        if plain(byte) || char::from(byte) == safe {
            char::from(byte).to_string()
        } else {
            write(byte)
        }
    };
    text.bytes().map(write).collect()
}

/// With a line break in the middle.
fn broken(text: &str, by: &str) -> String {
    let (one, two) = text.split_at(text.len() / 2);
    format!("{one}{by}{two}")
}

/// `/escape/place` answers with the token that was sent, if it was.
fn echo(head: &str) -> Vec<u8> {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let mut numbers = path.split('/').skip(1).map(str::parse::<usize>);
    let row = (numbers.next(), numbers.next());
    let (Some(Ok(escape)), Some(Ok(place))) = row else {
        return match path {
            "/" => answer("200 OK", "Content-Type: text/plain\r\n", "hello"),
            _ => answer("404 Not Found", "", ""),
        };
    };
    if !head.contains(TOKEN) {
        return answer("401 Unauthorized", "WWW-Authenticate: Bearer\r\n", "");
    }
    let (said, place) = (ESCAPES[escape].1(TOKEN), PLACES[place].1);
    place(&said)
}

const OUTPUTS: [&str; 9] = [
    "evidence.jsonl",
    "report.md",
    "report.json",
    "report.txt",
    "junit.xml",
    "report.sarif",
    "gitlab.json",
    "github.txt",
    "report.csv",
];

#[test]
fn no_credential_leaves_in_any_escape() {
    let port = listen(|stream| answer_each(stream, echo));
    let mut paths = Vec::new();
    for escape in 0..ESCAPES.len() {
        paths.extend((0..PLACES.len()).map(|place| format!("/{escape}/{place}")));
    }
    let mut protected = String::new();
    for path in &paths {
        let _ = write!(protected, "\"GET {path}\", ");
    }
    let folder = Folder::new();
    folder.write(
        "targets.toml",
        &format!(
            "[[target]]\nname = \"echo\"\nurl = \"http://127.0.0.1:{port}/\"\n\
             auth = {{ scheme = \"bearer\", token = {{ env = \"TOKEN\" }} }}\n\
             protected = [{protected}]\n"
        ),
    );
    #[rustfmt::skip]
    let arguments = [
        "targets.toml", "--only", "auth,contract", "-v", "--color", "never", "-o", "report.md",
        "--evidence", "evidence.jsonl", "--format", "json=report.json", "--format", "table=report.txt",
        "--format", "junit=junit.xml", "--format", "sarif=report.sarif", "--format", "gitlab=gitlab.json",
        "--format", "github=github.txt", "--format", "csv=report.csv",
    ];
    let output = folder
        .command(&arguments)
        .env("TOKEN", TOKEN)
        .output()
        .unwrap();
    let (stdout, stderr) = (output.stdout, output.stderr);
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    // Two of the places refuse whom they know, which proves nothing.
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    // Escapes of the output's own may stand before an escape in it.
    let plain = |text: &str| text.replace('\\', "");
    let mut outputs: Vec<(&str, String)> = OUTPUTS
        .iter()
        .map(|name| (*name, plain(&folder.read(name))))
        .collect();
    outputs.push(("stdout", plain(&String::from_utf8_lossy(&stdout))));
    outputs.push(("stderr", plain(&stderr)));
    for (writer, write) in ESCAPES {
        let said = plain(&write(TOKEN));
        for half in [&said[..said.len() / 2], &said[said.len() / 2..]] {
            for (name, text) in &outputs {
                assert!(!text.contains(half), "{name} has {half}, by {writer}");
            }
        }
    }
    // The reference stands where the token stood: the server did say it.
    let evidence: Value = serde_json::from_str(&folder.read("evidence.jsonl")).unwrap();
    let exchanges = evidence["exchanges"].as_array().unwrap();
    for path in &paths {
        let url = format!("http://127.0.0.1:{port}{path}");
        let answers = exchanges
            .iter()
            .filter(|one| one["request"]["url"] == url.as_str());
        let told = answers.filter(|one| one["response"].to_string().contains("$TOKEN"));
        assert!(told.count() > 0, "{path} told nothing");
    }
}
