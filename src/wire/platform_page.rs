//! Answers that a platform gives where it has no application to hand the request to: a host nobody
//! deployed to, a process that crashed, a gateway whose upstream is gone.
//!
//! Each is known by words or a field that only the platform writes. Two are left out on purpose:
//! `404 page not found` is Traefik's, and that of every service on Go's `net/http`; `Not Found`
//! alone is everybody's.

/// A field, how its value begins, and what the platform says by it.
#[rustfmt::skip]
const FIELDS: &[(&str, &str, &str)] = &[
    ("x-vercel-error",     "deployment_", "Vercel serves no deployment here"),
    ("x-vercel-error",     "function_",   "the function on Vercel failed"),
    ("x-railway-fallback", "true",        "Railway has no running application here"),
    ("x-render-routing",   "no-server",   "Render has no running service here"),
    ("x-render-routing",   "suspend",     "Render has suspended the service"),
    ("x-render-routing",   "hibernate",   "the service on Render did not wake"),
];

/// Words of the page in lower case, and what the platform says by them. The first that fits counts.
#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("herokucdn.com/error-pages/no-such-app", "Heroku has no such app"),
    ("herokucdn.com/error-pages/",            "the app on Heroku crashed, or did not answer"),
    ("this web app is stopped",               "Azure has stopped the web app"),
    ("error 404 - web app not found",         "Azure has no such web app"),
    ("there isn't a github pages site here",  "GitHub Pages has no site here"),
    ("not found - request id: ",              "Netlify has no site here"),
    ("fastly error: unknown domain",          "Fastly does not know this host"),
    ("<code>nosuchbucket</code>",             "S3 has no such bucket"),
    ("default backend - 404",                 "the ingress has no route for this host"),
    ("no healthy upstream",                   "Envoy has no healthy upstream"),
    ("upstream connect error or disconnect",  "Envoy cannot reach its upstream"),
    ("no available server",                   "Traefik has no available server"),
    ("no server is available to handle this request", "HAProxy has no available server"),
];

/// A page of a platform is short; in a longer text its words are quoted.
const LONGEST: usize = 16 * 1024;

/// What the platform says; `None` where an application may have answered. `field` finds a field's
/// value by its name in lower case.
#[must_use]
pub fn says(
    status: u16,
    field: impl Fn(&str) -> Option<String>,
    body: &str,
) -> Option<&'static str> {
    if status < 400 {
        return None;
    }
    let by_field = FIELDS.iter().find(|(name, start, _)| {
        field(name).is_some_and(|value| value.to_ascii_lowercase().starts_with(start))
    });
    if let Some((.., said)) = by_field {
        return Some(said);
    }
    if body.len() > LONGEST {
        return None;
    }
    let body = body.to_ascii_lowercase();
    let by_words = WORDS.iter().find(|(words, _)| body.contains(words));
    by_words.map(|(_, said)| *said)
}

/// Whether the status is one that a gateway gives for an application it cannot reach: RFC 9110
/// §15.6.3 to §15.6.5, and Cloudflare's own, which no registry has.
#[must_use]
pub const fn is_gateway_error(status: u16) -> bool {
    matches!(status, 502..=504 | 520..=527 | 530)
}

#[cfg(test)]
mod tests {
    use super::{is_gateway_error, says};

    /// A status, one field, the page, and who is understood to speak.
    type Row = (
        u16,
        (&'static str, &'static str),
        &'static str,
        Option<&'static str>,
    );

    #[rustfmt::skip]
    const PAGES: &[Row] = &[
        (404, ("x-vercel-error", "DEPLOYMENT_NOT_FOUND"), "The deployment could not be found", Some("Vercel")),
        (402, ("x-vercel-error", "DEPLOYMENT_DISABLED"),  "Payment required",                  Some("Vercel")),
        (500, ("x-vercel-error", "FUNCTION_INVOCATION_FAILED"), "A server error has occurred", Some("Vercel")),
        (404, ("x-vercel-error", "NOT_FOUND"),            "The page could not be found",       None), // of a deployment
        (404, ("x-railway-fallback", "true"),             "{\"message\":\"Application not found\"}", Some("Railway")),
        (404, ("x-render-routing", "no-server"),          "Not Found\n",                       Some("Render")),
        (404, ("server", "heroku"), "<iframe src=\"//www.herokucdn.com/error-pages/no-such-app.html\">", Some("Heroku has no such app")),
        (503, ("server", "heroku"), "<iframe src=\"//www.herokucdn.com/error-pages/application-error.html\">", Some("crashed")),
        (403, ("server", "x"), "<h1>Error 403 - This web app is stopped.</h1>",                Some("Azure")),
        (404, ("server", "GitHub.com"), "<p>There isn't a GitHub Pages site here.</p>",        Some("GitHub")),
        (404, ("server", "Netlify"), "Not Found - Request ID: 01J",                            Some("Netlify")),
        (404, ("server", "x"), "default backend - 404",                                        Some("ingress")),
        (404, ("server", "AmazonS3"), "<Error><Code>NoSuchBucket</Code></Error>",              Some("S3")),
        (503, ("server", "envoy"), "no healthy upstream",                                      Some("Envoy")),
        (404, ("server", "x"), "404 page not found\n",                                         None),
        (404, ("server", "uvicorn"), "{\"detail\":\"Not Found\"}",                             None),
        (502, ("server", "nginx"), "<center><h1>502 Bad Gateway</h1></center>",                None), // the status says it
        (200, ("server", "x"), "What to do when this web app is stopped",                      None),
    ];

    #[test]
    fn a_platform_is_known_by_what_only_it_writes() {
        for (status, (name, value), body, expected) in PAGES {
            let field = |asked: &str| (asked == *name).then(|| (*value).to_owned());
            let said = says(*status, field, body);
            match expected {
                Some(words) => assert!(said.is_some_and(|said| said.contains(words)), "{body}"),
                None => assert_eq!(said, None, "{body}"),
            }
        }
    }

    #[test]
    fn gateways_have_statuses_of_their_own() {
        let gateways = [502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530];
        assert!(gateways.into_iter().all(is_gateway_error));
        let others = [200, 404, 429, 500, 501, 505, 507, 519, 528, 599];
        assert!(!others.into_iter().any(is_gateway_error));
    }
}
