//! What a target and `[defaults]` can both say.

use super::auth;
use super::cors::Cors;
use super::gate::Gate;
use super::names::Names;
use super::node::Node;
use super::policy::{Headers, Latency, Tls};
use super::quantity::{duration, share};
use super::record::Record;
use super::request::{Path, path};
use super::section::Section;
use super::vars::{Vars, vars};
use super::words::choice;
use crate::model::{Kind, Millis, PartsPerMillion, Scheme, Target};

/// The tables that are referred to by name.
pub(super) struct Known<'d> {
    pub(super) auth: Names<'d, Scheme>,
    pub(super) cors: Names<'d, Cors<'d>>,
}

impl<'d> Known<'d> {
    pub(super) fn read(file: &mut Section<'d>) -> Self {
        Self {
            auth: Names::read("auth", file.take("auth"), auth::scheme),
            cors: Names::read("cors", file.take("cors"), Cors::read),
        }
    }
}

/// What stands in one of the two places.
#[derive(Clone, Default)]
pub(super) struct Shared<'d> {
    kind: Option<Kind>,
    production: Option<bool>,
    optional: Option<bool>,
    cold_start: Option<Millis>,
    timeout: Option<Millis>,
    max_error_rate: Option<PartsPerMillion>,
    connections: Option<u8>,
    gate: Option<Gate<'d>>,
    allow_load: Option<bool>,
    allow_metadata: Option<bool>,
    tls: Tls,
    headers: Headers,
    latency: Latency,
    cors: Option<Cors<'d>>,
    auth: Option<Scheme>,
    absent: Option<Vec<Path<'d>>>,
    vars: Vars,
}

impl<'d> Shared<'d> {
    pub(super) fn read(section: &mut Section<'d>, known: &Known<'d>) -> Self {
        let kinds = [("web", Kind::Web), ("api", Kind::Api)];
        let stages = [
            ("production", true),
            ("staging", false),
            ("test", false),
            ("development", false),
        ];
        Self {
            kind: section.read("kind", |node| choice(node, &kinds)),
            production: section.read("env", |node| choice(node, &stages)),
            optional: section.read("optional", Node::boolean),
            cold_start: section.read("cold_start", duration),
            timeout: section.read("timeout", duration),
            max_error_rate: section.read("max_error_rate", share),
            connections: section.read("connections", connections),
            gate: section.read("send_headers", Gate::read),
            allow_load: section.read("allow_load", Node::boolean),
            allow_metadata: section.read("allow_metadata", Node::boolean),
            tls: section.read("tls", Tls::read).unwrap_or_default(),
            headers: section.read("headers", Headers::read).unwrap_or_default(),
            latency: section.read("latency", Latency::read).unwrap_or_default(),
            cors: section.read("cors", |node| known.cors.resolve(node)),
            auth: section.read("auth", |node| known.auth.resolve(node)),
            absent: section.list("absent", path),
            vars: section.read("vars", vars).unwrap_or_default(),
        }
    }

    /// With the defaults where it says nothing itself.
    pub(super) fn or(self, defaults: &Self) -> Self {
        let standard = defaults.clone();
        let mut vars = standard.vars;
        vars.extend(self.vars);
        Self {
            kind: self.kind.or(standard.kind),
            production: self.production.or(standard.production),
            optional: self.optional.or(standard.optional),
            cold_start: self.cold_start.or(standard.cold_start),
            timeout: self.timeout.or(standard.timeout),
            max_error_rate: self.max_error_rate.or(standard.max_error_rate),
            connections: self.connections.or(standard.connections),
            gate: self.gate.or(standard.gate),
            allow_load: self.allow_load.or(standard.allow_load),
            allow_metadata: self.allow_metadata.or(standard.allow_metadata),
            tls: self.tls.or(&defaults.tls),
            headers: self.headers.or(&defaults.headers),
            latency: self.latency.or(&defaults.latency),
            cors: self.cors.or(standard.cors),
            auth: self.auth.or(standard.auth),
            absent: self.absent.or(standard.absent),
            vars,
        }
    }

    /// Puts it into `target`, and hands on the variables.
    pub(super) fn settle(self, target: &mut Target, record: &Record<'_>) -> Vars {
        let vars = self.vars;
        target.kind = self.kind;
        target.production = self.production.unwrap_or(target.production);
        target.optional = self.optional.unwrap_or(target.optional);
        target.cold_start = self.cold_start;
        target.timeout = self.timeout.unwrap_or(target.timeout);
        target.max_error_rate = self.max_error_rate;
        target.connections = self.connections.unwrap_or(target.connections);
        target.allow_load = self.allow_load.unwrap_or(target.allow_load);
        target.allow_metadata = self.allow_metadata.unwrap_or(target.allow_metadata);
        target.tls = self.tls.policy();
        target.headers = self.headers.policy();
        target.latency = self.latency.policy(record);
        target.cors = self.cors.map(|cors| cors.contract(&vars));
        target.auth = self.auth;
        if let Some(gate) = self.gate {
            gate.settle(target);
        }
        let absent = self.absent.unwrap_or_default().into_iter();
        target.absent = absent.filter_map(|path| path.filled(&vars)).collect();
        vars
    }
}

fn connections(node: Node<'_>) -> Option<u8> {
    node.whole(1..=32)
        .and_then(|number| u8::try_from(number).ok())
}
