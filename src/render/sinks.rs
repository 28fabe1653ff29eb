//! What a peer or a user may say, through every format.

use quick_xml::Reader;
use quick_xml::events::Event;

use rcgen::DnType;

use super::terminal::{self, Style};
use super::{csv, github, gitlab, html, json, junit, markdown, sample, sarif};
use crate::evidence::sample::exchange;
use crate::evidence::{Evidence, Observation};
use crate::facts::tls::fixtures;
use crate::model::{Ask, Assertion, Endpoint, Method, WORKFLOW_COMMANDS, is_invisible};
use crate::report::Report;
use crate::report::transcript::transcripts;
use crate::wire::x509::fixtures::{Authority, valid};

/// Each tries to leave its cell, its line or its format.
const HOSTILE: &[&str] = &[
    "plain",
    "",
    " ",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://x\x07link\x1b]8;;\x07",
    "\u{0}",
    "a\u{1}\u{8}\u{b}\u{c}\u{e}\u{1f}\u{7f}b",
    "\u{9b}2J",
    "\u{85}next",
    "\u{202e}desrever",
    "\u{2066}isolated\u{2069}",
    "\u{200b}\u{200d}\u{feff}",
    "\u{2028}\u{2029}",
    "\u{fffe}\u{ffff}",
    "\u{1fffe}\u{10ffff}",
    "\u{e0041}\u{e007f}",
    "::error::owned",
    " \t::add-mask::a",
    "\n::stop-commands::x",
    "\r::set-output name=a::b",
    "%0A::error::owned",
    "a%0Ab%250A",
    "x::error file=a,line=1::b",
    "##[add-mask]secret",
    "text ##[error]text",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[buildProblem description='a']",
    "###[x ##[[x",
    "]]>",
    "<![CDATA[x]]>",
    "</failure></testcase><testcase name=\"owned\"/>",
    "<!ENTITY a \"b\">&a;&#0;&#x1b;",
    "\" onload=\"x",
    "'\"`<>&",
    "\",\"level\":\"none",
    "\\u0000\\",
    "{\"a\": [1, 2]}",
    "{0} {{1}}",
    "[text](1) [text](http://x)",
    "![image](http://x)",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "a,b;c\"d\"\r\n\"e\"",
    "| a | b |",
    "</details><script>x</script>",
    "@everyone #1 owner/repo#2",
    "```\n# heading",
    "e\u{301} 漢字 🙂 \u{1f468}\u{200d}\u{1f469}",
    "../../etc/passwd",
    "C:\\x\\y",
    "a/./b//c?d#e%zz",
];

