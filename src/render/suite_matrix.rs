//! Versions by classes of suites, as a picture: what is spoken, and what is weak about it.

use crate::facts::tls::TlsFacts;
use crate::wire::tls::{Class, Known, Version};

/// The columns, behind the version and its state.
const HEAD: [(Class, &str); 9] = [
    (Class::Null, "NULL"),
    (Class::Anonymous, "anon"),
    (Class::Export, "export"),
    (Class::Des, "DES"),
    (Class::Rc4, "RC4"),
    (Class::SmallBlock, "64-bit"),
    (Class::StaticRsa, "static"),
    (Class::Cbc, "CBC"),
    (Class::Dhe, "DHE"),
];

/// The first line of the picture.
#[must_use]
pub fn head() -> Vec<&'static str> {
    let classes = HEAD.iter().map(|(_, name)| *name);
    std::iter::once("Version")
        .chain(["Spoken"])
        .chain(classes)
        .collect()
}

/// A row for each version that was asked for, newest first. `yes` and `no` were answered, `?` was
/// not, and blank does not arise: TLS 1.3 has none of these classes.
#[must_use]
pub fn rows(tls: &TlsFacts) -> Vec<Vec<String>> {
    let versions = tls.versions.iter().rev();
    versions
        .map(|(version, known)| row(tls, *version, *known))
        .collect()
}

fn row(tls: &TlsFacts, version: Version, known: Known) -> Vec<String> {
    let classes = HEAD.iter().map(|(class, _)| {
        let known = tls.matrix.get(&version).and_then(|row| row.get(class));
        known.map_or_else(String::new, |known| word(*known).to_owned())
    });
    let first = [version.name().to_owned(), word(known).to_owned()];
    first.into_iter().chain(classes).collect()
}

const fn word(known: Known) -> &'static str {
    match known {
        Known::Accepted => "yes",
        Known::Refused => "no",
        Known::Unsettled => "?",
    }
}

/// The picture in plain text, columns aligned.
#[must_use]
pub fn text(tls: &TlsFacts) -> Vec<String> {
    let head = head();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&head).map(|(cell, name)| {
            let width = name.len().max(3);
            format!("{cell:<width$}")
        });
        padded.collect::<Vec<_>>().join(" ").trim_end().to_owned()
    };
    let rows = rows(tls);
    let rows = rows
        .iter()
        .map(|row| line(row.iter().map(String::as_str).collect()));
    std::iter::once(line(head.clone())).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::facts::tls::TlsFacts;
    use crate::wire::tls::{Class, Known, Version};

    #[test]
    fn a_picture_shows_yes_no_open_and_blank() {
        let mut tls = TlsFacts::healthy();
        let row = tls.matrix.entry(Version::Tls12).or_default();
        row.insert(Class::Cbc, Known::Accepted);
        row.insert(Class::Rc4, Known::Unsettled);
        let picture = text(&tls);
        assert_eq!(
            picture[..3],
            [
                "Version Spoken NULL anon export DES RC4 64-bit static CBC DHE",
                "TLSv1.3 yes",
                "TLSv1.2 yes    no   no   no     no  ?   no     no     yes no",
            ]
        );
        assert_eq!(picture.last().map(String::as_str), Some("SSLv2   no"));
    }
}
