//! Test: subresource-integrity.

use super::markup::{HTML, Markup, Script};
use super::{Hop, Scan, Version};
use crate::wire::domain::registered_at_registry;
use crate::wire::url::WebUrl;

/// From good to bad; the worst of the external scripts counts.
const ORDER: [&str; 3] = [
    "sri-implemented-but-external-scripts-not-loaded-securely",
    "sri-not-implemented-but-external-scripts-loaded-securely",
    "sri-not-implemented-and-external-scripts-not-loaded-securely",
];

/// # Errors
/// For a script whose absolute address `new URL` refuses: the Observatory fails with it.
pub(super) fn test(
    scan: &Scan,
    last: &Hop,
    markup: &Markup,
    version: Version,
) -> Result<&'static str, String> {
    let media_type = last.fields.media_type();
    let html = HTML.contains(&media_type.as_str());
    if !html && (version == Version::Four || !media_type.is_empty()) {
        return Ok("sri-not-implemented-response-not-html");
    }
    let Some(scripts) = &markup.scripts else {
        return Ok("html-not-parseable");
    };
    if scripts.is_empty() {
        return Ok("sri-not-implemented-but-no-scripts-loaded");
    }
    let mut seen = Seen::default();
    for script in scripts.iter().filter(|script| !script.src.is_empty()) {
        seen.script(script, scan)?;
    }
    Ok(seen.result())
}

#[derive(Default)]
struct Seen {
    /// Index into [`ORDER`].
    worst: Option<usize>,
    own_with_integrity: bool,
    foreign: bool,
}

impl Seen {
    fn script(&mut self, script: &Script, scan: &Scan) -> Result<(), String> {
        let origin = origin_of(&script.src, scan)?;
        let (foreign, secure) = match origin {
            Origin::Relative => (false, scan.began_with_https()),
            Origin::SchemeRelative => (true, false),
            Origin::Absolute { same_site, https } => (!same_site, https),
        };
        if !foreign {
            // The bonus is given only while no external script was found wanting.
            self.own_with_integrity |= script.integrity && secure && self.worst.is_none();
            return Ok(());
        }
        self.foreign = true;
        let fault = match (script.integrity, secure) {
            (true, true) => return Ok(()),
            (true, false) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        self.worst = self.worst.max(Some(fault));
        Ok(())
    }

    fn result(&self) -> &'static str {
        match self.worst.and_then(|worst| ORDER.get(worst)) {
            Some(result) => result,
            None if self.own_with_integrity => "sri-implemented-and-all-scripts-loaded-securely",
            None if self.foreign => "sri-implemented-and-external-scripts-loaded-securely",
            None => "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
        }
    }
}

enum Origin {
    Relative,
    SchemeRelative,
    Absolute { same_site: bool, https: bool },
}

fn origin_of(src: &str, scan: &Scan) -> Result<Origin, String> {
    if src
        .strip_prefix("//")
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
    {
        return Ok(Origin::SchemeRelative);
    }
    if !src.starts_with("http://") && !src.starts_with("https://") {
        return Ok(Origin::Relative);
    }
    let url = WebUrl::parse(src).ok_or("Invalid URL")?;
    Ok(Origin::Absolute {
        same_site: registered_at_registry(&url.host) == registered_at_registry(&scan.hostname),
        https: url.scheme == "https",
    })
}
