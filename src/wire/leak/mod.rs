//! What an answer tells a stranger that it should keep to itself: stack traces, debug pages,
//! database errors, secrets, addresses of the inside, versions of the software.
//!
//! Each signature is one that only the software itself writes, not one that merely talks about it,
//! and a page of documentation can still quote one: whether a hit matters depends on where it was
//! found, which is for a rule to say.

mod address;
mod secret;
mod trace;

use crate::model::Untrusted;

/// Bytes of a body that are searched.
pub const SEARCHED: usize = 128 * 1024;

/// The sort of thing that leaked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Where in the program an error arose.
    StackTrace,
    /// A framework's page for developers, often with settings and source.
    DebugPage,
    /// A database's own words about a statement.
    DatabaseError,
    /// A credential by its shape.
    Secret,
    /// A host or address that only the inside can reach.
    InternalAddress,
    /// A product with its version, in the page itself.
    Version,
}

/// One hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// What sort.
    pub kind: Kind,
    /// Which signature, in words.
    pub what: &'static str,
    /// Byte offset in the text.
    pub at: usize,
    /// The line it stands on, shortened; a secret is cut to the marker that gave it away.
    pub excerpt: Untrusted,
}

/// Whether a leak is told wherever it is met: a version or an address of the inside is judged where
/// ordinary pages are.
#[must_use]
pub const fn tells(kind: Kind) -> bool {
    match kind {
        Kind::StackTrace | Kind::DebugPage | Kind::DatabaseError | Kind::Secret => true,
        Kind::InternalAddress | Kind::Version => false,
    }
}

/// All leaks of a text in order of their offset, at most one per signature.
#[must_use]
pub fn scan(text: &str) -> Vec<Leak> {
    let text = prefix(text, SEARCHED);
    let mut leaks = trace::scan(text);
    leaks.extend(secret::scan(text));
    leaks.extend(address::scan(text));
    leaks.sort_by_key(|leak| (leak.at, leak.kind));
    leaks
}

/// Addresses of the inside only: for field values, where the other kinds do not occur.
#[must_use]
pub fn internal_addresses(text: &str) -> Vec<Leak> {
    address::scan(prefix(text, SEARCHED))
}

