use proptest::prelude::*;

use super::fault::FaultKind;
use super::page::blocked;
use super::reach::{self, AttackPath};
use super::source::Malformed;
use super::{Delivery, Policies, Policy, split_field, suggest};
use crate::wire::html::Page;
use crate::wire::url::WebUrl;

fn own() -> WebUrl {
    WebUrl::parse("https://a.example/page").unwrap()
}

/// Policies as several fields would bring them, parsed.
fn policies(fields: &[&str]) -> Vec<Policy> {
    fields
        .iter()
        .flat_map(|field| split_field(field))
        .map(|(at, text)| Policy::parse(text, Delivery::Header, at))
        .collect()
}

/// A field, then its faults: byte offset and kind.
#[rustfmt::skip]
const FAULTS: &[(&str, &[(usize, FaultKind)])] = &[
    ("default-src 'self'",                         &[]),
    ("script-src self",                            &[(11, FaultKind::MissingQuotes)]),
    ("script-src ‘self’; object-src 'none'",       &[(11, FaultKind::NotAscii)]),
    ("script-src nonce-abcd",                      &[(11, FaultKind::MissingQuotes)]),
    ("script-src 'self'; SCRIPT-SRC *",            &[(19, FaultKind::Duplicate)]),
    ("script-src 'self' object-src 'none'",        &[(18, FaultKind::MissingSemicolon), (29, FaultKind::NoneNotAlone)]),
    ("scripts-src 'self'",                         &[(0, FaultKind::UnknownDirective)]),
    ("script-src: 'self'",                         &[(0, FaultKind::ColonAfterName)]),
    ("script-src 'sefl'",                          &[(11, FaultKind::Source(Malformed::UnknownKeyword))]),
    ("script-src 'nonce-a{b'",                     &[(11, FaultKind::Source(Malformed::NonceCharset))]),
    ("script-src 'sha256-abc='",                   &[(11, FaultKind::Source(Malformed::HashValue))]),
    ("img-src a.example:x b.example/?q /c",        &[(8, FaultKind::Source(Malformed::Port)), (20, FaultKind::Source(Malformed::Path)), (33, FaultKind::Source(Malformed::Host))]),
    ("frame-ancestors 'unsafe-inline'",            &[(16, FaultKind::NotAnAncestor)]),
    ("img-src 'self', script-src 'sefl'",          &[(27, FaultKind::Source(Malformed::UnknownKeyword))]),
    ("sandbox allow-scripts; report-uri /r",       &[]),
];

#[test]
fn every_fault_is_found_where_it_stands() {
    for (field, expected) in FAULTS {
        let found: Vec<_> = policies(&[field])
            .into_iter()
            .flat_map(|policy| policy.faults)
            .map(|fault| (fault.at, fault.kind))
            .collect();
        assert_eq!(found, *expected, "{field}");
    }
}

/// Fields, then the effective policy for scripts in words.
#[rustfmt::skip]
const SCRIPT: &[(&[&str], &str)] = &[
    (&["img-src 'self'"],                                             "no directive restricts it"),
    (&["default-src 'none'"],                                         "only 'none'"),
    (&["default-src 'self'; script-src"],                             "only 'none'"),
    (&["script-src *"],                                               "any host is allowed"),
    (&["script-src https:"],                                          "any host is allowed"),
    (&["script-src https://*:*"],                                     "any host is allowed"),
    (&["script-src http:"],                                           "any host is allowed"),
    (&["script-src data: 'self'"],                                    "data: URLs are allowed"),
    (&["script-src 'unsafe-inline'"],                                 "inline code is allowed"),
    (&["script-src 'unsafe-inline' 'nonce-YWJj'"],                    "only 'unsafe-inline' 'nonce-YWJj'"),
    (&["script-src 'nonce-YWJj'; script-src-attr 'unsafe-inline'"],   "inline event handlers are allowed"),
    (&["script-src 'strict-dynamic' 'nonce-YWJj' https: 'unsafe-inline'"], "only 'strict-dynamic' 'nonce-YWJj' https: 'unsafe-inline'"),
    (&["script-src unpkg.com"],                                       "unpkg.com serves every package that anybody publishes"),
    (&["script-src https://unpkg.com/jquery@3.7.1/dist/jquery.js"],   "only https://unpkg.com/jquery@3.7.1/dist/jquery.js"),
    (&["script-src *.github.io"],                                     "*.github.io serves content that anybody can create"),
    (&["script-src mine.github.io"],                                  "only mine.github.io"),
    (&["script-src *", "script-src 'self'"],                          "only * and 'self'"),
    (&["script-src *, script-src 'self'"],                            "only * and 'self'"),
    (&["script-src 'unsafe-inline'", "script-src https:"],            "only 'unsafe-inline' and https:"),
    (&["script-src 'unsafe-inline'", "img-src 'self'"],               "inline code is allowed"),
    (&["default-src 'self'; script-src-elem 'unsafe-inline'"],        "inline code is allowed"),
];

#[test]
fn the_effective_script_policy_is_told() {
    let own = own();
    for (fields, expected) in SCRIPT {
        let list = policies(fields);
        let reaches = reach::of(&Policies::new(&list, &own));
        let script = reaches
            .iter()
            .find(|r| r.path == AttackPath::Script)
            .unwrap();
        assert_eq!(script.says, *expected, "{fields:?}");
    }
}

