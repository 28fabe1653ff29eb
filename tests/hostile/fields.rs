//! Fields and pages that a reader trips over, in answers that are in order otherwise.

use crate::peers::{self, GOOD, Must, PAGE, Peer};
use crate::server::answer;

/// Fields of an answer that is fine otherwise, and the rule that fails.
#[rustfmt::skip]
const FIELDS: &[(&str, Must)] = &[
    ("Strict-Transport-Security: max-age=99999999999999999999\r\n",  Must::Read),
    ("Strict-Transport-Security: max-age=\"1\r\n",                   Must::Read),
    ("Content-Security-Policy: ;;;;,,,;;'nonce-\r\n",                Must::Read),
    ("Content-Security-Policy: default-src 'sha256-\r\n",            Must::Read),
    ("Content-Security-Policy-Report-Only: \u{1}\r\n",               Must::Read),
    ("Set-Cookie: =; ;;==; expires=\r\n",                            Must::Read),
    ("Set-Cookie: a=b; expires=Thu, 99 Foo 99999 99:99:99 GMT\r\n",  Must::Read),
    ("Set-Cookie: a=b; max-age=-99999999999999999999\r\n",           Must::Read),
    ("Set-Cookie: __Host-a=b; domain=com; path=x\r\n",               Must::Read),
    ("Cache-Control: max-age=99999999999999999999, =, \"\r\n",       Must::Read),
    ("Date: Thu, 99 Foo 99999 99:99:99 GMT\r\n",                     Must::Read),
    ("Date: 0\r\n",                                                  Must::Read),
    ("Age: -1\r\n",                                                  Must::Read),
    ("Retry-After: 99999999999999999999\r\n",                        Must::Read),
    ("RateLimit: \"a\";r=99999999999999999999;t=-1\r\n",             Must::Read),
    ("RateLimit-Limit: 0\r\nRateLimit-Remaining: 0\r\n",             Must::Read),
    ("X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 99999999999\r\n", Must::Read),
    ("Alt-Svc: h3=\":99999\"; ma=99999999999999999999\r\n",          Must::Read),
    ("Link: <<<>>>; rel=\"\\\r\n",                                   Must::Read),
    ("Permissions-Policy: camera=(self \"\\\r\n",                    Must::Read),
    ("Reporting-Endpoints: a=\"https://[\"\r\n",                     Must::Read),
    ("NEL: {\"report_to\":{{{{\r\n",                                 Must::Read),
    ("Report-To: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\r\n",              Must::Read),
    ("Server-Timing: a;dur=1e999;desc=\"\r\n",                       Must::Read),
    ("Content-Type: text/html; charset=\"\r\n",                      Must::Read),
    ("Content-Type: multipart/form-data; boundary=\r\n",             Must::Read),
    ("Content-Disposition: attachment; filename=\"../../x\r\n",      Must::Read),
    ("Access-Control-Allow-Origin: *, *, null\r\n",                  Must::Read),
    ("Access-Control-Max-Age: 99999999999999999999\r\n",             Must::Read),
    ("Vary: *, *, Origin,,,,\r\n",                                   Must::Read),
    ("Upgrade: h2c, websocket\r\nConnection: upgrade\r\n",           Must::Read),
    ("Connection: close, keep-alive\r\n",                            Must::Read),
    ("Trailer: Content-Length\r\n",                                  Must::Read),
    ("Refresh: 0; url=javascript:alert(1)\r\n",                      Must::Read),
    ("WWW-Authenticate: Basic realm=\", , ,=\r\n",                   Must::Read),
    ("SourceMap: file:///etc/passwd\r\n",                            Must::Read),
];

