//! The file, its targets and what `[defaults]` can say for all of them.

use super::{Key, Shape};

pub(in crate::config) const FILE: Shape = Shape {
    title: "the file",
    heading: "the top of the file",
    about: "Tables, and the version of this vocabulary.",
    keys: &[
        Key::new(
            "schema_version",
            "`1`",
            "`1`",
            "The version of this vocabulary.",
        ),
        Key::new("run", "table", "", "Settings of the run.").near(&[
            "settings",
            "cacert",
            "resolve",
            "roots",
            "fail_on",
            "min_grade",
            "jobs",
            "deadline",
        ]),
        Key::new(
            "defaults",
            "table",
            "",
            "What holds for every target that does not say otherwise.",
        ),
        Key::new(
            "auth",
            "tables by name",
            "",
            "Authentication schemes that targets refer to by name.",
        ),
        Key::new(
            "cors",
            "tables by name",
            "",
            "CORS contracts that targets refer to by name.",
        ),
        Key::new(
            "target",
            "`[[target]]` tables",
            "required",
            "The deployments to audit.",
        )
        .near(&["targets", "service", "services"]),
        Key::new(
            "waiver",
            "`[[waiver]]` tables",
            "",
            "Findings accepted for a while.",
        )
        .near(&["waivers", "ignore", "allow"]),
    ],
    with: None,
};

pub(in crate::config) const RUN: Shape = Shape {
    title: "[run]",
    heading: "`[run]`",
    about: "Settings of the run, each in place of the flag of its name. A flag that is given wins; `--cacert` and `--resolve` add to what stands here. Paths are read from the working directory.",
    keys: &[
        Key::new(
            "fail_on",
            "`\"none\"`, `\"info\"`, `\"low\"`, `\"medium\"`, `\"high\"` or `\"critical\"`",
            "`\"high\"`",
            "The least severity that fails the run. What is new beside an earlier run is asked for on the command line.",
        ),
        Key::new(
            "min_grade",
            "`\"A+\"`, `\"A\"`, `\"A-\"`, `\"B\"`, `\"C\"`, `\"D\"` or `\"F\"`",
            "none",
            "The lowest grade that passes.",
        )
        .near(&["grade"]),
        Key::new(
            "strict",
            "boolean",
            "`false`",
            "Whether an essential question that is open ends the run with exit code 3.",
        ),
        Key::new(
            "cacert",
            "list of paths",
            "none",
            "PEM files of certificates to trust, too.",
        )
        .near(&["ca", "cafile", "ca_file"]),
        Key::new(
            "roots",
            "`\"bundled\"` or `\"system\"`",
            "`\"bundled\"`",
            "Which trust anchors count: Mozilla's, compiled in, or the operating system's.",
        ),
        Key::new(
            "resolve",
            "list of texts",
            "none",
            "Addresses in place of those that names have: `\"api.example:443:127.0.0.1\"`.",
        ),
        Key::new("jobs", "`1` to `1024`", "`16`", "Targets at a time."),
        Key::new(
            "deadline",
            "duration",
            "none",
            "How long the whole run may take.",
        ),
    ],
    with: None,
};

