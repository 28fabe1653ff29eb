//! What was understood: `seaworthy check` shows it before anything is sent.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::{
    CorsContract, CorsExpectation, Identity, Kind, Method, Reject, Scheme, SchemeKind, SecretRef,
    Target, Timestamp, UrlScheme, WebSocketOrigins,
};

/// Each target with the checks that will run, in plain text, and the waivers as they are by now.
#[must_use]
pub fn summary(targets: &[Target], now: Timestamp) -> String {
    let endpoints = targets.iter().map(|target| target.endpoints.len()).sum();
    let waivers = targets.iter().map(|target| target.waivers.len()).sum();
    let mut out = [
        count(targets.len(), "target"),
        count(endpoints, "endpoint"),
        count(waivers, "waiver"),
    ]
    .join(", ");
    out.push('\n');
    for target in targets {
        let _ = write!(
            out,
            "\n{}  {}  {}\n",
            target.name,
            target.url,
            nature(target)
        );
        for (family, what) in families(target, now) {
            let _ = writeln!(out, "  {family:<10}{what}");
        }
    }
    out
}

fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn nature(target: &Target) -> String {
    let kind = target.kind.map_or("kind guessed", Kind::name);
    let marks = [
        (target.production, "production"),
        (target.optional, "optional"),
    ];
    let marks = marks
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, word)| *word);
    std::iter::once(kind)
        .chain(marks)
        .collect::<Vec<_>>()
        .join(", ")
}

fn families(target: &Target, now: Timestamp) -> Vec<(&'static str, String)> {
    let not = "not declared";
    let or_not = |declared: Option<String>| declared.unwrap_or_else(|| not.to_owned());
    let mut families = vec![
        ("tls", tls(target)),
        ("headers", headers(target)),
        ("cors", or_not(target.cors.as_ref().map(cors))),
        ("auth", auth(target)),
        ("websocket", or_not(websocket(target))),
        ("latency", latency(target)),
        ("contract", contract(target)),
    ];
    families.extend(secrets(target).map(|secrets| ("secrets", secrets)));
    for waiver in &target.waivers {
        families.push((
            "waived",
            format!(
                "{} {} {}: {}",
                waiver.rule,
                if waiver.expires <= now {
                    "expired on"
                } else {
                    "until"
                },
                waiver.expires.date(),
                waiver.reason
            ),
        ));
    }
    families
}

/// What has to be set before it can be audited whole.
fn secrets(target: &Target) -> Option<String> {
    let identities = target.identities_for(&|_| true);
    let named = identities.map(|identity| match &identity.from {
        SecretRef::Env(name) => format!("${name}"),
        SecretRef::File(path) => format!("the file {path}"),
    });
    let named: BTreeSet<String> = named.collect();
    let named: Vec<String> = named.into_iter().collect();
    (!named.is_empty()).then(|| named.join(", "))
}

fn tls(target: &Target) -> String {
    if target.url.scheme == UrlScheme::Http {
        return "not applicable: plain http".to_owned();
    }
    let mut parts = vec![format!(
        "at least TLS 1.{}",
        target.tls.min_version.saturating_sub(0x0301)
    )];
    parts.extend(
        target
            .tls
            .days_left
            .map(|days| format!("{days} days of certificate left")),
    );
    parts.extend(
        target
            .tls
            .profile
            .map(|profile| format!("mozilla {}", profile.name())),
    );
    let issuer = &target.tls.issuer;
    parts.extend((!issuer.is_empty()).then(|| format!("issued by {}", issuer.join(" or "))));
    let suites = target.tls.suites.len();
    parts.extend((suites > 0).then(|| format!("{} and no other", count(suites, "suite"))));
    parts.join(", ")
}

fn headers(target: &Target) -> String {
    match &target.headers.class {
        Some(class) => format!("judged as {class}"),
        None => "class guessed from the answer".to_owned(),
    }
}

fn cors(cors: &CorsContract) -> String {
    let who = match cors.expectation {
        CorsExpectation::Public => "everybody may read".to_owned(),
        CorsExpectation::AllowList => format!("{} allowed, all others denied", cors.origins.len()),
    };
    let credentials = if cors.credentials {
        ", with credentials"
    } else {
        ""
    };
    let methods: Vec<&str> = cors.methods.iter().map(Method::as_str).collect();
    format!("{who}{credentials}; {}", methods.join(", "))
}

fn auth(target: &Target) -> String {
    let endpoints = target.endpoints.iter();
    let protected = endpoints.filter(|endpoint| endpoint.protected).count();
    let login = target.login.is_some();
    match &target.auth {
        None if protected == 0 && !login => "not declared".to_owned(),
        None if protected == 0 => "login only".to_owned(),
        None => format!("{protected} protected, taken for bearer; not tested: any credential"),
        Some(scheme) if protected == 0 => format!("{}; nothing is protected", carrier(scheme)),
        Some(scheme) => format!(
            "{}; {protected} protected, refused with {}{}",
            carrier(scheme),
            scheme.reject,
            not_tested(scheme)
        ),
    }
}

fn carrier(scheme: &Scheme) -> String {
    match &scheme.kind {
        SchemeKind::Bearer => "bearer".to_owned(),
        SchemeKind::Basic => "basic".to_owned(),
        SchemeKind::ApiKey { header } => format!("key in {header}"),
        SchemeKind::Cookie { name } => format!("cookie {name}"),
    }
}

fn not_tested(scheme: &Scheme) -> String {
    let credentials = [
        ("valid", &scheme.token),
        ("expired", &scheme.expired),
        ("other user's", &scheme.other),
    ];
    let missing = credentials
        .iter()
        .filter(|(_, identity)| !available(identity.as_ref()));
    let missing: Vec<&str> = missing.map(|(word, _)| *word).collect();
    if missing.is_empty() {
        return String::new();
    }
    format!("; not tested: {} credential", missing.join(", "))
}

fn available(identity: Option<&Identity>) -> bool {
    identity.is_some_and(|identity| identity.available)
}

fn websocket(target: &Target) -> Option<String> {
    let socket = target.websocket.as_ref()?;
    let who = match &socket.origins {
        WebSocketOrigins::Any => "any origin".to_owned(),
        WebSocketOrigins::Only(origins) => format!("{} allowed", origins.len()),
    };
    let credentials = if socket.public {
        "public"
    } else {
        "credentials needed"
    };
    let reject = match socket.reject {
        Reject::Handshake => "refused in the handshake".to_owned(),
        Reject::Close(code) => format!("refused by close code {code}"),
    };
    Some(format!("{}; {who}; {credentials}; {reject}", socket.path))
}

fn latency(target: &Target) -> String {
    let policy = &target.latency;
    format!(
        "median cold TTFB up to {}, alert above {}; {} cold and {} warm samples",
        policy.target, policy.alert, policy.cold, policy.warm
    )
}

fn contract(target: &Target) -> String {
    let parts = [
        (target.endpoints.len(), "endpoint"),
        (target.absent.len(), "absent path"),
        (target.wrong_method.len(), "wrong method"),
        (usize::from(target.login.is_some()), "login"),
        (target.rate.len(), "rate limit"),
    ];
    let declared = parts.iter().filter(|(number, _)| *number > 0);
    let declared: Vec<String> = declared
        .map(|(number, what)| count(*number, what))
        .collect();
    if declared.is_empty() {
        return "not declared".to_owned();
    }
    let burst = if target.rate.is_empty() {
        ""
    } else {
        " (with --burst)"
    };
    format!("{}{burst}", declared.join(", "))
}
