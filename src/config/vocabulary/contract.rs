//! What is asked, and what must come back.

use super::{Key, Shape};

pub(in crate::config) const REQUEST: Shape = Shape {
    title: "a request",
    heading: "in `endpoint` and `rate`",
    about: "Exactly one method and its path.",
    keys: &[
        Key::new(
            "get",
            "path",
            "",
            "GET this path. A path starts with `/` and is asked of the target's host; `{name}` is filled in from `vars`.",
        ),
        Key::new("head", "path", "", "HEAD this path."),
        Key::new("options", "path", "", "OPTIONS on this path."),
        Key::new("post", "path", "", "POST to this path."),
        Key::new(
            "put",
            "path",
            "",
            "PUT to this path. Never sent without `--allow-mutation`.",
        ),
        Key::new(
            "patch",
            "path",
            "",
            "PATCH this path. Never sent without `--allow-mutation`.",
        ),
        Key::new(
            "delete",
            "path",
            "",
            "DELETE this path. Never sent without `--allow-mutation`.",
        ),
        Key::new(
            "method",
            "method",
            "",
            "Any other method, together with `path`.",
        ),
        Key::new("path", "path", "", "The path for `method`.").near(&["url"]),
    ],
    with: None,
};

pub(in crate::config) const ENDPOINT: Shape = Shape {
    title: "`endpoint`",
    heading: "`[[target.endpoint]]` or `endpoint = [{ … }]`",
    about: "One request and what must come back. A text is short for its path: `endpoint = [\"/health\"]`.",
    keys: &[
            Key::new("protected", "boolean", "`false`", "Whether it must refuse requests without valid credentials."),
            Key::new("shared", "boolean", "by its path", "Of a protected endpoint: whether all users may read it (`true`: a catalogue), or each their own (`false`). Where nothing is said, a path that names a person (`/users/42`) is that person's own, and whether another user may read any other is asked and left open.")
                .near(&["common", "own", "owned"]),
            Key::new("mutating", "boolean", "`true` for PUT, PATCH, DELETE", "Whether it changes state: never sent without `--allow-mutation`. A POST that the file does not call `mutating = false` is sent without it only where the declared answer is a refusal."),
            Key::new("send", "text or table", "nothing", "The body to send; a table goes as JSON."),
            Key::new("send_type", "media type", "`application/json` for tables, `text/plain` for texts", "The body's `Content-Type`.")
                .near(&["content_type"]),
            Key::new("send_headers", "table of texts or secrets", "", "Header fields to send."),
            Key::new("status", "status, or list of them", "`\"2xx\"`", "What must come back: `200`, `[200, 204]`, `\"2xx\"`. With valid credentials, when protected.")
                .near(&["code", "expect"]),
            Key::new("headers", "table of assertions", "", "Header fields that must come back, by name.")
                .near(&["header"]),
            Key::new("body", "assertion", "", "The body as text."),
            Key::new("json", "table of assertions", "", "The body as JSON, by JSON Pointer (RFC 6901): `\"/redis/enabled\" = true`."),
            Key::new("exists", "list of JSON Pointers", "", "What must be in the JSON, whatever it is."),
            Key::new("bytes", "size", "any", "The exact size of the body. So much is read, and at least 1 MiB.").near(&["size"]),
            Key::new("max_bytes", "size", "any", "The largest size of the body. So much is read, and at least 1 MiB.").near(&["max_size"]),
            Key::new("max_time", "duration", "any", "The longest time from request to last byte."),
            Key::new("max_over_network", "duration", "any", "The longest server time beyond one network round trip."),
            Key::new("timed", "boolean", "`false`", "Whether its time is sampled against `latency`, as that of the target's own URL is where no endpoint says so. Where that one answers 4xx, a declared endpoint that reads and answers is sampled in its place: the first with `max_time`, else one named like a health check (`/health`, `/healthz`, `/status`, …), else the first.")
                .near(&["sampled", "measure"]),
            Key::new("documents", "boolean", "`false`", "Whether the answer is an OpenAPI document that must list the declared endpoints."),
            Key::new("cors", "boolean", "`true`", "Whether pages of other origins call it, where the target declares `cors`: `false` for what only programs call, such as metrics and web hooks."),
            Key::new("same_as", "target name", "", "The target whose same endpoint must answer alike: the same status, media type, and names and types of JSON members. Values may differ, but for messages and those in `equal`."),
            Key::new("equal", "list of JSON Pointers", "", "Beside `same_as`: what must have the same value there, such as `\"/version\"`.")
                .near(&["equals", "same"]),
            Key::new("note", "line of text", "", "What the report says about it: an owner, a reason, a ticket.")
                .near(&["comment", "description"]),
    ],
    with: Some(&REQUEST),
};

