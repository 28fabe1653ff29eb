//! Frameworks, in the language of the application.

use super::{attribute, is_http_only, quoted};
use crate::rules::Change;

/// Behind helmet, if it is used: what is set last is sent.
pub(super) fn express(change: &Change) -> Vec<String> {
    let middleware = |line: String| {
        vec![
            "app.use((req, res, next) => {".to_owned(),
            line,
            "  next();".to_owned(),
            "});".to_owned(),
        ]
    };
    match change {
        Change::Set(name, value) => {
            let mut lines = middleware(format!(
                "  res.setHeader({}, {});",
                quoted(name),
                quoted(value)
            ));
            lines.extend(
                helmet(name, value)
                    .map(|option| format!("// or, where helmet is used: helmet({option})")),
            );
            lines
        }
        Change::Remove(name) if name.eq_ignore_ascii_case("x-powered-by") => {
            vec!["app.disable(\"x-powered-by\");".to_owned()]
        }
        Change::Remove(name) => middleware(format!("  res.removeHeader({});", quoted(name))),
        Change::Cookie(name, attributes) => {
            let same_site = attribute(attributes, "SameSite")
                .unwrap_or("Lax")
                .to_ascii_lowercase();
            let path = attribute(attributes, "Path").unwrap_or("/");
            vec![format!(
                "res.cookie({}, value, {{ path: {}, secure: true, httpOnly: {}, sameSite: {} }});",
                quoted(name.raw()),
                quoted(path),
                is_http_only(attributes),
                quoted(&same_site),
            )]
        }
    }
}

/// helmet's options for a field and value that it can send.
fn helmet(name: &str, value: &str) -> Option<String> {
    let option = match name {
        "Strict-Transport-Security" => format!(
            "strictTransportSecurity: {{ maxAge: {}, includeSubDomains: {}, preload: {} }}",
            super::max_age(value),
            value.contains("includeSubDomains"),
            value.contains("preload"),
        ),
        "X-Frame-Options" => {
            let action = quoted(&value.to_ascii_lowercase());
            format!("xFrameOptions: {{ action: {action} }}")
        }
        "Referrer-Policy" => format!("referrerPolicy: {{ policy: {} }}", quoted(value)),
        "Cross-Origin-Opener-Policy" => {
            format!("crossOriginOpenerPolicy: {{ policy: {} }}", quoted(value))
        }
        _ => return None,
    };
    Some(format!("{{ {option} }}"))
}

pub(super) fn rails(change: &Change) -> Option<Vec<String>> {
    match change {
        Change::Set(name, value) => Some(vec![format!(
            "config.action_dispatch.default_headers[{}] = {}",
            quoted(name),
            quoted(value)
        )]),
        // These two are a middleware's, not default headers.
        Change::Remove(name) if name.eq_ignore_ascii_case("x-runtime") => {
            Some(vec!["config.middleware.delete Rack::Runtime".to_owned()])
        }
        Change::Remove(name) if name.eq_ignore_ascii_case("x-request-id") => Some(vec![
            "config.middleware.delete ActionDispatch::RequestId".to_owned(),
        ]),
        Change::Remove(name) => Some(vec![format!(
            "config.action_dispatch.default_headers.delete({})",
            quoted(name)
        )]),
        Change::Cookie(..) => None,
    }
}

pub(super) fn spring(change: &Change) -> Option<Vec<String>> {
    let Change::Set(name, value) = change else {
        return None;
    };
    // A writer of one's own adds nothing where the default one has set the field.
    let writer = match *name {
        "X-Frame-Options" if value == "DENY" => {
            ".frameOptions(options -> options.deny())".to_owned()
        }
        "Strict-Transport-Security" => format!(
            ".httpStrictTransportSecurity(hsts -> hsts.maxAgeInSeconds({}).includeSubDomains({}).preload({}))",
            super::max_age(value),
            value.contains("includeSubDomains"),
            value.contains("preload"),
        ),
        "Content-Security-Policy" => {
            format!(
                ".contentSecurityPolicy(csp -> csp.policyDirectives({}))",
                quoted(value)
            )
        }
        _ => format!(
            ".addHeaderWriter(new StaticHeadersWriter({}, {}))",
            quoted(name),
            quoted(value)
        ),
    };
    Some(vec![
        "http.headers(headers -> headers".to_owned(),
        format!("    {writer});"),
    ])
}

/// When the response starts, so that nothing behind sets it again.
pub(super) fn asp_net(change: &Change) -> Option<Vec<String>> {
    let line = match change {
        Change::Set(name, value) => format!("Headers[{}] = {}", quoted(name), quoted(value)),
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            return Some(vec![
                "builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);"
                    .to_owned(),
            ]);
        }
        // IIS adds it in front of the application.
        Change::Remove(name) if name.eq_ignore_ascii_case("x-powered-by") => {
            return super::platforms::iis(change);
        }
        Change::Remove(name) => format!("Headers.Remove({})", quoted(name)),
        Change::Cookie(..) => return None,
    };
    Some(vec![
        "app.Use(async (context, next) => {".to_owned(),
        "    context.Response.OnStarting(() => {".to_owned(),
        format!("        context.Response.{line};"),
        "        return Task.CompletedTask;".to_owned(),
        "    });".to_owned(),
        "    await next();".to_owned(),
        "});".to_owned(),
    ])
}

pub(super) fn axum(change: &Change) -> Option<Vec<String>> {
    let Change::Set(name, value) = change else {
        return None;
    };
    Some(vec![
        ".layer(SetResponseHeaderLayer::overriding(".to_owned(),
        format!(
            "    HeaderName::from_static({}),",
            quoted(&name.to_ascii_lowercase())
        ),
        format!("    HeaderValue::from_static({}),", quoted(value)),
        "))".to_owned(),
    ])
}