/// Each format's text of a report in which this is said everywhere.
fn formats(said: &str) -> [(&'static str, String); 7] {
    let report = sample::saying(said);
    [
        ("csv", csv::render(&report).unwrap()),
        ("annotations", github::annotations(&report)),
        ("summary", github::summary(&report, github::SUMMARY_LIMIT)),
        ("gitlab", gitlab::render(&report).unwrap()),
        ("html", html::render(&report, &[])),
        ("junit", junit::render(&report).unwrap()),
        ("sarif", sarif::render(&report).unwrap()),
    ]
}

#[test]
fn nothing_steers_a_terminal_or_a_build_log() {
    for said in HOSTILE {
        for (format, text) in formats(said) {
            let meant = if format == "annotations" { 3 } else { 0 };
            assert_harmless(&text, meant, &format!("{format} of {said:?}"));
        }
    }
}

/// No control and no invisible character, and as many workflow commands as are ours.
fn assert_harmless(text: &str, commands: usize, what: &str) {
    let bad = text.replace("\r\n", "\n");
    let bad = bad
        .chars()
        .find(|c| (c.is_control() && *c != '\n') || is_invisible(*c));
    assert_eq!(bad, None, "{what}");
    for marker in WORKFLOW_COMMANDS {
        assert!(!text.contains(marker), "{what} has {marker}");
    }
    let lines = text.lines();
    let found = lines.filter(|line| line.trim_start().starts_with("::"));
    assert_eq!(found.count(), commands, "{what}:\n{text}");
}

/// What each hostile text is said with: alone, twice, and around and inside other words.
const SAID: [fn(&str) -> String; 4] = [
    str::to_owned,
    |said| format!("{said}{said}"),
    |said| format!("{said} end"),
    |said| format!("start {said}\n{said}"),
];

/// What was seen of a peer that says this wherever it has a say: field values, a reason phrase, the
/// place that it redirects to, JSON, the subject of its certificate.
fn seen(said: &str, authority: &Authority) -> Evidence {
    let leaf = authority.server_with(fixtures::HOST, |params| {
        valid(params, -1, 90);
        params.distinguished_name.push(DnType::CommonName, said);
        params
            .distinguished_name
            .push(DnType::OrganizationName, said);
    });
    let mut evidence = fixtures::evidence(&[&leaf], Vec::new(), &[&authority.der]);
    let mut status = Endpoint::new(Method::get(), "/status");
    let is_ok = Assertion {
        equals: Some("ok".into()),
        ..Assertion::default()
    };
    status.json.insert("/status".to_owned(), is_ok);
    evidence.target.endpoints.push(status);
    let json = serde_json::json!({ "status": said }).to_string();
    let fields = [
        ("Content-Type", "text/html"),
        ("Server", said),
        ("X-Powered-By", said),
        ("Strict-Transport-Security", said),
        ("Content-Security-Policy", said),
        ("Set-Cookie", said),
        ("Location", said),
    ];
    let page = format!("<title>{said}</title><script src=\"{said}\"></script>");
    let of_json = [("Content-Type", "application/json")];
    evidence.exchanges = vec![
        exchange(Ask::Page.of_target(), "GET /", 200, &fields, &page),
        exchange(Ask::NotFound.of_target(), "GET /none", 302, &fields, &page),
        exchange(
            Ask::Declared.of_endpoint(0),
            "GET /status",
            200,
            &of_json,
            &json,
        ),
    ];
    for one in &mut evidence.exchanges {
        let url = one.request.url.to_string();
        one.request.url = url
            .replace("api.example.com", fixtures::HOST)
            .parse()
            .unwrap();
        if let Observation::Seen(response) = &mut one.response {
            said.clone_into(&mut response.reason);
        }
    }
    evidence
}

#[test]
fn no_peer_is_read_raw_in_any_format() {
    let authority = Authority::root("Root");
    let style = Style {
        width: 80,
        color: false,
        verbose: true,
        unicode: true,
    };
    let mut texts = 0;
    let mut told = 0;
    for said in HOSTILE.iter().flat_map(|one| SAID.map(|with| with(one))) {
        texts += 1;
        let evidence = [seen(&said, &authority)];
        let report = Report::new(&evidence);
        let page = html::render(&report, &transcripts(&report, &evidence));
        told += usize::from(page.contains("Server: "));
        let whole = json::render(&report).unwrap();
        let mut pieces = Vec::new();
        json::write(&report, &mut pieces).unwrap();
        assert_eq!(pieces, whole.as_bytes(), "{said:?}");
        let formats = [
            ("terminal", terminal::render(&report, &[], style)),
            ("markdown", markdown::render(&report)),
            ("html", page),
            ("json", whole),
            ("csv", csv::render(&report).unwrap()),
            ("summary", github::summary(&report, github::SUMMARY_LIMIT)),
            ("gitlab", gitlab::render(&report).unwrap()),
            ("junit", junit::render(&report).unwrap()),
            ("sarif", sarif::render(&report).unwrap()),
        ];
        for (format, text) in formats {
            assert_harmless(&text, 0, &format!("{format} of {said:?}"));
        }
    }
    assert!(texts >= 200 && told == texts, "{told} of {texts} are told");
}

#[test]
fn nothing_leaves_its_cell_or_its_element() {
    let shapes = |said: &str| formats(said).map(|(format, text)| (format, shape(format, &text)));
    let plain = shapes("plain");
    for said in HOSTILE {
        assert_eq!(shapes(said), plain, "{said:?}");
    }
}

/// What a consumer's parser makes of a text, without the texts in it.
fn shape(format: &str, text: &str) -> Vec<String> {
    match format {
        "csv" => {
            let mut reader = ::csv::Reader::from_reader(text.as_bytes());
            let rows = reader.records().map(|row| row.unwrap().len().to_string());
            rows.collect()
        }
        "gitlab" | "sarif" => {
            let mut keys = Vec::new();
            outline(&serde_json::from_str(text).unwrap(), &mut keys);
            keys
        }
        "html" => vec![text.matches('<').count().to_string()],
        "junit" => elements(text),
        _ => vec![text.lines().count().to_string()],
    }
}

fn outline(value: &serde_json::Value, keys: &mut Vec<String>) {
    for item in value.as_array().into_iter().flatten() {
        outline(item, keys);
    }
    for (key, member) in value.as_object().into_iter().flatten() {
        keys.push(key.clone());
        outline(member, keys);
    }
}

fn elements(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut found = Vec::new();
    for _ in 0..10_000 {
        let event = reader.read_event().unwrap();
        if let Event::Start(tag) | Event::Empty(tag) = &event {
            let attributes = tag.attributes().map(|attribute| attribute.unwrap());
            let keys = attributes.map(|attribute| format!(" {:?}", attribute.key));
            found.push(format!("{:?}{}", tag.name(), keys.collect::<String>()));
        }
        if event == Event::Eof {
            return found;
        }
    }
    panic!("no end of {xml}");
}
