//! The command line without traffic: what it takes, what it refuses, and how it says so.

mod program;

use program::{Folder, answer_with, closed_port, healthy, peer};

/// Arguments, exit code, and words on standard error.
#[rustfmt::skip]
const REFUSED: &[(&[&str], i32, &str)] = &[
    (&[],                                               2, "targets.toml is not there"),
    (&["nowhere.toml"],                                 2, "nowhere.toml is not there"),
    (&["shop.example"],                                 2, "write https://shop.example"),
    (&["chekc"],                                        2, "did you mean `seaworthy check`?"),
    (&["headres"],                                      2, "did you mean `seaworthy headers`?"),
    (&["explain", "headers/hst-missing"],               2, "did you mean headers/hsts-missing?"),
    (&["explain", "hsts-mising"],                       2, "did you mean headers/hsts-missing?"),
    (&["explain", "hsts"],                              2, "did you mean one of these?\n  headers/hsts-"),
    (&["explain", "tls"],                               2, " more: `seaworthy rules` lists them"),
    (&["explain", "zzzzzz"],                            2, "`seaworthy rules` lists them"),
    (&["https://a.example", "--only", "heders"],        2, "did you mean headers?"),
    (&["https://a.example", "--skip", "headers/hst-missing"], 2, "did you mean headers/hsts-missing?"),
    (&["https://a.example", "--load", "2"],             2, "add `allow_load = true`"),
    (&["https://a.example", "--waivers", "none.toml"],  2, "--waivers none.toml cannot be read"),
    (&["headers", "https://a.example", "--http-port", "81"], 2, "--profile"),
    (&["https://a.example", "--fail-on", "dire"],       2, "critical"),
    (&["https://a.example", "--min-grade", "E"],        2, "A+, A, A-"),
    (&["https://a.example", "--only", "tsl"],           2, "the families are tls"),
    (&["https://a.example", "--only", "cors", "--skip", "cors"], 2, "leave no rule"),
    (&["https://a.example", "--only", "cors/not-measured", "--skip", "cors"], 2, "leave no rule"),
    (&["https://a.example", "--format", "pdf"],         2, "table, markdown, html, json, junit, sarif, gitlab, github, csv"),
    (&["https://a.example", "--timeout", "soon"],       2, "500ms, 10s or 2m"),
    (&["https://a.example", "--user-agent", "a\r\nX: y"], 2, "signs of ASCII"),
    (&["https://a.example", "--user-agent", "\u{1b}[2J"], 2, "signs of ASCII"),
    (&["https://a.example", "--user-agent", " a"],       2, "signs of ASCII"),
    (&["https://a.example", "--passive", "--load", "2"], 2, "cannot be used with"),
    (&["check", "/dev/zero"],                           2, "/dev/zero cannot be read: it has more than 1.0 MiB"),
    (&["/dev/zero"],                                    2, "/dev/zero cannot be read: it has more than 1.0 MiB"),
    (&["https://a.example", "--resolve", "a:b:c"],      2, "host:port:ip"),
    (&["https://127.1/"],                               2, "all four numbers"),
    (&["https://169.254.169.254/"],                     2, "metadata"),
    (&["https://a.example", "--target", "b"],           4, "no target is named"),
    (&["https://a.example", "--cacert", "none.pem"],    2, "none.pem"),
    (&["https://a.example", "-o", "no/such/dir/r.md"],  5, "no/such/dir/r.md"),
    (&["https://a.example", "-o", "a", "--evidence", "./a"], 2, "./a is asked to hold two"),
    (&["https://a.example", "-o", "a", "--format", "json=a"], 2, "a is asked to hold two"),
    (&["https://a.example", "-o", "-", "--format", "json"], 2, "takes one report"),
    (&["https://a.example", "--format", "json", "--format", "json"], 2, "takes one report"),
    (&["explain", "headers/hsts"],                      2, "did you mean one of these?"),
    (&["replay", "none.jsonl"],                         2, "none.jsonl"),
    (&["--no-such-flag"],                               2, "--no-such-flag"),
];

#[test]
fn what_is_wrong_is_said_with_its_mend() {
    let folder = Folder::new();
    for (arguments, exit, words) in REFUSED {
        let output = folder.run(arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(*exit), "{arguments:?}: {stderr}");
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?} printed a result");
    }
}

