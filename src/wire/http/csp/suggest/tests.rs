use super::{NONCE, for_page};
use crate::wire::html::Page;
use crate::wire::http::csp::page::blocked;
use crate::wire::http::csp::reach::{self, AttackPath};
use crate::wire::http::csp::{Delivery, Policies, Policy};
use crate::wire::url::WebUrl;

fn own() -> WebUrl {
    WebUrl::parse("https://a.example/page").unwrap()
}

fn policy(field: &str) -> Policy {
    Policy::parse(field, Delivery::Header, 0)
}

/// What decides which scripts run, where forms go and who frames the page; the rest may stay wide.
const GUARDED: [AttackPath; 5] = [
    AttackPath::Script,
    AttackPath::Object,
    AttackPath::Base,
    AttackPath::Form,
    AttackPath::Frame,
];

/// Markup, under whose suggestion nothing is stopped and nothing guarded is open.
const PAGES: &[&str] = &[
    "<p>plain",
    "<script>f()</script><script src=/a.js></script><img src=//img.example/a.png>",
    "<script nonce=YWJj>f()</script><script nonce=YWJj src=https://cdn.jsdelivr.net/npm/x></script>",
    "<script src=https://cdn.jsdelivr.net/npm/jquery@3/dist/jquery.min.js></script>",
    "<a onclick='f()' href='javascript:g()' style='color:red'><style>p{}</style>",
    "<base href=https://b.example/x/><script src=y.js></script><form action=/login>",
    "<iframe src=https://f.example/></iframe><object data=/o></object><video src=data:video/mp4,x>",
    "<link rel=stylesheet href='https://c.example/a,b;c.css'><script src='https://unpkg.com/a,b;c.js'></script>",
    "<link rel=preload as=fetch href=https://d.example/a.json><svg><use xlink:href=/s.svg#a></svg>",
    "<iframe srcdoc='<img src=//i.example/a><script>f()</script>'></iframe>",
    "<script type=speculationrules>{}</script><style nonce=YWJj>p{}</style>",
    "<script nonce=YWJj>document.write('x')</script><link rel=modulepreload href=/m.js>",
];

#[test]
fn nothing_guarded_is_open_and_nothing_is_stopped() {
    let own = own();
    for markup in PAGES {
        let page = Page::read(markup);
        let field = for_page(&page, &own, &[]).policy.replace(NONCE, "YWJj");
        let list = [policy(&field)];
        assert_eq!(list[0].faults, [], "{field}");
        let policies = Policies::new(&list, &own);
        assert_eq!(blocked(&page, &policies), [], "{markup} under {field}");
        for reach in reach::of(&policies) {
            let guarded = GUARDED.contains(&reach.path);
            assert!(
                !guarded || reach.openings.is_empty(),
                "{field} leaves {reach:?}"
            );
        }
        assert!(!policies.allows_eval(), "{field}");
    }
}

