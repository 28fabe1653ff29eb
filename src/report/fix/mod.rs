//! The change that mends a finding, written for the server that the answer's own fields suggest.
//!
//! Always the final merged value: what is to be sent, not what is to be added to it.

mod frameworks;
mod platforms;
mod proxies;

use crate::model::Untrusted;
use crate::rules::Change;
use crate::wire::http::fingerprint::Software;

/// Lines for one kind of server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// Whose configuration it is.
    pub software: &'static str,
    /// To be put there, line by line.
    pub lines: Vec<Untrusted>,
}

/// The lines that make a change. Where the server is not known, or has no way of its own, they are
/// the field as it should be. `None` where a peer's text in it could not be quoted safely.
#[must_use]
pub fn snippet(software: Option<Software>, change: &Change) -> Option<Snippet> {
    if !is_quotable(change) {
        return None;
    }
    let written = software.and_then(|software| {
        let lines = lines(software, change)?;
        Some((name(software), lines))
    });
    let (software, lines) = written.unwrap_or_else(|| ("any server", plain(change)));
    let lines = lines.into_iter().map(Untrusted::from).collect();
    Some(Snippet { software, lines })
}

fn lines(software: Software, change: &Change) -> Option<Vec<String>> {
    match software {
        Software::Nginx => Some(proxies::nginx(change)),
        Software::Apache => Some(proxies::apache(change)),
        Software::Caddy => Some(proxies::caddy(change)),
        Software::Haproxy => Some(proxies::haproxy(change)),
        Software::Traefik => proxies::traefik(change),
        Software::Iis => platforms::iis(change),
        Software::Cloudflare => platforms::cloudflare(change),
        Software::Netlify => platforms::underscore_headers(change),
        Software::Vercel => platforms::vercel(change),
        Software::CloudFront => platforms::cloudfront(change),
        Software::Express => Some(frameworks::express(change)),
        Software::FastApi => Some(frameworks::fastapi(change)),
        Software::Django => Some(frameworks::django(change)),
        Software::Rails => frameworks::rails(change),
        Software::Spring => frameworks::spring(change),
        Software::AspNet => frameworks::asp_net(change),
        Software::Axum => frameworks::axum(change),
    }
}

const fn name(software: Software) -> &'static str {
    match software {
        Software::Nginx => "nginx",
        Software::Apache => "Apache httpd",
        Software::Caddy => "Caddy",
        Software::Haproxy => "HAProxy",
        Software::Traefik => "Traefik, dynamic configuration",
        Software::Iis => "IIS, web.config",
        Software::Cloudflare => "Cloudflare",
        Software::Netlify => "Netlify, _headers",
        Software::Vercel => "Vercel, vercel.json",
        Software::CloudFront => "CloudFront, response headers policy",
        Software::Express => "Express",
        Software::FastApi => "FastAPI or Starlette",
        Software::Django => "Django",
        Software::Rails => "Rails",
        Software::Spring => "Spring Security",
        Software::AspNet => "ASP.NET Core",
        Software::Axum => "axum with tower-http",
    }
}

/// The field as it should be sent.
fn plain(change: &Change) -> Vec<String> {
    match change {
        Change::Set(name, value) => vec![format!("{name}: {value}")],
        Change::Remove(name) => vec![format!("(no {name} field)")],
        Change::Cookie(name, attributes) => {
            vec![format!("Set-Cookie: {}=<value>; {attributes}", name.raw())]
        }
    }
}

/// Names are tokens, and values hold nothing that a configuration language would expand: what a
/// peer sent must not become more than a value where it is pasted.
fn is_quotable(change: &Change) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let is_value = |value: &str| {
        value
            .bytes()
            .all(|byte| (byte == b' ' || byte.is_ascii_graphic()) && !b"$\\%`{}<>".contains(&byte))
    };
    match change {
        Change::Set(name, value) => is_name(name) && is_value(value),
        Change::Remove(name) => is_name(name),
        Change::Cookie(name, attributes) => is_name(name.raw()) && is_value(attributes),
    }
}

/// In double quotes, as C, JSON, Python and most configuration languages read them.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\\\""))
}

