//! A peer that misbehaves, and the verdict it must get.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;

use serde_json::Value;

use crate::program::Folder;
use crate::server::{answer, answer_each, listen, read_head};

/// Fields that leave nothing to find in a page over plain HTTP.
pub(crate) const GOOD: &str = "Content-Type: text/html; charset=utf-8\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n\
    Referrer-Policy: no-referrer\r\n\
    Cross-Origin-Opener-Policy: same-origin\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    Permissions-Policy: camera=()\r\n\
    Cache-Control: no-store\r\n";

pub(crate) const PAGE: &str = "<!doctype html><title>Shop</title><h1>Shop</h1><p>Buy.";

/// What must be said of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Must {
    /// Its page was read and graded, and no more is unknown of it than of a page that is in order.
    Read,
    /// It has no grade, and this is the reason.
    Unknown(&'static str),
    /// This rule fails.
    Fail(&'static str),
}

impl Must {
    /// What is wrong with a target's verdict, if anything is.
    fn wrong(self, target: &Value) -> Option<String> {
        let of = |outcome: &str| -> Vec<String> {
            let findings = target["findings"].as_array().into_iter().flatten();
            findings
                .filter(|finding| finding["outcome"] == outcome)
                .map(|finding| format!("{} {}", finding["rule"], finding["observed"]))
                .collect()
        };
        let (failed, unknown) = (of("fail"), of("unknown"));
        let grade = target["grade"].as_str().unwrap_or_default();
        let graded = grade.starts_with(|c: char| c.is_ascii_uppercase());
        let right = match self {
            Self::Read => graded && unknown.is_empty(),
            Self::Unknown(words) => !graded && unknown.iter().any(|one| one.contains(words)),
            Self::Fail(rule) => failed
                .iter()
                .any(|one| one.starts_with(&format!("\"{rule}\""))),
        };
        let said = format!("{grade} unknown: {unknown:?} failed: {failed:?}");
        let of_ours = said.contains("a fault of seaworthy") || said.contains("internal error");
        (!right || of_ours).then(|| format!("{self:?}, but: {said}"))
    }
}

/// A peer before it listens.
pub(crate) struct Peer {
    name: String,
    must: Must,
    treat: Arc<dyn Fn(TcpStream) + Send + Sync>,
}

impl Peer {
    /// One that treats every connection like this.
    pub(crate) fn treating(
        name: impl Into<String>,
        treat: impl Fn(TcpStream) + Send + Sync + 'static,
        must: Must,
    ) -> Self {
        let (name, treat) = (name.into(), Arc::new(treat));
        Self { name, must, treat }
    }

    /// Listens, and says where.
    pub(crate) fn port(&self) -> u16 {
        let treat = Arc::clone(&self.treat);
        listen(move |stream| treat(stream))
    }

    /// One that answers every request with these bytes.
    pub(crate) fn answering(
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
        must: Must,
    ) -> Self {
        let bytes = bytes.into();
        let treat = move |stream| answer_each(stream, |_| bytes.clone());
        Self::treating(name, treat, must)
    }

    /// One that answers the first request of a connection with these bytes, and ends.
    pub(crate) fn ending(name: impl Into<String>, bytes: impl Into<Vec<u8>>, must: Must) -> Self {
        let bytes = bytes.into();
        let treat = move |mut stream: TcpStream| {
            if read_head(&mut stream).is_some() && stream.write_all(&bytes).is_ok() {
                let _ = stream.shutdown(Shutdown::Write);
                let _ = stream.read(&mut [0; 1024]);
            }
        };
        Self::treating(name, treat, must)
    }
}

/// Audits all of them in one run, among servers that are in order, and holds each verdict to the
/// table; then judges the evidence again.
pub(crate) fn audit(mut peers: Vec<Peer>) {
    for place in [0, peers.len() / 2, peers.len()] {
        let decent = answer("200 OK", GOOD, PAGE);
        peers.insert(
            place,
            Peer::answering("a server in order", decent, Must::Read),
        );
    }
    let urls: Vec<String> = peers
        .iter()
        .map(|peer| format!("http://127.0.0.1:{}/", peer.port()))
        .collect();
    let mut arguments: Vec<&str> = urls.iter().map(String::as_str).collect();
    #[rustfmt::skip]
    arguments.extend([
        "--only", "headers,contract", "--timeout", "2s", "--jobs", "48", "--quiet",
        "-o", "report.md", "--format", "json=report.json", "--evidence", "evidence.jsonl",
    ]);
    let folder = Folder::new();
    let output = folder.run(&arguments);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        matches!(output.status.code(), Some(1 | 3)),
        "{:?} {stderr}",
        output.status
    );
    assert!(!stderr.contains("panicked"), "{stderr}");
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    let targets = report["targets"].as_array().unwrap();
    assert_eq!(targets.len(), peers.len());
    let judged = targets.iter().zip(&peers);
    let wrong: Vec<String> = judged
        .filter_map(|(target, peer)| Some(format!("{}: {}", peer.name, peer.must.wrong(target)?)))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        peers.len(),
        wrong.join("\n")
    );
    let replayed = folder.run(&[
        "replay",
        "evidence.jsonl",
        "--format",
        "json",
        "--no-report",
    ]);
    let again: Value = serde_json::from_slice(&replayed.stdout).unwrap();
    assert_eq!(again["targets"], report["targets"]);
}
