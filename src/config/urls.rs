//! Bare URLs, as given on the command line or on standard input.

use std::collections::{BTreeMap, BTreeSet};

use super::MAX_TARGETS;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::place::Text;
use crate::model::{Host, ParseUrlError, Target, Url};

/// One target for each URL, with nothing declared but where it answers. A URL given twice is one
/// target. Names are the host and port, with the path where that alone is not unique.
///
/// # Errors
/// Everything that is wrong with them.
pub fn targets_from_urls(urls: &[String]) -> Result<Vec<Target>, Diagnostics> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    let mut found: Vec<Url> = Vec::new();
    for (index, text) in urls.iter().enumerate() {
        match read(text) {
            Ok(url) if seen.insert(url.clone()) => found.push(url),
            Ok(_) => {}
            Err((message, help)) => faults.push(fault(index, text, message).help(help)),
        }
    }
    if found.len() > MAX_TARGETS {
        let fault = Diagnostic::error(None, format!("{} targets in one run", found.len()));
        faults.push(fault.help(format!("one run audits at most {MAX_TARGETS}")));
    }
    if faults.is_empty() {
        Ok(named(found))
    } else {
        Err(Diagnostics::new(faults))
    }
}

/// The URL that an argument of the command line means: one with its scheme, a host with a port, or an
/// address. `None` where it is the name of a file, as a host alone may be.
#[must_use]
pub fn url_meant(argument: &str) -> Option<String> {
    if argument.contains("://") {
        return Some(argument.to_owned());
    }
    let (url, text) = with_scheme(argument)?;
    let authority = argument.split(['/', '?']).next().unwrap_or_default();
    let port = authority.rsplit_once(':').map(|(_, port)| port);
    let has_port = port.is_some_and(|port| port.parse::<u16>().is_ok());
    let is_no_name = matches!(url.host, Host::Address(_)) || url.host.is_loopback();
    (has_port || is_no_name).then_some(text)
}

/// A text that lacks only its scheme: services of this machine speak http, all others https.
fn with_scheme(text: &str) -> Option<(Url, String)> {
    let written = format!("https://{text}");
    let url: Url = written.parse().ok()?;
    if text.contains("://") {
        return None;
    }
    if url.host.is_loopback() {
        let written = format!("http://{text}");
        return Some((written.parse().ok()?, written));
    }
    Some((url, written))
}

fn read(text: &str) -> Result<Url, (String, String)> {
    let fault = |why: ParseUrlError| (why.to_string(), format!("write {}", mended(text)));
    let url: Url = text.parse().map_err(fault)?;
    if url.host.is_metadata() {
        let help = "it hands out credentials; if it is meant, declare it in a file with `allow_metadata = true`";
        return Err((
            "this is a cloud's metadata service".to_owned(),
            help.to_owned(),
        ));
    }
    Ok(url)
}

/// What was probably meant by a text that is no URL.
pub(super) fn mended(text: &str) -> String {
    with_scheme(text).map_or_else(
        || "it like https://app.example or http://127.0.0.1:8080/".to_owned(),
        |(_, written)| written,
    )
}

fn fault(index: usize, text: &str, message: String) -> Diagnostic {
    let name = format!("argument {}", index + 1);
    let given = Text::new(&name, text);
    let range = 0..text.len();
    let place = if text.contains('@') {
        given.place_hidden(range)
    } else {
        given.place(range)
    };
    Diagnostic::error(Some(place), message)
}

fn named(urls: Vec<Url>) -> Vec<Target> {
    let mut hosts: BTreeMap<String, usize> = BTreeMap::new();
    for url in &urls {
        *hosts.entry(url.authority()).or_default() += 1;
    }
    let mut targets: Vec<Target> = Vec::new();
    for url in urls {
        let alone = hosts.get(&url.authority()) == Some(&1);
        let name = if alone {
            url.authority()
        } else {
            format!("{}{}", url.authority(), url.target)
        };
        targets.push(Target::new(&name, url));
    }
    // `http://a` and `https://a` have the same authority and path: then the whole URL is the name.
    let names: Vec<String> = targets.iter().map(|target| target.name.clone()).collect();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &names {
        *times.entry(name).or_default() += 1;
    }
    for target in &mut targets {
        if times
            .get(target.name.as_str())
            .is_some_and(|times| *times > 1)
        {
            target.name = target.url.to_string();
        }
    }
    targets
}
