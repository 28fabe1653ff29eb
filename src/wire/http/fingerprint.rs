//! Which server answers, as far as its fields tell: for the snippet of a fix, never for a verdict.

/// A server, proxy, platform or framework that has its own way of setting a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Software {
    /// Cloudflare's edge.
    Cloudflare,
    /// Netlify's edge.
    Netlify,
    /// Vercel's edge.
    Vercel,
    /// Amazon CloudFront.
    CloudFront,
    /// nginx, also as a Kubernetes ingress.
    Nginx,
    /// Apache httpd.
    Apache,
    /// Caddy.
    Caddy,
    /// HAProxy.
    Haproxy,
    /// lighttpd.
    Lighttpd,
    /// Traefik.
    Traefik,
    /// Microsoft IIS.
    Iis,
    /// Express on Node.js.
    Express,
    /// Whatever runs under a server for ASGI, which does not tell.
    Asgi,
    /// Whatever runs under a server for WSGI, which does not tell.
    Wsgi,
    /// Flask.
    Flask,
    /// Django.
    Django,
    /// Ruby on Rails.
    Rails,
    /// Spring.
    Spring,
    /// ASP.NET Core.
    AspNet,
    /// axum and tower-http.
    Axum,
}

/// A field, a word its value contains (empty for any value), and who sends it. Edges come first:
/// what they set is what a client gets.
#[rustfmt::skip]
const SIGNS: &[(&str, &str, Software)] = &[
    ("cf-ray",                "",             Software::Cloudflare),
    ("x-nf-request-id",       "",             Software::Netlify),
    ("x-vercel-id",           "",             Software::Vercel),
    ("x-amz-cf-id",           "",             Software::CloudFront),
    ("server",                "cloudflare",   Software::Cloudflare),
    ("server",                "netlify",      Software::Netlify),
    ("server",                "vercel",       Software::Vercel),
    ("server",                "nginx",        Software::Nginx),
    ("server",                "openresty",    Software::Nginx),
    ("server",                "apache",       Software::Apache),
    ("server",                "caddy",        Software::Caddy),
    ("via",                   "caddy",        Software::Caddy),
    ("server",                "haproxy",      Software::Haproxy),
    ("server",                "traefik",      Software::Traefik),
    ("server",                "microsoft-iis", Software::Iis),
    ("server",                "lighttpd",     Software::Lighttpd),
    // Its default name for the cookie of its forms; the servers below run any framework.
    ("set-cookie",            "csrftoken=",   Software::Django),
    ("server",                "uvicorn",      Software::Asgi),
    ("server",                "hypercorn",    Software::Asgi),
    ("server",                "daphne",       Software::Asgi),
    ("server",                "werkzeug",     Software::Flask),
    ("server",                "gunicorn",     Software::Wsgi),
    ("server",                "wsgiserver",   Software::Wsgi),
    ("server",                "kestrel",      Software::AspNet),
    ("x-powered-by",          "express",      Software::Express),
    ("x-powered-by",          "asp.net",      Software::AspNet),
    ("x-runtime",             "",             Software::Rails),
    ("x-application-context", "",             Software::Spring),
];

/// The software nearest to the client among the field names and values given.
#[must_use]
pub fn identify(fields: &[(&str, &str)]) -> Option<Software> {
    let sent = |name: &str, word: &str| {
        fields.iter().any(|(field, value)| {
            field.eq_ignore_ascii_case(name) && value.to_ascii_lowercase().contains(word)
        })
    };
    let sign = SIGNS.iter().find(|(name, word, _)| sent(name, word));
    sign.map(|(_, _, software)| *software)
}

#[cfg(test)]
mod tests {
    use super::{Software, identify};

    #[test]
    fn the_edge_is_named_before_the_origin() {
        let found = |fields: &[(&str, &str)]| identify(fields);
        assert_eq!(found(&[("Server", "nginx/1.22.1")]), Some(Software::Nginx));
        assert_eq!(
            found(&[("Server", "nginx"), ("CF-Ray", "8a-FRA")]),
            Some(Software::Cloudflare)
        );
        assert_eq!(
            found(&[("X-Powered-By", "Express")]),
            Some(Software::Express)
        );
        assert_eq!(found(&[("Server", "gunicorn")]), Some(Software::Wsgi));
        let forms = ("Set-Cookie", "csrftoken=x; Path=/");
        assert_eq!(
            found(&[("Server", "gunicorn"), forms]),
            Some(Software::Django)
        );
        assert_eq!(found(&[("Server", "teapot")]), None);
        assert_eq!(found(&[]), None);
    }
}
