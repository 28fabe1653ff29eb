//! Traces, debug pages, database errors and version footers: by the text only they contain.

use super::{Kind, Leak, line};

/// One way to know a leak: a marker, and a look at what stands around it.
struct Signature {
    kind: Kind,
    what: &'static str,
    marker: &'static str,
    /// Given the text before and after the marker.
    confirm: fn(&str, &str) -> bool,
}

const fn exact(kind: Kind, what: &'static str, marker: &'static str) -> Signature {
    Signature {
        kind,
        what,
        marker,
        confirm: |_, _| true,
    }
}

const fn when(
    kind: Kind,
    what: &'static str,
    marker: &'static str,
    confirm: fn(&str, &str) -> bool,
) -> Signature {
    Signature {
        kind,
        what,
        marker,
        confirm,
    }
}

const JAVASCRIPT: &str = "JavaScript stack trace";

#[rustfmt::skip]
const SIGNATURES: &[Signature] = &[
    exact(Kind::StackTrace, "Python traceback", "Traceback (most recent call last):"),
    when(Kind::StackTrace, "Java stack trace", ".java:", java_frame),
    when(Kind::StackTrace, "Java stack trace", ".kt:", java_frame),
    when(Kind::StackTrace, JAVASCRIPT, ".js:", script_frame),
    when(Kind::StackTrace, JAVASCRIPT, ".mjs:", script_frame),
    when(Kind::StackTrace, JAVASCRIPT, ".cjs:", script_frame),
    when(Kind::StackTrace, JAVASCRIPT, ".ts:", script_frame),
    when(Kind::StackTrace, "Ruby backtrace", ".rb:", |_, after| {
        let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < after.len() && (rest.starts_with(":in `") || rest.starts_with(":in '"))
    }),
    when(Kind::StackTrace, "Go panic", "goroutine ", |_, after| {
        let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < after.len() && rest.starts_with(" [")
    }),
    when(Kind::StackTrace, "Rust panic", "' panicked at ", |before, _| {
        tail(before, 60).contains("thread '")
    }),
    when(Kind::StackTrace, ".NET stack trace", ".cs:line ", |before, _| {
        tail(before, 400).contains(" at ")
    }),
    when(Kind::StackTrace, "PHP error", "</b> on line <b>", |before, _| {
        tail(before, 600).contains(" in <b>")
    }),
    exact(Kind::StackTrace, "PHP error", "PHP Fatal error:  Uncaught "),
    when(Kind::StackTrace, "PHP error", "Stack trace:\n#0 ", |_, after| after.starts_with('/')),
    exact(Kind::DebugPage, "Django debug page", "<code>DEBUG = True</code>"),
    exact(Kind::DebugPage, "Werkzeug debugger", "// Werkzeug Debugger</title>"),
    exact(Kind::DebugPage, "Rails debug page", "Action Controller: Exception caught</title>"),
    exact(Kind::DebugPage, "Rails debug page", "Rails.root: /"),
    exact(Kind::DebugPage, "Laravel debug page", "window.ignite("),
    exact(Kind::DebugPage, "Laravel debug page", "<title>Whoops! There was an error.</title>"),
    exact(Kind::DebugPage, "Symfony debug page", "<!-- Symfony Exception"),
    exact(Kind::DebugPage, "Symfony profiler", "class=\"sf-toolbar "),
    exact(Kind::DebugPage, "ASP.NET debug page", "<title>Runtime Error</title>"),
    exact(Kind::DebugPage, "ASP.NET debug page", "Server Error in '/' Application."),
    exact(Kind::DebugPage, "ASP.NET Core debug page",
        "An unhandled exception occurred while processing the request.</h1>"),
    exact(Kind::DebugPage, "Spring error page", "<h1>Whitelabel Error Page</h1>"),
    exact(Kind::DebugPage, "Starlette debug page", "<h1>500 Server Error</h1><h2>Traceback"),
    exact(Kind::DatabaseError, "MySQL error", "You have an error in your SQL syntax"),
    exact(Kind::DatabaseError, "PostgreSQL error", "PG::SyntaxError"),
    exact(Kind::DatabaseError, "PostgreSQL error", "psycopg2.errors."),
    exact(Kind::DatabaseError, "SQLite error", "sqlite3.OperationalError"),
    exact(Kind::DatabaseError, "SQL Server error",
        "Unclosed quotation mark after the character string"),
    exact(Kind::DatabaseError, "SQL Server error", "Microsoft OLE DB Provider for SQL Server"),
    when(Kind::DatabaseError, "SQLSTATE error", "SQLSTATE[", |_, after| {
        after.split_once(']').is_some_and(|(code, _)| code.len() == 5)
    }),
    when(Kind::DatabaseError, "Oracle error", "ORA-", |_, after| {
        after.split_once(": ").is_some_and(|(code, _)| code.len() == 5 && is_number(code))
    }),
    when(Kind::Version, "nginx error page", "<center>nginx/", starts_with_digit),
    when(Kind::Version, "Apache error page", "<address>Apache/", starts_with_digit),
    when(Kind::Version, "Tomcat error page", "<h3>Apache Tomcat/", starts_with_digit),
    when(Kind::Version, "Jetty error page", "Powered by Jetty:// ", starts_with_digit),
    when(Kind::Version, "IIS error page", "Internet Information Services ", starts_with_digit),
];

