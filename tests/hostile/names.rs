//! Names that do not resolve, that change where they lead, and redirects that lead inside: in a
//! network namespace of its own, where public and private addresses are all on loopback.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::program::Folder;
use crate::server::{answer, read_head};

/// The addresses of the namespace: the first one is public, the others are not, each in its way.
const PUBLIC: Ipv4Addr = Ipv4Addr::new(9, 9, 9, 9);
const INSIDE: [Ipv4Addr; 6] = [
    Ipv4Addr::new(10, 0, 0, 1),
    Ipv4Addr::new(100, 64, 0, 1),
    Ipv4Addr::new(172, 16, 0, 1),
    Ipv4Addr::new(192, 0, 0, 1),
    Ipv4Addr::new(192, 168, 0, 1),
    Ipv4Addr::new(198, 18, 0, 1),
];

/// `Location` of a public page; none of these is followed.
#[rustfmt::skip]
const LEADS_INSIDE: &[&str] = &[
    "http://10.0.0.1:8000/", "http://100.64.0.1:8000/", "http://172.16.0.1:8000/", "http://192.0.0.1:8000/",
    "http://192.168.0.1:8000/", "http://198.18.0.1:8000/", "http://127.0.0.1:8000/",
    "http://127.1:8000/", "http://2130706433:8000/", "http://0x7f.0.0.1:8000/", "http://017700000001:8000/",
    "http://0x0a000001:8000/", "http://[::1]:8000/", "http://[::ffff:10.0.0.1]:8000/",
    "http://[::ffff:7f00:1]:8000/", "http://inside.example:8000/", "http://INSIDE.example.:8000/",
    "http://mixed.example:8000/", "http://localhost:8000/", "http://localhost.:8000/",
    "//10.0.0.1:8000/", "http:\\\\10.0.0.1:8000\\", "http://user@10.0.0.1:8000/",
    "http://%31%30.0.0.1:8000/",
];

/// This one leads to a public address, and is.
const ELSEWHERE: &str = "http://other.example:8000/";

/// Names the network namespace that a test below must not be in.
const OUTSIDE: &str = "SEAWORTHY_TEST_OUTSIDE";

/// The network namespace of this process.
fn namespace() -> PathBuf {
    std::fs::read_link("/proc/self/ns/net").unwrap()
}

/// Runs a test below as root of a namespace, where it is alone.
fn in_a_namespace(test: &str) {
    let script = "ip link set lo up && exec \"$0\" --ignored --exact \"$1\"";
    let output = Command::new("unshare")
        .args(["--map-root-user", "--net", "--mount", "sh", "-c", script])
        .arg(std::env::current_exe().unwrap())
        .arg(format!("names::{test}"))
        .env(OUTSIDE, namespace())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[test]
fn a_silent_resolver_is_given_up_at_the_timeout() {
    in_a_namespace("silent_resolver");
}

#[test]
fn a_redirect_inside_is_not_followed() {
    in_a_namespace("redirects_inside");
}

#[test]
fn a_name_that_turns_inside_is_not_followed() {
    in_a_namespace("rebinding");
}

/// Makes the namespace's addresses and a resolver of its own. Whoever runs every ignored test is not in
/// one: nothing of the machine itself is changed.
fn furnish(folder: &Folder) {
    let outside = std::env::var_os(OUTSIDE).map(PathBuf::from);
    assert!(
        outside.is_some_and(|outside| outside != namespace()),
        "this is a part of another test, which makes a namespace for it"
    );
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{arguments:?}: {said}");
    };
    for address in INSIDE.iter().chain([&PUBLIC]) {
        run(
            "ip",
            &["address", "add", &format!("{address}/32"), "dev", "lo"],
        );
    }
    for (name, text) in [
        (
            "resolv.conf",
            "nameserver 127.0.0.1\noptions attempts:2 timeout:5\n",
        ),
        ("nsswitch.conf", "hosts: files dns\n"),
    ] {
        let own = folder.write(name, text);
        run(
            "mount",
            &["--bind", own.to_str().unwrap(), &format!("/etc/{name}")],
        );
    }
}

/// Answers questions for IPv4 addresses on the namespace's port 53, as `lead` says for the nth
/// question of a name; nothing at all where it says nothing.
fn resolver(lead: impl Fn(&str, usize) -> Option<Vec<Ipv4Addr>> + Send + 'static) {
    let socket = UdpSocket::bind("127.0.0.1:53").unwrap();
    std::thread::spawn(move || {
        let mut asked: Vec<String> = Vec::new();
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let question = &buffer[..length];
            let (name, end) = name_of(question);
            let is_a = question[end..end + 2] == [0, 1];
            let nth = asked.iter().filter(|one| **one == name).count();
            let Some(found) = lead(&name, nth) else {
                continue;
            };
            let found = if is_a {
                asked.push(name);
                found
            } else {
                Vec::new()
            };
            let mut reply = question[..2].to_vec();
            reply.extend([
                0x81,
                0x80,
                0,
                1,
                0,
                u8::try_from(found.len()).unwrap(),
                0,
                0,
                0,
                0,
            ]);
            reply.extend(&question[12..end + 4]);
            for address in found {
                reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
                reply.extend(address.octets());
            }
            let _ = socket.send_to(&reply, from);
        }
    });
}

