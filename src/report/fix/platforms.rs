//! Edges and hosts that are configured from outside the application.

use super::quoted;
use crate::rules::Change;

/// XML escapes the quote its own way.
pub(super) fn iis(change: &Change) -> Option<Vec<String>> {
    let lines = match change {
        Change::Set(name, value) => vec![
            format!("      <remove name=\"{name}\" />"),
            format!(
                "      <add name=\"{name}\" value=\"{}\" />",
                value.replace('"', "&quot;")
            ),
        ],
        // The server adds this one behind every module; IIS 10 has a switch for it.
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            return Some(vec![
                "<system.webServer>".to_owned(),
                "  <security>".to_owned(),
                "    <requestFiltering removeServerHeader=\"true\" />".to_owned(),
                "  </security>".to_owned(),
                "</system.webServer>".to_owned(),
            ]);
        }
        Change::Remove(name) => vec![format!("      <remove name=\"{name}\" />")],
        Change::Cookie(..) => return None,
    };
    let mut out = vec![
        "<system.webServer>".to_owned(),
        "  <httpProtocol>".to_owned(),
        "    <customHeaders>".to_owned(),
    ];
    out.extend(lines);
    out.extend(
        [
            "    </customHeaders>",
            "  </httpProtocol>",
            "</system.webServer>",
        ]
        .map(str::to_owned),
    );
    Some(out)
}

/// A transform rule for proxied sites; Pages and Workers assets read `_headers`.
pub(super) fn cloudflare(change: &Change) -> Option<Vec<String>> {
    let rule = match change {
        Change::Set(name, value) => format!("Set static: {name} = {value}"),
        Change::Remove(name) => format!("Remove: {name}"),
        Change::Cookie(..) => return None,
    };
    let mut lines = vec![format!(
        "Rules > Transform Rules > Modify Response Header > {rule}"
    )];
    if let Some(file) = underscore_headers(change) {
        lines.push("# or, on Pages, in _headers:".to_owned());
        lines.extend(file);
    }
    Some(lines)
}

/// The `_headers` file of Netlify and Cloudflare Pages, which can set and cannot remove.
pub(super) fn underscore_headers(change: &Change) -> Option<Vec<String>> {
    let Change::Set(name, value) = change else {
        return None;
    };
    Some(vec!["/*".to_owned(), format!("  {name}: {value}")])
}

pub(super) fn vercel(change: &Change) -> Option<Vec<String>> {
    let Change::Set(name, value) = change else {
        return None;
    };
    let pair = format!(
        "{{ \"key\": {}, \"value\": {} }}",
        quoted(name),
        quoted(value)
    );
    Some(vec![format!(
        "{{ \"headers\": [{{ \"source\": \"/(.*)\", \"headers\": [{pair}] }}] }}"
    )])
}

/// Fields of the security configuration are refused among the custom ones.
pub(super) fn cloudfront(change: &Change) -> Option<Vec<String>> {
    match change {
        Change::Set(name, value) => Some(security(name, value).map_or_else(
            || {
                vec![
                    "\"CustomHeadersConfig\": { \"Quantity\": 1, \"Items\": [".to_owned(),
                    format!(
                        "  {{ \"Header\": {}, \"Value\": {}, \"Override\": true }}",
                        quoted(name),
                        quoted(value)
                    ),
                    "] }".to_owned(),
                ]
            },
            |member| {
                vec![
                    "\"SecurityHeadersConfig\": {".to_owned(),
                    format!("  {member}"),
                    "}".to_owned(),
                ]
            },
        )),
        Change::Remove(name) => Some(vec![format!(
            "\"RemoveHeadersConfig\": {{ \"Quantity\": 1, \"Items\": [{{ \"Header\": {} }}] }}",
            quoted(name)
        )]),
        Change::Cookie(..) => None,
    }
}

fn security(name: &str, value: &str) -> Option<String> {
    let (member, rest) = match name {
        "Strict-Transport-Security" => (
            "StrictTransportSecurity",
            format!(
                ", \"AccessControlMaxAgeSec\": {}, \"IncludeSubdomains\": {}, \"Preload\": {}",
                super::max_age(value),
                value.contains("includeSubDomains"),
                value.contains("preload"),
            ),
        ),
        "X-Content-Type-Options" => ("ContentTypeOptions", String::new()),
        "X-Frame-Options" => (
            "FrameOptions",
            format!(", \"FrameOption\": {}", quoted(value)),
        ),
        "Referrer-Policy" => (
            "ReferrerPolicy",
            format!(", \"ReferrerPolicy\": {}", quoted(value)),
        ),
        "Content-Security-Policy" => (
            "ContentSecurityPolicy",
            format!(", \"ContentSecurityPolicy\": {}", quoted(value)),
        ),
        _ => return None,
    };
    Some(format!("\"{member}\": {{ \"Override\": true{rest} }}"))
}
