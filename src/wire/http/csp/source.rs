//! Source expressions (CSP3 §2.3.1).

/// One source expression, read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// `'none'`; counts only when alone.
    None,
    /// A quoted keyword.
    Keyword(Keyword),
    /// `'nonce-…'`, the value as written.
    Nonce(String),
    /// `'sha256-…'`, the digest in base64 as written.
    Hash(Algorithm, String),
    /// `https:`, without the colon, lower case.
    Scheme(String),
    /// Everything with a host.
    Host(HostSource),
    /// Matches nothing, and why.
    Invalid(Malformed),
}

/// The quoted words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keyword {
    /// `'self'`
    SelfOrigin,
    /// `'unsafe-inline'`
    UnsafeInline,
    /// `'unsafe-eval'`
    UnsafeEval,
    /// `'wasm-unsafe-eval'`
    WasmUnsafeEval,
    /// `'strict-dynamic'`
    StrictDynamic,
    /// `'unsafe-hashes'`
    UnsafeHashes,
    /// `'report-sample'`
    ReportSample,
    /// `'inline-speculation-rules'`
    InlineSpeculationRules,
    /// `'trusted-types-eval'`
    TrustedTypesEval,
    /// `'report-sha256'` and its kin: hashes of scripts are reported, and nothing is allowed by it.
    ReportHash(Algorithm),
}

const KEYWORDS: &[(&str, Keyword)] = &[
    ("self", Keyword::SelfOrigin),
    ("unsafe-inline", Keyword::UnsafeInline),
    ("unsafe-eval", Keyword::UnsafeEval),
    ("wasm-unsafe-eval", Keyword::WasmUnsafeEval),
    ("strict-dynamic", Keyword::StrictDynamic),
    ("unsafe-hashes", Keyword::UnsafeHashes),
    ("report-sample", Keyword::ReportSample),
    ("inline-speculation-rules", Keyword::InlineSpeculationRules),
    ("trusted-types-eval", Keyword::TrustedTypesEval),
    ("report-sha256", Keyword::ReportHash(Algorithm::Sha256)),
    ("report-sha384", Keyword::ReportHash(Algorithm::Sha384)),
    ("report-sha512", Keyword::ReportHash(Algorithm::Sha512)),
];

/// The hash functions of the grammar, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

impl Algorithm {
    /// Weakest first.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name in a policy and in an `integrity` attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// How many base64 digits its digest has, without padding.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            Self::Sha256 => 43,
            Self::Sha384 => 64,
            Self::Sha512 => 86,
        }
    }
}

/// `[scheme "://"] host [":" port] [path]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostSource {
    /// Lower case; `None` stands for the page's own, or a safer one.
    pub scheme: Option<String>,
    /// Lower case; `*`, `*.example.com` or a plain host.
    pub host: String,
    /// Which ports.
    pub port: Port,
    /// As written, with its `/`; empty matches every path.
    pub path: String,
}

/// The port part of a host source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Port {
    /// Not written: the default of the scheme.
    Default,
    /// `:*`
    Any,
    /// `:8443`
    Number(u16),
}

/// Why an expression matches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Malformed {
    /// In quotes, but none of the keywords.
    UnknownKeyword,
    /// A nonce whose value is not base64.
    NonceCharset,
    /// A hash whose value is not base64, or not as long as the digest.
    HashValue,
    /// No host by the grammar.
    Host,
    /// An IPv6 address, which no source matches (CSP3 §6.7.2.10).
    Ipv6,
    /// No port number.
    Port,
    /// A path with a query or a fragment.
    Path,
}

impl Source {
    /// Reads one token. Never fails: what fits no grammar is [`Source::Invalid`].
    #[must_use]
    pub fn parse(token: &str) -> Self {
        match token.strip_prefix('\'') {
            Some(rest) => rest
                .strip_suffix('\'')
                .map_or(Self::Invalid(Malformed::UnknownKeyword), quoted),
            None => unquoted(token),
        }
    }