pub(in crate::config) const ASSERTION: Shape = Shape {
    title: "an assertion",
    heading: "`\"/pointer\" = value` or `{ … }`",
    about: "What a value must be. A plain value means `equals`; of a table every part must hold.",
    keys: &[
        Key::new("equals", "value", "", "Equal to this value.").near(&["eq", "is", "value"]),
        Key::new("any", "list of values", "", "One of these values.").near(&["in", "one_of"]),
        Key::new(
            "type",
            "`\"null\"`, `\"boolean\"`, `\"integer\"`, `\"number\"`, `\"string\"`, `\"array\"` or `\"object\"`",
            "",
            "Of this JSON type.",
        ),
        Key::new("min", "number", "", "At least this.").near(&["ge", "gte"]),
        Key::new("max", "number", "", "At most this.").near(&["le", "lte"]),
        Key::new(
            "alert",
            "number",
            "the bound itself",
            "Of an endpoint's answer, beside `max` or `min`: beyond the bound is a warning, of low severity, and beyond this the failure. `{ max = 70, alert = 85 }`.",
        )
        .near(&["critical", "fail"]),
        Key::new(
            "matches",
            "regular expression",
            "",
            "A text in which this is found; anchor it with `^` and `$` to match the whole.",
        )
        .near(&["regex", "pattern", "match"]),
        Key::new(
            "contains",
            "value",
            "",
            "A text with this part, a list with this element, or an object with this key.",
        )
        .near(&["includes"]),
        Key::new(
            "len",
            "whole number or table `len`",
            "",
            "So many characters, elements or members: `3`, or `{ min = 1, max = 50 }`.",
        )
        .near(&["length", "count"]),
        Key::new(
            "absent",
            "boolean",
            "",
            "`true`: must not be there. `false`: must be there, whatever it is.",
        ),
    ],
    with: None,
};

pub(in crate::config) const LENGTH: Shape = Shape {
    title: "`len`",
    heading: "`len = { … }` in an assertion",
    about: "Bounds of a length, each included.",
    keys: &[
        Key::new("min", "whole number", "open", "At least so many."),
        Key::new("max", "whole number", "open", "At most so many."),
    ],
    with: None,
};

pub(in crate::config) const LOGIN: Shape = Shape {
    title: "`login`",
    heading: "`[target.login]`",
    about: "The login endpoint. It gets a made-up user, and at most one wrong password for `known_user`.",
    keys: &[
        Key::new("post", "path", "required", "POST to this path.").near(&["path", "url", "get"]),
        Key::new(
            "send",
            "text or table",
            "`{ email = \"{user}\", password = \"{password}\" }`",
            "The body, with `{user}` and `{password}` where they go.",
        )
        .near(&["body"]),
        Key::new(
            "send_type",
            "media type",
            "`application/json` for tables",
            "The body's `Content-Type`.",
        )
        .near(&["content_type"]),
        Key::new(
            "known_user",
            "secret",
            "not compared",
            "An account that exists.",
        )
        .near(&["known_user_env"]),
        Key::new(
            "status",
            "status, or list of them",
            "`[400, 401, 403, 422]`",
            "What a wrong login must be answered.",
        ),
        Key::new(
            "uniform",
            "boolean",
            "`true`",
            "Whether known and unknown users must be answered alike.",
        ),
        Key::new(
            "json",
            "table of assertions",
            "",
            "The answer as JSON, by JSON Pointer.",
        ),
        Key::new(
            "exists",
            "list of JSON Pointers",
            "",
            "What must be in the answer, whatever it is.",
        ),
        Key::new(
            "same_as",
            "target name",
            "",
            "The target whose login must answer alike.",
        ),
    ],
    with: None,
};

