//! A command that shows a finding.

mod socket;

use super::shell::Shell;
use crate::evidence::{
    Cause, Conditions, Evidence, Exchange, Field, HelloSent, IpVersion, Request,
};
use crate::model::{Ask, Family, Host, Millis, Place, Pointer, Url, UrlScheme};
use crate::rules::{Observed, ShownBy};
use crate::wire::tls::Version;

/// What curl prints of an answer.
const fn printing(shown_by: ShownBy) -> &'static str {
    match shown_by {
        ShownBy::Again
        | ShownBy::Spoken
        | ShownBy::Together
        | ShownBy::Forwarded
        | ShownBy::Http2Offered
        | ShownBy::PostQuantumOffered => "-i",
        ShownBy::Often => r"-o /dev/null -w '%{http_code}\n'",
        ShownBy::Size => r"-o /dev/null -w '%{http_code}, %{size_download} bytes\n'",
        ShownBy::Time => {
            r"-o /dev/null -w '%{http_code}, sent after %{time_pretransfer} s, read after %{time_total} s\n'"
        }
    }
}

/// So often a request is sent that fails now and then.
const OFTEN: usize = 20;

/// The command for what a finding points at: the very request as `curl`, or the handshake as
/// `openssl`.
#[must_use]
pub(super) fn reproduce(evidence: &Evidence, family: Family, seen: &Observed) -> Option<String> {
    let at = &seen.at;
    if let Some(index) = at.exchange_index() {
        let exchange = evidence.exchanges.get(index)?;
        let command = exchanged(exchange, evidence, printing(seen.shown_by));
        if seen.shown_by == ShownBy::Often {
            return Some(format!("for n in $(seq {OFTEN}); do {command}; done"));
        }
        let forwarded = (seen.shown_by == ShownBy::Forwarded)
            .then(|| elsewhere(exchange, evidence))
            .flatten();
        return Some(match forwarded {
            Some(elsewhere) => format!("{command}; {elsewhere}"),
            None => command,
        });
    }
    if let Some(index) = at.socket_index() {
        let trial = evidence.sockets.get(index)?;
        let again = match seen.shown_by {
            ShownBy::Spoken => socket::spoken(trial, evidence),
            ShownBy::Together => socket::together(trial, evidence),
            ShownBy::Again
            | ShownBy::Forwarded
            | ShownBy::Often
            | ShownBy::Size
            | ShownBy::Time
            | ShownBy::Http2Offered
            | ShownBy::PostQuantumOffered => None,
        };
        return Some(again.unwrap_or_else(|| upgrade(&trial.request, evidence)));
    }
    match family {
        Family::Tls => Some(openssl(evidence, seen)),
        Family::Latency if at.0.starts_with("/latency/seen/load") => loaded(evidence),
        Family::Latency => Some(timed(evidence, at)),
        Family::Headers | Family::Cors | Family::Auth | Family::Websocket | Family::Contract => {
            None
        }
    }
}

/// A burst is as many requests again; what was never answered is not waited for any longer than
/// the run did.
fn exchanged(exchange: &Exchange, evidence: &Evidence, shows: &str) -> String {
    let Place::Rate(index) = exchange.question.place else {
        let silent = exchange
            .response
            .failure()
            .is_some_and(|failure| failure.cause == Cause::TimedOut);
        let limit = silent.then(|| max_time(evidence.target.timeout));
        return curl(&exchange.request, evidence, shows, limit.as_deref());
    };
    let limit = evidence.target.rate.get(index);
    let least = limit.map_or(1, |limit| limit.requests.saturating_add(2));
    let all = evidence.exchanges.iter();
    let sent = all.filter(|exchange| exchange.question == Ask::Burst.at(Place::Rate(index)));
    let count = sent.count().max(usize::try_from(least).unwrap_or(1));
    let command = curl(&exchange.request, evidence, shows, None);
    format!("for n in $(seq {count}); do {command}; echo; done")
}

/// The request that was allowed behind a burst's refusal, because it claimed another address.
fn elsewhere(burst: &Exchange, evidence: &Evidence) -> Option<String> {
    let asked = Ask::BurstElsewhere.at(burst.question.place);
    let mut all = evidence.exchanges.iter();
    let exchange = all.find(|exchange| exchange.question == asked)?;
    Some(curl(&exchange.request, evidence, "-i", None))
}

fn max_time(limit: Millis) -> String {
    format!("--max-time {}", limit.0.div_ceil(1000))
}

/// curl shows the answer to a handshake and then waits for more: not for ever.
fn upgrade(request: &Request, evidence: &Evidence) -> String {
    curl(request, evidence, "-i -N --http1.1", Some("--max-time 3"))
}

