//! A declared endpoint as a request, and the path beside it that nobody made.

use super::View;
use crate::model::{Endpoint, Question};
use crate::net::http::Outgoing;

/// With as much of the body read as its declared size needs, one byte being too many, and all of it
/// kept where what it says is declared.
#[must_use]
pub fn reading(request: Outgoing, endpoint: &Endpoint) -> Outgoing {
    let declared = endpoint.bytes.max(endpoint.max_bytes);
    let request = request.reading(declared.map_or(0, |bytes| bytes.0.saturating_add(1)));
    if endpoint.documents || !endpoint.json.is_empty() || endpoint.body.is_some() {
        request.keeping_all()
    } else {
        request
    }
}

/// A declared endpoint as a request, without credentials.
#[must_use]
pub fn request(view: &View<'_>, question: Question, endpoint: &Endpoint) -> Outgoing {
    let url = view.target.url.with_target(&endpoint.path);
    let mut request = Outgoing::new(question, endpoint.method.clone(), url);
    for (name, value) in &endpoint.send_headers {
        request = request.with(name, value);
    }
    let secrets = endpoint.send_secrets.iter();
    for (name, identity) in secrets.filter(|_| view.target.keeps_secrets()) {
        if let Some(secret) = view.net.secrets.get(&identity.from) {
            request = request.with_shown(name, secret.expose(), identity.from.placeholder());
        }
    }
    if let Some(body) = &endpoint.send {
        request = request.with_body(&body.media_type, body.text.as_bytes());
    }
    request
}

/// A path that nobody has, in the same directory, so that a guard over a whole prefix answers both
/// alike.
#[must_use]
pub fn made_up_beside(target: &str) -> String {
    let path = target.split('?').next().unwrap_or(target);
    let directory = path
        .trim_end_matches('/')
        .rfind('/')
        .map_or("", |at| path.get(..at).unwrap_or(""));
    format!("{directory}/seaworthy-7d1f0c53")
}

#[cfg(test)]
mod tests {
    use super::made_up_beside;

    #[test]
    fn a_made_up_path_has_the_same_directory() {
        #[rustfmt::skip]
        let rows = [
            ("/docs",              "/seaworthy-7d1f0c53"),
            ("/docs/",             "/seaworthy-7d1f0c53"),
            ("/api/v1/auth/test",  "/api/v1/auth/seaworthy-7d1f0c53"),
            ("/.env?x=/a/b",       "/seaworthy-7d1f0c53"),
            ("/",                  "/seaworthy-7d1f0c53"),
        ];
        for (target, expected) in rows {
            assert_eq!(made_up_beside(target), expected);
        }
    }
}
