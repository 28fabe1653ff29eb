//! Every mistake has a line, a column, and a mend.

use super::faults;

/// What stands under `[[target]]` with a good URL, the fault behind a `»`; what is said; the mend.
#[rustfmt::skip]
const TARGETS: &[(&str, &str, &str)] = &[
    ("»timeuot = \"1s\"", "unknown key `timeuot`", "did you mean `timeout`?"),
    ("»ws = { path = \"/ws\" }", "unknown key `ws`", "did you mean `websocket`?"),
    ("»zebra = 1", "unknown key `zebra`", "its keys are name, url, "),
    ("cors = »{ }", "does not say who may read", "add `origins = "),
    ("cors = { »origin = [] }", "unknown key `origin`", "did you mean `origins`?"),
    ("cors = { origins = [], »origin = 1 }", "unknown key `origin`", "did you mean `origins`?"),
    ("tls = { »min = \"1.2\" }", "unknown key `min`", "did you mean `min_version`?"),
    ("latency = { »warn = \"1s\" }", "unknown key `warn`", "did you mean `target`?"),
    ("[target.websocket]\n»pth = \"/ws\"", "unknown key `pth`", "did you mean `path`?"),
    ("timeout = »10", "expected a duration, found a whole number", "\"10s\""),
    ("optional = »\"yes\"", "expected true or false, found a text", "without quotes"),
    ("absent = »\"/.env\"", "expected a list, found a text", "in brackets"),
    ("tls = »\"1.2\"", "expected a table, found a text", "in braces"),
    ("cors = »1", "expected a name or a table", "[cors.NAME]"),
    ("name = »1", "expected a text, found a whole number", "in quotes"),
    ("timeout = »\"10\"", "no duration", "\"10s\""),
    ("timeout = »\"0s\"", "no duration", "\"10s\""),
    ("max_error_rate = »0.01", "expected a share, found a number", "\"1%\""),
    ("max_error_rate = »\"1\"", "no share", "from 0% to 100%"),
    ("max_error_rate = »\"101%\"", "no share", "from 0% to 100%"),
    ("»error_rate = \"1%\"", "unknown key `error_rate`", "did you mean `max_error_rate`?"),
    ("connections = »64", "64 is out of range", "from 1 to 32"),
    ("kind = »\"apy\"", "unknown value \"apy\"", "did you mean \"api\"?"),
    ("kind = »\"website\"", "unknown value \"website\"", "\"web\" or \"api\""),
    ("env = »\"prod\"", "unknown value \"prod\"", "\"production\", \"staging\""),
    ("name = »\"\"", "an empty text", "one line of text"),
    ("tls = { min_version = »\"1.4\" }", "no version of TLS", "\"1.3\""),
    ("tls = { suites = [»\"TLS_AES_128_GCM_SHA265\"] }", "there is no cipher suite \"TLS_AES_128_GCM_SHA265\"", "did you mean \"TLS_AES_128_GCM_SHA256\"?"),
    ("tls = { suites = [»\"ECDHE\"] }", "there is no cipher suite \"ECDHE\"", "IANA name"),
    ("tls = { suites = »[] }", "no suite would be right", "TLS_AES_128_GCM_SHA256"),
    ("tls = { issuer = »[] }", "no issuer would be right", "Let's Encrypt"),
    ("tls = { issuer = »5 }", "expected a text", "in quotes"),
    ("tls = { »ca = \"E5\" }", "unknown key `ca`", "did you mean `issuer`?"),
    ("latency = »{ target = \"2s\", alert = \"1s\" }", "the latency target, 2000 ms, is above its alert, 1000 ms", "raise latency.alert"),
    ("latency = { load = [»\"p95 < fast\"] }", "this condition cannot be read", "p95 < 500ms"),
    ("absent = [»\"docs\"]", "\"docs\" is no path", "starts with `/`"),
    ("absent = [»\"/a b\"]", "' ' cannot stand in a path", "%20"),
    ("absent = [»\"/ü\"]", "'ü' cannot stand in a path", "%C3%BC"),
    ("absent = [»\"/{uid}\"]", "nothing to fill in for `{uid}`", "add `vars = { uid = "),
    ("absent = [»\"/{uid}\"]\nvars = { uuid = 1 }", "nothing to fill in for `{uid}`", "did you mean `{uuid}`?"),
    ("absent = [»\"/{uid\"]", "a `{` without its `}`", "%7B"),
    ("protected = [»\"get /x\"]", "methods are case-sensitive", "\"GET\""),
    ("wrong_method = [»\"GET x\"]", "\"x\" is no path", "starts with `/`"),
    ("endpoint = [»{ status = 200 }]", "this asks for nothing", "get = \"/health\""),
    ("endpoint = [{ get = \"/\", post = »\"/\" }]", "this asks for two things", "one table for each"),
    ("endpoint = [{ get = \"/\", status = »99 }]", "99 is out of range", "from 100 to 599"),
    ("endpoint = [{ get = \"/\", status = »\"2x\" }]", "no status", "\"2xx\""),
    ("endpoint = [{ get = \"/\", status = »[] }]", "no status would be right", "[200]"),
    ("endpoint = [»{ post = \"/orders\", timed = true }]", "POST /orders cannot be timed", "a GET or HEAD"),
    ("endpoint = [»{ get = \"/next\", mutating = true, timed = true }]", "GET /next cannot be timed", "changes nothing"),
    ("endpoint = [{ get = \"/\", timed = »\"yes\" }]", "expected true or false", "without quotes"),
    ("endpoint = [{ get = \"/\", equal = »[\"/version\"] }]", "nothing for these values to equal", "same_as"),
    ("endpoint = [{ get = \"/\", same_as = \"a.example\", equal = [»\"version\"] }]", "\"version\" is no JSON Pointer", "\"/version\""),
    ("endpoint = [{ get = \"/\", note = »\"\" }]", "an empty text", "one line of text"),
    ("note = »5", "expected a text", "in quotes"),
    ("endpoint = [{ get = \"/\", max_bytes = »\"4kb\" }]", "no size", "\"64KiB\""),
    ("websocket = { path = \"/ws\", protocols = [»\"{token}\"] }", "has nothing to be filled in with", "add `auth = {"),
    ("websocket = { path = \"/ws\", protocols = [»\"a b\"] }", "is no name", "no spaces"),
    ("websocket = { path = \"/ws\", send_headers = »{ Origin = \"https://a.example\" } }", "the handshake sets one of these fields itself", "`origins`"),
    ("send_headers = »{ Host = \"a.example\" }", "each request sets Host itself", "leave it out"),
    ("send_headers = »{ Access-Control-Request-Method = \"PUT\" }", "each request sets Access-Control-Request-Method itself", "leave it out"),
    ("send_headers = { Cookie = »\"gate=1\" }", "a secret is never written in this file", "refer to it"),
    ("auth = { scheme = \"bearer\" }\nsend_headers = »{ authorization = { env = \"GATE\" } }", "`auth` sends authorization as well", "another way in"),
    ("auth = { scheme = \"bearer\" }\nwebsocket = { path = \"/ws\", first = { send = »\"hello\" } }", "no place for the credential", "write `{token}`"),
    ("websocket = { path = \"/ws\", first = { send = »\"{token}\" } }", "has nothing to be filled in with", "add `auth = {"),
    ("auth = { scheme = \"bearer\" }\nwebsocket = { path = »\"/ws?t={token}\", first = { send = \"{token}\" } }", "into the handshake and into the first message", "leave `{token}` out"),
    ("websocket = { path = \"/ws\", first = »{ json = {} } }", "`first` has no `send`", "add `send = "),
    ("websocket = { path = \"/ws\", shared = »\"yes\" }", "expected true or false", "without quotes"),
    ("websocket = { path = \"/ws\", hold = »500 }", "500 is out of range", "from 2 to 50"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = { len = »{ min = 3, max = 1 } } } }]", "no length is between these bounds", "{ max = 50 }"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = »{ max = 70, alert = 60 } } }]", "this alert lies beyond no bound", "{ max = 70, alert = 85 }"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = »{ min = 1, max = 70, alert = 85 } } }]", "this alert lies beyond no bound", "{ min = 30, alert = 10 }"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = »{ alert = 85 } } }]", "this alert lies beyond no bound", "one bound"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = { max = 70, alert = »\"85\" } } }]", "expected a number", "without quotes"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = { len = »{ } } } }]", "no length is between these bounds", "{ min = 1 }"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = { len = { »least = 3 } } } }]", "unknown key `least`", "min"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = { len = »\"3\" } } }]", "expected a whole number", "without quotes"),
    ("endpoint = [{ get = \"/\", json = { »version = \"1\" } }]", "\"version\" is no JSON Pointer", "\"/version\""),
    ("endpoint = [{ get = \"/\", json = { »\"/a~b\" = 1 } }]", "is no JSON Pointer", "`~0`"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = { »regex = \"x\" } } }]", "unknown key `regex`", "did you mean `matches`?"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = { matches = »\"(\" } } }]", "this is no regular expression", "open bracket"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = »{} } }]", "an assertion that expects nothing", "{ min = 1 }"),
    ("endpoint = [{ get = \"/\", json = { \"/a\" = { max = »inf } } }]", "JSON has no such number", "finite"),
    ("endpoint = [{ get = \"/\", headers = { Age = »5 } }]", "compared with text", "in quotes"),
    ("endpoint = [{ get = \"/\", headers = { »\"A B\" = \"\" } }]", "no name of a header field", "no spaces"),
    ("endpoint = [{ get = \"/\", same_as = »\"b\" }]", "there is no target \"b\"", "of a [[target]]"),
    ("endpoint = [{ post = \"/\", send = »{ t = { env = \"X\" } } }]", "secrets are not sent in bodies", "send_headers"),
    ("rate = [{ get = \"/\", limit = »\"60\" }]", "no limit", "\"60/min\""),
    ("rate = [»{ get = \"/\" }]", "`rate` has no `limit`", "add `limit = \"60/min\"`"),
    ("login = »{ post = \"/l\", send = { user = \"x\" } }", "no place for user and password", "{user} and {password}"),
    ("cors = { public = true, origins = »[] }", "exclude each other", "keep one of the two"),
    ("cors = { public = true, credentials = »true }", "exclude each other", "list the `origins`"),
    ("cors = { origins = [»\"https://A.example/\"] }", "is no origin as browsers send it", "\"https://a.example\""),
    ("cors = { origins = [»\"https://a.example:443\"] }", "is no origin as browsers send it", "no default port"),
    ("cors = { origins = [»\"*\"] }", "\"*\" is no origin", "public = true"),
    ("cors = { origins = [»\"null\"] }", "\"null\" is no origin", "every sandboxed page"),
    ("cors = »{ origins = [\"https://b.example\"], denied = [\"https://b.example\"] }", "is allowed and denied", "one of the two"),
    ("cors = »\"app\"", "there is no [cors.app]", "add a table [cors.app]"),
    ("auth = { scheme = »\"jwt\" }", "unknown value \"jwt\"", "\"bearer\""),
    ("auth = »{}", "`auth` has no `scheme`", "add `scheme = "),
    ("auth = »{ scheme = \"api-key\" }", "`auth` has no `header`", "\"X-API-Key\""),
    ("auth = { scheme = \"bearer\", »token_env = \"X\" }", "unknown key `token_env`", "did you mean `token`?"),
    ("auth = { scheme = \"bearer\", token = »{ env = \"X\", file = \"y\" } }", "comes from one place", "keep `env` or `file`"),
    ("endpoint = [»{ get = \"/\", protected = true, send_headers = { authorization = { env = \"X\" } } }]\nauth = { scheme = \"basic\" }", "is protected, and its send_headers carry Authorization", "remove the field"),
    ("websocket = »{}", "`websocket` has no `path`", "add `path = \"/ws\"`"),
    ("websocket = { path = »\"/ws?t={token}\" }", "`{token}` has nothing", "add `auth = "),
    ("websocket = { path = \"/ws\", origins = »\"cors\" }", "declares no `cors`", "list the origins here"),
    ("websocket = { path = \"/ws\", reject = »\"4401\" }", "no way to turn somebody away", "\"close:4401\""),
];

