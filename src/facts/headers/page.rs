//! One response, every field read once.

use crate::evidence::{Field, Unread};
use crate::facts::Header;
use crate::model::{Bytes, Pointer, Timestamp, Untrusted};
use crate::wire::html;
use crate::wire::http::cache_control::CacheControl;
use crate::wire::http::class::Class;
use crate::wire::http::content_type::MediaType;
use crate::wire::http::cross_origin::{
    EmbedderPolicy, IsolationPolicy, OpenerPolicy, Reported, ResourcePolicy,
};
use crate::wire::http::csp;
use crate::wire::http::frame_options::FrameOptions;
use crate::wire::http::hsts::Hsts;
use crate::wire::http::hygiene::Flaw;
use crate::wire::http::integrity_policy::IntegrityPolicy;
use crate::wire::http::permissions_policy::PermissionsPolicy;
use crate::wire::http::referrer_policy::ReferrerPolicy;
use crate::wire::http::reporting::Endpoint;
use crate::wire::leak::Leak;
use crate::wire::stock_page::StockPage;

use super::{CookieSeen, Embedding};

/// Which answer of the deployment it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// What the target's URL ends on, redirects followed.
    Answer,
    /// A redirect on the way there.
    Hop,
    /// An answer over plain `http`, asked for beside an `https` target.
    Plain,
    /// The answer for a path that cannot exist.
    NotFound,
    /// The answer to a method the page does not take.
    WrongMethod,
    /// A refusal for want of credentials.
    Refused,
    /// The answer to `HEAD`.
    Head,
    /// A declared endpoint's own answer.
    Endpoint,
}

/// What a body looks like, whatever its media type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// It starts like HTML or SVG.
    pub is_markup: bool,
    /// It starts like JSON.
    pub is_json: bool,
    /// Markup itself names its charset, within the bytes browsers look at.
    pub names_charset: bool,
    /// Its size.
    pub size_bytes: Bytes,
}

/// One response.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The exchange in the evidence.
    pub at: Pointer,
    /// `GET /path`.
    pub label: String,
    /// Which answer it is.
    pub part: Part,
    /// When it was received.
    pub received: Timestamp,
    /// Whether it came over TLS.
    pub secure: bool,
    /// The host that sent it: a name or an address.
    pub host: String,
    /// Whether the host is an address, for which HSTS and cookie domains mean nothing.
    pub by_address: bool,
    /// Whether the request carried credentials.
    pub authorized: bool,
    /// Its status.
    pub status: u16,
    /// What it is.
    pub class: Class,
    /// Why it is taken for that.
    pub class_reason: &'static str,
    /// Whether nobody wrote it for this site; asked of answers.
    pub stock: Option<StockPage>,
    /// Where a refresh leads, resolved, and what says so.
    pub refresh: Option<(Pointer, Untrusted)>,
    /// The answer as markup, if it is a document.
    pub markup: Option<html::Page>,
    /// Its field lines in order.
    pub fields: Vec<Field>,
    /// `Strict-Transport-Security`: the first line, which is the one that counts (RFC 6797 §8.1).
    pub strict_transport_security: Header<Hsts>,
    /// `X-Frame-Options`, all lines together.
    pub x_frame_options: Header<FrameOptions>,
    /// The policies of `Content-Security-Policy` lines, each of which must allow.
    pub policies: Vec<csp::Policy>,
    /// Who may frame it, by everything the response says.
    pub embedding: Embedding,
    /// `X-Content-Type-Options`; present means `nosniff` is in force.
    pub x_content_type_options: Header<()>,
    /// `Content-Type`: the first line.
    pub content_type: Header<MediaType>,
    /// What its body looks like.
    pub body: Body,
    /// Why not all of its body was read, if so: what was not found may stand in the rest.
    pub unread: Option<Unread>,
    /// The same, where not even its beginning could be read: it looks like nothing then.
    pub unseen: Option<Unread>,
    /// `Referrer-Policy`, all lines together; of a page, what `<meta name=referrer>` puts in its place.
    /// It points at the line, or the body, that decides.
    pub referrer_policy: Header<ReferrerPolicy>,
    /// `Permissions-Policy`, all lines together.
    pub permissions_policy: Header<PermissionsPolicy>,
    /// `Cross-Origin-Opener-Policy`.
    pub cross_origin_opener_policy: Header<Reported<OpenerPolicy>>,
    /// `Cross-Origin-Embedder-Policy`.
    pub cross_origin_embedder_policy: Header<Reported<EmbedderPolicy>>,
    /// `Cross-Origin-Resource-Policy`.
    pub cross_origin_resource_policy: Header<ResourcePolicy>,
    /// `Document-Isolation-Policy`.
    pub document_isolation_policy: Header<Reported<IsolationPolicy>>,
    /// `Integrity-Policy`, all lines together; present means that it is enforced.
    pub integrity_policy: Header<IntegrityPolicy>,
    /// `Origin-Agent-Cluster`.
    pub origin_agent_cluster: Header<bool>,
    /// `Reporting-Endpoints`.
    pub reporting_endpoints: Header<Vec<Endpoint>>,
    /// Every policy that names an endpoint for its reports, and that name.
    pub reports_to: Vec<(Pointer, Untrusted)>,
    /// The groups of `Report-To`, which came before it.
    pub legacy_endpoints: Vec<Untrusted>,
    /// `Cache-Control`, all lines together.
    pub cache_control: Header<CacheControl>,
    /// Every `Set-Cookie` line.
    pub cookies: Vec<CookieSeen>,
    /// What the body gives away.
    pub leaks: Vec<Leak>,
    /// Hosts of the inside that field values name.
    pub inside_addresses: Vec<(Pointer, Leak)>,
    /// Faults of the field section: the line, and what is wrong with it.
    pub flaws: Vec<(Pointer, Flaw)>,
    /// What of the head is not HTTP.
    pub head_faults: Vec<Untrusted>,
    /// Size of the field section.
    pub fields_bytes: Bytes,
}

