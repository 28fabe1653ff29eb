//! Python. A server's name tells how it calls the application, ASGI or WSGI, and not what that is
//! written with: the wrappers here go by those interfaces alone, and so work around any framework.

use super::{attribute, is_http_only, plain, quoted};
use crate::rules::Change;

/// Around any ASGI application (ASGI 3.0, "Response Start").
pub(super) fn asgi(change: &Change) -> Vec<String> {
    let (name, field) = match change {
        Change::Set(name, value) => {
            let name = name.to_ascii_lowercase();
            let field = format!("*others, (b{}, b{})", quoted(&name), quoted(value));
            (name, field)
        }
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            return lines(&[
                "uvicorn --no-server-header …",
                "# hypercorn: include_server_header = False in its configuration",
            ]);
        }
        Change::Remove(name) => (name.to_ascii_lowercase(), "*others".to_owned()),
        Change::Cookie(..) => {
            let mut places = plain(change);
            places.push(format!(
                "# FastAPI, Starlette: response.set_cookie(…, {})",
                keywords(change)
            ));
            places.push(format!("# Litestar: Cookie(…, {})", keywords(change)));
            return places;
        }
    };
    let mut wrapper = lines(&[
        "def with_field(app):",
        "    async def wrapped(scope, receive, send):",
        "        async def sent(message):",
        "            if message[\"type\"] == \"http.response.start\":",
    ]);
    let others = format!(
        "[field for field in message[\"headers\"] if field[0].lower() != b{}]",
        quoted(&name)
    );
    wrapper.push(format!("                others = {others}"));
    wrapper.push(format!("                message[\"headers\"] = [{field}]"));
    wrapper.extend(lines(&[
        "            await send(message)",
        "        await app(scope, receive, sent)",
        "    return wrapped",
        "",
        "# last in the module that uvicorn is given; Django, asgi.py: application",
        "app = with_field(app)",
    ]));
    wrapper
}

/// Around any WSGI application (PEP 3333).
pub(super) fn wsgi(change: &Change) -> Vec<String> {
    let Some(mut wrapper) = wsgi_wrapper(change) else {
        let mut places = plain(change);
        places.push(format!(
            "# Flask, Django: response.set_cookie(…, {})",
            keywords(change)
        ));
        return places;
    };
    wrapper.extend(lines(&[
        "",
        "# last in the module that the server is given; Django, wsgi.py: application",
        "app = with_field(app)",
    ]));
    wrapper
}

pub(super) fn flask(change: &Change) -> Vec<String> {
    if let Change::Cookie(name, attributes) = change {
        let same_site = attribute(attributes, "SameSite").unwrap_or("Lax");
        let http_only = boolean(is_http_only(attributes));
        return if name.raw() == "session" {
            vec![
                "app.config[\"SESSION_COOKIE_SECURE\"] = True".to_owned(),
                format!("app.config[\"SESSION_COOKIE_HTTPONLY\"] = {http_only}"),
                format!(
                    "app.config[\"SESSION_COOKIE_SAMESITE\"] = {}",
                    quoted(same_site)
                ),
            ]
        } else {
            set_cookie(name.raw(), change)
        };
    }
    let mut wrapper = wsgi_wrapper(change).unwrap_or_default();
    wrapper.extend(lines(&["", "app.wsgi_app = with_field(app.wsgi_app)"]));
    wrapper
}

fn wsgi_wrapper(change: &Change) -> Option<Vec<String>> {
    let (name, field) = match change {
        Change::Set(name, value) => {
            let field = format!("*others, ({}, {})", quoted(name), quoted(value));
            ((*name).to_owned(), field)
        }
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => {
            return Some(lines(&[
                "# the server adds it behind the application, and is made for development:",
                "# serve with gunicorn, whose name carries no version",
            ]));
        }
        Change::Remove(name) => (name.clone(), "*others".to_owned()),
        Change::Cookie(..) => return None,
    };
    let lower = quoted(&name.to_ascii_lowercase());
    Some(vec![
        "def with_field(app):".to_owned(),
        "    def wrapped(environ, start_response):".to_owned(),
        "        def started(status, headers, *rest):".to_owned(),
        format!("            others = [field for field in headers if field[0].lower() != {lower}]"),
        format!("            return start_response(status, [{field}], *rest)"),
        "        return app(environ, started)".to_owned(),
        "    return wrapped".to_owned(),
    ])
}

