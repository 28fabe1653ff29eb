//! From exchanges to pages.

use super::cookies::{self, Setting};
use super::embedding;
use super::page::{Body, Page, Part};
use crate::evidence::{Evidence, Exchange, Response};
use crate::facts::Header;
use crate::model::{Ask, Attempt, Bytes, Host, Pointer, UrlScheme};
use crate::wire::http::csp::{self, Delivery, Policy};
use crate::wire::http::{
    Fault, cache_control, class, content_type, content_type_options, cross_origin, frame_options,
    hsts, hygiene, permissions_policy, referrer_policy, reporting,
};
use crate::wire::leak;

/// Browsers look for a charset in so many bytes (HTML §13.2.3.2).
const PRESCAN: usize = 1024;

const NOSNIFF: &str = "x-content-type-options";
const COOP: &str = "cross-origin-opener-policy";
const COEP: &str = "cross-origin-embedder-policy";
const CORP: &str = "cross-origin-resource-policy";
const CLUSTER: &str = "origin-agent-cluster";

/// Every response that header rules are asked of.
pub(super) fn pages(evidence: &Evidence) -> Vec<Page> {
    let last = last_hop(evidence);
    let all = evidence.exchanges.iter().enumerate();
    all.filter_map(|(index, exchange)| {
        let response = exchange.response.seen()?;
        let part = part(exchange, response, index == last)?;
        is_ours(evidence, exchange).then(|| page(evidence, index, exchange, response, part))
    })
    .collect()
}

/// The index of the exchange the target's URL ends on.
fn last_hop(evidence: &Evidence) -> usize {
    let on_the_way = |exchange: &Exchange| matches!(exchange.question.ask, Ask::Page | Ask::Hop(_));
    let seen = |exchange: &Exchange| exchange.response.seen().is_some();
    let last = evidence.exchanges.iter().rposition(|exchange| {
        on_the_way(exchange) && seen(exchange) && is_ours(evidence, exchange)
    });
    last.unwrap_or(0)
}

/// A redirect may end on somebody else's site, a login for one, which is not up for judgement.
/// The host itself, what lies under it, and what it lies under (`www.`) are.
fn is_ours(evidence: &Evidence, exchange: &Exchange) -> bool {
    let own = evidence.target.url.host.bare();
    let other = exchange.request.url.host.bare();
    let under = |child: &str, parent: &str| {
        child
            .strip_suffix(parent)
            .is_some_and(|rest| rest.ends_with('.'))
            && parent.contains('.')
    };
    own == other || under(&own, &other) || under(&other, &own)
}

fn part(exchange: &Exchange, response: &Response, is_last: bool) -> Option<Part> {
    match &exchange.question.ask {
        Ask::Page | Ask::Hop(_) if is_last => Some(Part::Answer),
        Ask::Page | Ask::Hop(_) => Some(Part::Hop),
        Ask::PlainHttp | Ask::PlainHop(_) => {
            (exchange.request.url.scheme == UrlScheme::Http).then_some(Part::Plain)
        }
        Ask::NotFound => (400..=499)
            .contains(&response.status)
            .then_some(Part::NotFound),
        Ask::MethodNotAllowed => (400..=599)
            .contains(&response.status)
            .then_some(Part::WrongMethod),
        Ask::Head => Some(Part::Head),
        Ask::Declared | Ask::Credentials(Attempt::Valid) => Some(Part::Endpoint),
        Ask::Credentials(Attempt::Nothing) => {
            matches!(response.status, 401 | 403).then_some(Part::Refused)
        }
        Ask::Again
        | Ask::Exposure(_)
        | Ask::Preflight { .. }
        | Ask::Credentials(_)
        | Ask::Absent
        | Ask::WrongMethod
        | Ask::Login(_)
        | Ask::Burst
        | Ask::BurstElsewhere
        | Ask::BurstControl
        | Ask::MadeUp
        | Ask::Repeat
        | Ask::Asleep
        | Ask::SecurityTxt
        | Ask::Read
        | Ask::ReadValid
        | Ask::ReadNotFound
        | Ask::ProfileHop { .. }
        | Ask::ProfilePreflight => None,
    }
}

