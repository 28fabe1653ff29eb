//! `auth`: how requests are authenticated; and secrets, which are only ever referred to.

use super::assertion::pointer;
use super::node::Node;
use super::request::{media_type, statuses, token};
use super::section::Section;
use super::vocabulary;
use super::words::{choice, line};
use crate::model::{AuthError, Identity, Scheme, SchemeKind, SecretRef, StatusSet};

/// A scheme of the four.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bearer,
    Basic,
    ApiKey,
    Cookie,
}

/// Reads a scheme.
pub(super) fn scheme(node: Node<'_>) -> Option<Scheme> {
    let kinds = [
        ("bearer", Kind::Bearer),
        ("basic", Kind::Basic),
        ("api-key", Kind::ApiKey),
        ("cookie", Kind::Cookie),
    ];
    let mut section = Section::open(node, &vocabulary::AUTH)?;
    let kind = section.require("scheme", "\"bearer\"", |node| choice(node, &kinds));
    let carried = kind.and_then(|kind| carrier(&mut section, kind));
    let challenged = matches!(kind, Some(Kind::Bearer | Kind::Basic));
    let reject = section.read("reject", statuses);
    let rest = Scheme {
        kind: SchemeKind::Bearer,
        token: section.read("token", secret),
        expired: section.read("expired", secret),
        other: section.read("other", secret),
        reject: reject.unwrap_or_else(|| StatusSet::of(&["401", "403"])),
        challenge: section
            .read("challenge", Node::boolean)
            .unwrap_or(challenged),
        error: section.read("error", error),
    };
    section.close();
    carried.map(|kind| Scheme { kind, ..rest })
}

/// Where the credential goes; a name that the scheme has no use for is a mistake.
fn carrier(section: &mut Section<'_>, kind: Kind) -> Option<SchemeKind> {
    match kind {
        Kind::Bearer => Some(SchemeKind::Bearer),
        Kind::Basic => Some(SchemeKind::Basic),
        Kind::ApiKey => {
            let header = section.require("header", "\"X-API-Key\"", token)?;
            Some(SchemeKind::ApiKey { header })
        }
        Kind::Cookie => {
            let name = section.require("cookie", "\"session\"", token)?;
            Some(SchemeKind::Cookie { name })
        }
    }
}

fn error(node: Node<'_>) -> Option<AuthError> {
    let mut section = Section::open(node, &vocabulary::AUTH_ERROR)?;
    let error = AuthError {
        media_type: section.read("type", media_type),
        exists: section.list("exists", pointer).unwrap_or_default(),
    };
    section.close();
    Some(error)
}

/// `{ env = "NAME" }` or `{ file = "path" }`; a secret written out is refused and not shown.
pub(super) fn secret(node: Node<'_>) -> Option<Identity> {
    if !node.value().is_table() {
        return refuse_written_out(node);
    }
    let mut section = Section::open(node, &vocabulary::SECRET)?;
    let env = section.take("env");
    let file = section.take("file");
    let public = section.read("public", Node::boolean).unwrap_or(false);
    section.close();
    let from = match (env, file) {
        (Some(name), None) => SecretRef::Env(variable(name)?),
        (None, Some(path)) => SecretRef::File(beside(node.record.text().name(), &line(path)?)),
        (Some(_), Some(_)) => {
            return node.refuse("a secret comes from one place", "keep `env` or `file`");
        }
        (None, None) => {
            return node.refuse(
                "a secret from nowhere",
                "write `{ env = \"NAME\" }` or `{ file = \"path\" }`",
            );
        }
    };
    node.record.name_secret(&from, node.span());
    Some(Identity {
        public,
        ..Identity::new(from)
    })
}

/// Reports a secret that stands in the file, without showing it.
pub(super) fn refuse_written_out<T>(node: Node<'_>) -> Option<T> {
    let fault = node
        .record
        .error_hidden(node.span(), "a secret is never written in this file");
    node.record
        .add(fault.help("refer to it: `{ env = \"NAME\" }` or `{ file = \"path\" }`"));
    None
}

/// The name of an environment variable, as shells can set it.
fn variable(node: Node<'_>) -> Option<String> {
    let text = node.text()?;
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if !text.is_empty() && text.bytes().all(word) && !text.starts_with(|c: char| c.is_ascii_digit())
    {
        return Some(text.to_owned());
    }
    // Whoever writes a value where a name belongs should not see it in a log.
    let fault = node
        .record
        .error_hidden(node.span(), "no name of an environment variable");
    node.record
        .add(fault.help("write its name, without `$`: `{ env = \"API_TOKEN\" }`"));
    None
}

/// A relative path is meant from where the target file stands.
fn beside(file: &str, path: &str) -> String {
    let folder = std::path::Path::new(file).parent();
    let joined = folder.map(|folder| folder.join(path));
    joined.map_or_else(
        || path.to_owned(),
        |joined| joined.to_string_lossy().into_owned(),
    )
}
