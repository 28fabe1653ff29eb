//! A system as a test sees it: its target file, and a replica of each host in it.

use std::sync::{Arc, Mutex};

use seaworthy::evidence::Evidence;
use seaworthy::report::TargetReport;
use serde_json::{Value, json};

use std::time::Duration;

use super::embedded::limit::{Limit, Limiter};
use super::embedded::sharing::Sharing;
use super::embedded::socket::Socket;
use super::embedded::{Asked, Told, observe, read_request, report, server_at, tell};

/// A claim, what is broken of it, and the rule that says so, before those that may follow from it.
pub(crate) type Broken = (&'static str, &'static str, &'static [&'static str]);

pub(crate) struct System {
    pub(crate) file: &'static str,
    /// Declared times, and what a test that shares two cores has instead.
    pub(crate) times: &'static [(&'static str, &'static str)],
    pub(crate) hosts: &'static [Host],
    pub(crate) answer: fn(&Heard<'_>) -> Told,
    pub(crate) broken: &'static [Broken],
    /// Defects that need more than an ordinary run, and what.
    pub(crate) needs: &'static [(&'static str, &'static [&'static str])],
    /// Of claims that cannot be seen from outside, the words that say so.
    pub(crate) hidden: &'static [&'static str],
}

impl System {
    pub(crate) fn flags(&self, defect: &str) -> &'static [&'static str] {
        let own = self.needs.iter().find(|(of, _)| defect.starts_with(of));
        own.map_or(&[], |(_, flags)| flags)
    }
}

/// One host of a target file.
pub(crate) struct Host {
    pub(crate) name: &'static str,
    pub(crate) sharing: &'static Sharing,
    pub(crate) limits: &'static [Limit],
    pub(crate) socket: Option<&'static Socket>,
}

/// A request as the system's own code gets it.
pub(crate) struct Heard<'a> {
    pub(crate) asked: &'a Asked,
    pub(crate) host: &'static str,
    /// Requests that this host was sent before.
    pub(crate) before: usize,
    /// How often the last of them were the same as this one.
    pub(crate) again: usize,
    pub(crate) defect: &'static str,
}

impl Heard<'_> {
    /// The value that is declared, or the other one where that is what is broken.
    pub(crate) fn unless<T>(&self, defect: &str, good: T, bad: T) -> T {
        if self.defect == defect { bad } else { good }
    }

    /// Every third time of those who ask the same again and again, from no page.
    pub(crate) fn fails_now(&self) -> bool {
        self.asked.field("origin").is_none() && self.again > 4 && self.again.is_multiple_of(3)
    }

    pub(crate) fn route(&self) -> (&str, &str) {
        (&self.asked.method, self.asked.path())
    }
}

/// What is found only where limits are measured.
pub(crate) const LIMITED: &[&str] = &["burst"];

/// Tokens with the claims of somebody, as a library signs them; the signatures are made up.
pub(crate) const SECRETS: &[(&str, &str)] = &[
    ("ASSISTANT_TOKEN", GOOD),
    ("ASSISTANT_EXPIRED", EXPIRED),
    ("ASSISTANT_OTHER", OTHER),
    ("ASSISTANT_USER", "somebody@example.com"),
    ("SAFETY_KEY", "a-good-key"),
    ("ISSUES_TOKEN", GOOD),
    ("PITCH_TOKEN", GOOD),
    ("PITCH_USER", "somebody@example.com"),
];

/// `{"alg":"HS256","typ":"JWT"}` and `{"sub":"42","exp":4102444800}`.
pub(crate) const GOOD: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDgwMH0.Z29vZC1zaWduYXR1cmUtb2Ytc2VydmVyLWtleS0xMjM";
/// The same user's, with `"exp":1600000000`.
pub(crate) const EXPIRED: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI0MiIsImV4cCI6MTYwMDAwMDAwMH0.b25jZS1nb29kLXNpZ25hdHVyZS1vZi1zZXJ2ZXIta2U";
/// That of user 77.
pub(crate) const OTHER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI3NyIsImV4cCI6NDEwMjQ0NDgwMH0.b3RoZXItc2lnbmF0dXJlLW9mLXNlcnZlci1rZXktNzc";