#[test]
fn help_version_rules_and_explain_are_answers() {
    let folder = Folder::new();
    let cases: [(&[&str], &str); 5] = [
        (&["--help"], "Exit codes"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
        (&["rules"], "headers/hsts-missing"),
        (&["rules", "--format", "json"], "\"headers/hsts-missing\""),
        (&["explain", "headers/hsts-missing"], "RFC 6797"),
    ];
    for (arguments, words) in cases {
        let output = folder.run(arguments);
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(stdout.contains(words), "{arguments:?}: {stdout}");
    }
}

#[test]
fn every_rule_can_be_explained() {
    let folder = Folder::new();
    for rule in seaworthy::rules::catalogue() {
        let output = folder.run(&["explain", rule.id.as_str()]);
        assert_eq!(output.status.code(), Some(0), "{}", rule.id);
    }
}

#[test]
fn init_writes_a_file_that_check_understands_and_never_overwrites() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["init"]).status.code(), Some(0));
    assert_eq!(folder.run(&["check"]).status.code(), Some(0));
    let before = folder.read("targets.toml");
    assert_eq!(folder.run(&["init"]).status.code(), Some(2));
    assert_eq!(folder.read("targets.toml"), before);
}

#[test]
fn a_broken_file_gets_a_caret_and_no_traffic() {
    let folder = Folder::new();
    folder.write(
        "targets.toml",
        "[[target]]\nname = \"a\"\nurl = \"https://a.example\"\norigns = []\n",
    );
    let output = folder.run(&[]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr.contains("targets.toml:4:1") && stderr.contains('^'),
        "{stderr}"
    );
}

#[test]
fn a_secret_that_is_not_set_stops_the_run_unless_told_otherwise() {
    let folder = Folder::new();
    let text = format!(
        "[auth.a]\nscheme = \"bearer\"\ntoken = {{ env = \"SEAWORTHY_TEST_UNSET\" }}\n[[target]]\n\
         name = \"a\"\nurl = \"http://127.0.0.1:{}\"\nauth = \"a\"\nprotected = [\"GET /\"]\n",
        closed_port(),
    );
    folder.write("targets.toml", &text);
    let output = folder.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("SEAWORTHY_TEST_UNSET")
    );
    let output = folder.run(&["--missing-secrets", "skip", "--no-report"]);
    assert_eq!(
        output.status.code(),
        Some(3),
        "it runs on, and nobody answers"
    );
}

