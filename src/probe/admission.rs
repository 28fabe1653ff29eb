//! The fields with which every request to the target passes a gate in front of it.

use std::net::SocketAddr;

use super::View;
use crate::evidence::{Field, Request};
use crate::model::Url;
use crate::net::dial::Names;
use crate::net::http::Client;
use crate::net::line::Line;

/// What is declared, secrets that are not set left out.
#[must_use]
pub fn fields(view: &View<'_>) -> Vec<Line> {
    let target = view.target;
    let plain = target.send_headers.iter().map(|(name, value)| Line {
        name: name.clone(),
        value: value.clone(),
        shown: None,
    });
    let secret = target.send_secrets.iter().filter_map(|(name, identity)| {
        let secret = view.net.secrets.get(&identity.from)?;
        let shown = identity.from.placeholder();
        Some(Line::shown_as(name, secret.expose(), shown))
    });
    plain.chain(secret).collect()
}

/// The fields of a request that are its own: one that is made after it is given the gate's by its own
/// client, or, to another host, none of them.
#[must_use]
pub fn own_fields<'r>(view: &View<'_>, request: &'r Request) -> Vec<&'r Field> {
    let target = view.target;
    let names = || target.send_headers.keys().chain(target.send_secrets.keys());
    let is_the_gates = |field: &Field| names().any(|name| name.eq_ignore_ascii_case(&field.name));
    let fields = request.fields.iter();
    fields.filter(|field| !is_the_gates(field)).collect()
}

impl View<'_> {
    /// A client for the origin of `url`. Only the target's own is given what the gate asks for: a
    /// redirect to another host, or to plain http, carries none of it.
    #[must_use]
    pub fn client(&self, url: &Url, names: Names, address: Option<SocketAddr>) -> Client {
        let client = Client::new(self.net, url, names, address);
        if url.origin() == self.target.url.origin() {
            client.admitted_by(fields(self))
        } else {
            client
        }
    }
}