fn curl(request: &Request, evidence: &Evidence, shows: &str, limit: Option<&str>) -> String {
    let shell = Shell::of(&evidence.target);
    let mut words = vec![format!("curl -sS {shows}")];
    match request.method.as_str() {
        "GET" => {}
        "HEAD" => words.push("-I".to_owned()),
        method => words.push(format!("-X {}", shell.word_if_needed(method))),
    }
    words.extend(limit.map(str::to_owned));
    words.extend(reaching(&request.url, evidence, &shell));
    let fields = request
        .fields
        .iter()
        .filter(|field| !ends_connection(field));
    words.extend(fields.map(|field| header(field, &shell)));
    if let Some(body) = &request.body {
        words.push(format!(
            "--data-raw {}",
            shell.word(&String::from_utf8_lossy(&body.0))
        ));
    }
    words.push(shell.word(&request.url.to_string()));
    words.join(" ")
}

/// What makes curl ask the same server for the same thing: without it, it would verify what the
/// run did not, or not trust what it did, look the name up elsewhere, tidy the path away that the
/// finding is about, or take brackets for a list of places.
fn reaching(url: &Url, evidence: &Evidence, shell: &Shell) -> Vec<String> {
    let conditions = &evidence.run.conditions;
    let mut words = Vec::new();
    if url.scheme == UrlScheme::Https {
        words.extend(conditions.insecure.then(|| "-k".to_owned()));
        let trusted = only_file(conditions).map(|file| shell.word_if_needed(file));
        words.extend(trusted.map(|file| format!("--cacert {file}")));
    }
    words.extend(
        conditions
            .address_family
            .map(|version| option(version).to_owned()),
    );
    let proxy = evidence.proxy().map(|proxy| shell.word_if_needed(proxy));
    words.extend(proxy.map(|proxy| format!("--proxy {proxy}")));
    let place = format!("{}:{}", url.host, url.port);
    let given = resolved(conditions, url).map(|ip| format!("{place}:{ip}"));
    words.extend(given.map(|given| format!("--resolve {}", shell.word_if_needed(&given))));
    if has_dot_segments(url) {
        words.push("--path-as-is".to_owned());
    }
    if url.target.contains(['[', ']', '{', '}']) {
        words.push("-g".to_owned());
    }
    words
}

/// curl and openssl name it alike.
const fn option(version: IpVersion) -> &'static str {
    match version {
        IpVersion::V4 => "-4",
        IpVersion::V6 => "-6",
    }
}

/// RFC 3986 §3.3, the encoded ones too: curl takes them away as well.
fn has_dot_segments(url: &Url) -> bool {
    let path = url.target.split('?').next().unwrap_or_default();
    let mut segments = path
        .split('/')
        .map(|segment| segment.to_lowercase().replace("%2e", "."));
    segments.any(|segment| matches!(segment.as_str(), "." | ".."))
}

/// Where `--resolve` sends a URL's host; one address is enough to show a finding.
fn resolved<'e>(conditions: &'e Conditions, url: &Url) -> Option<&'e str> {
    let place = format!("{}:{}:", url.host, url.port);
    let mut given = conditions.resolve.iter();
    given.find_map(|given| given.strip_prefix(&place))
}

/// Neither curl nor openssl takes more than one file of certificates to trust.
fn only_file(conditions: &Conditions) -> Option<&str> {
    match conditions.cacert.as_slice() {
        [file] if !conditions.insecure => Some(file),
        _ => None,
    }
}

/// One of ours, for a connection that is not asked again: nothing is found by it, and curl ends its own.
fn ends_connection(field: &Field) -> bool {
    field.is("connection") && field.text().eq_ignore_ascii_case("close")
}

/// `-H 'Name;'` is curl's way of sending an empty field. A user and a password are encoded on the
/// way, which `-u` does: no base64 has a colon (RFC 4648 §4).
fn header(field: &Field, shell: &Shell) -> String {
    let value = field.text();
    let basic = value
        .strip_prefix("Basic ")
        .filter(|_| field.is("authorization"));
    let unencoded = |given: &&str| shell.is_secret(given) || given.contains(':');
    if let Some(secret) = basic.filter(unencoded) {
        return format!("-u {}", shell.word(secret));
    }
    let line = if value.is_empty() {
        format!("{};", field.name)
    } else {
        format!("{}: {value}", field.name)
    };
    format!("-H {}", shell.word(&line))
}

