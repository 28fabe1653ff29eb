//! From exchanges to pages.

use super::cookies::{self, Setting};
use super::embedding;
use super::page::{Body, Page, Part};
use crate::evidence::{Content, Evidence, Exchange, Response};
use crate::facts::Header;
use crate::model::{Ask, Attempt, Bytes, Host, Pointer, Untrusted, UrlScheme};
use crate::wire::domain::is_public_suffix;
use crate::wire::http::csp::{self, Delivery, Policy};
use crate::wire::http::{
    Fault, cache_control, class, content_type, content_type_options, cross_origin, frame_options,
    hsts, hygiene, integrity_policy, permissions_policy, referrer_policy, refresh, reporting,
};
use crate::wire::url::WebUrl;
use crate::wire::{charset, html, leak, stock_page};

const NOSNIFF: &str = "x-content-type-options";
const COOP: &str = "cross-origin-opener-policy";
const COEP: &str = "cross-origin-embedder-policy";
const CORP: &str = "cross-origin-resource-policy";
const DIP: &str = "document-isolation-policy";
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
pub(in crate::facts) fn is_ours(evidence: &Evidence, exchange: &Exchange) -> bool {
    let own = evidence.target.url.host.bare();
    let other = exchange.request.url.host.bare();
    let under = |child: &str, parent: &str| {
        let below = child
            .strip_suffix(parent)
            .is_some_and(|rest| rest.ends_with('.'));
        below && !is_public_suffix(parent)
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
        | Ask::Control
        | Ask::OtherScheme
        | Ask::Exposure(_)
        | Ask::Preflight { .. }
        | Ask::Credentials(_)
        | Ask::Absent
        | Ask::WrongMethod
        | Ask::Login(_)
        | Ask::Socket(_)
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
    let content = response.content();
    let text = content.text();
    let (class, class_reason) = classed(evidence, response, &text, part);
    let fields = Reader {
        page: &at,
        response,
    };
    let x_frame_options = fields.combined("x-frame-options", |text| Ok(frame_options::parse(text)));
    let policies = policies(response);
    let markup =
        (class == class::Class::Document && part == Part::Answer).then(|| html::Page::read(&text));
    let cross_origin_opener_policy = fields.combined(COOP, cross_origin::opener);
    let cross_origin_embedder_policy = fields.combined(COEP, cross_origin::embedder);
    let document_isolation_policy = fields.combined(DIP, cross_origin::isolation);
    let integrity_policy = fields.combined("integrity-policy", integrity_policy::parse);
    let mut reports_to = reports_of_policies(response, &at);
    reports_to.extend(endpoint_of(&cross_origin_opener_policy));
    reports_to.extend(endpoint_of(&cross_origin_embedder_policy));
    reports_to.extend(endpoint_of(&document_isolation_policy));
    if let Header::Present { at, value } = &integrity_policy {
        reports_to.extend(
            value
                .endpoints
                .iter()
                .map(|name| (at.clone(), name.clone())),
        );
    }
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
        body: body(response, &content, &text),
        unread: content.unread().cloned(),
        unseen: content.unread().filter(|_| content.is_unseen()).cloned(),
        referrer_policy: referrer_policy(&fields, markup.as_ref()),
        stock: markup.as_ref().and_then(|_| stock_page::recognise(&text)),
        refresh: refresh(exchange, &fields, markup.as_ref()),
        markup,
        permissions_policy: fields.combined("permissions-policy", permissions_policy::parse),
        cross_origin_opener_policy,
        cross_origin_embedder_policy,
        document_isolation_policy,
        integrity_policy,
        reports_to,
        legacy_endpoints: reporting::legacy_groups(
            &response.combined("report-to").unwrap_or_default(),
        ),
        cross_origin_resource_policy: fields.combined(CORP, cross_origin::resource),
        origin_agent_cluster: fields.combined(CLUSTER, cross_origin::origin_agent_cluster),
        reporting_endpoints: fields.combined("reporting-endpoints", reporting::parse),
        cache_control: fields.combined("cache-control", |text| Ok(cache_control::parse(text))),
        cookies: read_cookies(evidence, exchange, &at, response, &host),
        leaks: leaks(&text, &host),
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
fn classed(
    evidence: &Evidence,
    response: &Response,
    text: &str,
    part: Part,
) -> (class::Class, &'static str) {
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
        is_attachment: response
            .value("content-disposition")
            .is_some_and(|value| is_attachment(&value)),
        is_nosniff: response
            .combined(NOSNIFF)
            .is_some_and(|value| content_type_options::parse(&value).is_ok()),
        size: response.body.size,
        body: text.as_bytes(),
    })
}