pub(crate) fn not_found() -> Told {
    Told::json(404, &json!({"detail": "Not Found"}))
}

pub(crate) fn refused() -> Told {
    Told::json(401, &json!({"detail": "Not authenticated"})).with("WWW-Authenticate", "Bearer")
}

pub(crate) fn many(number: usize) -> Told {
    Told::json(200, &Value::from(vec![json!({"id": 1}); number]))
}

/// Host, and method and path, of every request that reached a replica, in order.
pub(crate) type AccessLog = Arc<Mutex<Vec<(&'static str, String)>>>;

/// How many requests that host was sent before, and how many of the last were the same.
fn enter(log: &AccessLog, host: &'static str, asked: &Asked) -> (usize, usize) {
    let line = format!("{} {}", asked.method, asked.path());
    let mut log = log.lock().unwrap();
    let own = || log.iter().filter(|(other, _)| *other == host);
    let again = own().rev().take_while(|(_, other)| *other == line).count();
    let before = own().count();
    log.push((host, line));
    (before, again)
}

fn replica(
    system: &'static System,
    host: &'static Host,
    defect: &'static str,
    address: &str,
    log: &AccessLog,
    window: Duration,
) -> u16 {
    let log = Arc::clone(log);
    let limiters: Vec<Limiter> = host
        .limits
        .iter()
        .map(|limit| Limiter::new(limit, window))
        .collect();
    let open = Arc::new(());
    server_at(address, move |mut stream| {
        while let Some(asked) = read_request(&mut stream) {
            let (before, again) = enter(&log, host.name, &asked);
            let refused = limiters
                .iter()
                .find_map(|limiter| limiter.refusal(&asked, defect));
            if let Some(socket) = host
                .socket
                .filter(|_| asked.field("upgrade").is_some() && refused.is_none())
            {
                let _ = socket.serve(stream, &asked, defect, &open);
                return;
            }
            let heard = Heard {
                asked: &asked,
                host: host.name,
                before,
                again,
                defect,
            };
            let told = match (refused, host.sharing.preflight(&asked, defect)) {
                (None, Some(leave)) => leave,
                (Some(told), _) => host.sharing.share(&asked, told, defect),
                (None, None) => host.sharing.share(&asked, (system.answer)(&heard), defect),
            };
            if tell(&mut stream, &asked, &told).is_none() {
                return;
            }
        }
    })
}

/// The file with its hosts replaced by replicas, audited: each on an address of its own.
pub(crate) fn audit(
    system: &'static System,
    defect: &'static str,
    families: &[&str],
    flags: &[&str],
) -> (Vec<TargetReport>, AccessLog) {
    let (evidence, log) = observed(system, defect, families, flags);
    (report(&evidence).targets, log)
}

/// The same before it is judged.
pub(crate) fn observed(
    system: &'static System,
    defect: &'static str,
    families: &[&str],
    flags: &[&str],
) -> (Vec<Evidence>, AccessLog) {
    let addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
    let mut file = system.file.to_owned();
    for (declared, here) in system.times {
        assert!(file.contains(declared), "{declared}");
        file = file.replace(declared, here);
    }
    // Half of a declared limit is used and the rest waited for: by the second, that is no time. A
    // burst has to be over before its window is.
    let seconds = if flags.contains(&"burst") { 5 } else { 1 };
    file = file.replace("/min\"", &format!("/{seconds}s\""));
    let window = Duration::from_secs(seconds);
    let log = AccessLog::default();
    for (host, address) in system.hosts.iter().zip(addresses) {
        let port = replica(system, host, defect, address, &log, window);
        let from = format!("url = \"https://{}/\"", host.name);
        assert!(file.contains(&from), "{}", host.name);
        file = file.replace(&from, &format!("url = \"http://{address}:{port}/\""));
    }
    (observe(&file, families, flags, SECRETS), log)
}