const SHARED: &[Key] = &[
    Key::new(
        "kind",
        "`\"web\"` or `\"api\"`",
        "guessed from the answer",
        "What the service is for: pages for browsers, or data for programs.",
    ),
    Key::new(
        "env",
        "`\"production\"`, `\"staging\"`, `\"test\"` or `\"development\"`",
        "not production",
        "Production is held to account for development leftovers.",
    )
    .near(&["environment", "stage"]),
    Key::new(
        "optional",
        "boolean",
        "`false`",
        "Whether its findings, and that it cannot be reached, are only reported, never failing the run. A run in which nothing else is judged does not pass for it.",
    ),
    Key::new(
        "cold_start",
        "duration",
        "none",
        "How long the first answer may take while the service wakes up.",
    ),
    Key::new(
        "timeout",
        "duration",
        "`\"10s\"`",
        "How long one exchange may take.",
    ),
    Key::new(
        "max_error_rate",
        "`\"1%\"`",
        "not judged",
        "The largest share of all requests of the run that may fail: no answer, or a 5xx other than 501 that is not the declared status. Bursts and a cold start are left out.",
    )
    .near(&["error_rate", "errors", "availability"]),
    Key::new(
        "connections",
        "`1` to `32`",
        "`6`",
        "How many connections may be open to it at once.",
    ),
    Key::new(
        "send_headers",
        "table of texts or secrets",
        "",
        "Header fields that every request to this origin carries, preflights and sockets included: what a gate in front of it asks for, such as an access proxy, basic authentication of a staging host, or a preview's bypass. They go to no other host, and not over plain http.",
    )
    .near(&["request_headers"]),
    Key::new(
        "allow_load",
        "boolean",
        "`false`",
        "Whether `--load` may be pointed at it.",
    ),
    Key::new(
        "allow_metadata",
        "boolean",
        "`false`",
        "Whether it may be a cloud's metadata service, such as 169.254.169.254.",
    ),
    Key::new("tls", "table `tls`", "", "Expectations of TLS."),
    Key::new(
        "headers",
        "table `headers`",
        "",
        "How header fields are to be judged.",
    ),
    Key::new(
        "latency",
        "table `latency`",
        "",
        "Thresholds and sample counts.",
    ),
    Key::new(
        "cors",
        "name or table `cors`",
        "not judged by contract",
        "Who may read its answers across origins.",
    ),
    Key::new(
        "auth",
        "name or table `auth`",
        "bearer, no credential given",
        "How requests are authenticated.",
    ),
    Key::new(
        "absent",
        "list of paths",
        "",
        "Paths that must not exist: documentation, debug routes, backups.",
    ),
    Key::new(
        "vars",
        "table of texts",
        "",
        "Values for `{name}` in paths. `{token}`, `{user}` and `{password}` are seaworthy's own.",
    )
    .near(&["variables"]),
];

pub(in crate::config) const DEFAULTS: Shape = Shape {
    title: "[defaults]",
    heading: "`[defaults]`",
    about: "What holds for every target that does not say otherwise. A target's own value takes its place; `tls`, `headers`, `latency` and `vars` are combined key by key.",
    keys: SHARED,
    with: None,
};

pub(in crate::config) const TARGET: Shape = Shape {
    title: "[[target]]",
    heading: "`[[target]]`",
    about: "One deployment. Only `url` is needed.",
    keys: &[
        Key::new(
            "name",
            "text",
            "the URL's host and port",
            "What reports call it; no two targets share one.",
        ),
        Key::new(
            "url",
            "URL",
            "required",
            "Where it answers: `https://` or `http://`, any port, names and addresses alike.",
        ),
        Key::new(
            "note",
            "line of text",
            "",
            "What the report says about it: an owner, a reason, a ticket.",
        )
        .near(&["comment", "description"]),
        Key::new(
            "protected",
            "list of `\"METHOD /path\"`",
            "",
            "Endpoints that must refuse requests without valid credentials; short for `endpoint` entries with `protected = true`.",
        ),
        Key::new(
            "wrong_method",
            "list of `\"METHOD /path\"`",
            "",
            "Requests that must be answered 405 with `Allow`.",
        ),
        Key::new(
            "endpoint",
            "list of tables `endpoint`",
            "",
            "What is asked, and what must come back.",
        )
        .near(&["endpoints", "route", "routes"]),
        Key::new(
            "login",
            "table `login`",
            "",
            "The login endpoint, tried with wrong passwords.",
        ),
        Key::new(
            "websocket",
            "table `websocket`",
            "",
            "The WebSocket endpoint.",
        )
        .near(&["ws"]),
        Key::new(
            "rate",
            "list of tables `rate`",
            "",
            "Declared rate limits; measured with `--burst` only.",
        )
        .near(&["rates", "rate_limit", "limit"]),
    ],
    with: Some(&DEFAULTS),
};