impl Page {
    /// The first value of a field, with its place.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<(Pointer, String)> {
        self.all(name).next()
    }

    /// Every value of a field, each with its place.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (Pointer, String)> + 'a {
        let lines = self.fields.iter().enumerate();
        lines
            .filter(move |(_, field)| field.is(name))
            .map(|(index, field)| (self.line(index), field.text()))
    }

    /// Whether the field was sent.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.is(name))
    }

    /// Where the line of this index stands.
    #[must_use]
    pub fn line(&self, index: usize) -> Pointer {
        self.at.join("response/seen/fields").join(index)
    }

    /// The line a pointer of [`Self::line`] points at, `name: value` as received.
    #[must_use]
    pub fn quoted(&self, at: &Pointer) -> Option<String> {
        let index: usize = at.0.rsplit('/').next()?.parse().ok()?;
        let field = self.fields.get(index)?;
        (self.line(index) == *at).then(|| format!("{}: {}", field.name, field.text()))
    }

    /// Whether it is what a visitor or a program gets on purpose: the answer itself or a declared
    /// endpoint's. Rules about single fields are asked of these, so that each fault is told once.
    #[must_use]
    pub fn is_main(&self) -> bool {
        matches!(self.part, Part::Answer | Part::Endpoint)
    }

    /// Whether nobody on a network saw it: over TLS, or never off the machine (a potentially
    /// trustworthy origin of Secure Contexts §3.1, where browsers take `Secure` cookies, too).
    /// The plain twin of an `https` target never is: on loopback it stands for the real one.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.secure || (self.part != Part::Plain && is_loopback(&self.host))
    }

    /// Whether it is what a client gets when something is wrong.
    #[must_use]
    pub fn is_error_path(&self) -> bool {
        matches!(
            self.part,
            Part::NotFound | Part::WrongMethod | Part::Refused
        )
    }
}

pub(super) fn is_loopback(host: &str) -> bool {
    let address: Option<std::net::IpAddr> = host.parse().ok();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_some_and(|address| address.is_loopback())
}
