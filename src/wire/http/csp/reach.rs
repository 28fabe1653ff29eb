//! What an attacker who can inject markup still gets, per path of attack.
//!
//! Asked of all policies together by example, not by pattern: a path is open to anybody when a URL
//! on a host that no policy can have meant is allowed.

use std::fmt;

use super::allow::{self, Policies, is_strict, stranger};
use super::bypass::{self, Way};
use crate::wire::url::WebUrl;

/// The paths a policy is there to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttackPath {
    /// Running script.
    Script,
    /// Loading a plugin, which could run script.
    Object,
    /// Moving the base of relative addresses.
    Base,
    /// Sending a form, and what a password manager filled into it, elsewhere.
    Form,
    /// Being framed by another site.
    Frame,
    /// Styling the page: reading it out or covering it by CSS.
    Style,
    /// Sending what a script read elsewhere.
    Connect,
}

impl AttackPath {
    /// In the order they are told.
    pub const ALL: [Self; 7] = [
        Self::Script,
        Self::Object,
        Self::Base,
        Self::Form,
        Self::Frame,
        Self::Style,
        Self::Connect,
    ];

    /// The directive that closes it.
    #[must_use]
    pub const fn directive(self) -> &'static str {
        match self {
            Self::Script => "script-src-elem",
            Self::Object => "object-src",
            Self::Base => "base-uri",
            Self::Form => "form-action",
            Self::Frame => "frame-ancestors",
            Self::Style => "style-src-elem",
            Self::Connect => "connect-src",
        }
    }
}

/// One way in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opening {
    /// No policy says anything about it.
    Unrestricted,
    /// Any host is allowed.
    AnyHost,
    /// Any host is allowed in the clear, to be rewritten on the way.
    PlainHttp,
    /// `data:` URLs, which carry their content in the markup.
    Data,
    /// Inline code runs.
    Inline,
    /// Inline event handlers run, though inline scripts do not.
    Handlers,
    /// A listed host lets strangers' scripts through.
    Bypass {
        /// The host.
        host: &'static str,
        /// How.
        way: Way,
    },
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unrestricted => f.write_str("no directive restricts it"),
            Self::AnyHost => f.write_str("any host is allowed"),
            Self::PlainHttp => f.write_str("any host is allowed over plain http"),
            Self::Data => f.write_str("data: URLs are allowed"),
            Self::Inline => f.write_str("inline code is allowed"),
            Self::Handlers => f.write_str("inline event handlers are allowed"),
            Self::Bypass { host, way } => {
                // The examples on hosts below a shared name are ours; the name is the fact.
                let shown = host.strip_prefix("anyone.").map(|base| format!("*.{base}"));
                write!(f, "{} {}", shown.as_deref().unwrap_or(host), way.reason())
            }
        }
    }
}

/// What all policies together leave of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Which path.
    pub path: AttackPath,
    /// The ways in; none means closed to strangers.
    pub openings: Vec<Opening>,
    /// The source lists in force, one per policy that speaks, as written.
    pub lists: Vec<String>,
    /// The effective policy of the path in one sentence.
    pub says: String,
}

/// Every path, in the order of [`AttackPath::ALL`].
#[must_use]
pub fn of(policies: &Policies<'_>) -> Vec<Reach> {
    AttackPath::ALL
        .into_iter()
        .map(|path| {
            let (openings, mut lists) = (openings(policies, path), lists(policies, path));
            if is_sandboxed(policies, path) {
                lists = vec!["sandbox".to_owned()];
            }
            Reach {
                path,
                says: sentence(&openings, &lists),
                openings,
                lists,
            }
        })
        .collect()
}

fn sentence(openings: &[Opening], lists: &[String]) -> String {
    if openings.is_empty() {
        return format!("only {}", lists.join(" and "));
    }
    let told: Vec<String> = openings.iter().map(ToString::to_string).collect();
    told.join("; ")
}

fn lists(policies: &Policies<'_>, path: AttackPath) -> Vec<String> {
    policies
        .governing(path.directive())
        .map(|directive| {
            let values: Vec<&str> = directive.values.iter().map(|v| v.text.as_str()).collect();
            match values.as_slice() {
                [] => "'none'".to_owned(),
                values => values.join(" "),
            }
        })
        .collect()
}

