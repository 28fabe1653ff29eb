//! Two runs against one service: what changed, and what fails a run that knows the earlier one.

mod program;

use std::net::TcpStream;
use std::process::Output;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use program::{Folder, answer_once, peer};
use serde_json::{Value, json};

/// What the peer is now: it starts good, with one thing missing.
static STATE: AtomicU8 = AtomicU8::new(0);

/// A page with a nonce of its own in each answer.
fn page(stream: TcpStream) {
    static NEXT: AtomicU32 = AtomicU32::new(1_000_000);
    let nonce = NEXT.fetch_add(1, Ordering::SeqCst);
    let extra = match STATE.load(Ordering::SeqCst) {
        0 => "X-Content-Type-Options: nosniff\r\n",
        1 => "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n",
        _ => "",
    };
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Security-Policy: script-src 'nonce-{nonce}'\r\n{extra}Connection: close\r\n\
         Content-Length: 2\r\n\r\nhi"
    );
    answer_once(stream, answer.as_bytes());
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn an_unchanged_service_has_no_drift_and_a_changed_one_says_what() {
    let folder = Folder::new();
    let url = format!("http://127.0.0.1:{}/", peer(page));
    let run = |state: u8, evidence: &str, more: &[&str]| {
        STATE.store(state, Ordering::SeqCst);
        let file = format!("--evidence={evidence}");
        let fixed = [url.as_str(), "--samples=6,2", "--no-report", &file];
        folder.run(&[&fixed, more].concat())
    };
    run(0, "first.jsonl", &[]);
    run(0, "second.jsonl", &[]);
    let same = folder.run(&["diff", "first.jsonl", "second.jsonl"]);
    let said = text(&same);
    assert!(said.starts_with("Nothing changed since 20"), "{said}");
    assert_eq!(same.status.code(), Some(0));

    // One thing better, then two worse.
    run(1, "better.jsonl", &[]);
    run(2, "worse.jsonl", &[]);
    let diff = |old: &str, new: &str| {
        let output = folder.run(&["diff", old, new, "--format", "json", "--fail-on", "low"]);
        let drift: Value = serde_json::from_slice(&output.stdout).unwrap();
        let rules = drift.pointer("/targets/0/findings").unwrap().clone();
        let rules = rules.as_array().unwrap().iter();
        let rules: Vec<Value> = rules
            .map(|one| json!([one["change"], one["rule"]]))
            .collect();
        (rules, output.status.code().unwrap())
    };
    let referrer = "headers/referrer-policy-missing";
    let nosniff = "headers/nosniff-missing";
    assert_eq!(
        diff("first.jsonl", "better.jsonl"),
        (vec![json!(["fixed", referrer])], 0)
    );
    let worse = vec![json!(["new", nosniff]), json!(["new", referrer])];
    assert_eq!(diff("better.jsonl", "worse.jsonl"), (worse, 1));

    // The run itself, held against an earlier one: what was there before fails nothing.
    let gate = |least: &'static str, earlier: &str, state: u8| {
        let earlier = format!("--baseline={earlier}");
        run(state, "gate.jsonl", &[&earlier, "--fail-on", least])
    };
    let before = gate("low", "worse.jsonl", 2);
    assert_eq!(before.status.code(), Some(1), "{}", text(&before));
    let known = gate("new:low", "worse.jsonl", 2);
    assert_eq!(known.status.code(), Some(0), "{}", text(&known));
    let new = gate("new:low", "better.jsonl", 2);
    assert_eq!(new.status.code(), Some(1), "{}", text(&new));
    assert!(
        text(&new).contains("1 new finding at or above low"),
        "{}",
        text(&new)
    );
    let replay = ["replay", "gate.jsonl", "--no-report", "--fail-on"];
    let replayed = folder.run(&[&replay[..], &["new:low", "--baseline=worse.jsonl"]].concat());
    assert_eq!(replayed.status.code(), Some(0), "{}", text(&replayed));
}

#[test]
fn a_replay_judges_less_and_never_more() {
    let folder = Folder::new();
    let url = format!("http://127.0.0.1:{}/", peer(page));
    folder.run(&[&url, "--only=headers", "--no-report", "--evidence=e.jsonl"]);
    let run = |arguments: &[&str]| {
        let output = folder.run(&[&["replay", "e.jsonl", "--no-report"], arguments].concat());
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, _) = run(&["--fail-on=info"]);
    assert_eq!(code, 1);
    let (code, _) = run(&["--fail-on=info", "--only=headers/hsts-short"]);
    assert_eq!(code, 0, "it does not apply to plain http");
    let (code, said) = run(&["--only=tls"]);
    assert_eq!(code, 2);
    assert!(said.contains("the run left tls out"), "{said}");
    let (code, said) = run(&["--fail-on=new"]);
    assert_eq!(code, 2);
    assert!(said.contains("--baseline"), "{said}");
    let (code, said) = run(&["--fail-on=newish"]);
    assert_eq!(code, 2);
    assert!(said.contains("new:SEVERITY"), "{said}");
}
