//! `tls`, `headers` and `latency`: thresholds with defaults, combined key by key.

use std::ops::Range;

use super::node::Node;
use super::quantity::duration;
use super::record::Record;
use super::request::token;
use super::section::Section;
use super::vocabulary;
use super::words::{choice, line};
use crate::model::{
    HeadersPolicy, LatencyPolicy, LoadThreshold, Millis, Threshold, TlsPolicy, TlsProfile,
};
use crate::wire::tls::CipherSuite;

/// What is said of TLS in one place of the file.
#[derive(Clone, Default)]
pub(super) struct Tls {
    min_version: Option<u16>,
    days_left: Option<u32>,
    profile: Option<TlsProfile>,
    issuer: Option<Vec<String>>,
    suites: Option<Vec<String>>,
}

impl Tls {
    pub(super) fn read(node: Node<'_>) -> Option<Self> {
        let mut section = Section::open(node, &vocabulary::TLS)?;
        let profiles = [
            ("modern", TlsProfile::Modern),
            ("intermediate", TlsProfile::Intermediate),
            ("old", TlsProfile::Old),
        ];
        let read = Self {
            min_version: section.read("min_version", version),
            days_left: section.read("days_left", |node| small(node, 0..=825)),
            profile: section.read("profile", |node| choice(node, &profiles)),
            issuer: section.read("issuer", issuers),
            suites: section.read("suites", suites),
        };
        section.close();
        Some(read)
    }

    pub(super) fn or(self, defaults: &Self) -> Self {
        let standard = defaults.clone();
        Self {
            min_version: self.min_version.or(defaults.min_version),
            days_left: self.days_left.or(defaults.days_left),
            profile: self.profile.or(defaults.profile),
            issuer: self.issuer.or(standard.issuer),
            suites: self.suites.or(standard.suites),
        }
    }

    pub(super) fn policy(self) -> TlsPolicy {
        let standard = TlsPolicy::default();
        TlsPolicy {
            min_version: self.min_version.unwrap_or(standard.min_version),
            days_left: self.days_left.or(standard.days_left),
            profile: self.profile.or(standard.profile),
            issuer: self.issuer.unwrap_or_default(),
            suites: self.suites.unwrap_or_default(),
        }
    }
}

/// One text, or a list of them.
fn issuers(node: Node<'_>) -> Option<Vec<String>> {
    let names = node.elements();
    if names.is_empty() {
        return node.refuse("no issuer would be right", "write \"Let's Encrypt\"");
    }
    names.into_iter().map(line).collect()
}

fn suites(node: Node<'_>) -> Option<Vec<String>> {
    let names = node.each(suite)?;
    if names.is_empty() {
        return node.refuse(
            "no suite would be right",
            "write [\"TLS_AES_128_GCM_SHA256\"]",
        );
    }
    Some(names)
}

/// The IANA name of a suite.
fn suite(node: Node<'_>) -> Option<String> {
    let name = node.text()?;
    if CipherSuite::by_name(name).is_some() {
        return Some(name.to_owned());
    }
    let help = match node.meant(name, CipherSuite::all().map(CipherSuite::name)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => "write its IANA name: \"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"".to_owned(),
    };
    node.refuse(format!("there is no cipher suite {name:?}"), help)
}

/// A number that fits the model's 32 bits by its range.
fn small(node: Node<'_>, range: std::ops::RangeInclusive<u64>) -> Option<u32> {
    node.whole(range)
        .and_then(|number| u32::try_from(number).ok())
}

/// `"1.2"`; the number 1.2 is understood too, since everybody writes it once.
fn version(node: Node<'_>) -> Option<u16> {
    let written = match node.value().as_float() {
        Some(float) => float.as_str(),
        None => node.text()?,
    };
    match written
        .trim_start_matches("TLS")
        .trim_start_matches(['v', ' '])
    {
        "1.0" => Some(0x0301),
        "1.1" => Some(0x0302),
        "1.2" => Some(0x0303),
        "1.3" => Some(0x0304),
        _ => node.refuse(
            "no version of TLS",
            "write \"1.0\", \"1.1\", \"1.2\" or \"1.3\"",
        ),
    }
}

