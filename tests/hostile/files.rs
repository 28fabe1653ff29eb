//! Files and words that others wrote: a target file in a pull request of a fork, evidence from
//! elsewhere. What is wrong with them is said, and nothing in them speaks to a runner or a terminal.

use crate::program::Folder;

/// What a build's runner obeys, or a terminal.
#[rustfmt::skip]
const HOSTILE: &[&str] = &[
    "::error::owned",
    "\n::error file=a,line=1::owned",
    "\r\n::add-mask::a",
    "x\n  ::stop-commands::y",
    "x ::set-output name=a::b",
    "##[error]owned",
    "\n##[add-mask]a",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[buildProblem description='a']",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m",
    "\u{202e}desrever\u{2066}",
    "a\u{200b}\u{2028}::warning::b\u{2029}",
    "\u{8}\u{8}\u{8}\u{7f}",
    "\u{e0041}\u{3164}\u{fe0f}",
];

/// A target file with `{}` in a place of its own; in each, something is wrong.
#[rustfmt::skip]
const PLACES: &[(&str, &str)] = &[
    ("an unknown key",          "[[target]]\nurl = \"http://127.0.0.1:1/\"\n{} = 1\n"),
    ("an unknown table",        "[[target]]\nurl = \"http://127.0.0.1:1/\"\n[{}]\nx = 1\n"),
    ("a key in a table",        "[[target]]\nurl = \"http://127.0.0.1:1/\"\ncors = { {} = [] }\n"),
    ("no URL",                  "[[target]]\nurl = {}\n"),
    ("a name twice",            "[[target]]\nname = {}\nurl = \"http://127.0.0.1:1/\"\n[[target]]\nname = {}\nurl = \"http://127.0.0.1:2/\"\n"),
    ("no kind",                 "[[target]]\nkind = {}\nurl = \"http://127.0.0.1:1/\"\n"),
    ("no time",                 "[[target]]\ntimeout = {}\nurl = \"http://127.0.0.1:1/\"\n"),
    ("no origin",               "[[target]]\nurl = \"http://127.0.0.1:1/\"\ncors = { origins = [{}] }\n"),
    ("no endpoint",             "[[target]]\nurl = \"http://127.0.0.1:1/\"\nendpoint = [{}]\n"),
    ("no method",               "[[target]]\nurl = \"http://127.0.0.1:1/\"\nprotected = [{}]\n"),
    ("no scheme",               "[[target]]\nurl = \"http://127.0.0.1:1/\"\nauth = { scheme = {} }\n"),
    ("no secret",               "[[target]]\nurl = \"http://127.0.0.1:1/\"\nauth = { scheme = \"bearer\", token = { env = {} } }\n"),
    ("no rule to waive",        "[[target]]\nurl = \"http://127.0.0.1:1/\"\n[[waive]]\nrule = {}\nreason = \"x\"\nuntil = 2030-01-01\n"),
    ("no TOML behind it",       "[[target]]\nurl = {} {}\n"),
    ("no table at all",         "{}\n"),
];

/// What is shown of `said`, wrong in whatever way.
fn said_wrong(text: &str) -> Option<String> {
    let bad = |c: char| {
        (c.is_control() && c != '\n')
            || ('\u{80}'..='\u{9f}').contains(&c)
            || ('\u{200b}'..='\u{200f}').contains(&c)
            || ('\u{2028}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
            || c == '\u{3164}'
            || ('\u{fe00}'..='\u{fe0f}').contains(&c)
            || c >= '\u{e0000}'
    };
    if let Some(c) = text.chars().find(|c| bad(*c)) {
        return Some(format!("{c:?}"));
    }
    let markers = ["##[", "##vso[", "##teamcity["];
    let line = text.lines().find(|line| {
        line.trim_start().starts_with("::") || markers.iter().any(|marker| line.contains(marker))
    });
    line.map(str::to_owned)
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

#[test]
fn nothing_in_a_target_file_speaks_to_a_runner() {
    let folder = Folder::new();
    for hostile in HOSTILE {
        for (place, file) in PLACES {
            folder.write("targets.toml", &file.replace("{}", &quoted(hostile)));
            let output = folder.run(&["check", "targets.toml"]);
            let text =
                String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert_ne!(
                output.status.code(),
                Some(70),
                "{place}, {hostile:?}: {text}"
            );
            assert!(text.len() > 20, "{place}, {hostile:?}: {text}");
            let wrong = said_wrong(&text);
            assert_eq!(wrong, None, "{place}, {hostile:?}:\n{text}");
        }
    }
}

/// Arguments with `{}` in them, each wrong, and the code they end with.
#[rustfmt::skip]
const ARGUMENTS: &[(&[&str], i32)] = &[
    (&["check", "{}"],                                   2),
    (&["{}"],                                            2),
    (&["explain", "{}"],                                 2),
    (&["--only", "{}", "http://127.0.0.1:1/"],           2),
    (&["--format", "{}", "http://127.0.0.1:1/"],         2),
    (&["--timeout", "{}", "http://127.0.0.1:1/"],        2),
    (&["--{}"],                                          2),
    (&["replay", "{}"],                                  2),
    (&["replay", "evidence.jsonl", "--{}"],              2),
    (&["headers", "{}"],                                 2),
];

#[test]
fn nothing_on_the_command_line_speaks_to_a_runner() {
    let folder = Folder::new();
    for hostile in HOSTILE {
        for (arguments, code) in ARGUMENTS {
            let arguments: Vec<String> = arguments
                .iter()
                .map(|one| one.replace("{}", hostile))
                .collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let output = folder.run(&arguments);
            let text =
                String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {text}");
            assert_eq!(said_wrong(&text), None, "{arguments:?}:\n{text}");
        }
    }
}

#[test]
fn nothing_in_evidence_speaks_to_a_runner() {
    let folder = Folder::new();
    for hostile in HOSTILE {
        let text = serde_json::Value::from(*hostile);
        for line in [
            format!("{{\"schema\": {text}}}"),
            format!("{{\"schema\": 1, \"target\": {{\"name\": {text}, \"url\": {text}}}}}"),
            format!("{{{text}: 1}}"),
            format!("[{text}]"),
            text.to_string(),
            (*hostile).to_owned(),
        ] {
            folder.write("evidence.jsonl", &line);
            let output = folder.run(&["replay", "evidence.jsonl", "--no-report"]);
            let said =
                String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert_eq!(output.status.code(), Some(2), "{line:?}: {said}");
            assert_eq!(said_wrong(&said), None, "{line:?}:\n{said}");
        }
    }
}
