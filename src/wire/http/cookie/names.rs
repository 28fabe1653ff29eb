//! What a cookie is for, as far as its name tells.

/// What losing the cookie would mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Whoever holds it is somebody: a session, a login, a token.
    Session,
    /// A double-submit token, readable by scripts on purpose.
    AntiCsrf,
    /// Analytics, consent, load balancing and bot defence: names of products that identify nobody
    /// to the application.
    Plumbing,
    /// The name says nothing.
    Unknown,
}

/// Names of balancers, analytics and bot defences, some of which contain `session`; a trailing
/// star stands for any rest.
const PLUMBING: &[&str] = &[
    "_ga*",
    "_gid",
    "_gat*",
    "_gcl_*",
    "__utm*",
    "_fbp",
    "_fbc",
    "_hj*",
    "_pk_*",
    "ajs_*",
    "amplitude_*",
    "mp_*",
    "optimizely*",
    "optanon*",
    "cookieconsent*",
    "cookie_consent*",
    "__cf_bm",
    "__cflb",
    "__cfruid",
    "_cfuvid",
    "cf_clearance",
    "awsalb*",
    "awselb*",
    "arraffinity*",
    "bigipserver*",
    "heroku-session-affinity",
    "incap_ses_*",
    "visid_incap_*",
    "nlbi_*",
    "ak_bmsc",
    "bm_*",
    "_abck",
    "datadome",
    "serverid",
    "ingresscookie",
];

/// Names frameworks give to a session or a login, in lower case; `*` stands for any run.
const SESSION: &[&str] = &[
    "sid",
    "*.sid",
    "phpsessid",
    "jsessionid",
    "jsessionidsso",
    "jsessionid.*",
    "asp.net_sessionid",
    ".aspnetcore.*",
    ".aspxauth",
    "aspsessionid*",
    "laravel_session",
    "_*_session",
    "rack.session",
    "ci_session",
    "sessionid",
    "cfid",
    "cftoken",
    "remember_*",
    "wordpress_logged_in_*",
    "wordpress_sec_*",
    "next-auth.*",
    "authjs.*",
    "sb-*-auth-token*",
    "__session",
    "wos-session",
    "appsession",
    "kc_restart",
    "keycloak_identity*",
    "grafana_session",
    "_oauth2_proxy*",
    "simplesaml*",
    "pveauthcookie",
    "cf_authorization",
    "cf_appsession",
    "sessiontoken",
    "authtoken",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "*api_key*",
    "*api-key*",
    "apikey",
];

/// Words that make a name one *about* a session or a login: a flag, a moment, an address to go to.
const ABOUT: &[&str] = &[
    "is",
    "has",
    "check",
    "checked",
    "expires",
    "expiry",
    "expiration",
    "expire",
    "timeout",
    "ttl",
    "lifetime",
    "timestamp",
    "count",
    "type",
    "hint",
    "url",
    "uri",
    "redirect",
    "callback",
    "return",
    "consent",
    "notice",
    "banner",
    "seen",
];

/// What names of tokens against cross-site requests contain, in lower case.
const ANTI_CSRF: &[&str] = &["csrf", "xsrf", "antiforgery", "requestverificationtoken"];

/// Words that mean a credential when they stand alone between separators or case changes.
const SESSION_WORDS: &[&str] = &[
    "sess",
    "session",
    "sessid",
    "sessionid",
    "auth",
    "token",
    "jwt",
    "login",
    "logged",
];

/// Reads the meaning from a name; prefixes (`__Host-` and its kin) are looked through.
#[must_use]
pub fn meaning(name: &str) -> Meaning {
    let bare = without_prefix(name);
    let lower = bare.to_ascii_lowercase();
    let listed = |list: &[&str]| list.iter().any(|pattern| matches(pattern, &lower));
    if listed(PLUMBING) {
        Meaning::Plumbing
    } else if ANTI_CSRF.iter().any(|word| lower.contains(word)) {
        Meaning::AntiCsrf
    } else if words(bare).any(|word| ABOUT.contains(&word.as_str())) {
        Meaning::Unknown
    } else if listed(SESSION)
        || is_drupal(&lower)
        || words(bare).any(|word| SESSION_WORDS.contains(&word.as_str()))
    {
        Meaning::Session
    } else {
        Meaning::Unknown
    }
}

