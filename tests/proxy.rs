//! Looking through a proxy: everything goes through it, what it says of its own is no finding, and
//! nobody is told its password.

#![expect(
    clippy::unwrap_used,
    reason = "a proxy that cannot be set up has failed"
)]

mod program;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use program::{Folder, closed_port, healthy, peer, serving};

/// Every place that a proxy was asked to connect to, as it was asked.
type Log = Arc<Mutex<Vec<String>>>;

/// A proxy for which every name leads to this machine.
fn proxy(log: &Log, greet: fn(&mut TcpStream) -> Option<(String, u16)>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let log = Arc::clone(&log);
            std::thread::spawn(move || {
                if let Some((host, port)) = greet(&mut stream) {
                    log.lock().unwrap().push(format!("{host}:{port}"));
                    join(stream, port);
                }
            });
        }
    });
    port
}

#[expect(
    clippy::disallowed_methods,
    reason = "a proxy, which is not what is tested"
)]
fn join(client: TcpStream, port: u16) {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let copy = |mut from: TcpStream, mut to: TcpStream| {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    };
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || copy(from, to));
    copy(server, client);
}

/// HTTP CONNECT, for whoever knows `me` and `p@ss`.
fn http(stream: &mut TcpStream) -> Option<(String, u16)> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap();
    // RFC 7617 §2: `me:p@ss` in Base64.
    if !head.contains("Proxy-Authorization: Basic bWU6cEBzcw==\r\n") {
        let refusal = b"HTTP/1.1 407 Who Are You\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(refusal).ok()?;
        return None;
    }
    let place = head.strip_prefix("CONNECT ")?.split(' ').next()?;
    let (host, port) = place.rsplit_once(':')?;
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nVia: 1.1 a\r\n\r\n")
        .ok()?;
    Some((host.to_owned(), port.parse().ok()?))
}

/// SOCKS 5 by name, for whoever knows `me` and `p@ss`.
fn socks(stream: &mut TcpStream) -> Option<(String, u16)> {
    let mut greeting = [0; 4];
    stream.read_exact(&mut greeting).ok()?;
    stream.write_all(&[5, 2]).ok()?;
    let mut known = [0; 9];
    stream.read_exact(&mut known).ok()?;
    let is_known = known == *b"\x01\x02me\x04p@ss";
    stream.write_all(&[1, u8::from(!is_known)]).ok()?;
    let mut head = [0; 5];
    stream.read_exact(&mut head).ok()?;
    let mut rest = vec![0; usize::from(head[4]) + 2];
    stream.read_exact(&mut rest).ok()?;
    let (host, port) = rest.split_at(rest.len() - 2);
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).ok()?;
    let port = u16::from_be_bytes(port.try_into().ok()?);
    Some((String::from_utf8(host.to_vec()).ok()?, port))
}

/// A target file of a service that only the proxy knows.
fn declared(port: u16) -> String {
    format!(
        "[[target]]\nname = \"inside\"\nurl = \"http://app.example:{port}/\"\n\
         endpoint = [{{ get = \"/health\", status = 200 }}]\n\
         websocket = {{ path = \"/ws\", public = true }}\n\
         latency = {{ cold_samples = 2, warm_samples = 2 }}\n"
    )
}

#[test]
fn everything_goes_through_the_proxy_and_the_report_says_so() {
    let folder = Folder::new();
    let service = peer(healthy);
    folder.write("targets.toml", &declared(service));
    let kinds = [
        (
            "http",
            proxy as fn(&Log, _) -> u16,
            http as fn(&mut TcpStream) -> _,
        ),
        ("socks5h", proxy, socks),
    ];
    for (scheme, start, greet) in kinds {
        let log = Log::default();
        let through = start(&log, greet);
        let url = format!("{scheme}://me:p%40ss@127.0.0.1:{through}");
        let run = |name: &str, arguments: &[&str]| {
            let mut command = folder.command(arguments);
            command.args(["--evidence", "evidence.jsonl", "--format", "json"]);
            let output = command.env(name, &url).output().unwrap();
            serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
        };
        for (variable, arguments) in [
            ("http_proxy", &[][..]),
            ("ALL_PROXY", &[]),
            ("X", &["--proxy", &url]),
        ] {
            let report = run(variable, arguments);
            let target = report.pointer("/targets/0").unwrap();
            let findings = target.pointer("/findings").unwrap().as_array().unwrap();
            let passes = |rule: &str| {
                findings.iter().any(|finding| {
                    finding.pointer("/rule").unwrap() == rule
                        && finding.pointer("/outcome").unwrap() == "pass"
                })
            };
            assert!(passes("contract/wrong-status"), "{variable} {scheme}");
            let shown = format!("{scheme}://127.0.0.1:{through}");
            assert_eq!(target.pointer("/proxy").unwrap(), shown.as_str());
            let cold = target.pointer("/facts/latency/cold");
            assert!(
                cold.is_some_and(|cold| !cold.is_null()),
                "{variable} {scheme}"
            );
            for file in ["evidence.jsonl", "seaworthy-report.md"] {
                let text = folder.read(file);
                assert!(text.contains(&shown), "{file}");
                for secret in ["p@ss", "p%40ss", "bWU6cEBzcw"] {
                    assert!(!text.contains(secret), "{file} tells {secret}");
                }
            }
        }
        let asked = log.lock().unwrap();
        assert!(asked.len() > 20, "{}", asked.len());
        let place = format!("app.example:{service}");
        assert!(asked.iter().all(|asked| *asked == place), "{asked:?}");
    }
}

