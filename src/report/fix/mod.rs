//! The change that fixes a finding, written for the server that the answer's own fields suggest.
//!
//! Always the final merged value: what is to be sent, not what is to be added to it.

mod frameworks;
mod platforms;
mod proxies;
mod python;

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
    let written = software
        .filter(|software| !is_made_by_handler(*software, change))
        .and_then(|software| Some((name(software), lines(software, change)?)));
    let (software, lines) = written.unwrap_or_else(|| ("any server", plain(change)));
    let lines = lines.into_iter().map(Untrusted::from).collect();
    Some(Snippet { software, lines })
}

/// The media type is the handler's to say: one type for every answer would make pages of scripts. Only
/// servers that can add a charset to answers of one type can fix it from outside.
fn is_made_by_handler(software: Software, change: &Change) -> bool {
    let adds_charset = matches!(
        software,
        Software::Nginx | Software::Apache | Software::Caddy | Software::Haproxy
    );
    matches!(change, Change::Set("Content-Type", _)) && !adds_charset
}

fn lines(software: Software, change: &Change) -> Option<Vec<String>> {
    match software {
        Software::Nginx => Some(proxies::nginx(change)),
        Software::Apache => Some(proxies::apache(change)),
        Software::Caddy => Some(proxies::caddy(change)),
        Software::Haproxy => Some(proxies::haproxy(change)),
        Software::Lighttpd => proxies::lighttpd(change),
        Software::Traefik => proxies::traefik(change),
        Software::Iis => platforms::iis(change),
        Software::Cloudflare => platforms::cloudflare(change),
        Software::Netlify => platforms::underscore_headers(change),
        Software::Vercel => platforms::vercel(change),
        Software::CloudFront => platforms::cloudfront(change),
        Software::Express => Some(frameworks::express(change)),
        Software::Asgi => Some(python::asgi(change)),
        Software::Wsgi => Some(python::wsgi(change)),
        Software::Flask => Some(python::flask(change)),
        Software::Django => Some(python::django(change)),
        Software::Rails => frameworks::rails(change),
        Software::Spring => frameworks::spring(change),
        Software::AspNet => frameworks::asp_net(change),
        Software::Axum => frameworks::axum(change),
    }
}

/// Whose configuration it is. What the project's own tests apply to no running server is marked so.
const fn name(software: Software) -> &'static str {
    match software {
        Software::Nginx => "nginx",
        Software::Apache => "Apache httpd",
        Software::Caddy => "Caddy",
        Software::Haproxy => "HAProxy",
        Software::Lighttpd => "lighttpd",
        Software::Traefik => "Traefik, dynamic configuration (untested)",
        Software::Iis => "IIS, web.config (untested)",
        Software::Cloudflare => "Cloudflare (untested)",
        Software::Netlify => "Netlify, _headers (untested)",
        Software::Vercel => "Vercel, vercel.json (untested)",
        Software::CloudFront => "CloudFront, response headers policy (untested)",
        Software::Express => "Express",
        Software::Asgi => "Python, around any ASGI application",
        Software::Wsgi => "Python, around any WSGI application",
        Software::Flask => "Flask",
        Software::Django => "Django",
        Software::Rails => "Rails (untested)",
        Software::Spring => "Spring Security (untested)",
        Software::AspNet => "ASP.NET Core (untested)",
        Software::Axum => "axum with tower-http (untested)",
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
        Change::Cookie(name, attributes) => {
            is_name(name.raw()) && is_value(attributes) && !attributes.contains(['"', '\''])
        }
    }
}

/// In double quotes, as C, JSON, Python and most configuration languages read them.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\\\""))
}

/// The seconds of a `Strict-Transport-Security` value of our own.
fn max_age(value: &str) -> String {
    let seconds = value.trim_start_matches("max-age=").chars();
    seconds.take_while(char::is_ascii_digit).collect()
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
        (Some(Software::Lighttpd),   "setenv.set-response-header += ( \"X-Frame-Options\" => \"DENY\" )"),
        (Some(Software::Asgi),       "                message[\"headers\"] = [*others, (b\"x-frame-options\", b\"DENY\")]"),
        (Some(Software::Wsgi),       "            return start_response(status, [*others, (\"X-Frame-Options\", \"DENY\")], *rest)"),
        (Some(Software::Flask),      "app.wsgi_app = with_field(app.wsgi_app)"),
        (Some(Software::Django),     "X_FRAME_OPTIONS = \"DENY\""),
        (Some(Software::Django),     "    MIDDLEWARE.insert(0, \"django.middleware.clickjacking.XFrameOptionsMiddleware\")"),
        (Some(Software::CloudFront), "  \"FrameOptions\": { \"Override\": true, \"FrameOption\": \"DENY\" }"),
        (Some(Software::Spring),     "    .frameOptions(options -> options.deny()));"),
        (Some(Software::AspNet),     "        context.Response.Headers[\"X-Frame-Options\"] = \"DENY\";"),
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

    /// The software, a change that its usual way would not make, and a line of the one that does.
    #[test]
    fn what_the_usual_way_does_not_reach_has_its_own() {
        let charset = Change::Set("Content-Type", "text/html; charset=utf-8".to_owned());
        let feed = Change::Set(
            "Content-Type",
            "application/atom+xml; charset=utf-8".to_owned(),
        );
        let hsts = Change::Set(
            "Strict-Transport-Security",
            "max-age=63072000; includeSubDomains".to_owned(),
        );
        let remove = |name: &str| Change::Remove(name.to_owned());
        let php = Change::Cookie(
            "PHPSESSID".into(),
            "Secure; HttpOnly; SameSite=Lax".to_owned(),
        );
        #[rustfmt::skip]
        let rows = [
            (Software::Nginx,      &charset,                "charset utf-8;"),
            (Software::Nginx,      &feed,                   "charset_types application/atom+xml;"),
            (Software::Nginx,      &remove("X-Powered-By"), "fastcgi_hide_header X-Powered-By;"),
            (Software::Nginx,      &php,                    "session.cookie_samesite = Lax"),
            (Software::Apache,     &charset,                "AddDefaultCharset utf-8"),
            (Software::Caddy,      &charset,                "    Content-Type \"^text/html$\" \"text/html; charset=utf-8\""),
            (Software::Haproxy,    &feed,                   "http-after-response replace-header Content-Type '^application/atom[+]xml$' 'application/atom+xml; charset=utf-8'"),
            (Software::Express,    &charset,                "Content-Type: text/html; charset=utf-8"),
            (Software::Asgi,       &charset,                "Content-Type: text/html; charset=utf-8"),
            (Software::Express,    &hsts,                   "// or, where helmet is used: helmet({ strictTransportSecurity: { maxAge: 63072000, includeSubDomains: true, preload: false } })"),
            (Software::Django,     &hsts,                   "SECURE_HSTS_INCLUDE_SUBDOMAINS = True"),
            (Software::CloudFront, &hsts,                   "  \"StrictTransportSecurity\": { \"Override\": true, \"AccessControlMaxAgeSec\": 63072000, \"IncludeSubdomains\": true, \"Preload\": false }"),
            (Software::Iis,        &remove("Server"),       "    <requestFiltering removeServerHeader=\"true\" />"),
            (Software::Rails,      &remove("X-Runtime"),    "config.middleware.delete Rack::Runtime"),
            (Software::AspNet,     &remove("X-Powered-By"), "      <remove name=\"X-Powered-By\" />"),
        ];
        for (software, change, expected) in rows {
            let text = text(Some(software), change);
            assert!(
                text.lines().any(|line| line == expected),
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