/// Drupal's: `SESS` or `SSESS` and a digest of the site.
fn is_drupal(lower: &str) -> bool {
    let name = lower
        .strip_prefix('s')
        .filter(|rest| rest.starts_with("sess"));
    let digest = name.unwrap_or(lower).strip_prefix("sess").unwrap_or("");
    digest.len() >= 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn without_prefix(name: &str) -> &str {
    ["__Host-Http-", "__Host-", "__Secure-", "__Http-"]
        .iter()
        .find_map(|prefix| {
            let head = name.get(..prefix.len())?;
            head.eq_ignore_ascii_case(prefix)
                .then(|| name.get(prefix.len()..))
                .flatten()
        })
        .unwrap_or(name)
}

/// The words of `authToken`, `auth_token`, `AUTH-TOKEN`, in lower case.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut all = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphabetic() || (c.is_ascii_uppercase() && was_lower) {
            all.push(String::new());
        }
        if c.is_ascii_alphabetic()
            && let Some(word) = all.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase();
    }
    all.into_iter().filter(|word| !word.is_empty())
}

/// A pattern whose stars stand for any run of characters, also an empty one.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|head| name.strip_prefix(head)) else {
        return false;
    };
    let mut open = false;
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = rest.get(at + part.len()..).unwrap_or_default();
        open = part.is_empty();
    }
    open || rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{Meaning, meaning};

    #[rustfmt::skip]
    const CASES: &[(&str, Meaning)] = &[
        ("connect.sid",               Meaning::Session),
        ("PHPSESSID",                 Meaning::Session),
        ("JSESSIONID",                Meaning::Session),
        ("ASP.NET_SessionId",         Meaning::Session),
        (".AspNetCore.Identity",      Meaning::Session),
        ("laravel_session",           Meaning::Session),
        ("_myapp_session",            Meaning::Session),
        ("__Host-session",            Meaning::Session),
        ("__secure-sid",              Meaning::Session),
        ("auth_token",                Meaning::Session),
        ("authToken",                 Meaning::Session),
        ("access-token",              Meaning::Session),
        ("id_token_2",                Meaning::Session),
        ("jwt",                       Meaning::Session),
        ("remember_web_59ba36",       Meaning::Session),
        ("wordpress_logged_in_ab12",  Meaning::Session),
        ("sb-abcdef-auth-token",      Meaning::Session),
        ("next-auth.session-token",   Meaning::Session),
        ("user_sess",                 Meaning::Session),
        ("SSESS5d41402abc4b2a76b9719d911017c592", Meaning::Session),
        ("SESS5d41402abc4b2a76b9719d911017c592", Meaning::Session),
        ("SimpleSAMLSessionID",       Meaning::Session),
        ("SimpleSAMLAuthToken",       Meaning::Session),
        ("PVEAuthCookie",             Meaning::Session),
        ("CF_Authorization",          Meaning::Session),
        ("sessiontoken",              Meaning::Session),
        ("api_key",                   Meaning::Session),
        ("X-Api-Key",                 Meaning::Session),
        ("JSESSIONIDSSO",             Meaning::Session),
        ("csrftoken",                 Meaning::AntiCsrf),
        ("__RequestVerificationToken", Meaning::AntiCsrf),
        ("__RequestVerificationToken_L2FwcA2", Meaning::AntiCsrf),
        ("__Host-next-auth.csrf-token", Meaning::AntiCsrf),
        ("is_logged_in",              Meaning::Unknown),
        ("hasSession",                Meaning::Unknown),
        ("session_expires",           Meaning::Unknown),
        ("JSESSIONID_CHECK",          Meaning::Unknown),
        ("token_type",                Meaning::Unknown),
        ("__Secure-next-auth.callback-url", Meaning::Unknown),
        ("login_redirect",            Meaning::Unknown),
        ("session_consent",           Meaning::Unknown),
        ("sessile",                   Meaning::Unknown),
        ("sessions2024",              Meaning::Unknown),
        ("XSRF-TOKEN",                Meaning::AntiCsrf),
        (".AspNetCore.Antiforgery.x", Meaning::AntiCsrf),
        ("possession",                Meaning::Unknown),
        ("author",                    Meaning::Unknown),
        ("theme",                     Meaning::Unknown),
        ("obsession_level",           Meaning::Unknown),
        ("",                          Meaning::Unknown),
        ("_ga",                       Meaning::Plumbing),
        ("_ga_ABC123",                Meaning::Plumbing),
        ("heroku-session-affinity",   Meaning::Plumbing),
        ("AWSALBCORS",                Meaning::Plumbing),
        ("_hjSessionUser_12",         Meaning::Plumbing),
    ];

    #[test]
    fn names_mean_what_frameworks_mean_by_them() {
        for (name, expected) in CASES {
            assert_eq!(meaning(name), *expected, "{name}");
        }
    }
}
