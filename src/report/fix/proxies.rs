//! Servers and proxies that rewrite fields on the way out.

use super::{attribute, is_http_only, quoted};
use crate::rules::Change;

/// `always` covers errors, and hiding what the application sends leaves one line.
pub(super) fn nginx(change: &Change) -> Vec<String> {
    match change {
        Change::Set("Content-Type", value) => {
            let essence = essence(value);
            let mut lines = vec!["charset utf-8;".to_owned()];
            if !NGINX_CHARSET_TYPES.contains(&essence) {
                lines.push(format!("charset_types {essence};"));
            }
            lines
        }
        Change::Set(name, value) => {
            let mut lines = hidden(name);
            lines.push(format!("add_header {name} {} always;", quoted(value)));
            lines.push(
                "# an add_header in a location drops all inherited ones: repeat them there"
                    .to_owned(),
            );
            lines
        }
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            vec!["server_tokens off;".to_owned()]
        }
        Change::Remove(name) => hidden(name),
        Change::Cookie(name, attributes) if name.raw() == "PHPSESSID" => php(attributes),
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

/// What `charset` is added to by default (`ngx_http_charset_module`).
const NGINX_CHARSET_TYPES: [&str; 6] = [
    "text/html",
    "text/xml",
    "text/plain",
    "text/vnd.wap.wml",
    "application/javascript",
    "application/rss+xml",
];

/// Each kind of back end has a directive of its own; the wrong one does nothing.
fn hidden(name: &str) -> Vec<String> {
    ["proxy", "fastcgi"]
        .map(|kind| format!("{kind}_hide_header {name};"))
        .to_vec()
}

/// The session of PHP, which FastCGI brings past every proxy setting.
fn php(attributes: &str) -> Vec<String> {
    let http_only = if is_http_only(attributes) {
        "On"
    } else {
        "Off"
    };
    let same_site = attribute(attributes, "SameSite").unwrap_or("Lax");
    vec![
        "; php.ini".to_owned(),
        "session.cookie_secure = On".to_owned(),
        format!("session.cookie_httponly = {http_only}"),
        format!("session.cookie_samesite = {same_site}"),
    ]
}

/// A media type without its parameters.
fn essence(value: &str) -> &str {
    value.split(';').next().unwrap_or(value).trim()
}

/// Apache keeps two tables of fields; `always` is the one that errors are sent with, and what
/// stands in the other would be a second line.
pub(super) fn apache(change: &Change) -> Vec<String> {
    match change {
        // It adds to these two types alone (core, AddDefaultCharset).
        Change::Set("Content-Type", value)
            if matches!(essence(value), "text/html" | "text/plain") =>
        {
            vec!["AddDefaultCharset utf-8".to_owned()]
        }
        Change::Set("Content-Type", value) => vec![typed("Header always edit Content-Type", value)],
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
        Change::Set("Content-Type", value) => typed("    Content-Type", value),
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
        Change::Set("Content-Type", value) => {
            typed("http-after-response replace-header Content-Type", value).replace('"', "'")
        }
        Change::Set(name, value) => {
            format!("http-after-response set-header {name} {}", quoted(value))
        }
        Change::Remove(name) => format!("http-after-response del-header {name}"),
        // In single quotes: a `$` in double ones is a variable.
        Change::Cookie(name, attributes) => {
            let pattern = pattern(name.raw());
            format!(
                "http-after-response replace-header Set-Cookie '^({pattern}=[^;]*).*' '\\1; {attributes}'"
            )
        }
    }]
}

/// Settings of one name add up with `+=`; all need `mod_setenv`.
pub(super) fn lighttpd(change: &Change) -> Option<Vec<String>> {
    let needs = "# with \"mod_setenv\" in server.modules".to_owned();
    match change {
        Change::Cookie(..) => None,
        Change::Set(name, value) => Some(vec![
            needs,
            format!(
                "setenv.set-response-header += ( \"{name}\" => {} )",
                quoted(value)
            ),
        ]),
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            Some(vec!["server.tag = \"lighttpd\"".to_owned()])
        }
        // An empty value removes a field.
        Change::Remove(name) => Some(vec![
            needs,
            format!("setenv.set-response-header += ( \"{name}\" => \"\" )"),
        ]),
    }
}

/// The charset for answers of that media type, and of no other: one type for all would make pages of
/// scripts.
fn typed(directive: &str, value: &str) -> String {
    let pattern = pattern(essence(value)).replace('+', "[+]");
    format!("{directive} \"^{pattern}$\" {}", quoted(value))
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
