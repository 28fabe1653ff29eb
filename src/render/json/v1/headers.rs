//! The responses that header rules were asked of.

use serde::Serialize;

use crate::facts::headers::{self, Part};
use crate::model::{Bytes, Kind, Pointer, Timestamp};
use crate::wire::http::fingerprint::Software;

#[derive(Debug, Serialize)]
pub(super) struct Headers<'r> {
    kind: Kind,
    kind_reason: &'static str,
    software: Option<&'static str>,
    pages: Vec<Page<'r>>,
}

impl<'r> From<&'r headers::HeadersFacts> for Headers<'r> {
    fn from(facts: &'r headers::HeadersFacts) -> Self {
        Self {
            kind: facts.kind,
            kind_reason: facts.kind_reason,
            software: facts.software.map(software),
            pages: facts.pages.iter().map(Page::from).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Page<'r> {
    at: &'r Pointer,
    label: &'r str,
    part: &'static str,
    received: Timestamp,
    secure: bool,
    host: &'r str,
    by_address: bool,
    authorized: bool,
    status: u16,
    class: &'static str,
    class_reason: &'static str,
    body: Body,
    fields_bytes: Bytes,
}

#[derive(Debug, Serialize)]
struct Body {
    is_markup: bool,
    is_json: bool,
    names_charset: bool,
    size_bytes: Bytes,
}

impl<'r> From<&'r headers::Page> for Page<'r> {
    fn from(page: &'r headers::Page) -> Self {
        Self {
            at: &page.at,
            label: &page.label,
            part: part(page.part),
            received: page.received,
            secure: page.secure,
            host: &page.host,
            by_address: page.by_address,
            authorized: page.authorized,
            status: page.status,
            class: page.class.name(),
            class_reason: page.class_reason,
            body: Body {
                is_markup: page.body.is_markup,
                is_json: page.body.is_json,
                names_charset: page.body.names_charset,
                size_bytes: page.body.size_bytes,
            },
            fields_bytes: page.fields_bytes,
        }
    }
}

const fn part(part: Part) -> &'static str {
    match part {
        Part::Answer => "answer",
        Part::Hop => "hop",
        Part::Plain => "plain",
        Part::NotFound => "not-found",
        Part::WrongMethod => "wrong-method",
        Part::Refused => "refused",
        Part::Head => "head",
        Part::Endpoint => "endpoint",
    }
}

const fn software(software: Software) -> &'static str {
    match software {
        Software::Cloudflare => "cloudflare",
        Software::Netlify => "netlify",
        Software::Vercel => "vercel",
        Software::CloudFront => "cloud-front",
        Software::Nginx => "nginx",
        Software::Apache => "apache",
        Software::Caddy => "caddy",
        Software::Haproxy => "haproxy",
        Software::Traefik => "traefik",
        Software::Iis => "iis",
        Software::Express => "express",
        Software::Lighttpd => "lighttpd",
        Software::Asgi => "asgi",
        Software::Wsgi => "wsgi",
        Software::Flask => "flask",
        Software::Django => "django",
        Software::Rails => "rails",
        Software::Spring => "spring",
        Software::AspNet => "asp-net",
        Software::Axum => "axum",
    }
}
