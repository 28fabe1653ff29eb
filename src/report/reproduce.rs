//! A command that shows a finding.

use super::shell::Shell;
use crate::evidence::{Evidence, Field, HelloSent, Request};
use crate::model::{Family, Host, Pointer, UrlScheme};
use crate::wire::tls::Version;

/// The command for what a finding points at: the very request as `curl`, or the handshake as
/// `openssl`.
#[must_use]
pub(super) fn reproduce(evidence: &Evidence, family: Family, at: &Pointer) -> Option<String> {
    if let Some(index) = at.exchange_index() {
        return evidence
            .exchanges
            .get(index)
            .map(|exchange| curl(&exchange.request, evidence));
    }
    if let Some(index) = at.socket_index() {
        return evidence
            .sockets
            .get(index)
            .map(|trial| upgrade(&trial.request, evidence));
    }
    match family {
        Family::Tls => Some(openssl(evidence, at)),
        Family::Latency if at.0.starts_with("/latency/seen/load") => loaded(evidence),
        Family::Latency => Some(timed(evidence)),
        Family::Headers | Family::Cors | Family::Auth | Family::Websocket | Family::Contract => {
            None
        }
    }
}

/// curl shows the answer to a handshake and then waits for more: not for ever.
fn upgrade(request: &Request, evidence: &Evidence) -> String {
    let command = curl(request, evidence);
    command.replacen("curl -sS -i", "curl -sS -i -N --http1.1 --max-time 5", 1)
}

fn curl(request: &Request, evidence: &Evidence) -> String {
    let shell = Shell::of(&evidence.target);
    let mut words = vec!["curl -sS -i".to_owned()];
    match request.method.as_str() {
        "GET" => {}
        "HEAD" => words.push("-I".to_owned()),
        method => words.push(format!("-X {method}")),
    }
    if evidence.run.conditions.insecure && request.url.scheme == UrlScheme::Https {
        words.push("-k".to_owned());
    }
    // Without this curl would tidy the path away that the finding is about.
    if request.url.target.contains("/.") || request.url.target.contains("//") {
        words.push("--path-as-is".to_owned());
    }
    words.extend(request.fields.iter().map(|field| header(field, &shell)));
    if let Some(body) = &request.body {
        words.push(format!(
            "--data-raw {}",
            shell.word(&String::from_utf8_lossy(&body.0))
        ));
    }
    words.push(shell.word(&request.url.to_string()));
    words.join(" ")
}

/// `-H 'Name;'` is curl's way of sending an empty field.
fn header(field: &Field, shell: &Shell) -> String {
    let value = field.text();
    let line = if value.is_empty() {
        format!("{};", field.name)
    } else {
        format!("{}: {value}", field.name)
    };
    format!("-H {}", shell.word(&line))
}

/// With the version of the hello that a finding points at. OpenSSL has no SSLv2, and old versions
/// only below its default security level.
fn openssl(evidence: &Evidence, at: &Pointer) -> String {
    let url = &evidence.target.url;
    let name = match &url.host {
        Host::Name(name) => format!(" -servername {name}"),
        Host::Address(_) => " -noservername".to_owned(),
    };
    let version = match hello(evidence, at).map(|sent| sent.offer.version) {
        Some(Version::Ssl3) => " -ssl3 -cipher ALL:@SECLEVEL=0",
        Some(Version::Tls10) => " -tls1 -cipher ALL:@SECLEVEL=0",
        Some(Version::Tls11) => " -tls1_1 -cipher ALL:@SECLEVEL=0",
        Some(Version::Tls12) => " -tls1_2 -cipher ALL:COMPLEMENTOFALL:@SECLEVEL=0",
        Some(Version::Tls13) => " -tls1_3",
        Some(Version::Ssl2) | None => "",
    };
    format!(
        "openssl s_client -connect {}:{}{name}{version} -showcerts </dev/null",
        url.host, url.port
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

fn timed(evidence: &Evidence) -> String {
    let format = "dns %{time_namelookup} tcp %{time_connect} tls %{time_appconnect} \
                  first byte %{time_starttransfer} total %{time_total}\\n";
    let url = Shell::of(&evidence.target).word(&evidence.target.url.to_string());
    format!("curl -sS -o /dev/null -w '{format}' {url}")
}

/// The same open model by another generator.
fn loaded(evidence: &Evidence) -> Option<String> {
    let load = evidence.latency.seen()?.load.seen()?;
    let seconds = load.duration.0.div_ceil(1000).max(1);
    let rate = load.intended.div_ceil(seconds);
    let url = Shell::of(&evidence.target).word(&evidence.target.url.to_string());
    let users = load.users;
    Some(format!(
        "oha -c {users} -q {rate} -z {seconds}s --latency-correction {url}"
    ))
}