/// In the words of an attribute list: the value of `SameSite`, `Path`, and so on.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    attributes.split("; ").find_map(|word| {
        let (key, value) = word.split_once('=')?;
        (key == name).then_some(value)
    })
}

fn is_http_only(attributes: &str) -> bool {
    attributes.split("; ").any(|word| word == "HttpOnly")
}

#[cfg(test)]
mod tests {
    use super::snippet;
    use crate::rules::Change;
    use crate::wire::http::fingerprint::Software;

    fn text(software: Option<Software>, change: &Change) -> String {
        let snippet = snippet(software, change).unwrap();
        let lines: Vec<&str> = snippet
            .lines
            .iter()
            .map(crate::model::Untrusted::raw)
            .collect();
        lines.join("\n")
    }

    fn set() -> Change {
        Change::Set("X-Frame-Options", "DENY".to_owned())
    }

    /// The software, and a line its snippet for `X-Frame-Options: DENY` must hold.
    #[rustfmt::skip]
    const SETS: &[(Option<Software>, &str)] = &[
        (None,                       "X-Frame-Options: DENY"),
        (Some(Software::Nginx),      "add_header X-Frame-Options \"DENY\" always;"),
        (Some(Software::Apache),     "Header always set X-Frame-Options \"DENY\""),
        (Some(Software::Caddy),      "    X-Frame-Options \"DENY\""),
        (Some(Software::Haproxy),    "http-after-response set-header X-Frame-Options \"DENY\""),
        (Some(Software::Traefik),    "          X-Frame-Options: \"DENY\""),
        (Some(Software::Iis),        "      <add name=\"X-Frame-Options\" value=\"DENY\" />"),
        (Some(Software::Netlify),    "  X-Frame-Options: DENY"),
        (Some(Software::Vercel),     "{ \"headers\": [{ \"source\": \"/(.*)\", \"headers\": [{ \"key\": \"X-Frame-Options\", \"value\": \"DENY\" }] }] }"),
        (Some(Software::Express),    "  res.setHeader(\"X-Frame-Options\", \"DENY\");"),
        (Some(Software::FastApi),    "    response.headers[\"X-Frame-Options\"] = \"DENY\""),
        (Some(Software::Django),     "X_FRAME_OPTIONS = \"DENY\""),
        (Some(Software::Rails),      "config.action_dispatch.default_headers[\"X-Frame-Options\"] = \"DENY\""),
        (Some(Software::Axum),       "    HeaderName::from_static(\"x-frame-options\"),"),
    ];

    #[test]
    fn every_server_has_its_own_line() {
        for (software, expected) in SETS {
            let text = text(*software, &set());
            assert!(
                text.lines().any(|line| line == *expected),
                "{software:?}:\n{text}"
            );
        }
    }

    #[test]
    fn cookies_are_set_where_they_come_from() {
        let cookie = Change::Cookie(
            "sid".into(),
            "Path=/; Secure; HttpOnly; SameSite=Lax".to_owned(),
        );
        assert!(text(Some(Software::Express), &cookie).contains("sameSite: \"lax\""));
        assert!(
            text(Some(Software::Nginx), &cookie)
                .contains("proxy_cookie_flags sid secure httponly samesite=lax;")
        );
        assert!(text(None, &cookie).starts_with("Set-Cookie: sid=<value>; Path=/"));
    }

    #[test]
    fn quotes_inside_a_value_stay_inside() {
        let change = Change::Set("Reporting-Endpoints", "csp=\"/r\"".to_owned());
        let text = text(Some(Software::Nginx), &change);
        assert!(text.contains("add_header Reporting-Endpoints \"csp=\\\"/r\\\"\" always;"));
    }

    #[test]
    fn what_could_be_expanded_is_not_written() {
        for value in ["$host", "a\nb", "a\\", "%{HOST}", "`id`", "<x>"] {
            assert_eq!(
                snippet(None, &Change::Set("X-Frame-Options", value.to_owned())),
                None
            );
        }
        assert_eq!(snippet(None, &Change::Remove("X-A; rm".to_owned())), None);
        assert_eq!(
            snippet(None, &Change::Cookie("a b".into(), "Secure".to_owned())),
            None
        );
    }
}
