//! Every report format of one run, and a place in the target file in each.

mod program;

use program::{Folder, healthy, peer};

const FILES: [(&str, &str); 8] = [
    ("table", "TARGET"),
    ("markdown", "# "),
    ("html", "<!DOCTYPE html>"),
    ("json", "\"schema\": 1"),
    ("junit", "<testsuites name=\"seaworthy\""),
    ("sarif", "\"version\": \"2.1.0\""),
    ("gitlab", "\"check_name\""),
    ("csv", "target,url,grade"),
];

/// A target file for a healthy peer over plain http, which fails some rules.
fn declare(folder: &Folder) {
    let port = peer(healthy);
    let text = format!("# mine\n  [[target]]\n  url = \"http://127.0.0.1:{port}/\"\n");
    folder.write("targets.toml", &text);
}

#[test]
fn one_run_writes_every_format() {
    let folder = Folder::new();
    declare(&folder);
    let formats = FILES.map(|(kind, _)| format!("--format={kind}=out.{kind}"));
    let mut arguments = vec![
        "--samples=1,1",
        "--only=headers",
        "--evidence=e.jsonl",
        "-q",
    ];
    arguments.extend(formats.iter().map(String::as_str));
    let output = folder.run(&arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.stdout.is_empty(), "{stderr}");
    for (kind, words) in FILES {
        let text = folder.read(&format!("out.{kind}"));
        assert!(text.contains(words), "{kind}: {text}");
    }
    // The target's own line and column.
    let sarif = folder.read("out.sarif");
    let region = "\"startLine\": 2,\n                  \"startColumn\": 3\n";
    assert!(sarif.contains(region), "{sarif}");
    for (kind, _) in FILES {
        let replayed = folder.run(&["replay", "e.jsonl", "--no-report", "--format", kind]);
        assert_eq!(replayed.status.code(), output.status.code(), "{kind}");
    }
}

#[test]
fn evidence_from_before_columns_were_kept_is_read() {
    let folder = Folder::new();
    declare(&folder);
    let arguments = [
        "--samples=1,1",
        "--only=headers",
        "--evidence=e.jsonl",
        "--no-report",
    ];
    folder.run(&arguments);
    let evidence = folder.read("e.jsonl");
    let old = evidence.replace(",\"column\":3}", "}");
    assert_ne!(old, evidence);
    folder.write("old.jsonl", &old);
    let output = folder.run(&["replay", "old.jsonl", "--no-report", "--format", "sarif"]);
    let sarif = String::from_utf8(output.stdout).unwrap();
    assert!(sarif.contains("\"startLine\": 2"), "{sarif}");
    assert!(!sarif.contains("startColumn"), "{sarif}");
}

#[test]
fn a_ticket_is_as_large_as_its_place_takes() {
    let folder = Folder::new();
    let port = peer(healthy);
    let target =
        |name: &str| format!("[[target]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:{port}/\"\n");
    folder.write("targets.toml", &["a", "b", "c"].map(target).concat());
    folder.run(&["--samples=1,1", "--evidence=e.jsonl", "--no-report"]);
    let replay = |more: &[&str]| {
        let output = folder.run(&[&["replay", "e.jsonl"], more].concat());
        let stderr = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), output.stdout, stderr)
    };
    let (code, whole, _) = replay(&["--no-report", "--format=markdown"]);
    assert!(whole.len() > 4096, "{} bytes", whole.len());
    let small = ["--no-report", "--format=markdown", "--max-size=4096"];
    let (with_limit, text, _) = replay(&small);
    assert_eq!(with_limit, code);
    assert!(text.len() <= 4096, "{} bytes", text.len());
    assert!(
        String::from_utf8(text)
            .unwrap()
            .contains("Left out to fit 4096 bytes")
    );
    for (arguments, said) in [
        (["--max-size=100", "--format=markdown"], "4096 or more"),
        (
            ["--max-size=slack", "--format=markdown"],
            "github, jira, summary",
        ),
        (
            ["--max-size=jira", "--no-report"],
            "--max-size is about the Markdown report",
        ),
    ] {
        let (code, _, stderr) = replay(&arguments);
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    }
}
