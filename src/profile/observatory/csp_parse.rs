//! Its own CSP parser, which merges all policies into one.

use super::javascript::{is_space, length, trim};

/// The merged policy: directives in order of appearance, each with its remaining sources.
#[derive(Clone, Debug, Default)]
pub(super) struct Merged {
    pub(super) directives: Vec<(String, Vec<String>)>,
    /// Whether `report-uri` or `report-to` stands twice in one policy.
    pub(super) repeated_reporting: bool,
}

/// It throws, and the whole field counts as invalid.
#[derive(Debug)]
pub(super) struct Invalid;

impl Merged {
    pub(super) fn get(&self, name: &str) -> Option<&Vec<String>> {
        self.directives
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, sources)| sources)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Vec<String>> {
        self.directives
            .iter_mut()
            .find(|(known, _)| known == name)
            .map(|(_, sources)| sources)
    }
}

#[derive(Clone, Debug)]
struct Source {
    text: String,
    policy: usize,
    keep: bool,
}

/// Shorter texts are no policy: one less than `img-src`.
const SHORTEST: usize = 6;

/// Merges policies: a source of a later one counts only beside an equal one of an earlier.
pub(super) fn parse(policies: &[String]) -> Result<Merged, Invalid> {
    let clean: Vec<String> = policies
        .iter()
        .map(|text| trim(&text.replace(['\r', '\n'], "")).to_owned())
        .collect();
    if clean.iter().any(|text| length(text) < SHORTEST) {
        return Err(Invalid);
    }
    let mut merged: Vec<(String, Vec<Source>)> = Vec::new();
    let mut repeated_reporting = false;
    for (index, text) in clean.iter().enumerate() {
        let mut seen: Vec<String> = Vec::new();
        for (name, sources) in text.split(';').filter_map(|entry| directive(entry, index)) {
            if seen.contains(&name) {
                if !matches!(name.as_str(), "report-uri" | "report-to") {
                    return Err(Invalid);
                }
                repeated_reporting = true;
            }
            seen.push(name.clone());
            merge(&mut merged, name, sources, index, clean.len() > 1)?;
        }
    }
    let directives = merged
        .into_iter()
        .map(|(name, sources)| (name, distinct(sources)));
    Ok(Merged {
        directives: directives.collect(),
        repeated_reporting,
    })
}

/// Name and sources of one entry. A source list without sources is `'none'`.
fn directive(entry: &str, policy: usize) -> Option<(String, Vec<Source>)> {
    let mut words = trim(entry).split(is_space).filter(|word| !word.is_empty());
    let name = words.next()?.to_lowercase();
    let source = |text: String| Source {
        text,
        policy,
        keep: policy == 0,
    };
    let mut sources: Vec<Source> = words.map(|word| source(word.to_lowercase())).collect();
    if sources.is_empty() && name.ends_with("-src") {
        sources.push(source("'none'".to_owned()));
    }
    Some((name, sources))
}

fn merge(
    merged: &mut Vec<(String, Vec<Source>)>,
    name: String,
    sources: Vec<Source>,
    policy: usize,
    several: bool,
) -> Result<(), Invalid> {
    let at = merged.iter().position(|(known, _)| *known == name);
    let earlier = at
        .and_then(|at| merged.get(at))
        .map(|(_, sources)| sources.clone());
    let mut all = match policy {
        0 => Vec::new(),
        _ => earlier.unwrap_or_default(),
    };
    all.extend(sources);
    all.sort_by_key(|source| collation_key(&source.text));
    compare_neighbours(&mut all)?;
    all.retain(|source| source.keep);
    if policy == 0 && several {
        for source in &mut all {
            source.keep = false;
        }
    }
    match at.and_then(|at| merged.get_mut(at)) {
        Some((_, kept)) => *kept = all,
        None => merged.push((name, all)),
    }
    Ok(())
}

/// Within a policy a source that begins like its predecessor is dropped; between policies one that
/// equals its predecessor is kept.
fn compare_neighbours(sources: &mut [Source]) -> Result<(), Invalid> {
    let mut previous: Option<(String, usize)> = None;
    for source in sources {
        if let Some((text, policy)) = &previous {
            if source.policy == *policy {
                if source.text.starts_with(text.as_str()) {
                    source.keep = false;
                }
            } else if path_matches(text, &source.text)? {
                source.keep = true;
            }
        }
        previous = Some((source.text.clone(), source.policy));
    }
    Ok(())
}

fn distinct(sources: Vec<Source>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for source in sources {
        if !out.contains(&source.text) {
            out.push(source.text);
        }
    }
    if out.is_empty() {
        out.push("'none'".to_owned());
    }
    out
}

/// Its "path part match", applied to whole sources.
fn path_matches(a: &str, b: &str) -> Result<bool, Invalid> {
    if a.is_empty() || (a == "/" && b.is_empty()) {
        return Ok(true);
    }
    let exact = !a.ends_with('/');
    let (mut left, right): (Vec<&str>, Vec<&str>) =
        (a.split('/').collect(), b.split('/').collect());
    if left.len() > right.len() || (exact && left.len() != right.len()) {
        return Ok(false);
    }
    if !exact {
        left.pop();
    }
    for (a, b) in left.iter().zip(&right) {
        if decoded(a)? != decoded(b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `decodeURIComponent`, which throws on a `%` that is no escape, or not of UTF-8.
fn decoded(text: &str) -> Result<String, Invalid> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        if *byte != b'%' {
            out.push(*byte);
            rest = tail;
            continue;
        }
        let (pair, behind) = tail.split_at_checked(2).ok_or(Invalid)?;
        let hex = pair.iter().all(u8::is_ascii_hexdigit);
        let pair = std::str::from_utf8(pair)
            .ok()
            .filter(|_| hex)
            .ok_or(Invalid)?;
        out.push(u8::from_str_radix(pair, 16).map_err(|_| Invalid)?);
        rest = behind;
    }
    String::from_utf8(out).map_err(|_| Invalid)
}

/// ASCII in the order of the English collation (CLDR root); anything else behind it.
const COLLATION: &str = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

fn collation_key(text: &str) -> Vec<u32> {
    text.chars()
        .map(|c| match COLLATION.find(c) {
            Some(at) => u32::try_from(at).unwrap_or(u32::MAX),
            None => u32::from(c).saturating_add(0x100),
        })
        .collect()
}
