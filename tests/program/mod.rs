//! What the tests of the built program share: running it, and peers that misbehave.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

/// A folder of its own for one test, removed afterwards.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let nth = NEXT.fetch_add(1, Ordering::SeqCst);
        let path = std::env::temp_dir().join(format!("seaworthy-{}-{nth}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program with these arguments, in this folder, without the caller's colour and CI habits.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seaworthy"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .stdin(Stdio::null());
        let habits = ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "CI"];
        let builds = ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "SOURCE_DATE_EPOCH"];
        for name in habits.into_iter().chain(builds) {
            command.env_remove(name);
        }
        for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
            command.env_remove(name);
            command.env_remove(name.to_uppercase());
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The JSON report of a run with these arguments, and its exit code.
    pub(crate) fn json(&self, arguments: &[&str]) -> (Value, i32) {
        let output = self.run(&[arguments, &["--format", "json", "--no-report"]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| unread(&stderr));
        (report, output.status.code().unwrap())
    }
}

#[expect(clippy::panic, reason = "the report is the test")]
fn unread(stderr: &str) -> Value {
    panic!("no JSON report: {stderr}")
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(Path::new(&self.0));
    }
}

/// A peer on a free port of loopback that treats every connection like this. Returns the port.
pub(crate) fn peer(treat: fn(TcpStream)) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || treat(stream));
        }
    });
    port
}

/// A peer that answers every request with these bytes, and then ends the connection if it is told to.
pub(crate) fn serving(answer: Vec<u8>, close: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || {
                if close {
                    answer_once(stream, &answer);
                } else {
                    answer_with(stream, &answer);
                }
            });
        }
    });
    port
}

/// A port nobody listens on.
pub(crate) fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Answers the first request on a connection and ends it.
pub(crate) fn answer_once(mut stream: TcpStream, answer: &[u8]) {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(answer);
}

/// Answers every request on a connection with the same bytes.
pub(crate) fn answer_with(mut stream: TcpStream, answer: &[u8]) {
    let mut seen = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(amount) = stream.read(&mut chunk) {
        if amount == 0 {
            return;
        }
        seen.extend_from_slice(chunk.get(..amount).unwrap_or_default());
        if seen.windows(4).any(|four| four == b"\r\n\r\n") {
            seen.clear();
            if stream.write_all(answer).is_err() {
                return;
            }
        }
    }
}

/// A small JSON answer that is as it should be.
pub(crate) fn healthy(stream: TcpStream) {
    answer_with(
        stream,
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n\
          Cache-Control: no-store\r\nContent-Length: 2\r\n\r\n{}",
    );
}