/// Any disposition but `inline` is that of a file to save (RFC 6266 §4.2). Where the type is left out,
/// browsers read parameters alone.
fn is_attachment(value: &str) -> bool {
    let disposition = value.split(';').next().unwrap_or_default().trim();
    let named = !disposition.is_empty() && !disposition.contains('=');
    named && !disposition.eq_ignore_ascii_case("inline")
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

fn body(response: &Response, content: &Content<'_>, text: &str) -> Body {
    Body {
        is_markup: class::looks_like_markup(text.as_bytes()),
        is_json: class::looks_like_json(text.as_bytes()),
        names_charset: charset::is_declared_inside(content.bytes()),
        size_bytes: Bytes(response.body.size),
    }
}

/// The last line with a keyword that is known; and over all of them the last `<meta name=referrer>`
/// that has one (HTML §4.2.5.1).
fn referrer_policy(
    fields: &Reader<'_>,
    markup: Option<&html::Page>,
) -> Header<referrer_policy::ReferrerPolicy> {
    let metas = markup.map_or(&[][..], |page| page.metas.as_slice());
    let mut of_meta = metas
        .iter()
        .filter(|meta| !meta.http_equiv && meta.name == "referrer")
        .filter_map(|meta| referrer_policy::of_meta(&meta.content));
    if let Some(value) = of_meta.next_back() {
        let at = fields.page.join("response/seen/body");
        return Header::Present { at, value };
    }
    let name = "referrer-policy";
    let lines: Vec<String> = fields.response.values(name).collect();
    let mut read = fields.combined(name, referrer_policy::parse);
    let places = fields.response.fields.iter().enumerate();
    let mut places = places.filter(|(_, field)| field.is(name));
    let deciding = referrer_policy::deciding(&lines).and_then(|nth| places.nth(nth));
    if let (Header::Present { at, .. }, Some((index, _))) = (&mut read, deciding) {
        *at = fields.page.join("response/seen/fields").join(index);
    }
    read
}

/// The field comes before what stands in the page.
fn refresh(
    exchange: &Exchange,
    fields: &Reader<'_>,
    markup: Option<&html::Page>,
) -> Option<(Pointer, Untrusted)> {
    let page = markup?;
    let url = &exchange.request.url;
    let own = WebUrl::parse(&format!("{}{}", url.origin(), url.target))?;
    let resolved = |content: &str| {
        let to = page.base_url(&own).join(refresh::target(content)?)?;
        let origin = to.origin()?;
        Some(Untrusted::from(format!("{origin}{}{}", to.path, to.query)))
    };
    let field = fields.response.position("refresh").and_then(|index| {
        let at = fields.page.join("response/seen/fields").join(index);
        Some((at, resolved(&fields.response.value("refresh")?)?))
    });
    let mut metas = page.metas.iter();
    let in_page = || {
        let at = fields.page.join("response/seen/body");
        let to = metas
            .find(|meta| meta.http_equiv && meta.name == "refresh")
            .and_then(|meta| resolved(&meta.content))?;
        Some((at, to))
    };
    field.or_else(in_page)
}

fn endpoint_of<T>(header: &Header<cross_origin::Reported<T>>) -> Option<(Pointer, Untrusted)> {
    match header {
        Header::Present { at, value } => Some((at.clone(), value.report_to.clone()?)),
        Header::Absent | Header::Malformed { .. } => None,
    }
}

/// What `report-to` names in policies that are enforced, and in those that only report.
fn reports_of_policies(response: &Response, at: &Pointer) -> Vec<(Pointer, Untrusted)> {
    let mut found = Vec::new();
    for (index, field) in response.fields.iter().enumerate() {
        let enforced = field.is("content-security-policy");
        if !enforced && !field.is("content-security-policy-report-only") {
            continue;
        }
        let line = field.text();
        for (offset, text) in csp::split_field(&line) {
            let policy = Policy::parse(text, Delivery::Header, offset);
            let names = policy
                .directive("report-to")
                .map(|directive| &directive.values);
            let name = names.and_then(|values| values.first());
            let at = at.join("response/seen/fields").join(index);
            found.extend(name.map(|name| (at, Untrusted::from(name.text.as_str()))));
        }
    }
    found
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
fn leaks(text: &str, host: &str) -> Vec<leak::Leak> {
    let mut leaks = leak::scan(text);
    leaks.retain(|leak| leak.kind != leak::Kind::InternalAddress || leak.excerpt.raw() != host);
    leaks
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