/// A field, then the paths that it leaves open to strangers.
#[rustfmt::skip]
const PATHS: &[(&str, &[AttackPath])] = &[
    ("default-src 'self'",
        &[AttackPath::Base, AttackPath::Form, AttackPath::Frame]),
    ("default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", &[]),
    ("default-src 'self'; object-src *; base-uri https:; form-action *; frame-ancestors *",
        &[AttackPath::Object, AttackPath::Base, AttackPath::Form, AttackPath::Frame]),
    ("default-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'self'; form-action 'none'; frame-ancestors 'self'",
        &[AttackPath::Style]),
    ("script-src 'none'",
        &[AttackPath::Object, AttackPath::Base, AttackPath::Form, AttackPath::Frame, AttackPath::Style, AttackPath::Connect]),
];

#[test]
fn open_paths_are_named() {
    let own = own();
    for (field, expected) in PATHS {
        let list = policies(&[field]);
        let open: Vec<_> = reach::of(&Policies::new(&list, &own))
            .into_iter()
            .filter(|reach| !reach.openings.is_empty())
            .map(|reach| reach.path)
            .collect();
        assert_eq!(open, *expected, "{field}");
    }
}

/// Fields, a page, then what of the page does not work.
#[rustfmt::skip]
const BLOCKED: &[(&str, &str, &[&str])] = &[
    ("script-src 'self'",                    "<script src=/a.js></script>",               &[]),
    ("script-src 'self'",                    "<script>f()</script>",                      &["<script> f()"]),
    // printf 'f()' | openssl dgst -sha256 -binary | base64
    ("script-src 'sha256-GcEEE0IkDzIP5EQ6DXZaDPORqT5RTBELX8Fyzyg9yvo='", "<script>f()</script>", &[]),
    ("script-src 'nonce-YWJj'",              "<script nonce=YWJj>f()</script>",           &[]),
    ("script-src 'nonce-YWJj'",              "<script nonce=WFla>f()</script>",           &["<script> f()"]),
    ("script-src 'nonce-YWJj'",              "<a onclick=f()>",                           &["<a onclick=\"f()\">"]),
    ("script-src 'nonce-YWJj' 'strict-dynamic' 'self'", "<script src=/a.js></script>",    &["/a.js"]),
    ("script-src 'unsafe-inline'",           "<a onclick=f()><script>f()</script>",       &[]),
    ("script-src 'self'",                    "<script src=http://a.example/x></script>",  &["http://a.example/x"]),
    ("script-src cdn.example",               "<script src=//cdn.example/x></script>",     &[]),
    ("script-src cdn.example/lib/",          "<script src=//cdn.example/lib/x></script><script src=//cdn.example/x></script>", &["//cdn.example/x"]),
    ("default-src 'none'",                   "<script></script><img src=/a><style>p{}</style>", &["/a", "<style> p{}"]),
    ("default-src 'none'",                   "<iframe src=about:blank></iframe><a href='javascript:void(0);'>", &[]),
    ("form-action 'none'",                   "<form action=/x>",                          &["/x"]),
    ("img-src 'self'",                       "<img src='data:image/png,x'>",              &["data:image/png,x"]),
    ("img-src *",                            "<img src='data:image/png,x'><img src=//b.example/>", &["data:image/png,x"]),
];

#[test]
fn what_a_policy_stops_is_listed() {
    let own = own();
    for (field, markup, expected) in BLOCKED {
        let list = policies(&[field]);
        let page = Page::read(markup);
        let found: Vec<_> = blocked(&page, &Policies::new(&list, &own))
            .into_iter()
            .map(|blocked| blocked.what)
            .collect();
        assert_eq!(found, *expected, "{field} with {markup}");
    }
}

#[test]
fn meta_cannot_say_everything() {
    let policy = Policy::parse(
        "frame-ancestors 'none'; script-src 'self'",
        Delivery::Meta,
        0,
    );
    let kinds: Vec<_> = policy.faults.iter().map(|fault| fault.kind).collect();
    assert_eq!(kinds, [FaultKind::IgnoredInMeta]);
    assert!(policy.directive("frame-ancestors").is_none());
}

proptest! {
    #[test]
    fn any_field_is_survived(
        field in "(script-src|object-src|default-src|'none'|'self'|'nonce-|'sha256-|;|,| |\\*|:|/|\\.|https|[a-z]|é){0,40}|.{0,80}",
        markup in "(<script|>|</script>| src=| nonce=|[a-z]|'|onclick=|<base href=){0,20}",
    ) {
        let own = own();
        let list = policies(&[&field]);
        for policy in &list {
            for fault in &policy.faults {
                prop_assert!(field.get(fault.at..).is_some_and(|tail| tail.starts_with(&fault.token)));
            }
        }
        let policies = Policies::new(&list, &own);
        let page = Page::read(&markup);
        prop_assert_eq!(reach::of(&policies).len(), AttackPath::ALL.len());
        let _ = blocked(&page, &policies);
        let _ = suggest::for_page(&page, &own, &list);
    }
}
