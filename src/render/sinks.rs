//! What a peer or a user may say, through every format that a build system reads.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{csv, github, gitlab, html, junit, sample, sarif};
use crate::model::{WORKFLOW_COMMANDS, is_invisible};

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
            let bad = text.replace("\r\n", "\n");
            let bad = bad
                .chars()
                .find(|c| (c.is_control() && *c != '\n') || is_invisible(*c));
            assert_eq!(bad, None, "{format} of {said:?}");
            for marker in WORKFLOW_COMMANDS {
                assert!(!text.contains(marker), "{format} of {said:?} has {marker}");
            }
            let commands = text
                .lines()
                .filter(|line| line.trim_start().starts_with("::"));
            let meant = if format == "annotations" { 3 } else { 0 };
            assert_eq!(commands.count(), meant, "{format} of {said:?}:\n{text}");
        }
    }
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