    /// Whether it is a nonce or a hash, in whose presence `'unsafe-inline'` counts no more.
    #[must_use]
    pub fn is_nonce_or_hash(&self) -> bool {
        matches!(self, Self::Nonce(_) | Self::Hash(..))
    }
}

/// A keyword without its quotes, whatever the case.
#[must_use]
pub fn keyword(word: &str) -> Option<Keyword> {
    KEYWORDS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, keyword)| *keyword)
}

/// Cuts `prefix` off, whatever its case.
#[must_use]
pub fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

/// `base64-value`: either alphabet, at most two `=` behind.
#[must_use]
pub fn is_base64(value: &str) -> bool {
    let digits = value.trim_end_matches('=');
    let padding = value.len() - digits.len();
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    !digits.is_empty() && padding <= 2 && digits.bytes().all(alphabet)
}

fn quoted(word: &str) -> Source {
    if word.eq_ignore_ascii_case("none") {
        return Source::None;
    }
    if let Some(keyword) = keyword(word) {
        return Source::Keyword(keyword);
    }
    if let Some(value) = strip_prefix_ignoring_case(word, "nonce-") {
        return if is_base64(value) {
            Source::Nonce(value.to_owned())
        } else {
            Source::Invalid(Malformed::NonceCharset)
        };
    }
    let digest = Algorithm::ALL.into_iter().find_map(|algorithm| {
        let value = strip_prefix_ignoring_case(word, algorithm.name())?.strip_prefix('-')?;
        Some((algorithm, value))
    });
    match digest {
        Some((algorithm, value)) if is_digest(algorithm, value) => {
            Source::Hash(algorithm, value.to_owned())
        }
        Some(_) => Source::Invalid(Malformed::HashValue),
        None => Source::Invalid(Malformed::UnknownKeyword),
    }
}

fn is_digest(algorithm: Algorithm, value: &str) -> bool {
    is_base64(value) && value.trim_end_matches('=').len() == algorithm.digits()
}

fn unquoted(token: &str) -> Source {
    if let Some(scheme) = token.strip_suffix(':').filter(|scheme| is_scheme(scheme)) {
        return Source::Scheme(scheme.to_ascii_lowercase());
    }
    let (scheme, rest) = match token.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme.to_ascii_lowercase()), rest),
        Some(_) => return Source::Invalid(Malformed::Host),
        None => (None, token),
    };
    let path_at = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(path_at).unwrap_or((rest, ""));
    host_source(scheme, authority, path).map_or_else(Source::Invalid, Source::Host)
}

fn host_source(
    scheme: Option<String>,
    authority: &str,
    path: &str,
) -> Result<HostSource, Malformed> {
    let behind_brackets = authority.rfind(']').map_or(0, |at| at + 1);
    let tail = authority.get(behind_brackets..).unwrap_or("");
    let (host, port) = match tail.split_once(':') {
        Some((_, port)) => {
            let host = authority.len() - port.len() - 1;
            (authority.get(..host).unwrap_or(""), Some(port))
        }
        None => (authority, None),
    };
    if host.starts_with('[') && host.ends_with(']') {
        return Err(Malformed::Ipv6);
    }
    if !is_host(host) {
        return Err(Malformed::Host);
    }
    let port = match port {
        None => Port::Default,
        Some("*") => Port::Any,
        Some(number) => Port::Number(number.parse().map_err(|_| Malformed::Port)?),
    };
    if path.contains(['?', '#']) {
        return Err(Malformed::Path);
    }
    Ok(HostSource {
        scheme,
        host: host.to_ascii_lowercase(),
        port,
        path: path.to_owned(),
    })
}

fn is_scheme(text: &str) -> bool {
    let tail = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) && text.bytes().all(tail)
}

/// `host-part`; underscores are taken as well, as browsers take them.
fn is_host(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let label = |label: &str| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        !label.is_empty() && label.bytes().all(allowed)
    };
    let name = text.strip_prefix("*.").unwrap_or(text);
    name.strip_suffix('.').unwrap_or(name).split('.').all(label)
}