/// With the version of the hello that a finding points at, and the extension that it is about.
/// OpenSSL has no SSLv2, old versions only below its default security level, and the hybrid group
/// since 3.5.
fn openssl(evidence: &Evidence, seen: &Observed) -> String {
    let (url, conditions) = (&evidence.target.url, &evidence.run.conditions);
    let shell = Shell::of(&evidence.target);
    let family = conditions.address_family;
    let family = family
        .map(|version| format!(" {}", option(version)))
        .unwrap_or_default();
    let trusted =
        only_file(conditions).map(|file| format!(" -CAfile {}", shell.word_if_needed(file)));
    let trusted = trusted.unwrap_or_default();
    // OpenSSL knows HTTP CONNECT alone.
    let proxy = evidence
        .proxy()
        .and_then(|proxy| proxy.strip_prefix("http://"));
    let proxy = proxy.map(|proxy| format!(" -proxy {}", shell.word_if_needed(proxy)));
    let proxy = proxy.unwrap_or_default();
    let name = match &url.host {
        Host::Name(name) => format!(" -servername {name}"),
        Host::Address(_) => " -noservername".to_owned(),
    };
    let version = match hello(evidence, &seen.at).map(|sent| sent.offer.version) {
        Some(Version::Ssl3) => " -ssl3 -cipher ALL:@SECLEVEL=0",
        Some(Version::Tls10) => " -tls1 -cipher ALL:@SECLEVEL=0",
        Some(Version::Tls11) => " -tls1_1 -cipher ALL:@SECLEVEL=0",
        Some(Version::Tls12) => " -tls1_2 -cipher ALL:COMPLEMENTOFALL:@SECLEVEL=0",
        Some(Version::Tls13) => " -tls1_3",
        Some(Version::Ssl2) | None => "",
    };
    let asking = match seen.shown_by {
        ShownBy::Http2Offered => " -alpn h2,http/1.1",
        ShownBy::PostQuantumOffered => " -tls1_3 -groups X25519MLKEM768",
        ShownBy::Again
        | ShownBy::Spoken
        | ShownBy::Together
        | ShownBy::Forwarded
        | ShownBy::Often
        | ShownBy::Size
        | ShownBy::Time => version,
    };
    let place = resolved(conditions, url).map_or_else(
        || format!("{}:{}", url.host, url.port),
        |ip| {
            if ip.contains(':') {
                format!("[{ip}]:{}", url.port)
            } else {
                format!("{ip}:{}", url.port)
            }
        },
    );
    format!(
        "openssl s_client{family}{proxy} -connect {place}{name}{asking}{trusted} -showcerts </dev/null"
    )
}

/// The hello a pointer stands for, if it stands for one.
fn hello<'e>(evidence: &'e Evidence, at: &Pointer) -> Option<&'e HelloSent> {
    let index = at.0.strip_prefix("/tls/seen/hellos/")?.split('/').next()?;
    evidence
        .tls
        .seen()?
        .hellos
        .get(index.parse::<usize>().ok()?)
}

/// The sample a pointer stands for, asked again.
fn timed(evidence: &Evidence, at: &Pointer) -> String {
    let format = "dns %{time_namelookup} tcp %{time_connect} tls %{time_appconnect} \
                  first byte %{time_starttransfer} total %{time_total}\\n";
    let shows = format!("-o /dev/null -w '{format}'");
    let place = sampled(evidence, at);
    let mut declared = evidence.exchanges.iter().filter(|exchange| {
        matches!(exchange.question.ask, Ask::Declared) && Some(exchange.question.place) == place
    });
    if let Some(exchange) = declared.next() {
        return curl(&exchange.request, evidence, &shows, None);
    }
    let (shell, url) = (Shell::of(&evidence.target), &evidence.target.url);
    let mut words = vec![format!("curl -sS {shows}")];
    words.extend(reaching(url, evidence, &shell));
    words.push(shell.word(&url.to_string()));
    words.join(" ")
}

fn sampled(evidence: &Evidence, at: &Pointer) -> Option<Place> {
    let index = at.0.strip_prefix("/latency/seen/samples/")?;
    let sample = evidence
        .latency
        .seen()?
        .samples
        .get(index.parse::<usize>().ok()?)?;
    Some(sample.place)
}

/// The same open model by another generator.
fn loaded(evidence: &Evidence) -> Option<String> {
    let load = evidence.latency.seen()?.load.seen()?;
    let seconds = load.duration.0.div_ceil(1000).max(1);
    let rate = load.intended.div_ceil(seconds);
    let first = Pointer("/latency/seen/samples".to_owned()).join(0);
    let endpoint = match sampled(evidence, &first) {
        Some(Place::Endpoint(index)) => evidence.target.endpoints.get(index),
        Some(_) | None => None,
    };
    let own = &evidence.target.url;
    let url = endpoint.map_or(own.clone(), |endpoint| own.with_target(&endpoint.path));
    let url = Shell::of(&evidence.target).word(&url.to_string());
    let users = load.users;
    Some(format!(
        "oha -c {users} -q {rate} -z {seconds}s --latency-correction {url}"
    ))
}
