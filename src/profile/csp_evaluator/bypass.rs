//! The evaluator's lists of addresses that defeat an allow-list.

use super::NoUrl;
use super::syntax::{WILDCARD, as_url};

const LISTS: &str = include_str!("bypasses.txt");

/// Which of its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Jsonp,
    Angular,
    Flash,
}

/// Whether the value allows an address of the list: of the first that it allows, for JSONP, it is
/// asked whether that one needs `'unsafe-eval'`.
pub(super) fn allows(list: List, value: &str, with_eval: bool) -> Result<bool, NoUrl> {
    let url = as_url(value)?;
    let wildcard = url.host.strip_prefix(WILDCARD);
    let suffix = wildcard.unwrap_or(&url.host);
    let below = wildcard.is_some_and(|rest| rest.starts_with('.'));
    let on_host = |host: &str| host.ends_with(suffix) && (below || host == url.host);
    let on_path = |path: &str| match url.path.as_str() {
        "/" => true,
        folder if folder.ends_with('/') => path.starts_with(folder),
        exact => path == exact,
    };
    let first = entries(list).find(|entry| on_host(entry.host) && on_path(entry.path));
    Ok(first.is_some_and(|entry| with_eval || !entry.needs_eval))
}

struct Entry {
    host: &'static str,
    path: &'static str,
    needs_eval: bool,
}

fn entries(list: List) -> impl Iterator<Item = Entry> {
    LISTS.lines().filter_map(move |line| {
        let (name, address) = line.split_once(' ')?;
        let (of, needs_eval) = match name {
            "jsonp" => (List::Jsonp, false),
            "jsonp-eval" => (List::Jsonp, true),
            "angular" => (List::Angular, false),
            "flash" => (List::Flash, false),
            _ => return None,
        };
        let slash = address.find('/').unwrap_or(address.len());
        let (host, path) = address.split_at_checked(slash)?;
        let path = if path.is_empty() { "/" } else { path };
        (of == list).then_some(Entry {
            host,
            path,
            needs_eval,
        })
    })
}
