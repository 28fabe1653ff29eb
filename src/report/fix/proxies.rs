//! Servers and proxies that rewrite fields on the way out.

use super::{attribute, is_http_only, quoted};
use crate::rules::Change;

/// `always` covers errors, and hiding what the application sends leaves one line.
pub(super) fn nginx(change: &Change) -> Vec<String> {
    match change {
        Change::Set(name, value) => vec![
            format!("proxy_hide_header {name};"),
            format!("add_header {name} {} always;", quoted(value)),
            "# an add_header in a location drops all inherited ones: repeat them there".to_owned(),
        ],
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            vec!["server_tokens off;".to_owned()]
        }
        Change::Remove(name) => vec![format!("proxy_hide_header {name};")],
        Change::Cookie(name, attributes) => {
            let http_only = if is_http_only(attributes) {
                " httponly"
            } else {
                ""
            };
            let same_site = attribute(attributes, "SameSite")
                .unwrap_or("Lax")
                .to_ascii_lowercase();
            vec![format!(
                "proxy_cookie_flags {} secure{http_only} samesite={same_site};",
                name.raw()
            )]
        }
    }
}

/// Apache keeps two tables of fields; `always` is the one that errors are sent with, and what
/// stands in the other would be a second line.
pub(super) fn apache(change: &Change) -> Vec<String> {
    match change {
        Change::Set(name, value) => vec![
            format!("Header onsuccess unset {name}"),
            format!("Header always set {name} {}", quoted(value)),
        ],
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            vec![
                "ServerTokens Prod".to_owned(),
                "ServerSignature Off".to_owned(),
            ]
        }
        Change::Remove(name) => {
            vec![
                format!("Header onsuccess unset {name}"),
                format!("Header always unset {name}"),
            ]
        }
        Change::Cookie(name, attributes) => {
            let pattern = pattern(name.raw());
            vec![format!(
                "Header edit Set-Cookie \"^({pattern}=[^;]*).*$\" \"$1; {attributes}\""
            )]
        }
    }
}

/// `defer` makes it the last word, after a back end has answered.
pub(super) fn caddy(change: &Change) -> Vec<String> {
    let line = match change {
        Change::Set(name, value) => format!("    {name} {}", quoted(value)),
        Change::Remove(name) => format!("    -{name}"),
        Change::Cookie(name, attributes) => {
            let pattern = pattern(name.raw());
            format!("    Set-Cookie \"^({pattern}=[^;]*).*$\" \"$1; {attributes}\"")
        }
    };
    vec![
        "header {".to_owned(),
        line,
        "    defer".to_owned(),
        "}".to_owned(),
    ]
}

/// `http-after-response` covers the answers HAProxy makes itself.
pub(super) fn haproxy(change: &Change) -> Vec<String> {
    vec![match change {
        Change::Set(name, value) => {
            format!("http-after-response set-header {name} {}", quoted(value))
        }
        Change::Remove(name) => format!("http-after-response del-header {name}"),
        Change::Cookie(name, attributes) => {
            let pattern = pattern(name.raw());
            format!(
                "http-after-response replace-header Set-Cookie \"^({pattern}=[^;]*).*\" \"\\1; {attributes}\""
            )
        }
    }]
}

/// An empty value removes a field.
pub(super) fn traefik(change: &Change) -> Option<Vec<String>> {
    let line = match change {
        Change::Set(name, value) => format!("          {name}: {}", quoted(value)),
        Change::Remove(name) => format!("          {name}: \"\""),
        Change::Cookie(..) => return None,
    };
    Some(vec![
        "http:".to_owned(),
        "  middlewares:".to_owned(),
        "    fields:".to_owned(),
        "      headers:".to_owned(),
        "        customResponseHeaders:".to_owned(),
        line,
    ])
}

/// A cookie's name in a regular expression: of what a name may hold here, only the dot is special.
fn pattern(name: &str) -> String {
    name.replace('.', "[.]")
}