fn page(
    evidence: &Evidence,
    index: usize,
    exchange: &Exchange,
    response: &Response,
    part: Part,
) -> Page {
    let at = Pointer::exchange(index);
    let url = &exchange.request.url;
    let (class, class_reason) = classed(evidence, response, part);
    let fields = Reader {
        page: &at,
        response,
    };
    let x_frame_options = fields.combined("x-frame-options", |text| Ok(frame_options::parse(text)));
    let policies = policies(response);
    let host = url.host.bare();
    let lines = Lines::of(response);
    Page {
        label: label(evidence, exchange),
        part,
        received: exchange.at,
        secure: url.scheme == UrlScheme::Https,
        by_address: matches!(url.host, Host::Address(_)),
        authorized: exchange
            .request
            .fields
            .iter()
            .any(|field| field.is("authorization")),
        status: response.status,
        class,
        class_reason,
        strict_transport_security: fields.first("strict-transport-security", hsts::parse),
        embedding: embedding::of(&policies, &x_frame_options),
        x_frame_options,
        policies,
        x_content_type_options: fields.combined(NOSNIFF, content_type_options::parse),
        content_type: fields.first("content-type", content_type::parse),
        body: body(response),
        referrer_policy: fields.combined("referrer-policy", referrer_policy::parse),
        permissions_policy: fields.combined("permissions-policy", permissions_policy::parse),
        cross_origin_opener_policy: fields.combined(COOP, cross_origin::opener),
        cross_origin_embedder_policy: fields.combined(COEP, cross_origin::embedder),
        cross_origin_resource_policy: fields.combined(CORP, cross_origin::resource),
        origin_agent_cluster: fields.combined(CLUSTER, cross_origin::origin_agent_cluster),
        reporting_endpoints: fields.combined("reporting-endpoints", reporting::parse),
        cache_control: fields.combined("cache-control", |text| Ok(cache_control::parse(text))),
        cookies: read_cookies(evidence, exchange, &at, response, &host),
        leaks: leaks(response, &host),
        inside_addresses: lines.inside_addresses(&at, &host),
        flaws: lines.flaws(&at),
        head_faults: response
            .faults
            .iter()
            .map(|fault| fault.as_str().into())
            .collect(),
        fields_bytes: Bytes(lines.bytes()),
        fields: response.fields.clone(),
        host,
        at,
    }
}

/// `GET /path`, the origin before it where it is not the target's own.
fn label(evidence: &Evidence, exchange: &Exchange) -> String {
    let (request, own) = (&exchange.request, &evidence.target.url);
    if request.url.origin() == own.origin() {
        format!("{} {}", request.method, request.url.target)
    } else {
        format!("{} {}", request.method, request.url)
    }
}

/// The declared class speaks of the target's own answer only.
fn classed(evidence: &Evidence, response: &Response, part: Part) -> (class::Class, &'static str) {
    let declared = evidence.target.headers.class.as_deref();
    if let Some(class) = declared.and_then(class::Class::from_name)
        && part == Part::Answer
    {
        return (class, "declared");
    }
    class::classify(&class::Answer {
        status: response.status,
        content_type: response.value("content-type").as_deref(),
        has_location: response.position("location").is_some(),
        body: &response.body.bytes.0,
    })
}

/// The fields of one response, to be parsed.
struct Reader<'a> {
    page: &'a Pointer,
    response: &'a Response,
}