#[test]
fn mistakes_in_a_target() {
    for (lines, said, mend) in TARGETS {
        let text = format!("[[target]]\nurl = \"https://a.example\"\n{lines}\n");
        expect(&text, said, mend);
    }
}

/// The same for whole files.
#[rustfmt::skip]
const FILES: &[(&str, &str, &str)] = &[
    ("", "targets.toml has no [[target]]", "[[target]]"),
    ("[[»targets]]\nurl = 1", "unknown key `targets`", "did you mean `target`?"),
    ("schema_version = »2", "2 is out of range", "from 1 to 1"),
    ("»[[target]]", "[[target]] has no `url`", "add `url = "),
    ("[[target]]\n»ulr = \"https://a.example\"", "unknown key `ulr`", "`url`?\n\n1 error"),
    ("[[target]]\nurl = »\"a.example\"", "a URL starts with https://", "write https://a.example"),
    ("[[target]]\nurl = »\"ftp://a.example\"", "only https:// and http://", "write it like https://app.example"),
    ("[[target]]\nurl = \"https://a.example/\"\n»[[target]]\nurl = \"https://a.example\"", "two targets are called \"a.example\"", "line 1"),
    ("[[target]]\nurl = »\"http://169.254.169.254/\"", "a cloud's metadata service", "allow_metadata = true"),
    ("[[target]]\nurl = »\"http://[fd00:ec2::254]/\"", "a cloud's metadata service", "allow_metadata = true"),
    ("»[cors.app]\n[[target]]\nurl = \"https://a.example\"", "does not say who may read", "add `origins"),
    ("[defaults]\n»timout = 1\n[[target]]\nurl = \"https://a.example\"", "unknown key `timout`", "did you mean `timeout`?"),
    ("[defaults]\n»url = 1\n[[target]]\nurl = \"https://a.example\"", "unknown key `url`", "its keys are kind, "),
    ("[auth.usr]\nscheme = \"bearer\"\n[[target]]\nurl = \"https://a.example\"\nauth = »\"user\"", "there is no [auth.user]", "did you mean \"usr\"?"),
    ("[[target]]\nurl = \"https://a.example\"\n[[waiver]]\nrule = »\"hsts-missing\"\ntarget = \"a.example\"\nreason = \"r\"\nexpires = 2026-12-31", "there is no rule \"hsts-missing\"", "did you mean \"headers/hsts-missing\"?"),
    ("[[target]]\nurl = \"https://a.example\"\n[[waiver]]\nrule = \"headers/hsts-missing\"\ntarget = »\"b.example\"\nreason = \"r\"\nexpires = 2026-12-31", "there is no target \"b.example\"", "did you mean \"a.example\"?"),
    ("[[target]]\nurl = \"https://a.example\"\n»[[waiver]]\nrule = \"headers/hsts-missing\"\ntarget = \"a.example\"\nexpires = 2026-12-31", "[[waiver]] has no `reason`", "add `reason"),
    ("[[target]]\nurl = \"https://a.example\"\n[[waiver]]\nrule = \"headers/hsts-missing\"\ntarget = \"a.example\"\nreason = \"r\"\nexpires = »\"soon\"", "\"soon\" is no date", "2026-12-31"),
    ("[[target]]\nurl = »https://a.example", "string values must be quoted", "a text stands in quotes"),
    ("[[target]]\nurl = \"https://a.example»", "invalid basic string", "a text stands in quotes"),
    ("[run]\nfail_on = »\"hihg\"\n[[target]]\nurl = \"https://a.example\"", "unknown value \"hihg\"", "did you mean \"high\"?"),
    ("[run]\nfail_on = »\"new\"\n[[target]]\nurl = \"https://a.example\"", "unknown value \"new\"", "\"none\", \"info\""),
    ("[run]\nmin_grade = »\"E\"\n[[target]]\nurl = \"https://a.example\"", "unknown grade \"E\"", "A+, A, A-"),
    ("[run]\ncacert = »\"ca.pem\"\n[[target]]\nurl = \"https://a.example\"", "expected a list, found a text", "in brackets"),
    ("[run]\nresolve = [»\"a.example\"]\n[[target]]\nurl = \"https://a.example\"", "no override: \"a.example\"", "write host:port:ip"),
    ("[run]\njobs = »0\n[[target]]\nurl = \"https://a.example\"", "0 is out of range", "from 1 to 1024"),
    ("»cacert = [\"ca.pem\"]\n[[target]]\nurl = \"https://a.example\"", "unknown key `cacert`", "did you mean `run`?"),
    ("[target]\n[»target]", "duplicate key", "`[[target]]`"),
];

