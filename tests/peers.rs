//! Peers that misbehave: each yields a finding with its stage and cause, and the others' results
//! stand.

mod program;

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use program::{Folder, answer_with, closed_port, healthy, peer};
use serde_json::Value;

fn silent(stream: TcpStream) {
    std::thread::park();
    drop(stream);
}

fn dripping(mut stream: TcpStream) {
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        .iter()
        .cycle()
    {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(300));
    }
}

fn garbage(stream: TcpStream) {
    answer_with(stream, b"\x00\xff\x16\x03 this is no protocol\r\n\r\n\r\n");
}

fn closing(mut stream: TcpStream) {
    let _ = std::io::Read::read(&mut stream, &mut [0; 1024]);
}

fn endless_head(mut stream: TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
    while stream
        .write_all(b"X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")
        .is_ok()
    {}
}

/// A scheme, how the peer behaves (`None`: nobody listens), and words the finding must have.
type Case = (&'static str, Option<fn(TcpStream)>, &'static [&'static str]);

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("http",  None,                &["connect", "refused"]),
    ("http",  Some(silent),        &["response head", "timed out"]),
    ("http",  Some(dripping),      &["timed out"]),
    ("http",  Some(garbage),       &["not the protocol"]),
    ("http",  Some(closing),       &["closed early"]),
    ("http",  Some(endless_head),  &["too large"]),
    ("https", None,                &["connect", "refused"]),
    ("https", Some(silent),        &["TLS handshake", "timed out"]),
    ("https", Some(dripping),      &["TLS handshake"]),
    ("https", Some(garbage),       &["TLS handshake"]),
    ("https", Some(closing),       &["TLS handshake"]),
];

#[test]
fn each_is_named_and_the_others_are_unaffected() {
    let folder = Folder::new();
    let urls: Vec<String> = CASES
        .iter()
        .map(|(scheme, treat, _)| {
            let port = treat.map_or_else(closed_port, peer);
            format!("{scheme}://127.0.0.1:{port}/")
        })
        .chain([format!("http://127.0.0.1:{}/", peer(healthy))])
        .collect();
    let mut arguments: Vec<&str> = urls.iter().map(String::as_str).collect();
    arguments.extend(["--timeout", "1s", "--samples", "2,2"]);
    let (report, exit) = folder.json(&arguments);
    let targets = report["targets"].as_array().unwrap();
    assert_eq!(targets.len(), CASES.len() + 1);
    for ((scheme, _, words), target) in CASES.iter().zip(targets) {
        let unknown = unknowns(target);
        let fits = |said: &&String| words.iter().all(|word| said.contains(word));
        assert!(
            unknown.iter().any(|said| fits(&said)),
            "{scheme} {words:?}: {unknown:#?}"
        );
        assert_ne!(target["grade"], "A", "{words:?}");
        assert_ne!(target["grade"], "A+", "{words:?}");
    }
    let good = targets.last().unwrap();
    assert_eq!(
        good["families"]["latency"]["grade"], "A+",
        "{:#}",
        good["families"]
    );
    assert_eq!(exit, 3, "{}", report["summary"]["reason"]);
}

/// One odd thing in the head, and what is said of it. Browsers and curl read each of these answers
/// to its end.
#[rustfmt::skip]
const ODD_HEADS: &[(&[u8], &str)] = &[
    (b"HTTP/1.1 200 OK\r\nX-Fold: a\r\n b\r\n\tc\r\nContent-Length: 35\r\n\r\n",       "X-Fold: folded"),
    (b"HTTP/1.1 200 OK\r\nX-Blank : a\r\nContent-Length : 35\r\n\r\n",               "X-Blank: white space before the colon"),
    (b"HTTP/1.1 200 OK\r\nX-Bell: a\x07b\r\nContent-Length: 35\r\n\r\n",             "a control character in its value"),
    (b"HTTP/1.1 200 OK\r\nX-Delete: a\x7fb\r\nConnection: close\r\n\r\n",            "a control character in its value"),
    (b"HTTP/1.1 200 OK\r\nno colon here\r\nTransfer-Encoding: chunked\r\n\r\n23\r\n", "line 2 of the head has no colon"),
    (b"HTTP/1.1 200 OK\r\n: nameless\r\nContent-Length: 35\r\n\r\n",                 "bytes no field name may have"),
    (b"HTTP/1.1 200 OK\nX-Plain: a\nContent-Length: 35\n\n",                         "bare LF"),
    (b"\r\nHTTP/1.1 200\r\nX-Empty:\r\nContent-Length: 35\r\n\r\n",                  ""),
    (b"HTTP/1.1 200 OK\r\nLink: a\r\nContent-Length: 35, 35\r\n\r\n",                ""),
    (b"HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n", ""),
    (MANY,                                                                       ""),
];

/// 300 field lines: HTTP sets no limit to their number (RFC 9110 §5.4).
const MANY: &[u8] = b"many";

/// What stands in the body is found, whatever stands in the head.
#[test]
fn an_odd_line_costs_neither_head_nor_body() {
    const BODY: &[u8] = b"{\"key\": \"AKIAZ7X3QWERTYUIOPAS\", \"a\":1";
    let folder = Folder::new();
    for (head, expected) in ODD_HEADS {
        let mut answer = head.to_vec();
        if *head == MANY {
            answer = b"HTTP/1.1 200 OK\r\n".to_vec();
            answer.extend(b"X-Trace: a\r\n".repeat(300));
            answer.extend(b"Content-Length: 35\r\n\r\n");
        }
        answer.extend(&BODY[..35]);
        if head.ends_with(b"23\r\n") {
            answer.extend(b"\r\n0\r\n\r\n");
        }
        let port = program::serving(answer, head.windows(5).any(|five| five == b"close"));
        let url = format!("http://127.0.0.1:{port}/");
        let (report, _) = folder.json(&[&url, "--only", "headers"]);
        let target = &report["targets"][0];
        let failed = |rule: &str| {
            let findings = target["findings"].as_array().into_iter().flatten();
            let of_rule = findings.filter(|one| one["rule"] == rule && one["outcome"] == "fail");
            of_rule
                .filter_map(|one| one["observed"].as_str())
                .collect::<Vec<_>>()
                .join("; ")
        };
        let head = head.escape_ascii();
        assert!(failed("headers/secret-in-body").contains("AKIA"), "{head}");
        let malformed = failed("headers/field-malformed");
        assert!(malformed.contains(expected), "{head}: {malformed}");
        assert_eq!(
            malformed.is_empty(),
            expected.is_empty(),
            "{head}: {malformed}"
        );
    }
}

fn unknowns(target: &Value) -> Vec<String> {
    let findings = target["findings"].as_array().into_iter().flatten();
    let unknown = findings.filter(|finding| finding["outcome"] == "unknown");
    unknown
        .filter_map(|finding| finding["observed"].as_str().map(str::to_owned))
        .collect()
}

/// What a peer says is shown, and nothing it says is executed by a terminal, a ticket or a runner.
#[test]
fn hostile_text_reaches_no_sink_raw() {
    const EVIL: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\
        Set-Cookie: PHPSESSID=\xc2\x9b31m|<img src=x>; path=/\r\n\
        Server: Evil/1.0 ##[add-mask]x \xe2\x80\xae@octocat </details> `x` \xc2\x9b2J\r\n\
        Content-Length: 2\r\n\r\nok";
    let folder = Folder::new();
    let url = format!(
        "http://127.0.0.1:{}/",
        peer(|stream| answer_with(stream, EVIL))
    );
    let output = folder.run(&[
        &url,
        "--samples",
        "2,2",
        "-v",
        "-o",
        "report.md",
        "--format",
        "table",
        "--format",
        "json=report.json",
    ]);
    let table = String::from_utf8(output.stdout).unwrap();
    let ticket = folder.read("report.md");
    assert!(ticket.contains("Evil/1.0"), "the value is shown: {ticket}");
    for text in [&table, &ticket] {
        assert!(!text.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{text}");
        assert!(!text.contains("##[add-mask]"), "{text}");
    }
    let outside_code = without_code_spans(&ticket);
    assert!(
        !outside_code.contains("@octocat") && !outside_code.contains("<img"),
        "{ticket}"
    );
    // What a peer says closes none of the report's own folds.
    let folds = |mark: &str| outside_code.matches(mark).count();
    assert!(folds("<details>") > 0, "{ticket}");
    assert_eq!(folds("<details>"), folds("</details>"), "{ticket}");
    serde_json::from_str::<Value>(&folder.read("report.json")).unwrap();
}

/// Markdown with its code spans taken out: `n` backticks close what `n` backticks opened.
fn without_code_spans(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let run = from.len() - from.trim_start_matches('`').len();
        let (fence, body) = from.split_at(run);
        if before.ends_with('\\') {
            rest = body;
            continue;
        }
        let ends = |at: &usize| {
            let (head, tail) = body.split_at(*at);
            !head.ends_with('`') && !tail.get(run..).unwrap_or("").starts_with('`')
        };
        let close = body.match_indices(fence).map(|(at, _)| at).find(ends);
        rest = close.map_or("", |at| &body[at + run..]);
    }
    out + rest
}

/// A server that echoes every credential in every form it can think of.
#[test]
fn no_secret_comes_back_out() {
    fn echoing(stream: TcpStream) {
        answer_with(
            stream,
            b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Type: text/plain\r\n\
              X-Plain: canary/8d1f+53c0=9a\r\nX-Percent: canary%2F8d1f%2B53c0%3D9a\r\n\
              X-Base64: Y2FuYXJ5LzhkMWYrNTNjMD05YQ==\r\nX-Shifted: eDpjYW5hcnkvOGQxZis1M2MwPTlh\r\n\
              Set-Cookie: session=canary/8d1f+53c0=9a\r\nContent-Length: 41\r\n\r\n\
              token canary/8d1f+53c0=9a is not accepted",
        );
    }
    let folder = Folder::new();
    let text = format!(
        "[auth.a]\nscheme = \"bearer\"\ntoken = {{ env = \"CANARY\" }}\n\n[[target]]\nname = \"t\"\n\
         url = \"http://127.0.0.1:{}/\"\nauth = \"a\"\nprotected = [\"GET /\"]\n",
        peer(echoing),
    );
    folder.write("targets.toml", &text);
    let output = folder
        .command(&[
            "-v",
            "--samples",
            "2,2",
            "--format",
            "table",
            "--format",
            "json=report.json",
            "--evidence",
            "evidence.jsonl",
        ])
        .env("CANARY", "canary/8d1f+53c0=9a")
        .output()
        .unwrap();
    let mut all = String::from_utf8(output.stdout).unwrap();
    all.push_str(&String::from_utf8(output.stderr).unwrap());
    for name in ["report.json", "evidence.jsonl", "seaworthy-report.md"] {
        all.push_str(&folder.read(name));
    }
    assert!(
        all.contains("$CANARY"),
        "the reference stands where the value stood"
    );
    for form in [
        "canary/8d1f",
        "canary%2F8d1f",
        "canary%2f8d1f",
        "Y2FuYXJ5LzhkMWYr",
        "YW5hcnkvOGQxZis1",
    ] {
        assert!(!all.contains(form), "{form} leaked");
    }
}

/// The first interruption still writes the reports, marked incomplete.
#[cfg(unix)]
#[test]
fn an_interruption_writes_what_was_seen() {
    let folder = Folder::new();
    let (good, hung) = (peer(healthy), peer(silent));
    let (good, hung) = (
        format!("http://127.0.0.1:{good}/"),
        format!("http://127.0.0.1:{hung}/"),
    );
    let child = folder.start(&[
        &good,
        &hung,
        "--timeout",
        "60s",
        "--samples",
        "1,1",
        "--format",
        "json=report.json",
        "--color",
        "never",
    ]);
    // Until it has its handler, an interruption would just end it: the drafts of its reports are
    // there once it is about to look.
    let draft = |name: &std::ffi::OsStr| name.to_string_lossy().ends_with(".part");
    for _ in 0..500 {
        let there = std::fs::read_dir(folder.path("")).unwrap();
        if there.flatten().any(|entry| draft(&entry.file_name())) {
            break;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    std::thread::park_timeout(Duration::from_millis(500));
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(130),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    assert_eq!(report["summary"]["complete"], false);
    assert_eq!(report["summary"]["exit_code"], 130);
    assert!(folder.read("seaworthy-report.md").contains("Incomplete"));
}