/// Markup, the policy of today, a directive, and what is suggested for it.
#[rustfmt::skip]
const DIRECTIVES: &[(&str, &str, &str, &str)] = &[
    // What comes from the site itself may come from there whatever the markup shows.
    ("<p>",                                           "", "script-src",  "'self'"),
    ("<img src=//i.example/a>",                       "", "img-src",     "'self' https://i.example"),
    ("<script>f()</script>",                          "", "script-src",  "'self' 'sha256-GcEEE0IkDzIP5EQ6DXZaDPORqT5RTBELX8Fyzyg9yvo='"),
    ("<form action=https://pay.example/>",            "", "form-action", "'self' https://pay.example"),
    // What scripts and style sheets load is not in the markup.
    ("<script src=/a.js></script>",                   "", "connect-src", "'self' blob: data: https: wss:"),
    ("<script src=/a.js></script>",                   "", "worker-src",  "'self' blob:"),
    ("<script src=/a.js></script>",                   "", "style-src",   "'self' 'unsafe-inline' https:"),
    ("<link rel=stylesheet href=/a.css>",             "", "font-src",    "'self' data: https:"),
    ("<link rel=stylesheet href=/a.css>",             "", "style-src",   "'self' https:"),
    ("<style>@import '//s.example/a';</style>",       "", "font-src",    "'self' data: https:"),
    ("<img src=//i.example/a><script src=/a.js></script>", "", "img-src", "'self' blob: data: https:"),
    // Where nothing is loaded unseen, it is exact.
    ("<style>p{background:url(//i.example/a)}</style>", "", "img-src",   "'self' https://i.example"),
    ("<style>@font-face{src:url(data:font/woff2,x)}</style>", "", "font-src", "'self' data:"),
    ("<link rel=manifest href=//m.example/m>",        "", "manifest-src", "'self' https://m.example"),
    ("<object data=//o.example/a.svg></object>",      "", "object-src",  "https://o.example"),
    ("<object data=//o.example/a.svg></object>",      "", "frame-src",   "'self' https://o.example"),
    // Scripts: hosts, but for those that serve anybody's.
    ("<script src=https://w.example/w.js></script>",  "", "script-src",  "'self' 'wasm-unsafe-eval' https://w.example"),
    ("<script src=https://unpkg.com/w.js></script>",  "", "script-src",  "'self' 'wasm-unsafe-eval' https://unpkg.com/w.js"),
    ("<script type=importmap>{\"imports\":{\"a\":\"https://m.example/a.js\",\"b/\":\"https://esm.sh/b/\"}}</script>", "",
                                                          "script-src",  "'self' 'sha256-4W05VEDSZz6vAA7FKbLGLL9F+WjEHH8Ybj8Q3xZ8720=' https://esm.sh/b/ https://m.example"),
    ("<script type=module src=https://esm.sh/a></script>", "", "script-src", "'self' 'wasm-unsafe-eval' https://esm.sh"),
    ("<script nonce=YWJj>f()</script>",               "", "script-src",  "'nonce-{RANDOM}' 'strict-dynamic'"),
    ("<script nonce=YWJj>f()</script><script src=/a.js></script>", "", "script-src", "'nonce-{RANDOM}' 'self' 'wasm-unsafe-eval'"),
    ("<div x-data='{}'><script src=/a.js></script>",  "", "script-src",  "'self' 'unsafe-eval' 'wasm-unsafe-eval'"),
    // What is allowed today stays, but for what injected script could use.
    ("<p>", "script-src 'self' https://w.example 'unsafe-eval' 'unsafe-inline' https:", "script-src", "'self' 'unsafe-eval' https://w.example"),
    ("<p>", "default-src 'none'; img-src *",              "img-src",     "*"),
    ("<p>", "default-src 'none'; img-src *",              "default-src", "'none'"),
    ("<script src=/a.js></script>", "default-src 'self'; script-src 'unsafe-inline'", "connect-src", ""),
    ("<script src=/a.js></script>", "default-src 'self'; script-src 'unsafe-inline'", "script-src", "'self'"),
    ("<p>", "form-action *; base-uri *",                  "form-action", "'self'"),
    ("<p>", "form-action *; base-uri *",                  "base-uri",    "'none'"),
    ("<p>", "style-src 'self'; style-src-attr 'unsafe-inline'; script-src 'self'", "style-src-attr", "'unsafe-inline'"),
];

#[test]
fn each_directive_is_as_wide_as_it_has_to_be() {
    let own = own();
    for (markup, today, name, expected) in DIRECTIVES {
        let today: Vec<Policy> = today.split('|').map(policy).collect();
        let suggested = for_page(&Page::read(markup), &own, &today).policy;
        let list = policy(&suggested);
        let words = list.directive(name).map(|directive| {
            let words: Vec<&str> = directive.values.iter().map(|v| v.text.as_str()).collect();
            words.join(" ")
        });
        assert_eq!(
            words.unwrap_or_default(),
            *expected,
            "{markup} {name} in {suggested}"
        );
    }
}

/// Markup, the policy of today, and words of one of the notes.
#[rustfmt::skip]
const NOTES: &[(&str, &str, &str)] = &[
    ("<link rel=stylesheet href=/a.css>",           "", "stay open, because the markup does not show what style sheets load"),
    ("<script src=/a.js></script>",                 "", "further scripts are to be added, and text that its scripts compile (eval)"),
    ("<div x-data='{}'><script src=/a.js></script>", "", "'unsafe-eval' is in it because of x-data (Alpine)"),
    ("<script type=module src=https://esm.sh/a></script>", "", "serve that module yourself"),
    ("<script>token = 'a1'</script>",               "", "a hash trusts inline code as it was in this response alone"),
    ("<script src='data:text/javascript,f()'></script>", "", "blocks a script that no source can name"),
    ("<p>", "script-src 'unsafe-inline' https:",        "it takes 'unsafe-inline' https: out of script-src: injected script could use it"),
];

#[test]
fn what_is_open_or_taken_away_is_said() {
    for (markup, today, words) in NOTES {
        let notes = for_page(&Page::read(markup), &own(), &[policy(today)]).notes;
        assert!(
            notes.iter().any(|note| note.contains(words)),
            "{markup}: {notes:?}"
        );
    }
    assert_eq!(for_page(&Page::read("<p>"), &own(), &[]).notes, [""; 0]);
    let twice = "<script src='data:,f()'></script><script src='data:,g()'></script>";
    let notes = for_page(&Page::read(twice), &own(), &[]).notes;
    let blocked = notes.iter().filter(|note| note.starts_with("it blocks"));
    assert_eq!(blocked.count(), 1, "{notes:?}");
    let handlers: Vec<String> = (0..100).map(|n| format!("<a onclick='f({n})'>")).collect();
    let notes = for_page(&Page::read(&handlers.concat()), &own(), &[]).notes;
    assert!(
        notes
            .iter()
            .any(|note| note.contains("move inline code into files")),
        "{notes:?}"
    );
}