/// Documents that parsers trip over.
#[rustfmt::skip]
const PAGES: &[(&str, &str, Must)] = &[
    ("an open tag",         "<a href=\"",                                            Must::Read),
    ("an open comment",     "<!-- <script src=x>",                                   Must::Read),
    ("an open script",      "<script>alert(1)",                                      Must::Read),
    ("an open CDATA",       "<svg><![CDATA[",                                        Must::Read),
    ("an odd base",         "<base href=\"http://[\"><script src=a b></script>",     Must::Read),
    ("a base of data",      "<base href=\"data:,x\"><script src=/a></script>",       Must::Read),
    ("odd references",      "<a title=\"&#x110000;&#xd800;&#0;&nosuch;&#99999999999;\">", Must::Read),
    ("a refresh to itself", "<meta http-equiv=refresh content=\"0;url=\">",          Must::Read),
    ("a refresh to script", "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">", Must::Read),
    ("an odd charset",      "<meta charset=\"\u{1b}[2J\">",                          Must::Read),
    ("an odd policy",       "<meta http-equiv=content-security-policy content=\";;'nonce-\">", Must::Read),
    ("an odd script",       "<script src=\"/a b<>`\u{1}\"></script>",                Must::Read),
    ("a script inside",     "<script src=\"http://10.0.0.1/x.js\"></script>",        Must::Read),
    ("a script of metadata","<script src=\"http://169.254.169.254/x.js\"></script>", Must::Read),
    ("a script of a file",  "<script src=\"file:///etc/hosts.js\"></script>",        Must::Read),
    ("an odd integrity",    "<script src=/a.js integrity=\"sha256- sha999-x\"></script>", Must::Read),
    ("an odd form",         "<form action=\"http://[\"><input type=password>",       Must::Read),
    ("a nonce that stays",  "<script nonce=\"'nonce-'\"></script>'nonce-",           Must::Read),
];

/// What is too many or too long.
fn vast() -> Vec<(&'static str, String, String)> {
    let field = |name, fields: String| (name, fields, PAGE.to_owned());
    let page = |name, page: String| (name, String::new(), page);
    vec![
        field("10,000 fields", "X: a\r\n".repeat(10_000)),
        field(
            "a field of 50 KiB",
            format!("X: {}\r\n", "a".repeat(50 * 1024)),
        ),
        field(
            "a name of 50 KiB",
            format!("{}: a\r\n", "a".repeat(50 * 1024)),
        ),
        field("1,000 cookies", "Set-Cookie: a=b\r\n".repeat(1000)),
        field(
            "a policy of 50 KiB",
            format!(
                "Content-Security-Policy: {}\r\n",
                "img-src a; ".repeat(5000)
            ),
        ),
        page("20,000 open elements", "<b>".repeat(20_000)),
        page(
            "20,000 attributes",
            format!("<a {}>", "a=b ".repeat(20_000)),
        ),
        page("2,000 scripts", "<script src=/a.js></script>".repeat(2000)),
        page("100,000 ampersands", "&".repeat(100_000)),
        page("100,000 less-than signs", "<".repeat(100_000)),
    ]
}

pub(crate) fn all() -> Vec<Peer> {
    let mut peers = Vec::new();
    for (field, must) in FIELDS {
        peers.push(Peer::answering(
            *field,
            answer("200 OK", &format!("{GOOD}{field}"), PAGE),
            *must,
        ));
    }
    for (name, page, must) in PAGES {
        peers.push(Peer::answering(*name, answer("200 OK", GOOD, page), *must));
    }
    for (name, fields, page) in vast() {
        peers.push(Peer::answering(
            name,
            answer("200 OK", &format!("{GOOD}{fields}"), &page),
            Must::Read,
        ));
    }
    for (name, field) in [
        (
            "a field of 100 KiB",
            format!("X: {}\r\n", "a".repeat(100 * 1024)),
        ),
        (
            "a name of 100 KiB",
            format!("{}: a\r\n", "a".repeat(100 * 1024)),
        ),
    ] {
        let bytes = answer("200 OK", &format!("{GOOD}{field}"), PAGE);
        peers.push(Peer::answering(
            name,
            bytes,
            Must::Unknown("the head is over 64 KiB"),
        ));
    }
    peers
}

#[test]
fn every_field_and_page_has_its_verdict() {
    peers::audit(all());
}