const SECURITY: &str = "django.middleware.security.SecurityMiddleware";
const FRAMING: &str = "django.middleware.clickjacking.XFrameOptionsMiddleware";

/// Settings where Django has them, with the middleware that acts on them; a middleware of one's own
/// where it has none.
pub(super) fn django(change: &Change) -> Vec<String> {
    match change {
        Change::Set(name, value) => setting(name, value).unwrap_or_else(|| {
            let line = format!("response[{}] = {}", quoted(name), quoted(value));
            middleware(name, &line)
        }),
        Change::Remove(name) if name.eq_ignore_ascii_case("server") => wsgi(change),
        Change::Remove(name) => {
            let line = format!("response.headers.pop({}, None)", quoted(name));
            middleware(name, &line)
        }
        Change::Cookie(name, attributes) => {
            let which = match name.raw() {
                "sessionid" => "SESSION",
                "csrftoken" => "CSRF",
                other => return set_cookie(other, change),
            };
            let same_site = attribute(attributes, "SameSite").unwrap_or("Lax");
            let http_only = boolean(is_http_only(attributes));
            vec![
                format!("{which}_COOKIE_SECURE = True"),
                format!("{which}_COOKIE_HTTPONLY = {http_only}"),
                format!("{which}_COOKIE_SAMESITE = {}", quoted(same_site)),
            ]
        }
    }
}

fn setting(name: &str, value: &str) -> Option<Vec<String>> {
    let (acts, mut lines) = match name {
        "Strict-Transport-Security" => {
            let has = |word: &str| boolean(value.contains(word));
            let seconds = super::max_age(value);
            let lines = vec![
                format!("SECURE_HSTS_SECONDS = {seconds}"),
                format!(
                    "SECURE_HSTS_INCLUDE_SUBDOMAINS = {}",
                    has("includeSubDomains")
                ),
                format!("SECURE_HSTS_PRELOAD = {}", has("preload")),
                "# behind a proxy that ends TLS it takes SECURE_PROXY_SSL_HEADER as well"
                    .to_owned(),
            ];
            (SECURITY, lines)
        }
        "X-Content-Type-Options" => (
            SECURITY,
            vec!["SECURE_CONTENT_TYPE_NOSNIFF = True".to_owned()],
        ),
        "X-Frame-Options" => (
            FRAMING,
            vec![format!("X_FRAME_OPTIONS = {}", quoted(value))],
        ),
        "Referrer-Policy" => (
            SECURITY,
            vec![format!("SECURE_REFERRER_POLICY = {}", quoted(value))],
        ),
        "Cross-Origin-Opener-Policy" => (
            SECURITY,
            vec![format!(
                "SECURE_CROSS_ORIGIN_OPENER_POLICY = {}",
                quoted(value)
            )],
        ),
        _ => return None,
    };
    let acts = quoted(acts);
    lines.push(format!("if {acts} not in MIDDLEWARE:"));
    lines.push(format!("    MIDDLEWARE.insert(0, {acts})"));
    Some(lines)
}

fn middleware(name: &str, line: &str) -> Vec<String> {
    let function = name.to_ascii_lowercase().replace(['-', '.'], "_");
    vec![
        "# fields.py, beside manage.py".to_owned(),
        format!("def {function}(get_response):"),
        "    def middleware(request):".to_owned(),
        "        response = get_response(request)".to_owned(),
        format!("        {line}"),
        "        return response".to_owned(),
        "    return middleware".to_owned(),
        String::new(),
        "# settings.py".to_owned(),
        format!("MIDDLEWARE.insert(0, \"fields.{function}\")"),
    ]
}

fn set_cookie(name: &str, change: &Change) -> Vec<String> {
    vec![format!(
        "response.set_cookie({}, value, {})",
        quoted(name),
        keywords(change)
    )]
}

/// The attributes of a cookie, as every Python framework names them.
fn keywords(change: &Change) -> String {
    let Change::Cookie(_, attributes) = change else {
        return String::new();
    };
    let same_site = attribute(attributes, "SameSite")
        .unwrap_or("Lax")
        .to_ascii_lowercase();
    format!(
        "path={}, secure=True, httponly={}, samesite={}",
        quoted(attribute(attributes, "Path").unwrap_or("/")),
        boolean(is_http_only(attributes)),
        quoted(&same_site),
    )
}

const fn boolean(is: bool) -> &'static str {
    if is { "True" } else { "False" }
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}
