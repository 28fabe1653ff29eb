//! A machine that is out of file descriptors: what could not be tried is unknown, for that reason, and
//! no target is to blame.

use std::process::{Command, Output};

use serde_json::Value;

use crate::program::Folder;
use crate::server::{answer, answer_each, listen};

const TARGETS: usize = 12;

/// How many descriptors there are, and whether everything can be tried with them.
#[rustfmt::skip]
const LIMITS: &[(u32, bool)] = &[
    (16, false),
    (20, false),
    (24, false),
    (28, false),
    (64, true),
    (256, true),
];

/// The program, with no more descriptors than that.
fn limited(folder: &Folder, limit: u32, arguments: &[&str]) -> Output {
    let program = folder.command(arguments);
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit -n {limit}; exec \"$0\" \"$@\"")])
        .arg(program.get_program())
        .args(program.get_args());
    if let Some(place) = program.get_current_dir() {
        command.current_dir(place);
    }
    command.output().unwrap()
}

fn grades(report: &Value) -> Vec<&Value> {
    let targets = report["targets"].as_array().unwrap().iter();
    targets.map(|target| &target["grade"]).collect()
}

#[test]
fn our_lack_of_descriptors_is_not_the_targets_fault() {
    let page = |_: &str| {
        answer(
            "200 OK",
            "Content-Type: text/html\r\n",
            "<title>Shop</title>Buy.",
        )
    };
    let urls: Vec<String> = (0..TARGETS)
        .map(|_| {
            format!(
                "http://127.0.0.1:{}/",
                listen(move |stream| answer_each(stream, page))
            )
        })
        .collect();
    let mut arguments: Vec<&str> = urls.iter().map(String::as_str).collect();
    arguments.extend([
        "--only",
        "headers,contract",
        "--format",
        "json",
        "--no-report",
    ]);
    let folder = Folder::new();
    let free = folder.run(&arguments);
    let free: Value = serde_json::from_slice(&free.stdout).unwrap();
    for (limit, is_enough) in LIMITS {
        let output = limited(&folder, *limit, &arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains("panicked"), "{limit}: {stderr}");
        let code = output.status.code();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        if *is_enough {
            assert_eq!(grades(&report), grades(&free), "{limit}: {stderr}");
            continue;
        }
        assert!(stderr.contains("ulimit -n"), "{limit}: {stderr}");
        assert!(
            matches!(code, Some(0 | 1 | 3)),
            "{limit}: {code:?} {stderr}"
        );
        for (target, whole) in report["targets"]
            .as_array()
            .unwrap()
            .iter()
            .zip(grades(&free))
        {
            let findings = target["findings"].as_array().unwrap();
            let unknown = findings
                .iter()
                .filter(|finding| finding["outcome"] == "unknown");
            let said: Vec<String> = unknown
                .map(|finding| finding["observed"].to_string())
                .collect();
            let ours = said
                .iter()
                .all(|said| said.contains("this machine ran out"));
            assert!(ours, "{limit}: {said:?}");
            assert!(
                !said.is_empty() || target["grade"] == *whole,
                "{limit}: {target:#}"
            );
        }
    }
}
