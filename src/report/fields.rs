//! The header fields that a report shows side by side, and watches from run to run.

/// The fields every launch should have thought about, and how the rules about them begin.
pub const FIELDS: &[(&str, &[&str])] = &[
    ("Strict-Transport-Security", &["hsts-"]),
    ("Content-Security-Policy", &["csp-", "framing-"]),
    ("X-Frame-Options", &["frame-options-", "framing-"]),
    ("X-Content-Type-Options", &["nosniff-"]),
    ("Referrer-Policy", &["referrer-policy-"]),
    ("Permissions-Policy", &["permissions-policy-"]),
    ("Cross-Origin-Opener-Policy", &["coop-"]),
    ("Cross-Origin-Embedder-Policy", &["coep-"]),
    ("Cross-Origin-Resource-Policy", &["corp-"]),
    ("Cache-Control", &["cache-"]),
    (
        "Content-Type",
        &["content-type-", "charset-", "json-as-", "html-as-"],
    ),
    ("Access-Control-Allow-Origin", &[]),
    ("X-XSS-Protection", &["xss-auditor-"]),
    ("Server", &["banner-"]),
    ("X-Powered-By", &["banner-"]),
];
