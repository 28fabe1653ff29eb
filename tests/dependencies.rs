//! `deny.toml` bans crates; this holds the bans without `cargo-deny` at hand.

use std::collections::BTreeSet;

/// The words between quotes behind `key = ` on each line that has one.
fn values<'a>(text: &'a str, key: &str) -> BTreeSet<&'a str> {
    let start = format!("{key} = \"");
    text.lines()
        .filter_map(|line| line.split_once(&start)?.1.split('"').next())
        .collect()
}

#[test]
fn no_banned_crate_is_locked() {
    let bans = include_str!("../deny.toml");
    let banned = values(bans.split_once("deny = [").unwrap().1, "crate");
    let locked = values(include_str!("../Cargo.lock"), "name");
    assert!(banned.contains("tokio") && locked.contains("rustls"));
    assert_eq!(banned.intersection(&locked).collect::<Vec<_>>(), [&""; 0]);
}
