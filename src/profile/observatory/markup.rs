//! What it takes from a page: scripts, policies and referrer policies in `<meta>`.

use super::javascript::trim;
use super::{Hop, Session, Version};
use crate::wire::html::{Tag, Token, Tokens};
use crate::wire::url::WebUrl;

/// The parts of a page it looks at.
#[derive(Clone, Debug, Default)]
pub(super) struct Markup {
    /// `None` where the parser of 1.5.0 and later gives up.
    pub(super) scripts: Option<Vec<Script>>,
    pub(super) policies: Vec<String>,
    pub(super) referrer: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) src: String,
    pub(super) integrity: bool,
}

pub(super) const HTML: [&str; 2] = ["text/html", "application/xhtml+xml"];

pub(super) fn read(session: &Session, last: &Hop, version: Version) -> Markup {
    let body = as_axios_hands_it_on(&session.body);
    let Some(text) = body.text() else {
        // JSON is handed on as an object: JSDOM prints it, the later parser refuses it.
        let scripts = (version == Version::Four).then(Vec::new);
        return Markup {
            scripts,
            ..Markup::default()
        };
    };
    let mut markup = Markup {
        scripts: Some(scripts(text, version)),
        ..Markup::default()
    };
    if HTML.contains(&last.fields.media_type().as_str()) && !text.is_empty() {
        metas(text, version, &mut markup);
    }
    markup
}

enum Body {
    Text(String),
    Json,
}

impl Body {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json => None,
        }
    }
}

/// Every body that can be parsed as JSON is; `0`, `false` and `null` then count as no body.
fn as_axios_hands_it_on(body: &str) -> Body {
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    match serde_json::from_str::<serde_json::Value>(body) {
        Ok(serde_json::Value::String(text)) => Body::Text(text),
        Ok(value) if value.is_null() || value == false || value == 0 => Body::Text(String::new()),
        Ok(_) => Body::Json,
        Err(_) => Body::Text(body.to_owned()),
    }
}

/// Start tags outside comments and raw text. JSDOM keeps the content of `<template>` apart; the
/// streaming parser of later versions does not.
fn tags(text: &str, version: Version) -> impl Iterator<Item = Tag> {
    let mut inert = 0_usize;
    Tokens::without_scripting(text).filter_map(move |token| match token {
        Token::Start(tag) => {
            let shown = version != Version::Four || inert == 0;
            if tag.name == "template" {
                inert += 1;
            }
            shown.then_some(tag)
        }
        Token::End(name) => {
            if name == "template" {
                inert = inert.saturating_sub(1);
            }
            None
        }
        Token::Text(_) => None,
    })
}

fn scripts(text: &str, version: Version) -> Vec<Script> {
    let mut base: Option<WebUrl> = None;
    if version == Version::Four {
        let href = tags(text, version)
            .filter(|tag| tag.name == "base")
            .find_map(|tag| tag.attribute("href").map(str::to_owned));
        base = href
            .and_then(|href| WebUrl::parse(&href))
            .filter(|url| !url.host.is_empty());
    }
    tags(text, version)
        .filter(|tag| tag.name == "script")
        .map(|tag| {
            let src = tag.attribute("src").unwrap_or("");
            let seen = match version {
                Version::Four => reflected(src, base.as_ref()),
                Version::Five | Version::Six => src.to_owned(),
            };
            Script {
                src: seen,
                integrity: tag
                    .attribute("integrity")
                    .is_some_and(|value| !value.is_empty()),
            }
        })
        .collect()
}

/// `script.src` of a document at `about:blank`: a URL that parses is written out anew, any other
/// stays as it stands.
fn reflected(src: &str, base: Option<&WebUrl>) -> String {
    let url = match base {
        Some(base) if !src.is_empty() => base.join(src),
        _ => WebUrl::parse(src),
    };
    match url
        .as_ref()
        .and_then(|url| url.origin().map(|origin| (url, origin)))
    {
        Some((url, origin)) => format!("{origin}{}{}", url.path, url.query),
        None => src.to_owned(),
    }
}

fn metas(text: &str, version: Version, markup: &mut Markup) {
    for tag in tags(text, version).filter(|tag| tag.name == "meta") {
        let content = tag.attribute("content");
        let folded = |name: &str| tag.attribute(name).map(|value| trim(value).to_lowercase());
        let named = |name: &str, wanted: &str| folded(name).as_deref() == Some(wanted);
        if tag.attribute("http-equiv").is_some() && content.is_some() {
            if named("http-equiv", "content-security-policy") {
                markup
                    .policies
                    .extend(content.filter(|text| !text.is_empty()).map(str::to_owned));
            }
        } else if named("name", "referrer")
            && let Some(content) = content.filter(|text| !text.is_empty())
        {
            markup.referrer = Some(content.to_owned());
        }
    }
}
