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
    /// Traefik.
    Traefik,
    /// Microsoft IIS.
    Iis,
    /// Express on Node.js.
    Express,
    /// FastAPI, Starlette or whatever else runs under uvicorn or hypercorn.
    FastApi,
    /// Django, or what else runs under gunicorn or WSGI.
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
    ("server",                "uvicorn",      Software::FastApi),
    ("server",                "hypercorn",    Software::FastApi),
    ("server",                "gunicorn",     Software::Django),
    ("server",                "wsgiserver",   Software::Django),
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
        assert_eq!(found(&[("Server", "teapot")]), None);
        assert_eq!(found(&[]), None);
    }
}