#[test]
fn a_dry_run_lists_requests_and_sends_none() {
    let folder = Folder::new();
    let url = format!("http://127.0.0.1:{}/", closed_port());
    let output = folder.run(&[&url, "--dry-run"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout.contains(&format!("GET {url}")), "{stdout}");
    assert!(!folder.path("seaworthy-report.md").exists());
}

#[test]
fn a_dry_run_lists_what_would_be_said_on_a_socket() {
    let folder = Folder::new();
    let text = format!(
        "[[target]]\nurl = \"http://127.0.0.1:{}/\"\n[target.websocket]\npath = \"/ws\"\n\
         max_message = \"64KiB\"\necho = {{ send = '{{\"type\":\"ping\"}}' }}\n",
        closed_port(),
    );
    folder.write("targets.toml", &text);
    let listed = |flags: &[&str]| {
        let output = folder.run(&[&["--dry-run", "--only", "websocket"], flags].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let (usual, thorough) = (listed(&[]), listed(&["--thorough"]));
    for said in ["the text `{\"type\":\"ping\"}`", "a text of 65537 bytes"] {
        assert!(
            usual.contains(said) && thorough.contains(said),
            "{said}: {usual}"
        );
    }
    // Of no declaration.
    let said = "the text `{seaworthy`";
    assert!(
        !usual.contains(said) && thorough.contains(said),
        "{thorough}"
    );
}

#[test]
fn a_dry_run_lists_the_message_that_brings_the_credential() {
    let folder = Folder::new();
    let text = format!(
        "[[target]]\nurl = \"http://127.0.0.1:{}/\"\nauth = {{ scheme = \"bearer\", token = {{ env = \"HOME\" }} }}\n\
         [target.websocket]\npath = \"/ws\"\nfirst = {{ send = '{{\"token\":\"{{token}}\"}}' }}\n",
        closed_port(),
    );
    folder.write("targets.toml", &text);
    let output = folder.run(&["--dry-run", "--only", "websocket"]);
    let listed = String::from_utf8(output.stdout).unwrap();
    let says = |line: &&str| line.contains("then the text `{\"token\":\"{token}\"}`");
    let (with, without): (Vec<&str>, Vec<&str>) = listed
        .lines()
        .filter(|line| line.starts_with("  websocket"))
        .partition(says);
    assert!(with.len() > 4, "{listed}");
    assert!(
        without.iter().all(|line| line.contains("no credentials")),
        "{listed}"
    );
    assert_eq!(without.len(), 1, "{listed}");
}

/// Lines of a dry run, each with the arguments it needs.
#[rustfmt::skip]
const LISTED: &[(&[&str], &str)] = &[
    (&[],                                 "  http       GET http://127.0.0.1:1/orders"),
    (&[],                                 "  then       at most 20: hops of redirects\n"),
    (&[],                                 "  then       at most 1: made-up paths beside"),
    (&[],                                 "  then       at most 2: declared endpoints again, where they are slow"),
    (&[],                                 ": ways past the guard of GET /orders, where it refuses: HEAD, OPTIONS, PROPFIND, TRACE,"),
    (&["--load", "20"],                   "  load       GET http://127.0.0.1:1/, 1000 times in 10 s: 20 users, 5 a second each; beyond the declared 5 in 60 s: expect 429\n"),
    (&["--load", "2", "--for", "1s"],     ", 10 times in 1 s: 2 users, 5 a second each; beyond the declared 5 in 60 s: expect 429\n"),
    (&["--burst"],                        "  burst      GET http://127.0.0.1:1/health, at most 12 times, once its window has refilled, and at most 6 after a refusal\n"),
    (&["--samples", "2,0"],               ", 2 times on new connections, 0 times on a kept one;"),
];

#[test]
fn a_dry_run_lists_what_answers_and_flags_call_for() {
    let folder = Folder::new();
    let file = "[[target]]\nurl = \"http://127.0.0.1:1/\"\nallow_load = true\nabsent = [\"/docs\"]\n\
                protected = [\"GET /orders\"]\nendpoint = [{ get = \"/health\" }]\n\
                rate = [{ get = \"/health\", limit = \"5/min\" }]\n";
    folder.write("targets.toml", file);
    let list = |arguments: &[&str]| {
        let output = folder.run(&[arguments, &["--dry-run"]].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let plain = list(&[]);
    for (arguments, line) in LISTED {
        let listed = list(arguments);
        assert!(listed.contains(line), "{arguments:?}: {listed}");
        assert_eq!(
            plain.contains(line),
            arguments.is_empty(),
            "{line}: {plain}"
        );
    }
}

#[test]
fn urls_come_from_standard_input_too() {
    use std::io::Write as _;
    let folder = Folder::new();
    let url = format!("http://localhost:{}/", peer(healthy));
    let mut command = folder.command(&["-", "--samples", "1,1", "--resolve"]);
    command.arg(format!(
        "localhost:{}:127.0.0.1",
        url.split(':').nth(2).unwrap().trim_end_matches('/')
    ));
    command.args(["--format", "json", "--no-report"]);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(format!("# a comment\n\n{url}\n").as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.pointer("/targets/0/url").unwrap(), url.as_str());
    assert_eq!(report.pointer("/schema").unwrap(), 1);
}

#[test]
fn a_host_in_another_script_is_shown_in_its_xn_form() {
    let folder = Folder::new();
    let url = format!("http://localhost:{}/", peer(healthy));
    let port = url.split(':').nth(2).unwrap().trim_end_matches('/');
    for host in [
        "bücher.localhost",
        "BÜCHER.localhost",
        "xn--bcher-kva.localhost",
    ] {
        let output = folder
            .command(&["--samples", "1,1", "--format", "json", "--no-report"])
            .arg(format!("http://{host}:{port}/"))
            .args(["--resolve", &format!("{host}:{port}:127.0.0.1")])
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let shown = format!("http://xn--bcher-kva.localhost:{port}/");
        assert_eq!(report.pointer("/targets/0/url").unwrap(), shown.as_str());
        let kind = report.pointer("/targets/0/kind").unwrap();
        assert!(
            kind.is_string(),
            "{host} is found at the address that was given"
        );
    }
}

#[test]
fn colour_follows_the_user() {
    let folder = Folder::new();
    let url = format!("http://127.0.0.1:{}/", peer(healthy));
    let run = |arguments: &[&str], variable: Option<&str>| {
        let mut command = folder.command(
            &[
                &[url.as_str(), "--samples", "1,1", "--no-report"],
                arguments,
            ]
            .concat(),
        );
        if let Some(name) = variable {
            command.env(name, "1");
        }
        String::from_utf8(command.output().unwrap().stdout)
            .unwrap()
            .contains('\u{1b}')
    };
    assert!(!run(&[], None), "a pipe gets none");
    assert!(
        run(&["--color", "always"], Some("NO_COLOR")),
        "the flag comes first"
    );
    assert!(run(&[], Some("CLICOLOR_FORCE")));
    assert!(!run(&["--color", "never"], Some("CLICOLOR_FORCE")));
}

/// `{up}` answers, `{down}` does not: the lines of a target file, arguments, exit code, and why.
#[rustfmt::skip]
const NOT_AUDITED: &[(&[&str], &[&str], i32, &str)] = &[
    (&["{up}"],                       &["--only", "tls"],                      4, "nothing that was selected applies"),
    (&["{up}"],                       &["--only", "auth", "--min-grade", "A"], 4, "nothing that was selected applies"),
    (&["{up}"],                       &["--only", "headers,auth", "--skip", "headers"], 4, "nothing that was selected applies"),
    // An origin that nobody declared has been tried.
    (&["{up}"],                       &["--only", "cors", "--min-grade", "A"], 0, ""),
    (&["{down}"],                     &["--only", "contract"],                 3, "t0 (connect: refused"),
    (&["{down}"],                     &[],                                     3, "not fully audited: t0"),
    (&["{up}", "{down}\nprotected = [\"GET /\"]"],
                                      &["--only", "auth"],                     3, "t0 (nothing that was selected applies), t1"),
    (&["{up}", "{up}\nprotected = [\"GET /\"]"],
                                      &["--only", "auth", "--fail-on", "none"], 3, "t0 (nothing that was selected applies)"),
    (&["{up}", "{down}\noptional = true"], &["--only", "headers", "--fail-on", "none"], 0, "optional, not fully audited: t1"),
    (&["{down}\noptional = true"],    &[],                                     3, "not fully audited: t0"),
    (&["{down}\noptional = true"],    &["--only", "cors"],                     3, "t0 (connect: refused"),
];

#[test]
fn what_was_not_audited_has_not_passed() {
    let folder = Folder::new();
    let up = format!("\"http://127.0.0.1:{}\"", peer(healthy));
    let down = "\"http://127.0.0.1:1\"";
    for (targets, arguments, exit, why) in NOT_AUDITED {
        let mut text = String::new();
        for (nth, target) in targets.iter().enumerate() {
            let target = target.replace("{up}", &up).replace("{down}", down);
            text.push_str(&format!("[[target]]\nname = \"t{nth}\"\nurl = {target}\n"));
        }
        folder.write("targets.toml", &text);
        let (report, code) = folder.json(arguments);
        let reason = report.pointer("/summary/reason").unwrap().as_str().unwrap();
        assert!(reason.contains(why), "{arguments:?} on {text}: {reason}");
        assert_eq!(code, *exit, "{arguments:?} on {text}: {reason}");
        assert_eq!(report.pointer("/summary/exit_code").unwrap(), *exit);
    }
}

/// Files may not grow here, as on a full disk: two reports are missing, and the third says so.
#[test]
fn what_is_shown_ends_in_the_exit_code_of_the_process() {
    let folder = Folder::new();
    let url = format!("http://127.0.0.1:{}/", peer(healthy));
    let full = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_seaworthy");
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", full, program, &url, "--only", "headers"]);
        command.args(arguments).current_dir(folder.path(""));
        let output = command.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(5), "{stdout}");
        stdout
    };
    let table = run(&["-o", "r.md", "--evidence", "e.jsonl"]);
    let words = "ERROR  e.jsonl, r.md cannot be written;";
    assert!(
        table.contains(words) && table.ends_with("exit 5\n"),
        "{table}"
    );
    let json = run(&["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report.pointer("/summary/exit_code").unwrap(), 5);
    let left = std::fs::read_dir(folder.path("")).unwrap().count();
    assert_eq!(left, 0, "no draft is left");
}

#[test]
fn what_is_no_file_is_written_to_and_stays_what_it_is() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = Folder::new();
    let url = format!("http://127.0.0.1:{}/", peer(healthy));
    let pipe = folder.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink(&pipe, folder.path("link")).unwrap();
    for name in ["pipe", "link"] {
        let arguments = [
            &url,
            "--samples",
            "1,1",
            "--format",
            &format!("json={name}"),
        ];
        let child = folder.start(&[&arguments[..], &["--no-report", "-q"]].concat());
        let report: serde_json::Value = serde_json::from_str(&folder.read("pipe")).unwrap();
        assert_eq!(report.pointer("/schema").unwrap(), 1, "{name}");
        let code = child.wait_with_output().unwrap().status.code();
        assert_ne!(code, Some(5), "{name}");
        let there = std::fs::symlink_metadata(&pipe).unwrap();
        assert!(there.file_type().is_fifo(), "{name}");
    }
}

#[test]
fn the_names_of_open_files_are_those_files() {
    let folder = Folder::new();
    let url = format!("http://127.0.0.1:{}/", peer(healthy));
    let common = [&url, "--samples", "1,1", "--no-report"];
    let output = folder.run(&[&common[..], &["--format", "json=/dev/stdout"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report.pointer("/schema").unwrap(), 1);
    let held = std::fs::File::create(folder.path("held")).unwrap();
    let mut command = folder.command(&[&common[..], &["-q", "--evidence", "/dev/fd/2"]].concat());
    command.stderr(held);
    assert_ne!(command.output().unwrap().status.code(), Some(5));
    let evidence: serde_json::Value = serde_json::from_str(&folder.read("held")).unwrap();
    assert_eq!(evidence.pointer("/target/url").unwrap(), url.as_str());
}

/// Words of the table, and whether they need `-v`.
#[rustfmt::skip]
const SHOWN: &[(&str, bool)] = &[
    ("WAIVED    api  headers/nosniff-missing\n",           true),
    ("until 2999-01-01: the gateway adds it (OPS-7)\n",    true),
    ("NOT TESTED\n",                                       true),
    ("          no expired token supplied (`expired` of the auth scheme):\n            auth/accepts-expired  api\n", true),
    ("WAIVER    api  headers/hsts-short\n          matches nothing", false),
    ("WAIVER    api  headers/csp-missing\n          expired on 2025-01-01\n", false),
];

#[test]
fn what_is_waived_or_not_tested_is_shown_to_those_who_ask() {
    let folder = Folder::new();
    let without_nosniff = |stream| {
        let fields = "Content-Type: application/json\r\nCache-Control: no-store";
        let answer = format!("HTTP/1.1 200 OK\r\n{fields}\r\nContent-Length: 2\r\n\r\n{{}}");
        answer_with(stream, answer.as_bytes());
    };
    let port = peer(without_nosniff);
    let mut text = format!(
        "[[target]]\nname = \"api\"\nurl = \"http://127.0.0.1:{port}\"\nprotected = [\"GET /\"]\n"
    );
    let waivers = [
        ("nosniff-missing", "2999-01-01"),
        ("hsts-short", "2999-01-01"),
        ("csp-missing", "2025-01-01"),
    ];
    for (rule, expires) in waivers {
        text.push_str(&format!(
            "[[waiver]]\nrule = \"headers/{rule}\"\ntarget = \"api\"\nexpires = {expires}\n\
             reason = \"the gateway adds it\"\nticket = \"OPS-7\"\n"
        ));
    }
    folder.write("targets.toml", &text);
    let table = |arguments: &[&str]| {
        let common = ["--only", "headers,auth", "--no-report"];
        let output = folder.run(&[&common[..], arguments].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let (short, long) = (table(&[]), table(&["-v"]));
    for (words, verbose) in SHOWN {
        assert!(long.contains(words), "{words}: {long}");
        assert_eq!(short.contains(words), !verbose, "{words}: {short}");
    }
    assert!(short.contains("1 waived more: -v shows them"), "{short}");
    assert!(!long.contains("-v shows them"), "{long}");
}

#[test]
fn what_is_selected_is_all_that_is_judged() {
    let folder = Folder::new();
    let url = format!("http://127.0.0.1:{}/", peer(healthy));
    let (report, _) = folder.json(&[&url, "--only", "latency", "--samples", "2,2"]);
    let findings = report
        .pointer("/targets/0/findings")
        .unwrap()
        .as_array()
        .unwrap();
    assert!(
        findings
            .iter()
            .all(|finding| finding.pointer("/family").unwrap() == "latency")
    );
    assert!(
        report
            .pointer("/targets/0/families/headers/grade")
            .unwrap()
            .is_null()
    );
}

/// What is typed for a server on a port of this machine, and the URL that is audited.
#[rustfmt::skip]
const MEANT: &[(&str, &str)] = &[
    ("localhost:{port}",          "http://localhost:{port}/"),
    ("127.0.0.1:{port}",          "http://127.0.0.1:{port}/"),
    ("localhost:{port}/a?b=c",    "http://localhost:{port}/a?b=c"),
    ("app.localhost:{port}",      "http://app.localhost:{port}/"),
    ("[::1]:{port}",              "http://[::1]:{port}/"),
    ("http://[::1]:{port}/",      "http://[::1]:{port}/"),
    ("app.example:{port}",        "https://app.example:{port}/"),
    ("192.0.2.1",                 "https://192.0.2.1/"),
];

#[test]
fn a_host_with_a_port_needs_no_scheme() {
    let folder = Folder::new();
    for (typed, url) in MEANT {
        let (typed, url) = (
            typed.replace("{port}", "3000"),
            url.replace("{port}", "3000"),
        );
        let output = folder.run(&[&typed, "--dry-run"]);
        let listed = String::from_utf8(output.stdout).unwrap();
        assert!(
            listed.contains(&format!("GET {url}\n")) || listed.contains(&format!("GET {url} ")),
            "{typed}: {listed}"
        );
    }
    // What names a file that is there is that file.
    folder.write(
        "localhost:3000",
        "[[target]]\nurl = \"https://named.example\"\n",
    );
    let output = folder.run(&["localhost:3000", "--dry-run"]);
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("https://named.example/")
    );
}

#[test]
fn header_fields_are_judged_without_a_profile() {
    let folder = Folder::new();
    let address = format!("127.0.0.1:{}", peer(healthy));
    let output = folder.run(&["headers", &address]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{shown}");
    // What is mild is shown as well, which an audit does with -v only.
    assert!(
        shown.contains("INFO") && shown.contains("headers/"),
        "{shown}"
    );
    assert!(!folder.path("seaworthy-report.md").exists());
    let output = folder.run(&["headers", &address, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report
        .pointer("/targets/0/findings")
        .unwrap()
        .as_array()
        .unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        assert_eq!(finding.pointer("/family").unwrap(), "headers");
    }
}

/// What refers to a secret that is not set, arguments, and whether the run asks for it.
#[rustfmt::skip]
const ASKED_FOR: &[(&str, &[&str], bool)] = &[
    ("auth = { scheme = \"bearer\", token = SECRET }",                     &[],                    true),
    ("auth = { scheme = \"bearer\", token = SECRET }",                     &["--only", "cors"],    true),
    ("auth = { scheme = \"bearer\", token = SECRET }",                     &["--only", "headers"], false),
    ("auth = { scheme = \"bearer\", token = SECRET }",                     &["--only", "headers/hsts-missing,tls"], false),
    ("auth = { scheme = \"bearer\", token = SECRET }",                     &["--target", "plain"], false),
    ("auth = { scheme = \"bearer\", token = SECRET }",                     &["--dry-run"],         false),
    ("auth = { scheme = \"bearer\", expired = SECRET }",                   &["--only", "auth"],    true),
    ("auth = { scheme = \"bearer\", expired = SECRET }",                   &["--only", "contract"], false),
    ("login = { post = \"/login\", known_user = SECRET }",                 &["--skip", "auth"],    false),
    ("endpoint = [{ get = \"/\", send_headers = { X-Key = SECRET } }]",    &["--only", "contract"], true),
    ("endpoint = [{ get = \"/\", send_headers = { X-Key = SECRET } }]",    &["--only", "tls"],     false),
    ("websocket = { path = \"/\", send_headers = { X-Key = SECRET } }",    &["--only", "websocket"], true),
    ("websocket = { path = \"/\", send_headers = { X-Key = SECRET } }",    &["--only", "auth"],    false),
    // What lets every request in is asked for always.
    ("send_headers = { X-Key = SECRET }",                                  &["--only", "tls"],     true),
];

#[test]
fn only_secrets_that_would_be_sent_are_asked_for() {
    let folder = Folder::new();
    let port = closed_port();
    for (declared, arguments, asked) in ASKED_FOR {
        let declared = declared.replace("SECRET", "{ env = \"SEAWORTHY_TEST_UNSET\" }");
        folder.write(
            "targets.toml",
            &format!(
                "[[target]]\nname = \"plain\"\nurl = \"http://127.0.0.1:{port}/p\"\n\
                 [[target]]\nname = \"other\"\nurl = \"http://127.0.0.1:{port}/\"\n{declared}\n"
            ),
        );
        let output = folder.run(&[arguments, &["--no-report"][..]].concat());
        let stderr = String::from_utf8(output.stderr).unwrap();
        let code = output.status.code();
        assert_eq!(
            code == Some(2),
            *asked,
            "{declared} {arguments:?}: {code:?} {stderr}"
        );
        assert_eq!(
            stderr.contains("$SEAWORTHY_TEST_UNSET is not set"),
            *asked,
            "{stderr}"
        );
    }
}

#[test]
fn a_dry_run_lists_what_would_be_sent_with_a_secret_that_is_not_set() {
    let folder = Folder::new();
    folder.write(
        "targets.toml",
        "[[target]]\nurl = \"http://127.0.0.1:1/\"\nprotected = [\"GET /me\"]\n\
         auth = { scheme = \"bearer\", token = { env = \"SEAWORTHY_TEST_TOKEN\" } }\n",
    );
    let list = |token: Option<&str>| {
        let mut command = folder.command(&["--dry-run"]);
        token.map(|token| command.env("SEAWORTHY_TEST_TOKEN", token));
        let listed = String::from_utf8(command.output().unwrap().stdout).unwrap();
        // Origins that nobody declared are drawn anew each time.
        let drawn = regex_lite::Regex::new("sw[0-9a-f]{8}").unwrap();
        drawn.replace_all(&listed, "sw").into_owned()
    };
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
    let (without, with) = (list(None), list(Some(token)));
    assert!(
        without.contains("Authorization: Bearer $SEAWORTHY_TEST_TOKEN"),
        "{without}"
    );
    assert_eq!(without, with);
}

/// A waiver, and what becomes of the two findings of `headers/nosniff-missing` and
/// `contract/wrong-status`, at `GET /a` and `GET /b`, of the first of two targets.
#[rustfmt::skip]
const WAIVED: &[(&str, &str, bool, usize)] = &[
    ("rule = \"headers/nosniff-missing\"", "\"one\"", true,  0),
    ("rule = \"headers/nosniff-missing\"", "\"*\"",   true,  0),
    ("rule = [\"headers/nosniff-missing\", \"contract/wrong-status\"]", "[\"one\", \"two\"]", true, 2),
    ("rule = \"contract/wrong-status\"\nendpoint = \"GET /b\"", "\"*\"", false, 1),
    ("rule = \"contract/wrong-status\"\nendpoint = \"/c\"",     "\"*\"", false, 0),
];

#[test]
fn a_waiver_names_rules_targets_and_an_endpoint() {
    let folder = Folder::new();
    let plain = |stream| {
        let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n\
                      Content-Length: 2\r\n\r\n{}";
        answer_with(stream, answer.as_bytes());
    };
    let (one, two) = (peer(plain), peer(healthy));
    let targets = format!(
        "[[target]]\nname = \"one\"\nurl = \"http://127.0.0.1:{one}/\"\n\
         endpoint = [{{ get = \"/a\", status = 204 }}, {{ get = \"/b\", status = 204 }}]\n\
         [[target]]\nname = \"two\"\nurl = \"http://127.0.0.1:{two}/\"\n"
    );
    let waived_of = |report: &serde_json::Value, rule: &str| {
        let findings = report
            .pointer("/targets/0/findings")
            .unwrap()
            .as_array()
            .unwrap();
        let of_rule = findings
            .iter()
            .filter(|finding| finding.pointer("/rule").unwrap() == rule);
        of_rule
            .filter(|finding| finding.pointer("/outcome").unwrap() == "waived")
            .count()
    };
    for (rule, target, nosniff, statuses) in WAIVED {
        let waiver = format!(
            "[[waiver]]\n{rule}\ntarget = {target}\nreason = \"later\"\nexpires = 2999-01-01\n"
        );
        folder.write("whole.toml", &format!("{targets}{waiver}"));
        folder.write("targets.toml", &targets);
        folder.write("waivers.toml", &waiver);
        for arguments in [
            &["whole.toml"][..],
            &["targets.toml", "--waivers", "waivers.toml"],
        ] {
            let (report, _) = folder.json(&[arguments, &["--only", "headers,contract"]].concat());
            assert_eq!(
                waived_of(&report, "headers/nosniff-missing") > 0,
                *nosniff,
                "{waiver}"
            );
            assert_eq!(
                waived_of(&report, "contract/wrong-status"),
                *statuses,
                "{waiver}"
            );
            let idle = |nth: usize| {
                let path = format!("/targets/{nth}/idle_waivers");
                report
                    .pointer(&path)
                    .and_then(|list| list.as_array())
                    .map_or(0, Vec::len)
            };
            // Of every target: told once, and only where it is of use at none.
            let expected = usize::from(rule.contains("/c"));
            assert_eq!(idle(0), expected, "{waiver}");
        }
    }
}

#[test]
fn a_file_of_waivers_is_for_urls_too() {
    let folder = Folder::new();
    let address = format!("127.0.0.1:{}", peer(healthy));
    let waiver = |target: &str| {
        format!(
            "[[waiver]]\nrule = \"headers/hsts-missing\"\ntarget = \"{target}\"\nreason = \"r\"\nexpires = 2999-01-01\n"
        )
    };
    for (target, code) in [(address.as_str(), 0), ("*", 0), ("elsewhere", 2)] {
        folder.write("w.toml", &waiver(target));
        let output = folder.run(&[&address, "--dry-run", "--waivers", "w.toml"]);
        assert_eq!(output.status.code(), Some(code), "{target}: {output:?}");
    }
    folder.write("w.toml", "[[target]]\nurl = \"https://a.example\"\n");
    let output = folder.run(&[&address, "--dry-run", "--waivers", "w.toml"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("unknown key `target`") && stderr.contains("w.toml:1:"),
        "{stderr}"
    );
}

/// What `[run]` says, the flags beside it, and the exit code.
#[rustfmt::skip]
const SETTINGS: &[(&str, &[&str], i32)] = &[
    ("",                                           &[],                       1),
    ("fail_on = \"none\"",                         &[],                       0),
    ("fail_on = \"none\"",                         &["--fail-on", "high"],    1),
    ("fail_on = \"none\"\nmin_grade = \"A+\"",     &[],                       1),
    ("fail_on = \"none\"\nmin_grade = \"A+\"",     &["--min-grade", "F"],     0),
    ("fail_on = \"none\"\ndeadline = \"1ms\"",     &[],                       3),
    ("fail_on = \"none\"\ndeadline = \"1ms\"",     &["--deadline", "60s"],    0),
    ("cacert = [\"none.pem\"]",                    &[],                       2),
];

#[test]
fn a_target_file_says_how_it_is_run_unless_a_flag_does() {
    let folder = Folder::new();
    let port = peer(healthy);
    for (run, flags, code) in SETTINGS {
        // Without the override nobody answers.
        let resolve = format!("[run]\nresolve = [\"api.example:{port}:127.0.0.1\"]");
        let target = format!("[[target]]\nkind = \"api\"\nurl = \"http://api.example:{port}/\"");
        folder.write("targets.toml", &format!("{resolve}\n{run}\n{target}\n"));
        let arguments = ["--no-report", "--only", "headers", "--samples", "1,1"];
        let output = folder.run(&[&arguments, *flags].concat());
        let stderr = String::from_utf8(output.stderr).unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            output.status.code(),
            Some(*code),
            "{run} {flags:?}: {stdout}{stderr}"
        );
    }
    folder.write(
        "a.toml",
        "[run]\njobs = 1\n[[target]]\nname = \"a\"\nurl = \"https://a.example\"\n",
    );
    folder.write(
        "b.toml",
        "[run]\njobs = 2\n[[target]]\nname = \"b\"\nurl = \"https://b.example\"\n",
    );
    let output = folder.run(&["a.toml", "b.toml", "--dry-run"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("disagree on `jobs`"), "{stderr}");
}