pub(in crate::config) const TLS: Shape = Shape {
    title: "`tls`",
    heading: "`[target.tls]`",
    about: "Expectations of TLS.",
    keys: &[
        Key::new(
            "min_version",
            "`\"1.0\"` to `\"1.3\"`",
            "`\"1.2\"`",
            "The lowest version the server may accept.",
        )
        .near(&["min", "version", "minimum"]),
        Key::new(
            "days_left",
            "`0` to `825`",
            "judged by its own lifetime",
            "The least whole days the certificate must still live.",
        )
        .near(&["days", "expires", "min_days"]),
        Key::new(
            "profile",
            "`\"modern\"`, `\"intermediate\"` or `\"old\"`",
            "none",
            "The Mozilla Server Side TLS configuration to conform to.",
        ),
        Key::new(
            "issuer",
            "text, or list of texts",
            "any",
            "What stands in the name of the certificate's issuer: `\"Let's Encrypt\"`. Of several, one is enough.",
        )
        .near(&["ca", "authority", "issuers"]),
        Key::new(
            "suites",
            "list of names",
            "judged by class",
            "The only cipher suites the server may choose, by their IANA names. That it refuses every other is shown with `--ciphers`.",
        )
        .near(&["suite", "ciphers", "cipher_suites"]),
    ],
    with: None,
};

pub(in crate::config) const HEADERS: Shape = Shape {
    title: "`headers`",
    heading: "`[target.headers]`",
    about: "How header fields are to be judged.",
    keys: &[
        Key::new(
            "class",
            "`\"document\"`, `\"api\"`, `\"asset\"`, `\"redirect\"`, `\"error\"` or `\"empty\"`",
            "from status, media type and body",
            "The class of the target's own answer.",
        ),
        Key::new(
            "session_cookies",
            "list of names",
            "by name and value",
            "Cookies that carry a session although they do not look like it.",
        ),
        Key::new(
            "other_cookies",
            "list of names",
            "by name and value",
            "Cookies that carry none although they look like it.",
        ),
    ],
    with: None,
};

pub(in crate::config) const LATENCY: Shape = Shape {
    title: "`latency`",
    heading: "`[target.latency]`",
    about: "Thresholds on the median cold time to first byte (connection setup included), and sample counts.",
    keys: &[
        Key::new("target", "duration", "`\"500ms\"`", "Up to here it is fine.").near(&["warn", "good", "p50"]),
        Key::new("alert", "duration", "`\"1s\"`, or twice a larger `target`", "From here on it is an alert.").near(&["fail", "max"]),
        Key::new("cold_samples", "`1` to `1000`", "`6`", "Full handshakes to sample; below 6 the median has no 95 % interval.")
            .near(&["samples", "cold"]),
        Key::new("warm_samples", "`0` to `1000`", "`10`", "Requests to sample on one kept-alive connection.").near(&["warm"]),
        Key::new("load", "list of conditions", "", "What must hold under `--load`: `\"p95 < 500ms\"`, `\"rate(error) < 1%\"`, `\"throughput > 20/s\"`.")
            .near(&["thresholds", "threshold"]),
    ],
    with: None,
};

pub(in crate::config) const WAIVERS: Shape = Shape {
    title: "a file of waivers",
    heading: "`--waivers FILE`",
    about: "Waivers apart from what they are of: for URLs given on the command line, whose names are their hosts, and for several target files.",
    keys: &[
        Key::new(
            "schema_version",
            "`1`",
            "`1`",
            "The version of this format.",
        ),
        Key::new("waiver", "`[[waiver]]` tables", "", "As in a target file."),
    ],
    with: None,
};

pub(in crate::config) const WAIVER: Shape = Shape {
    title: "[[waiver]]",
    heading: "`[[waiver]]`",
    about: "A finding accepted for a while. It is still found, shown as waived and counted; the raw grade does not change.",
    keys: &[
        Key::new(
            "rule",
            "rule id, or list of them",
            "required",
            "The rule, as in `headers/hsts-missing`; `seaworthy rules` lists them.",
        )
        .near(&["id", "rules"]),
        Key::new(
            "target",
            "name, list of names, or `\"*\"`",
            "required",
            "The targets it holds for; `\"*\"` for all.",
        )
        .near(&["targets", "name"]),
        Key::new(
            "endpoint",
            "`\"METHOD /path\"`",
            "all",
            "The one endpoint it holds for, as the finding names it: elsewhere the rule counts.",
        )
        .near(&["path", "request"]),
        Key::new("reason", "text", "required", "Why it is accepted."),
        Key::new(
            "expires",
            "date",
            "required",
            "The first day, in UTC, on which it is accepted no longer.",
        )
        .near(&["until", "expires_at", "expiry"]),
        Key::new("ticket", "text", "", "Where it is tracked.").near(&["issue"]),
    ],
    with: None,
};