/// One leak per signature name.
pub(super) fn scan(text: &str) -> Vec<Leak> {
    let mut leaks: Vec<Leak> = Vec::new();
    for signature in SIGNATURES {
        if leaks.iter().any(|leak| leak.what == signature.what) {
            continue;
        }
        leaks.extend(find(text, signature));
    }
    leaks
}

fn find(text: &str, signature: &Signature) -> Option<Leak> {
    // A marker that is never confirmed may stand on every line: ten looks are enough.
    let hits = text.match_indices(signature.marker).take(10);
    let at = hits.map(|(at, _)| at).find(|at| {
        let (before, rest) = text.split_at(*at);
        (signature.confirm)(
            before,
            rest.get(signature.marker.len()..).unwrap_or_default(),
        )
    })?;
    Some(Leak {
        kind: signature.kind,
        what: signature.what,
        at,
        excerpt: line(text, at),
    })
}

/// `at com.acme.Order.load(Order` before, `42)` after.
fn java_frame(before: &str, after: &str) -> bool {
    let Some((call, _file)) = tail(before, 200).rsplit_once('(') else {
        return false;
    };
    let method = call.rsplit([' ', '\t', '>']).next().unwrap_or_default();
    let framed = call
        .strip_suffix(method)
        .is_some_and(|head| head.trim_end().ends_with("at"));
    framed
        && method.contains('.')
        && after
            .split_once(')')
            .is_some_and(|(line, _)| is_number(line))
}

/// `at f (/srv/app` before, `7:9` after; `at` is what tells a frame from a mention.
fn script_frame(before: &str, after: &str) -> bool {
    let Some((line, rest)) = after.split_once(':') else {
        return false;
    };
    let before = tail(before, 200);
    let path = before.rsplit([' ', '(', ';']).next().unwrap_or_default();
    let head = before.strip_suffix(path).unwrap_or_default();
    let called = head
        .strip_suffix('(')
        .and_then(|head| head.rsplit_once("at "));
    is_number(line)
        && starts_with_digit("", rest)
        && path.contains(['/', '\\'])
        && (head.ends_with("at ") || called.is_some_and(|(_, name)| name.len() < 100))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn starts_with_digit(_: &str, after: &str) -> bool {
    after.starts_with(|c: char| c.is_ascii_digit())
}

/// The last `limit` bytes or a little less.
fn tail(text: &str, limit: usize) -> &str {
    let mut start = text.len().saturating_sub(limit);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or_default()
}
