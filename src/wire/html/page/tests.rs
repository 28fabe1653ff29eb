use proptest::prelude::*;

use super::{InlineKind, LoadKind, Page};

/// Markup, then the loads it makes: kind and reference.
#[rustfmt::skip]
const LOADS: &[(&str, &[(LoadKind, &str)])] = &[
    ("<script src=/a.js></script>",                       &[(LoadKind::Script, "/a.js")]),
    ("<SCRIPT SRC='/a.js'/>",                             &[(LoadKind::Script, "/a.js")]),
    ("<script src=a?x=1&amp;y=&#x32;>",                   &[(LoadKind::Script, "a?x=1&y=2")]),
    ("<script type=application/json src=/a.json>",        &[]),
    ("<!-- <script src=/a.js></script> -->",              &[]),
    ("<!--> <script src=/a.js></script>",                 &[(LoadKind::Script, "/a.js")]),
    ("<template><script src=/a.js></script></template>",  &[]),
    ("<noscript><img src=/a.png></noscript>",             &[]),
    ("<textarea><img src=/a.png></textarea>",             &[]),
    ("<script>'<img src=/a.png>'</script>",               &[]),
    ("<script><!-- <script></script><img src=/a>--></script><img src=/b>", &[(LoadKind::Image, "/b")]),
    ("<link rel='x STYLESHEET' href=/a.css>",             &[(LoadKind::Style, "/a.css")]),
    ("<link rel=preload as=font href=/a.woff>",           &[(LoadKind::Font, "/a.woff")]),
    ("<link rel=canonical href=/a>",                      &[]),
    ("<img src=/a srcset='/b 1x, /c 2x'>",                &[(LoadKind::Image, "/a"), (LoadKind::Image, "/b"), (LoadKind::Image, "/c")]),
    ("<img srcset='data:image/png;base64,AAAA 1x, /b 2x'>", &[]),
    ("<img src='a&sol;b&NewLine;&nosuch;&'>",             &[(LoadKind::Image, "a/b\n&nosuch;&")]),
    ("<iframe src=/f><img src=/a></iframe>",              &[(LoadKind::Frame, "/f")]),
    ("<form action=/s><button formaction=/t>",            &[(LoadKind::Form, "/s"), (LoadKind::Form, "/t")]),
    ("<a href=/x>",                                       &[]),
    ("<img src=/cut",                                     &[]),
    ("< img src=/a><img\nsrc = /b >",                     &[(LoadKind::Image, "/b")]),
    ("</ ><img src=/a>",                                  &[(LoadKind::Image, "/a")]),
    ("<video src=/v poster=/p>",                          &[(LoadKind::Media, "/v"), (LoadKind::Image, "/p")]),
];

#[test]
fn every_load_is_seen_and_no_other() {
    for (markup, expected) in LOADS {
        let page = Page::read(markup);
        let found = page
            .loads
            .iter()
            .map(|load| (load.kind, load.reference.as_str()));
        assert!(
            found.eq(expected.iter().copied()),
            "{markup}: {:?}",
            page.loads
        );
    }
}

type Expected = (InlineKind, &'static str, &'static str);

/// Markup, then what runs or applies inline: kind, place, text.
#[rustfmt::skip]
const INLINES: &[(&str, &[Expected])] = &[
    ("<script>a < b</script>",              &[(InlineKind::Script, "script", "a < b")]),
    ("<script type=module>a</script>",      &[(InlineKind::Script, "script", "a")]),
    ("<script type=text/template>a</script>", &[]),
    ("<style>p{}</style>",                  &[(InlineKind::Style, "style", "p{}")]),
    ("<a onclick='f(&quot;x&quot;)'>",      &[(InlineKind::Handler, "a onclick", "f(\"x\")")]),
    ("<a only=x one=y>",                    &[]),
    ("<p style='color:red'>",               &[(InlineKind::StyleAttribute, "p style", "color:red")]),
    ("<a href=' java\nscript:f()'>",        &[(InlineKind::ScriptUrl, "a href", " java\nscript:f()")]),
    ("<svg><script>a</script></svg>",       &[(InlineKind::Script, "script", "a")]),
    // As the parser sees it, which is what is hashed.
    ("<script>a\r\nb\rc</script>",          &[(InlineKind::Script, "script", "a\nb\nc")]),
    ("<style>\r\n</style>",                 &[(InlineKind::Style, "style", "\n")]),
    ("<a onclick='f(\r\n)'>",               &[(InlineKind::Handler, "a onclick", "f(\n)")]),
    ("<a onclick='f(&#13;\r\n)'>",          &[(InlineKind::Handler, "a onclick", "f(\r\n)")]),
    ("<script>a\0b</script>",               &[(InlineKind::Script, "script", "a\u{fffd}b")]),
];

#[test]
fn every_inline_is_seen_and_no_other() {
    for (markup, expected) in INLINES {
        let page = Page::read(markup);
        let found = page
            .inlines
            .iter()
            .map(|i| (i.kind, i.place.as_str(), i.text.as_str()));
        assert!(
            found.eq(expected.iter().copied()),
            "{markup}: {:?}",
            page.inlines
        );
    }
}

/// Markup with one `<meta name=m>`, then whether it stands in the head.
#[rustfmt::skip]
const HEADS: &[(&str, bool)] = &[
    ("<meta name=m>",                                              true),
    ("<!doctype html><html><head><title>a</title><meta name=m>",   true),
    ("<head><script>x</script><style>y</style><meta name=m>",      true),
    ("<head></head><meta name=m>",                                 false),
    ("<body><meta name=m>",                                        false),
    ("text <meta name=m>",                                         false),
    ("<p><meta name=m>",                                           false),
    (" \n<!-- c --><meta name=m>",                                 true),
];

#[test]
fn metas_know_whether_they_stand_in_the_head() {
    for (markup, expected) in HEADS {
        let page = Page::read(markup);
        assert_eq!(
            page.metas.first().map(|meta| meta.in_head),
            Some(*expected),
            "{markup}"
        );
    }
}

#[test]
fn a_nonce_on_an_element_that_may_have_swallowed_another_is_none() {
    for (markup, expected) in [
        ("<script nonce=n1>a</script>", vec!["n1"]),
        ("<script a a nonce=n1>a</script>", vec![]),
        ("<script x='<script' nonce=n1>a</script>", vec![]),
        (
            "<style nonce=n2></style><link rel=stylesheet nonce=n3 href=x>",
            vec!["n2", "n3"],
        ),
    ] {
        assert_eq!(Page::read(markup).nonces, expected, "{markup}");
    }
}

proptest! {
    #[test]
    fn any_text_is_some_page(text in "(<|>|/|!|-|--|script|style|meta|=|'|\"| |&|#x3c;|é|nonce|[a-z]){0,60}|.{0,80}") {
        let page = Page::read(&text);
        for inline in &page.inlines {
            prop_assert!(inline.at < text.len());
        }
        for load in &page.loads {
            prop_assert!(text.get(load.at..).is_some_and(|tail| tail.starts_with('<')));
        }
    }
}