#[test]
fn mistakes_in_a_file() {
    for (text, said, mend) in FILES {
        expect(text, said, mend);
    }
}

fn expect(marked: &str, said: &str, mend: &str) {
    let report = faults(&marked.replace('»', ""));
    let context = format!("{marked}\n--- is answered\n{report}");
    assert!(report.contains(said), "{context}--- without {said:?}");
    assert!(report.contains(mend), "{context}--- without {mend:?}");
    let Some((before, _)) = marked.split_once('»') else {
        assert!(
            !report.contains("-->"),
            "{context}--- though nothing is marked"
        );
        return;
    };
    let line = before.matches('\n').count() + 1;
    let column = before
        .split('\n')
        .next_back()
        .map_or(0, |rest| rest.chars().count())
        + 1;
    let arrow = format!("--> targets.toml:{line}:{column}\n");
    assert!(report.contains(&arrow), "{context}--- without {arrow:?}");
}

#[test]
fn all_mistakes_are_said_at_once() {
    let report = faults(
        "
[defaults]
timeout = 10
[[target]]
url = \"a.example\"
[target.cors]
origins = [\"https://a.example/\", \"*\"]
[[target]]
kind = \"apis\"
",
    );
    insta::assert_snapshot!(report);
}

/// Whatever is wrong, a value that may be a secret is not shown.
#[rustfmt::skip]
const SECRETS: &[&str] = &[
    "auth = { scheme = \"bearer\", token = \"hunter2\" }",
    "auth = { scheme = \"bearer\", token = [\"hunter2\"] }",
    "auth = { scheme = \"bearer\", token = { env = \"hunter2-\" } }",
    "auth = { scheme = \"bearer\", token = \"hunter2 }",
    "[target.auth]\nscheme = \"bearer\"\ntoken = hunter2\"",
    "[target.auth]\nscheme = \"bearer\"\ntoken = hunter2",
    "[target.auth]\nscheme = \"bearer\"\ntoken = { env = hunter2 }",
    "[target.auth]\nscheme = \"bearer\"\ntoken hunter2",
    "[target.auth]\nscheme = \"bearer\"\ntoken = [ 'hunter2'",
    "[target.auth]\nscheme = \"bearer\"\ntoken = 'hunter2",
    "endpoint = [{ get = \"/\", send_headers = { Authorization = \"hunter2\" } }]",
    "endpoint = [{ get = \"/\", send_headers = { cookie = \"hunter2\" } }]",
    "vars = { token = \"hunter2\" }",
    "login = { post = \"/l\", known_user = \"hunter2\" }",
];

#[test]
fn secrets_are_refused_and_not_shown() {
    for lines in SECRETS {
        let text = format!("[[target]]\nurl = \"https://a.example\"\n{lines}\n");
        let report = faults(&text);
        assert!(!report.contains("hunter2"), "{report}");
    }
    let report = faults("[[target]]\nurl = \"https://me:hunter2@a.example\"");
    assert!(!report.contains("hunter2"), "{report}");
}