/// The name in a question, and where its type begins (RFC 1035 §4.1.2).
fn name_of(question: &[u8]) -> (String, usize) {
    let (mut at, mut labels) = (12, Vec::new());
    while question[at] != 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..end]).to_lowercase());
        at = end;
    }
    (labels.join("."), at + 1)
}

/// Listens on every address; each connection is treated like this.
fn everywhere(port: u16, treat: impl Fn(TcpStream, IpAddr) + Send + Sync + 'static) {
    let listener = TcpListener::bind(("::", port)).unwrap();
    let treat = Arc::new(treat);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let treat = Arc::clone(&treat);
            let at = stream.local_addr().unwrap().ip().to_canonical();
            std::thread::spawn(move || treat(stream, at));
        }
    });
}

fn page(mut stream: TcpStream) {
    while read_head(&mut stream).is_some() {
        let page = answer(
            "200 OK",
            "Content-Type: text/html\r\n",
            "<title>Shop</title>Buy.",
        );
        if stream.write_all(&page).is_err() {
            return;
        }
    }
}

fn unknowns(report: &Value) -> String {
    let findings = report["targets"][0]["findings"].as_array().unwrap().iter();
    let unknown = findings.filter(|finding| finding["outcome"] == "unknown");
    let said: Vec<String> = unknown
        .map(|finding| finding["observed"].to_string())
        .collect();
    said.join(" ")
}

#[test]
#[ignore = "needs the namespace"]
fn silent_resolver() {
    let folder = Folder::new();
    furnish(&folder);
    let silent = UdpSocket::bind("127.0.0.1:53").unwrap();
    // Alone, the system's resolver would ask twice, for five seconds each.
    let arguments = [
        "http://shop.example:8000/",
        "--only",
        "headers",
        "--timeout",
        "1s",
    ];
    let (report, exit) = folder.json(&arguments);
    drop(silent);
    let said = unknowns(&report);
    assert!(
        said.contains("timed out") && said.contains("name"),
        "{said}"
    );
    assert_eq!(exit, 3);
}

#[test]
#[ignore = "needs the namespace"]
fn redirects_inside() {
    let folder = Folder::new();
    furnish(&folder);
    resolver(|name, _| {
        Some(match name {
            "shop.example" | "other.example" => vec![PUBLIC],
            "inside.example" => vec![INSIDE[0]],
            "mixed.example" => vec![PUBLIC, INSIDE[1]],
            "localhost" => vec![Ipv4Addr::LOCALHOST],
            _ => Vec::new(),
        })
    });
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    everywhere(8000, move |stream, at| {
        noted.lock().unwrap().push(at);
        page(stream);
    });
    let mut ports = Vec::new();
    for (nth, location) in LEADS_INSIDE.iter().chain([&ELSEWHERE]).enumerate() {
        let port = 9000 + u16::try_from(nth).unwrap();
        let redirect = answer("302 Found", &format!("Location: {location}\r\n"), "");
        everywhere(port, move |mut stream, _| {
            while read_head(&mut stream).is_some() && stream.write_all(&redirect).is_ok() {}
        });
        ports.push(format!("http://shop.example:{port}/"));
    }
    let mut arguments: Vec<&str> = ports.iter().map(String::as_str).collect();
    arguments.extend(["--only", "headers,contract", "--timeout", "2s"]);
    let (report, exit) = folder.json(&arguments);
    // Only the one that leads to a public address is followed.
    let mut asked = asked.lock().unwrap().clone();
    asked.dedup();
    assert_eq!(asked, [IpAddr::V4(PUBLIC)]);
    assert_eq!(exit, 3);
    for (location, target) in LEADS_INSIDE
        .iter()
        .zip(report["targets"].as_array().unwrap())
    {
        let text = target["findings"].to_string();
        assert!(
            text.contains("a redirect to another host"),
            "{location}: {text}"
        );
        assert!(
            !target["grade"]
                .as_str()
                .is_some_and(|grade| grade.starts_with('A')),
            "{location}"
        );
    }
}

#[test]
#[ignore = "needs the namespace"]
fn rebinding() {
    let folder = Folder::new();
    furnish(&folder);
    resolver(|name, nth| {
        Some(match (name, nth) {
            ("shop.example", 0) => vec![PUBLIC],
            ("shop.example", _) => vec![INSIDE[0]],
            _ => Vec::new(),
        })
    });
    let asked_inside = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked_inside);
    everywhere(8001, move |stream, at| {
        count.fetch_add(usize::from(at != IpAddr::V4(PUBLIC)), Ordering::SeqCst);
        page(stream);
    });
    let arguments = [
        "http://shop.example:8001/",
        "--only",
        "latency",
        "--samples",
        "3,3",
        "--timeout",
        "2s",
    ];
    let (report, _) = folder.json(&arguments);
    assert_eq!(asked_inside.load(Ordering::SeqCst), 0);
    assert!(
        report["targets"][0].to_string().contains("DNS rebinding"),
        "{report:#}"
    );
}