/// What is said of header fields in one place of the file.
#[derive(Clone, Default)]
pub(super) struct Headers {
    class: Option<&'static str>,
    session_cookies: Option<Vec<String>>,
    other_cookies: Option<Vec<String>>,
}

impl Headers {
    pub(super) fn read(node: Node<'_>) -> Option<Self> {
        const CLASSES: [&str; 6] = ["document", "api", "asset", "redirect", "error", "empty"];
        let mut section = Section::open(node, &vocabulary::HEADERS)?;
        let read = Self {
            class: section.read("class", |node| {
                choice(node, &CLASSES.map(|class| (class, class)))
            }),
            session_cookies: section.list("session_cookies", token),
            other_cookies: section.list("other_cookies", token),
        };
        section.close();
        Some(read)
    }

    pub(super) fn or(self, defaults: &Self) -> Self {
        let defaults = defaults.clone();
        Self {
            class: self.class.or(defaults.class),
            session_cookies: self.session_cookies.or(defaults.session_cookies),
            other_cookies: self.other_cookies.or(defaults.other_cookies),
        }
    }

    pub(super) fn policy(self) -> HeadersPolicy {
        HeadersPolicy {
            class: self.class.map(str::to_owned),
            session_cookies: self.session_cookies.unwrap_or_default(),
            other_cookies: self.other_cookies.unwrap_or_default(),
        }
    }
}

/// What is said of latency in one place of the file.
#[derive(Clone, Default)]
pub(super) struct Latency {
    /// Where it is said, in bytes.
    at: Option<Range<usize>>,
    target: Option<Millis>,
    alert: Option<Millis>,
    cold: Option<u32>,
    warm: Option<u32>,
    load: Option<Vec<LoadThreshold>>,
}

impl Latency {
    pub(super) fn read(node: Node<'_>) -> Option<Self> {
        let mut section = Section::open(node, &vocabulary::LATENCY)?;
        let read = Self {
            at: Some(node.span()),
            target: section.read("target", duration),
            alert: section.read("alert", duration),
            cold: section.read("cold_samples", |node| small(node, 1..=1000)),
            warm: section.read("warm_samples", |node| small(node, 0..=1000)),
            load: section.list("load", condition),
        };
        section.close();
        Some(read)
    }

    pub(super) fn or(self, defaults: &Self) -> Self {
        Self {
            at: self.at.or_else(|| defaults.at.clone()),
            target: self.target.or(defaults.target),
            alert: self.alert.or(defaults.alert),
            cold: self.cold.or(defaults.cold),
            warm: self.warm.or(defaults.warm),
            load: self.load.or_else(|| defaults.load.clone()),
        }
    }

    /// An alert is never below the target: of two that are not both given, the other one yields.
    pub(super) fn policy(self, record: &Record<'_>) -> LatencyPolicy {
        let standard = LatencyPolicy::default();
        let (target, alert) = match (self.target, self.alert) {
            (Some(target), Some(alert)) => (target, alert),
            (Some(target), None) if target > standard.alert => {
                (target, Millis(target.0.saturating_mul(2)))
            }
            (Some(target), None) => (target, standard.alert),
            (None, Some(alert)) => (standard.target.min(alert), alert),
            (None, None) => (standard.target, standard.alert),
        };
        if target > alert {
            let message = format!("the latency target, {target}, is above its alert, {alert}");
            let fault = record.error(self.at.unwrap_or_default(), message);
            record.add(fault.help("raise latency.alert or lower latency.target"));
        }
        LatencyPolicy {
            target,
            alert,
            cold: self.cold.unwrap_or(standard.cold),
            warm: self.warm.unwrap_or(standard.warm),
            load: self.load.unwrap_or_default(),
        }
    }
}

/// A condition on a load run, as `model` reads it.
fn condition(node: Node<'_>) -> Option<LoadThreshold> {
    let text = node.text()?;
    match text.parse::<Threshold>() {
        Ok(_) => Some(LoadThreshold(text.to_owned())),
        Err(why) => node.refuse(
            format!("this condition cannot be read: {why}"),
            "write it like \"p95 < 500ms\", \"rate(error) < 1%\" or \"throughput > 20/s\"",
        ),
    }
}
