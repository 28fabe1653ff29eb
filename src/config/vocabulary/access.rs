//! Who may read, and who may act: CORS and authentication.

use super::{Key, Shape};

pub(in crate::config) const CORS: Shape = Shape {
    title: "`cors`",
    heading: "`[target.cors]` or `[cors.NAME]`",
    about: "Who may read answers across origins. Hostile origins are derived from the declared ones; no need to list them.",
    keys: &[
        Key::new("origins", "list of origins", "required without `public`", "Origins that must be allowed, as a browser sends them: `https://app.example`. Everybody else must be refused.")
            .near(&["allow", "allowed", "allowed_origins", "allow_origins"]),
        Key::new("denied", "list of origins", "", "Further origins that must be refused.")
            .near(&["deny", "denied_origins", "disallowed"]),
        Key::new("public", "boolean", "`false`", "Whether everybody may read, without credentials (`*`)."),
        Key::new("credentials", "boolean", "`false`", "Whether browsers send cookies or HTTP authentication along.")
            .near(&["allow_credentials"]),
        Key::new("methods", "list of methods", "`[\"GET\"]`", "Methods that scripts use.")
            .near(&["method", "allow_methods"]),
        Key::new("headers", "list of field names", "", "Request header fields that scripts set.")
            .near(&["header", "allow_headers"]),
        Key::new("expose", "list of field names", "", "Response header fields that scripts read.")
            .near(&["expose_headers", "exposed"]),
        Key::new("preflight_status", "`200` to `299`", "any 2xx", "The exact status of a preflight's answer."),
        Key::new("probe", "list of `\"METHOD /path\"`", "the declared endpoints", "What pages call beside the declared endpoints, and first: a path of the part that shares, where not all of the service does.")
            .near(&["preflight", "probes"]),
    ],
    with: None,
};

pub(in crate::config) const AUTH: Shape = Shape {
    title: "`auth`",
    heading: "`[target.auth]` or `[auth.NAME]`",
    about: "An authentication scheme, and what its refusal looks like. Without a valid credential no refusal is proven to mean anything, so give one if you can; each one that is missing is reported as \"not tested\".",
    keys: &[
        Key::new(
            "scheme",
            "`\"bearer\"`, `\"basic\"`, `\"api-key\"` or `\"cookie\"`",
            "required",
            "How a credential is sent.",
        )
        .near(&["type", "kind"]),
        Key::new(
            "header",
            "field name",
            "required for `api-key`",
            "The header field that carries the key.",
        ),
        Key::new(
            "cookie",
            "cookie name",
            "required for `cookie`",
            "The cookie that carries the credential.",
        ),
        Key::new(
            "token",
            "secret",
            "not tested",
            "A valid credential; `user:password` for `basic`.",
        )
        .near(&["token_env", "key", "secret", "password"]),
        Key::new(
            "expired",
            "secret",
            "not tested",
            "A credential that was valid once; for `basic` a former password of the same user, which is tried at every protected endpoint.",
        )
        .near(&["expired_env"]),
        Key::new(
            "other",
            "secret",
            "not tested",
            "Another user's valid credential.",
        )
        .near(&["other_env"]),
        Key::new(
            "reject",
            "status, or list of them",
            "`[401, 403]`",
            "What counts as a refusal; 404 when existence is hidden.",
        ),
        Key::new(
            "challenge",
            "boolean",
            "`true` for `bearer` and `basic`",
            "Whether a 401 must carry `WWW-Authenticate`.",
        ),
        Key::new(
            "error",
            "table `error`",
            "",
            "What the body of a refusal looks like.",
        ),
    ],
    with: None,
};

pub(in crate::config) const AUTH_ERROR: Shape = Shape {
    title: "`error`",
    heading: "`error = { … }` in `auth`",
    about: "The body of a refusal.",
    keys: &[
        Key::new(
            "type",
            "media type",
            "any",
            "Its media type, without parameters.",
        ),
        Key::new(
            "exists",
            "list of JSON Pointers",
            "",
            "What must be in it: `\"/detail\"`.",
        ),
    ],
    with: None,
};

pub(in crate::config) const SECRET: Shape = Shape {
    title: "a secret",
    heading: "`{ env = \"…\" }` or `{ file = \"…\" }`",
    about: "A secret by reference; the file never contains one. An unset secret ends the run with exit code 2 before any traffic, unless `--missing-secrets skip` is given. Values are replaced by their reference wherever they would appear.",
    keys: &[
        Key::new("env", "name", "", "The environment variable that holds it."),
        Key::new(
            "file",
            "path",
            "",
            "The file whose first line it is, relative to the target file.",
        ),
        Key::new(
            "public",
            "boolean",
            "`false`",
            "Whether anybody may know it, as a key that pages carry: then no answer that holds it is blamed.",
        )
        .near(&["publishable"]),
    ],
    with: None,
};