/// What a sandbox takes away, whatever else the policies allow (HTML §7.1.5).
fn is_sandboxed(policies: &Policies<'_>, path: AttackPath) -> bool {
    match path {
        AttackPath::Script | AttackPath::Connect => policies.sandboxes("allow-scripts"),
        AttackPath::Form => policies.sandboxes("allow-forms"),
        AttackPath::Object | AttackPath::Base | AttackPath::Frame | AttackPath::Style => false,
    }
}

fn openings(policies: &Policies<'_>, path: AttackPath) -> Vec<Opening> {
    if is_sandboxed(policies, path) {
        return Vec::new();
    }
    if !policies.speaks(path.directive()) && path != AttackPath::Script {
        return vec![Opening::Unrestricted];
    }
    match path {
        AttackPath::Script => script(policies),
        AttackPath::Style => {
            let mut ways = by_address(policies, path.directive());
            if policies.allows_all_inline("style-src-elem") {
                ways.push(Opening::Inline);
            }
            ways
        }
        AttackPath::Object
        | AttackPath::Base
        | AttackPath::Form
        | AttackPath::Frame
        | AttackPath::Connect => by_address(policies, path.directive()),
    }
}

fn by_address(policies: &Policies<'_>, directive: &'static str) -> Vec<Opening> {
    let allows =
        |url: Option<WebUrl>| url.is_some_and(|url| policies.allows_address(directive, &url));
    let mut ways = Vec::new();
    if allows(stranger()) {
        ways.push(Opening::AnyHost);
    } else if allows(WebUrl::parse("http://stranger.invalid/x")) {
        ways.push(Opening::PlainHttp);
    }
    // A base cannot be a data: URL, and a page in one frames nothing of value.
    let carries = !matches!(directive, "base-uri" | "frame-ancestors");
    if carries && allows(WebUrl::parse("data:,x")) {
        ways.push(Opening::Data);
    }
    ways
}

fn script(policies: &Policies<'_>) -> Vec<Opening> {
    if !policies.speaks("script-src-elem") {
        return vec![Opening::Unrestricted];
    }
    let mut ways = by_address(policies, "script-src-elem");
    if policies.allows_all_inline("script-src-elem") {
        ways.push(Opening::Inline);
    } else if policies.allows_all_inline("script-src-attr") {
        ways.push(Opening::Handlers);
    }
    if !ways.contains(&Opening::AnyHost) {
        ways.extend(bypasses(policies));
    }
    ways
}

/// The hosts of the list that every policy lets scripts load from.
#[must_use]
pub fn bypasses(policies: &Policies<'_>) -> Vec<Opening> {
    if policies.governing("script-src-elem").any(is_strict) {
        return Vec::new();
    }
    let allowed = |host: &str, address: &str| {
        WebUrl::parse(&format!("https://{host}{address}")).is_some_and(|url| {
            url.host != policies.own.host && policies.allows_address("script-src-elem", &url)
        })
    };
    bypass::HOSTS
        .iter()
        .filter(|(host, address, _)| allowed(host, address))
        .map(|(host, _, way)| Opening::Bypass { host, way: *way })
        .collect()
}

/// `'strict-dynamic'` with nothing to start from blocks every script: safe, and likely a mistake.
#[must_use]
pub fn blocks_all_scripts(policies: &Policies<'_>) -> bool {
    policies.governing("script-src-elem").any(|directive| {
        is_strict(directive)
            && !directive
                .sources
                .iter()
                .any(super::Source::is_nonce_or_hash)
    })
}

/// Whether strings can be compiled, where scripts are restricted at all.
#[must_use]
pub fn evaluates(policies: &Policies<'_>) -> bool {
    policies.speaks("script-src") && policies.allows_eval() && !policies.sandboxes("allow-scripts")
}

/// Whether some policy demands Trusted Types for script sinks.
#[must_use]
pub fn demands_trusted_types(policies: &Policies<'_>) -> bool {
    policies.list.iter().any(|policy| {
        policy
            .directive("require-trusted-types-for")
            .is_some_and(|directive| directive.values.iter().any(|v| v.text == "'script'"))
    })
}

/// The directives that allow `'unsafe-inline'` in vain, since a nonce, a hash or
/// `'strict-dynamic'` stands beside it: what old browsers fall back to.
#[must_use]
pub fn keeps_fallback(policies: &Policies<'_>) -> bool {
    policies.governing("script-src-elem").any(|directive| {
        allow::has(directive, super::source::Keyword::UnsafeInline)
            && !allow::allows_all_inline(directive)
    })
}
