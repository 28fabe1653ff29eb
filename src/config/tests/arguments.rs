//! Bare URLs.

use super::super::targets_from_urls;

/// URLs, and the names their targets get.
#[rustfmt::skip]
const NAMES: &[(&[&str], &[&str])] = &[
    (&["https://a.example"],                              &["a.example"]),
    (&["https://a.example/x?y=1"],                        &["a.example"]),
    (&["http://localhost:8080", "http://[::1]:8080/"],    &["localhost:8080", "[::1]:8080"]),
    (&["https://a.example/x", "https://a.example/y"],     &["a.example/x", "a.example/y"]),
    (&["https://a.example", "http://a.example"],          &["https://a.example/", "http://a.example/"]),
    (&["https://a.example", "https://A.example:443/"],    &["a.example"]),
    (&["http://10.0.0.1", "http://192.168.0.1:81/x"],     &["10.0.0.1", "192.168.0.1:81"]),
];

#[test]
fn names_are_short_and_unique() {
    for (urls, names) in NAMES {
        let urls: Vec<String> = urls.iter().map(|url| (*url).to_owned()).collect();
        let targets = targets_from_urls(&urls).unwrap();
        assert!(
            targets.iter().map(|target| &target.name).eq(*names),
            "{urls:?}"
        );
    }
}

#[test]
fn mistakes_are_said_for_each_argument() {
    let urls = [
        "a.example",
        "https://b.example",
        "ftp://c.example",
        "https://169.254.169.254/",
    ];
    let report = targets_from_urls(&urls.map(str::to_owned))
        .unwrap_err()
        .render(false);
    insta::assert_snapshot!(report);
}

#[test]
fn credentials_in_a_url_are_not_shown() {
    let urls = ["https://me:hunter2@a.example".to_owned()];
    let report = targets_from_urls(&urls).unwrap_err().render(false);
    assert!(!report.contains("hunter2"), "{report}");
}
