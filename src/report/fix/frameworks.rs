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
                helmet(name).map(|option| format!("// with helmet: app.use(helmet({option}));")),
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

/// helmet's option for a field it knows.
fn helmet(name: &str) -> Option<&'static str> {
    match name {
        "Strict-Transport-Security" => Some("{ strictTransportSecurity: { maxAge: 31536000 } }"),
        "X-Frame-Options" => Some("{ xFrameOptions: { action: \"deny\" } }"),
        "Referrer-Policy" => {
            Some("{ referrerPolicy: { policy: \"strict-origin-when-cross-origin\" } }")
        }
        "X-Content-Type-Options" | "Cross-Origin-Opener-Policy" => Some(""),
        _ => None,
    }
}

pub(super) fn fastapi(change: &Change) -> Vec<String> {
    let middleware = |line: String| {
        vec![
            "@app.middleware(\"http\")".to_owned(),
            "async def fields(request, call_next):".to_owned(),
            "    response = await call_next(request)".to_owned(),
            line,
            "    return response".to_owned(),
        ]
    };
    match change {
        Change::Set(name, value) => middleware(format!(
            "    response.headers[{}] = {}",
            quoted(name),
            quoted(value)
        )),
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            vec!["uvicorn --no-server-header …".to_owned()]
        }
        Change::Remove(name) => middleware(format!("    del response.headers[{}]", quoted(name))),
        Change::Cookie(name, attributes) => {
            let same_site = attribute(attributes, "SameSite")
                .unwrap_or("Lax")
                .to_ascii_lowercase();
            let path = attribute(attributes, "Path").unwrap_or("/");
            let http_only = if is_http_only(attributes) {
                "True"
            } else {
                "False"
            };
            vec![format!(
                "response.set_cookie({}, value, path={}, secure=True, httponly={http_only}, samesite={})",
                quoted(name.raw()),
                quoted(path),
                quoted(&same_site),
            )]
        }
    }
}

/// Settings where Django has them, a middleware where it has not.
pub(super) fn django(change: &Change) -> Vec<String> {
    match change {
        Change::Set(name, value) => setting(name, value).unwrap_or_else(|| {
            django_middleware(&format!("response[{}] = {}", quoted(name), quoted(value)))
        }),
        Change::Remove(name) => {
            django_middleware(&format!("response.headers.pop({}, None)", quoted(name)))
        }
        Change::Cookie(name, attributes) if matches!(name.raw(), "sessionid" | "csrftoken") => {
            let which = if name.raw() == "sessionid" {
                "SESSION"
            } else {
                "CSRF"
            };
            let same_site = attribute(attributes, "SameSite").unwrap_or("Lax");
            let http_only = if is_http_only(attributes) {
                "True"
            } else {
                "False"
            };
            vec![
                format!("{which}_COOKIE_SECURE = True"),
                format!("{which}_COOKIE_HTTPONLY = {http_only}"),
                format!("{which}_COOKIE_SAMESITE = {}", quoted(same_site)),
            ]
        }
        Change::Cookie(name, attributes) => {
            let same_site = attribute(attributes, "SameSite").unwrap_or("Lax");
            let http_only = if is_http_only(attributes) {
                "True"
            } else {
                "False"
            };
            vec![format!(
                "response.set_cookie({}, value, secure=True, httponly={http_only}, samesite={})",
                quoted(name.raw()),
                quoted(same_site),
            )]
        }
    }
}

fn setting(name: &str, value: &str) -> Option<Vec<String>> {
    match name {
        "Strict-Transport-Security" => {
            let seconds: String = value
                .trim_start_matches("max-age=")
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            let mut lines = vec![format!("SECURE_HSTS_SECONDS = {seconds}")];
            if value.contains("includeSubDomains") {
                lines.push("SECURE_HSTS_INCLUDE_SUBDOMAINS = True".to_owned());
            }
            if value.contains("preload") {
                lines.push("SECURE_HSTS_PRELOAD = True".to_owned());
            }
            Some(lines)
        }
        "X-Content-Type-Options" => Some(vec!["SECURE_CONTENT_TYPE_NOSNIFF = True".to_owned()]),
        "X-Frame-Options" => Some(vec![format!("X_FRAME_OPTIONS = {}", quoted(value))]),
        "Referrer-Policy" => Some(vec![format!("SECURE_REFERRER_POLICY = {}", quoted(value))]),
        "Cross-Origin-Opener-Policy" => Some(vec![format!(
            "SECURE_CROSS_ORIGIN_OPENER_POLICY = {}",
            quoted(value)
        )]),
        _ => None,
    }
}

fn django_middleware(line: &str) -> Vec<String> {
    vec![
        "def fields(get_response):".to_owned(),
        "    def middleware(request):".to_owned(),
        "        response = get_response(request)".to_owned(),
        format!("        {line}"),
        "        return response".to_owned(),
        "    return middleware".to_owned(),
    ]
}

pub(super) fn rails(change: &Change) -> Option<Vec<String>> {
    match change {
        Change::Set(name, value) => Some(vec![format!(
            "config.action_dispatch.default_headers[{}] = {}",
            quoted(name),
            quoted(value)
        )]),
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
    Some(vec![
        "http.headers(headers -> headers".to_owned(),
        format!(
            "    .addHeaderWriter(new StaticHeadersWriter({}, {})));",
            quoted(name),
            quoted(value)
        ),
    ])
}

pub(super) fn asp_net(change: &Change) -> Option<Vec<String>> {
    let line = match change {
        Change::Set(name, value) => {
            format!(
                "    context.Response.Headers[{}] = {};",
                quoted(name),
                quoted(value)
            )
        }
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            return Some(vec![
                "builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);"
                    .to_owned(),
            ]);
        }
        Change::Remove(name) => format!("    context.Response.Headers.Remove({});", quoted(name)),
        Change::Cookie(..) => return None,
    };
    Some(vec![
        "app.Use(async (context, next) => {".to_owned(),
        line,
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