/// The longest prefix of at most `limit` bytes that ends between characters.
fn prefix(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The line around `at`, at most 120 bytes of it.
fn line(text: &str, at: usize) -> Untrusted {
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let start = start.max(at.saturating_sub(40));
    let from = (start..=at).find(|start| text.is_char_boundary(*start));
    let rest = text.get(from.unwrap_or(at)..).unwrap_or_default();
    let end = rest.find('\n').unwrap_or(rest.len());
    prefix(rest.get(..end).unwrap_or_default(), 120)
        .trim()
        .into()
}

#[cfg(test)]
mod tests {
    use super::{Kind, internal_addresses, scan};
    use proptest::prelude::*;

    /// What a server may answer, and what it gives away.
    #[rustfmt::skip]
    const LEAKS: &[(&str, Kind, &str)] = &[
        ("Traceback (most recent call last):\n  File \"/app/x.py\", line 3", Kind::StackTrace, "Python traceback"),
        ("{\"e\":\"at com.acme.Order.load(Order.java:42)\\n\"}",  Kind::StackTrace, "Java stack trace"),
        ("<pre>Error: x<br> &nbsp; &nbsp;at Layer.handle (/srv/node_modules/express/lib/l.js:95:5)", Kind::StackTrace, "JavaScript stack trace"),
        ("  at new Promise (<anonymous>)\n  at /srv/app.mjs:7:9",  Kind::StackTrace, "JavaScript stack trace"),
        ("app/models/user.rb:12:in `find'",                       Kind::StackTrace, "Ruby backtrace"),
        ("goroutine 7 [running]:\nmain.main()",                   Kind::StackTrace, "Go panic"),
        ("thread 'main' panicked at src/main.rs:1:2:",            Kind::StackTrace, "Rust panic"),
        ("   at Acme.Web.Do() in C:\\b\\Do.cs:line 12",           Kind::StackTrace, ".NET stack trace"),
        ("<b>Warning</b>:  x in <b>/var/www/a.php</b> on line <b>3</b>", Kind::StackTrace, "PHP error"),
        ("you have <code>DEBUG = True</code> in your",            Kind::DebugPage, "Django debug page"),
        ("<title>Action Controller: Exception caught</title>",    Kind::DebugPage, "Rails debug page"),
        ("<title>NameError // Werkzeug Debugger</title>",         Kind::DebugPage, "Werkzeug debugger"),
        ("You have an error in your SQL syntax; check",           Kind::DatabaseError, "MySQL error"),
        ("SQLSTATE[42S02]: Base table",                           Kind::DatabaseError, "SQLSTATE error"),
        ("ORA-00942: table or view does not exist",               Kind::DatabaseError, "Oracle error"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII",                  Kind::Secret, "private key"),
        ("sk-abcdefghijABCDEFGHIJ0123456789abcdefghijABCDEFGH",   Kind::Secret, "OpenAI key"),
        ("key=AKIAZ7X3QWERTYUIOPAS;",                             Kind::Secret, "AWS access key id"),
        ("postgres://app:hunter22@db/x",                          Kind::Secret, "connection string with a password"),
        ("<center>nginx/1.22.1</center>",                         Kind::Version, "nginx error page"),
        ("<address>Apache/2.4.57 (Debian) Server at",             Kind::Version, "Apache error page"),
        ("<h3>Apache Tomcat/9.0.71</h3>",                         Kind::Version, "Tomcat error page"),
        ("upstream http://10.0.3.7:8080/x failed",                Kind::InternalAddress, "private IPv4 address"),
        ("dial tcp 192.168.4.2:5432: refused",                    Kind::InternalAddress, "private IPv4 address"),
        ("http://orders.prod.svc.cluster.local/v1",               Kind::InternalAddress, "internal host name"),
        ("{\"next\":\"http://localhost:3000/a\"}",                Kind::InternalAddress, "loopback address"),
    ];

    #[test]
    fn leaks_are_found() {
        for (text, kind, what) in LEAKS {
            let found = scan(text);
            assert!(
                found
                    .iter()
                    .any(|leak| leak.kind == *kind && leak.what == *what),
                "{text:?}: {found:?}"
            );
        }
    }

    /// What resembles a leak and is none.
    const HARMLESS: &[&str] = &[
        "",
        "Meet us at the Java (island.java:) tour",
        "version 10.0.3.7 of Chrome",
        "1.10.0.3 and 10.0.3.70000:1",
        "AKIAIOSFODNN7EXAMPLE",
        "XAKIAZ7X3QWERTYUIOPAS",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "postgres://app@db/x and postgres://user:$PASSWORD@db and mysql://root:password@db",
        "https://user.local.example/x",
        "the nginx/1.22.1 changelog",
        "sk_live_ is the prefix of a live key",
        "task-abcdefghijABCDEFGHIJ0123456789abcdefghijABCDEFGH", // no word of its own
        "sk-loading-placeholder-of-the-card-that-is-being-loaded",
        "ORA-12 and SQLSTATE codes",
        "open main.js:12:3 in your editor",
        "<center>nginx</center>",
        "http://localhost.example.com/",
        "we were thread 'safe' and panicked",
    ];

    #[test]
    fn talk_about_leaks_is_none() {
        for text in HARMLESS {
            assert_eq!(scan(text), [], "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_repeated() {
        let text = "token ghp_0123456789abcdefghijABCDEFGHIJ012345 end";
        let found = scan(text);
        assert_eq!(found.len(), 1);
        assert!(found[0].excerpt.raw().len() < 12, "{found:?}");
        let text = "amqp://svc:s3cr3t-value@mq/";
        assert!(!scan(text)[0].excerpt.raw().contains("s3cr3t"));
    }

    #[test]
    fn the_address_itself_is_told() {
        let found = internal_addresses("http://10.1.2.3:80/a http://db.internal/");
        let hosts: Vec<_> = found.iter().map(|leak| leak.excerpt.raw()).collect();
        assert_eq!(hosts, ["10.1.2.3", "db.internal"]);
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(text in "\\PC*|(at |\\(|\\.java:|[0-9.]{1,9}|://|@|AKIA[A-Z]{0,20}|ü){0,30}") {
            for leak in scan(&text) {
                prop_assert!(leak.at < text.len());
            }
        }
    }
}
