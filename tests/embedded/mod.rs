//! What the tests with embedded servers share: an audit of one target file, in process.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up has failed"
)]

pub(crate) mod limit;
pub(crate) mod order;
pub(crate) mod sharing;
pub(crate) mod socket;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use seaworthy::config::{self, MissingSecrets};
use seaworthy::engine::{self, Plan, Watch};
use seaworthy::evidence::{Conditions, Evidence, Flag, Run};
use seaworthy::model::{Millis, SecretRef, Severity, Target};
use seaworthy::net::resolve::Resolver;
use seaworthy::net::scrub::Scrub;
use seaworthy::net::{Clock, Net, Stop};
use seaworthy::report::{Finding, Outcome, Report, TargetReport};

struct Silent;

impl Watch for Silent {
    fn began(&self, _: &Target) {}
    fn paced(&self, _: &Target, _: seaworthy::probe::allowance::Pace) {}
    fn ended(&self, _: &Target, _: usize, _: usize) {}
}

/// Looks at the targets of a file. `only` are families; `flags` as on the command line; every
/// secret `$NAME` has the value `secrets` gives it.
pub(crate) fn observe(
    file: &str,
    only: &[&str],
    flags: &[&str],
    secrets: &[(&str, &str)],
) -> Vec<Evidence> {
    let conditions = Conditions {
        flags: flags.iter().map(|flag| named(flag)).collect(),
        ..Conditions::default()
    };
    observe_under(conditions, file, only, secrets)
}

/// The flag of this name, as the evidence spells it.
fn named(flag: &str) -> Flag {
    serde_json::from_value(flag.into()).unwrap()
}

/// The same under conditions of any kind.
pub(crate) fn observe_under(
    conditions: Conditions,
    file: &str,
    only: &[&str],
    secrets: &[(&str, &str)],
) -> Vec<Evidence> {
    let secrets: BTreeMap<&str, &str> = secrets.iter().copied().collect();
    let mut file =
        config::parse(file, "targets.toml", &[]).unwrap_or_else(|faults| panic!("{faults:?}"));
    let lookup = |from: &SecretRef| {
        let SecretRef::Env(name) = from else {
            return Ok(None);
        };
        Ok(secrets.get(name.as_str()).map(|value| (*value).to_owned()))
    };
    let values = file
        .resolve(MissingSecrets::Skip, &lookup)
        .unwrap_or_else(|faults| panic!("{faults:?}"));
    let net = Net {
        stop: Stop::default(),
        clock: Clock::start(),
        resolver: Arc::new(Resolver::default()),
        user_agent: "seaworthy/test".to_owned(),
        scrub: Arc::new(Scrub::of(values.iter(), &file.targets)),
        secrets: Arc::new(
            values
                .iter()
                .map(|(from, value)| (from.clone(), value.clone()))
                .collect(),
        ),
        system_roots: Arc::default(),
        handshakes: Arc::default(),
    };
    let run = Run {
        version: "test".to_owned(),
        list: "targets.toml".to_owned(),
        fail_on: None,
        min_grade: None,
        strict: false,
        only: only.iter().map(|item| (*item).to_owned()).collect(),
        skip: Vec::new(),
        conditions,
    };
    let plan = Plan {
        targets: file.targets,
        run,
        jobs: 4,
        target_deadline: Millis(60_000),
        deadline: None,
    };
    engine::observe(&plan, &net, &Silent)
}

/// The report on all of them.
pub(crate) fn report(evidence: &[Evidence]) -> Report {
    Report::new(evidence)
}

/// The rules that fail above info, sorted, each once: what is only worth knowing blames nobody.
pub(crate) fn failed(target: &TargetReport) -> Vec<&'static str> {
    ids(target, |finding| {
        finding.outcome == Outcome::Fail && finding.severity != Severity::Info
    })
}

/// The rules with this outcome, sorted, each once.
pub(crate) fn rules(target: &TargetReport, outcome: Outcome) -> Vec<&'static str> {
    ids(target, |finding| finding.outcome == outcome)
}

fn ids(target: &TargetReport, which: impl Fn(&Finding) -> bool) -> Vec<&'static str> {
    let found = target.findings.iter().filter(|finding| which(finding));
    let mut ids: Vec<&'static str> = found.map(|finding| finding.rule.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A server on a free port of loopback: `serve` gets every connection on a thread of its own.
pub(crate) fn server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    server_at("127.0.0.1", serve)
}

/// The same on another address of loopback.
pub(crate) fn server_at(address: &str, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind((address, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(stream));
        }
    });
    port
}

/// A request as an embedded server reads it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    /// The first value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self
            .fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or(&self.target)
    }
}

/// Reads one request; `None` when the peer has gone.
pub(crate) fn read_request(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let mut asked = Asked {
        method: words.next()?.to_owned(),
        target: words.next()?.to_owned(),
        ..Asked::default()
    };
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        asked
            .fields
            .push((name.to_owned(), value.trim().to_owned()));
    }
    let length = asked
        .field("content-length")
        .and_then(|value| value.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    asked.body = String::from_utf8_lossy(&body).into_owned();
    Some(asked)
}

/// An answer as an embedded server gives it.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Told {
    /// JSON.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            fields: vec![("Content-Type", "application/json".to_owned())],
            body: body.to_string(),
        }
    }

    /// Text.
    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self {
            status,
            fields: vec![("Content-Type", "text/plain".to_owned())],
            body: body.to_owned(),
        }
    }

    /// With one more field.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.to_owned()));
        self
    }
}

/// An HTTP server that keeps connections alive and answers with `answer`.
pub(crate) fn http(answer: impl Fn(&Asked) -> Told + Send + Sync + 'static) -> u16 {
    server(move |mut stream| {
        while let Some(asked) = read_request(&mut stream) {
            if tell(&mut stream, &asked, &answer(&asked)).is_none() {
                return;
            }
        }
    })
}

/// Writes an answer; `HEAD` gets no body.
pub(crate) fn tell(stream: &mut TcpStream, asked: &Asked, told: &Told) -> Option<()> {
    let mut head = format!(
        "HTTP/1.1 {} X\r\nContent-Length: {}\r\n",
        told.status,
        told.body.len()
    );
    for (name, value) in &told.fields {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    if asked.method != "HEAD" {
        head.push_str(&told.body);
    }
    stream.write_all(head.as_bytes()).ok()
}