impl Reader<'_> {
    /// A field of which only the first line counts.
    fn first<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Header<T> {
        self.header(name, self.response.value(name), parse)
    }

    /// A field whose lines are read together.
    fn combined<T>(&self, name: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Header<T> {
        self.header(name, self.response.combined(name), parse)
    }

    fn header<T>(
        &self,
        name: &str,
        value: Option<String>,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Header<T> {
        let (Some(value), Some(index)) = (value, self.response.position(name)) else {
            return Header::Absent;
        };
        let at = self.page.join("response/seen/fields").join(index);
        match parse(&value) {
            Ok(value) => Header::Present { at, value },
            Err(why) => Header::Malformed { at, why },
        }
    }
}

fn body(response: &Response) -> Body {
    let bytes = &response.body.bytes.0;
    Body {
        is_markup: class::looks_like_markup(bytes),
        is_json: class::looks_like_json(bytes),
        names_charset: names_charset(bytes),
        size_bytes: Bytes(response.body.size),
    }
}

/// Every policy of every line; offsets are those of the line.
fn policies(response: &Response) -> Vec<Policy> {
    let lines = response.values("content-security-policy");
    lines
        .flat_map(|line| {
            let policies = csp::split_field(&line);
            let read = policies
                .iter()
                .map(|(at, text)| Policy::parse(text, Delivery::Header, *at));
            read.collect::<Vec<_>>()
        })
        .collect()
}

fn read_cookies(
    evidence: &Evidence,
    exchange: &Exchange,
    at: &Pointer,
    response: &Response,
    host: &str,
) -> Vec<super::CookieSeen> {
    let url = &exchange.request.url;
    let setting = Setting {
        host,
        secure: url.scheme == UrlScheme::Https || url.host.is_loopback(),
        received: exchange.at,
        policy: &evidence.target.headers,
    };
    let lines = response.fields.iter().enumerate();
    lines
        .filter(|(_, field)| field.is("set-cookie"))
        .map(|(index, field)| {
            let at = at.join("response/seen/fields").join(index);
            cookies::read(at, &field.text(), setting)
        })
        .collect()
}

/// What the body gives away, the host's own address excepted.
fn leaks(response: &Response, host: &str) -> Vec<leak::Leak> {
    let mut leaks = leak::scan(&response.body.text());
    leaks.retain(|leak| leak.kind != leak::Kind::InternalAddress || leak.excerpt.raw() != host);
    leaks
}

/// A `charset` in a `<meta>` near the start, or an XML declaration's encoding.
fn names_charset(body: &[u8]) -> bool {
    let start = body.get(..PRESCAN).unwrap_or(body);
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    let in_meta = text.match_indices("<meta").any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        let end = rest.find('>').unwrap_or(rest.len());
        rest.get(..end).is_some_and(|tag| tag.contains("charset"))
    });
    let declared = text.starts_with("<?xml") && text.contains("encoding=");
    in_meta || declared || start.starts_with(b"\xef\xbb\xbf")
}

/// The field lines as text, for what is read of all of them.
struct Lines(Vec<(String, String)>);

impl Lines {
    fn of(response: &Response) -> Self {
        let lines = response.fields.iter();
        Self(
            lines
                .map(|field| (field.name.clone(), field.text()))
                .collect(),
        )
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    fn flaws(&self, at: &Pointer) -> Vec<(Pointer, hygiene::Flaw)> {
        let flaws = hygiene::flaws(&self.pairs());
        flaws
            .into_iter()
            .map(|(index, flaw)| (at.join("response/seen/fields").join(index), flaw))
            .collect()
    }

    fn bytes(&self) -> u64 {
        u64::try_from(hygiene::section_bytes(&self.pairs())).unwrap_or(u64::MAX)
    }

    fn inside_addresses(&self, at: &Pointer, host: &str) -> Vec<(Pointer, leak::Leak)> {
        let lines = self.0.iter().enumerate();
        lines
            .flat_map(|(index, (_, value))| {
                let at = at.join("response/seen/fields").join(index);
                let leaks = leak::internal_addresses(value);
                leaks.into_iter().map(move |leak| (at.clone(), leak))
            })
            .filter(|(_, leak)| leak.excerpt.raw() != host)
            .collect()
    }
}
