//! Credentials by the shape their issuers gave them, so that they can be found. Keys that are
//! public by design (publishable keys, browser API keys) are not among them.

use super::{Kind, Leak};

/// An issuer's prefix and what follows it.
struct Token {
    what: &'static str,
    prefix: &'static str,
    /// Least number of characters behind the prefix.
    least: usize,
    /// Characters that may follow.
    alphabet: fn(u8) -> bool,
}

const fn token(
    what: &'static str,
    prefix: &'static str,
    least: usize,
    alphabet: fn(u8) -> bool,
) -> Token {
    Token {
        what,
        prefix,
        least,
        alphabet,
    }
}

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[rustfmt::skip]
const TOKENS: &[Token] = &[
    token("AWS access key id",      "AKIA",          16, upper),
    token("AWS temporary key id",   "ASIA",          16, upper),
    token("GitHub token",           "ghp_",          36, alphanumeric),
    token("GitHub token",           "gho_",          36, alphanumeric),
    token("GitHub token",           "ghs_",          36, alphanumeric),
    token("GitHub token",           "github_pat_",   60, word),
    token("GitLab token",           "glpat-",        20, word),
    token("Slack token",            "xoxb-",         30, word),
    token("Slack token",            "xoxp-",         30, word),
    token("Stripe secret key",      "sk_live_",      24, alphanumeric),
    token("Stripe restricted key",  "rk_live_",      24, alphanumeric),
    token("Google client secret",   "GOCSPX-",       28, word),
    token("SendGrid key",           "SG.",           60, |byte| word(byte) || byte == b'.'),
    token("npm token",              "npm_",          36, alphanumeric),
    token("OpenAI key",             "sk-",           48, alphanumeric),
    token("OpenAI key",             "sk-proj-",      40, word),
    token("Anthropic key",          "sk-ant-api",    40, word),
];

/// Schemes whose URLs are connection strings.
const DATABASES: &[&str] = &[
    "postgres://",
    "postgresql://",
    "mysql://",
    "mongodb://",
    "mongodb+srv://",
    "redis://",
    "rediss://",
    "amqp://",
    "amqps://",
];

pub(super) fn scan(text: &str) -> Vec<Leak> {
    let tokens = TOKENS.iter().filter_map(|token| {
        let at = find_token(text, token)?;
        Some(leak(token.what, at, token.prefix))
    });
    let connections = DATABASES.iter().filter_map(|scheme| {
        let at = find_connection(text, scheme)?;
        Some(leak("connection string with a password", at, scheme))
    });
    tokens.chain(connections).chain(find_key(text)).collect()
}

/// The marker stands for the secret, which is not repeated.
fn leak(what: &'static str, at: usize, marker: &str) -> Leak {
    Leak {
        kind: Kind::Secret,
        what,
        at,
        excerpt: format!("{marker}…").into(),
    }
}

/// The prefix at the start of a word, with enough behind it; documentation's own examples are
/// told by the word they end in.
fn find_token(text: &str, token: &Token) -> Option<usize> {
    text.match_indices(token.prefix)
        .map(|(at, _)| at)
        .take(20)
        .find(|at| {
            let (before, rest) = text.split_at(*at);
            let body = rest.get(token.prefix.len()..).unwrap_or_default();
            let length = body
                .bytes()
                .take_while(|byte| (token.alphabet)(*byte))
                .count();
            let run = body.get(..length).unwrap_or_default();
            let starts = !before.bytes().next_back().is_some_and(word);
            let varied = run.bytes().any(|byte| Some(byte) != run.bytes().next());
            starts && length >= token.least && varied && !run.contains("EXAMPLE")
        })
}

/// `user:password@` behind the scheme, the password not a placeholder.
fn find_connection(text: &str, scheme: &str) -> Option<usize> {
    text.match_indices(scheme)
        .map(|(at, _)| at)
        .take(20)
        .find(|at| {
            let rest = text.get(at + scheme.len()..).unwrap_or_default();
            let end = rest.find(|c: char| c.is_whitespace() || "\"'<>`/".contains(c));
            let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let password = authority
                .rsplit_once('@')
                .and_then(|(user, _)| user.split_once(':'))
                .map(|(_, password)| password.to_ascii_lowercase());
            password.is_some_and(|password| !is_placeholder(&password))
        })
}

fn is_placeholder(password: &str) -> bool {
    const WORDS: &[&str] = &[
        "", "password", "pass", "pwd", "secret", "changeme", "example",
    ];
    WORDS.contains(&password) || password.contains(['$', '{', '[', '*', '%', '<'])
}

/// A PEM private key (RFC 7468 §10 and the older labels).
fn find_key(text: &str) -> Option<Leak> {
    const BEGIN: &str = "-----BEGIN ";
    let at = text.match_indices(BEGIN).map(|(at, _)| at).find(|at| {
        let rest = text.get(at + BEGIN.len()..).unwrap_or_default();
        let label = rest.split_once("-----").map(|(label, _)| label);
        label.is_some_and(|label| label.len() < 40 && label.ends_with("PRIVATE KEY"))
    })?;
    Some(leak("private key", at, BEGIN))
}