pub(in crate::config) const WEBSOCKET: Shape = Shape {
    title: "`websocket`",
    heading: "`[target.websocket]`",
    about: "The WebSocket endpoint, on the target's host and scheme (`wss` for `https`).",
    keys: &[
        Key::new(
            "path",
            "path",
            "required",
            "The path; `{token}` is where the credential goes, if not into a header field.",
        )
        .near(&["get", "url"]),
        Key::new("protocols", "list of names", "", "Subprotocols to offer; `{token}` in one is where the credential goes, if not into a header field: `[\"bearer\", \"{token}\"]`.").near(&[
            "protocol",
            "subprotocol",
            "subprotocols",
        ]),
        Key::new(
            "origins",
            "list of origins, `\"cors\"` or `\"any\"`",
            "`\"cors\"` if declared, `\"any\"` if `public`, else the target's own",
            "Who may connect.",
        )
        .near(&["origin"]),
        Key::new(
            "public",
            "boolean",
            "`true` without `auth`",
            "Whether no credentials are needed.",
        ),
        Key::new(
            "shared",
            "boolean",
            "`false` where a segment of the path holds an identifier, such as `/ws/42`",
            "Whether every user may open it. Where not, it is tried with the token of another user (`other`).",
        ),
        Key::new(
            "first",
            "table `first`",
            "",
            "The first message, where it is that which brings the credential.",
        ),
        Key::new(
            "reject",
            "`\"handshake\"` or `\"close:4401\"`",
            "`\"handshake\"`",
            "How somebody is turned away: with an HTTP status, or with 101 and then this close code, which may take up to three seconds.",
        ),
        Key::new(
            "heartbeat",
            "duration",
            "not tested",
            "The server's own ping interval.",
        ),
        Key::new(
            "idle",
            "duration",
            "not tested",
            "How long a silent socket must stay open.",
        ),
        Key::new(
            "rtt_over_network",
            "duration",
            "any",
            "The longest time from ping to pong beyond one network round trip.",
        ),
        Key::new(
            "max_message",
            "size",
            "not tested",
            "The largest message the server takes. One a byte larger is sent, unless the limit is 16 MiB or more: the message of `echo` followed by spaces where that is JSON, whose answer shows whether it was taken. A server without the limit may hand it on to others.",
        ),
        Key::new(
            "echo",
            "table `echo`",
            "",
            "A message and its answer. It is sent; where it is JSON, `--thorough` sends a text that is none as well.",
        ),
        Key::new(
            "send_headers",
            "table of texts or secrets",
            "",
            "Further header fields of the handshake, for a gateway on the way.",
        )
        .near(&["headers"]),
        Key::new(
            "hold",
            "`2` to `50`",
            "not tested",
            "How many sockets must stay open at once.",
        )
        .near(&["concurrent", "sockets"]),
        Key::new(
            "broadcast",
            "table `echo`",
            "not tested",
            "A message on one of the held sockets (two, without `hold`), and what the others must get.",
        ),
    ],
    with: None,
};

pub(in crate::config) const ECHO: Shape = Shape {
    title: "`echo`",
    heading: "`echo = { … }` and `broadcast = { … }` in `websocket`",
    about: "A message and its answer.",
    keys: &[
        Key::new("send", "text", "required", "The text message to send."),
        Key::new(
            "json",
            "table of assertions",
            "the same text comes back",
            "The answer as JSON, by JSON Pointer.",
        ),
    ],
    with: None,
};

pub(in crate::config) const FIRST: Shape = Shape {
    title: "`first`",
    heading: "`first = { … }` in `websocket`",
    about: "The message that brings the credential. It is sent on each socket that opens, with the credential of the trial; without credentials it is not sent. Where neither its answer nor an `echo` is declared, a socket that stays open without a valid credential may wait for another message: that is not tested.",
    keys: &[
        Key::new(
            "send",
            "text",
            "required",
            "The text message; `{token}` is where the credential goes.",
        ),
        Key::new(
            "json",
            "table of assertions",
            "any answer or none",
            "The answer to a valid credential as JSON, by JSON Pointer.",
        ),
    ],
    with: None,
};

pub(in crate::config) const RATE: Shape = Shape {
    title: "`rate`",
    heading: "`[[target.rate]]` or `rate = [{ … }]`",
    about: "A declared rate limit. It is measured with `--burst` only, last of all and once its window has refilled; a cheap path is best. All else is paced so that it never uses more than half of it, with `--burst` once a request was answered 429: on a request that only reads, every request counts, unless another limit over the same time is higher; on one that changes something, such as a login, that request alone.",
    keys: &[
        Key::new(
            "limit",
            "`\"60/min\"`",
            "required",
            "Requests per window: `s`, `min`, `h` or `d`, or a number of them: `\"100/15min\"`.",
        ),
        Key::new(
            "retry_after",
            "boolean",
            "`false`",
            "Whether the 429 must carry `Retry-After`.",
        ),
    ],
    with: Some(&REQUEST),
};