#[test]
fn some_are_reached_without_one() {
    let folder = Folder::new();
    let port = peer(healthy);
    // A proxy that nobody is, so that whoever is sent to it is not reached.
    let nobody = format!("http://127.0.0.1:{}", closed_port());
    let resolve = format!("app.example:{port}:127.0.0.1");
    #[rustfmt::skip]
    let rows: &[(&str, &[&str], Option<&str>)] = &[
        ("localhost",     &[],                              None),
        ("127.0.0.1",     &[],                              None),
        // What `--resolve` sends to this machine.
        ("app.example",   &["--resolve", &resolve],         None),
        ("127.0.0.1",     &["--noproxy", "*"],              None),
        ("app.example",   &[],                              Some("proxy: refused")),
        ("app.example",   &["--noproxy", "other.example"],  Some("proxy: refused")),
        ("app.example",   &["--noproxy", "example"],        Some("name resolution")),
        ("app.example",   &["--proxy", ""],                 Some("name resolution")),
    ];
    for (host, arguments, why) in rows {
        let url = format!("http://{host}:{port}/");
        let common = [
            url.as_str(),
            "--only",
            "headers",
            "--no-report",
            "--format",
            "json",
            "--fail-on",
            "none",
        ];
        let mut command = folder.command(&[&common[..], arguments].concat());
        let output = command.env("http_proxy", &nobody).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let reason = report.pointer("/summary/reason").unwrap().as_str().unwrap();
        let expected = if why.is_some() { 3 } else { 0 };
        assert_eq!(
            output.status.code(),
            Some(expected),
            "{host} {arguments:?}: {reason}"
        );
        let said = report.to_string();
        assert!(
            said.contains(why.unwrap_or_default()),
            "{host} {arguments:?}: {said}"
        );
    }
}

/// What a proxy answers, and what is said of it.
#[rustfmt::skip]
const REFUSALS: &[(&str, &[u8], &str)] = &[
    ("http",    b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "407, it does not take the name and password"),
    ("http",    b"HTTP/1.1 403 Forbidden\r\n\r\n",   "403 to CONNECT, it does not let through to app.example:80"),
    ("http",    b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "502 to CONNECT, it does not reach app.example:80"),
    ("http",    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\n\r\n", "503 to CONNECT"),
    ("http",    b"\x05\x00",                         "what it says is no HTTP"),
    ("http",    b"SSH-2.0-OpenSSH\r\n\r\n",          "what it says is no HTTP"),
    ("http",    b"",                                 "it closes the connection"),
    ("http",    b"HTTP/1.1 200 OK\r\n",              "it closes the connection"),
    ("socks5h", b"HTTP/1.1 400 Bad Request\r\n\r\n", "it does not speak SOCKS 5"),
    ("socks5h", b"\x05\xff",                         "it wants another way of authentication"),
    ("socks5h", b"\x05\x02\x01\x01",                 "it does not take the name and password"),
    ("socks5h", b"\x05\x00\x05\x02\x00\x01\x00",     "its rules do not allow this host and port"),
    ("socks5h", b"\x05\x00\x05\x05\x00\x01\x00",     "the target refuses its connection"),
    ("socks5h", b"\x05\x00\x05\x00\x00\x01",         "it closes the connection"),
];

#[test]
fn what_a_proxy_refuses_is_said_of_the_proxy_and_is_no_finding() {
    let folder = Folder::new();
    for (scheme, answer, said) in REFUSALS {
        let port = serving(answer.to_vec(), true);
        let proxy = format!("{scheme}://me:hunter2@127.0.0.1:{port}");
        let arguments = [
            "http://app.example/",
            "--proxy",
            &proxy,
            "--only",
            "headers,contract",
        ];
        let (report, code) = folder.json(&arguments);
        let whole = report.to_string();
        assert_eq!(code, 3, "{scheme} {answer:?}: {whole}");
        let said = format!("({scheme}://127.0.0.1:{port}: {said}");
        assert!(whole.contains(&said), "{said} {answer:?}: {whole}");
        assert!(!whole.contains("hunter2"));
        let findings = report
            .pointer("/targets/0/findings")
            .unwrap()
            .as_array()
            .unwrap();
        let failed = findings
            .iter()
            .filter(|one| one.pointer("/outcome").unwrap() == "fail");
        assert_eq!(failed.count(), 0, "{scheme} {answer:?}");
    }
}

#[test]
fn what_is_no_proxy_ends_the_run_without_its_password() {
    let folder = Folder::new();
    for (name, value, words) in [
        (
            "--proxy",
            "https://me:hunter2@a.example",
            "https:// are not spoken to",
        ),
        (
            "https_proxy",
            "http://me:hunter2@a.example:port",
            "https_proxy: a proxy is written",
        ),
        (
            "ALL_PROXY",
            "ftp://me:hunter2@a.example",
            "ALL_PROXY: a proxy is written",
        ),
    ] {
        let mut command = folder.command(&["https://app.example", "--no-report"]);
        if name.starts_with("--") {
            command.args([name, value]);
        } else {
            command.env(name, value);
        }
        let output = command.output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(
            stderr.contains(words) && !stderr.contains("hunter2"),
            "{stderr}"
        );
    }
}
