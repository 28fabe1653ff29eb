//! `Integrity-Policy`: which loads need integrity metadata (Subresource Integrity, "Integrity-Policy").

use serde::Serialize;

use super::Fault;
use super::structured::{self, Dictionary, Item, Member};
use crate::model::Untrusted;

/// What is refused without integrity metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Destination {
    /// Scripts.
    Script,
    /// Style sheets.
    Style,
}

/// A policy that browsers enforce.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IntegrityPolicy {
    /// Of these.
    pub destinations: Vec<Destination>,
    /// The names of the endpoints that violations are reported to.
    pub endpoints: Vec<Untrusted>,
}

/// Reads the combined field as browsers process it: what is no inner list, and members that are no
/// tokens they know, are passed over.
///
/// # Errors
/// Why nothing is enforced: no dictionary, no destination, or no source that counts.
pub fn parse(combined: &str) -> Result<IntegrityPolicy, Fault> {
    let dictionary = structured::dictionary(combined)?;
    let sources = inner_list(&dictionary, "sources");
    let counts = |item: &Item| item.value.token() == Some("inline");
    if let Some((at, sources)) = sources
        && !sources.iter().any(counts)
    {
        return Err(Fault::new(
            at,
            "sources without inline: nothing is enforced",
        ));
    }
    let Some((at, blocked)) = inner_list(&dictionary, "blocked-destinations") else {
        return Err(Fault::new(
            0,
            "no blocked-destinations=(…): nothing is enforced",
        ));
    };
    let known = |item: &Item| match item.value.token()? {
        "script" => Some(Destination::Script),
        "style" => Some(Destination::Style),
        _ => None,
    };
    let destinations: Vec<Destination> = blocked.iter().filter_map(known).collect();
    if destinations.is_empty() {
        let why =
            "blocked-destinations names neither script nor style, as tokens: nothing is enforced";
        return Err(Fault::new(at, why));
    }
    let endpoints = inner_list(&dictionary, "endpoints").map_or(&[][..], |(_, items)| items);
    Ok(IntegrityPolicy {
        destinations,
        endpoints: endpoints
            .iter()
            .filter_map(|item| Some(item.value.token()?.into()))
            .collect(),
    })
}

/// The member of that key and where it stands; a lone item is no list.
fn inner_list<'d>(dictionary: &'d Dictionary, key: &str) -> Option<(usize, &'d [Item])> {
    let entry = dictionary.entries.iter().find(|entry| entry.key == key)?;
    match &entry.member {
        Member::InnerList(items, _) => Some((entry.at, items)),
        Member::Item(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Destination::{Script, Style};
    use super::{Destination, parse};

    /// The field, and what is enforced; where it is nothing, the byte that says why.
    #[rustfmt::skip]
    const CASES: &[(&str, Result<&[Destination], usize>)] = &[
        ("blocked-destinations=(script)",                                Ok(&[Script])),
        ("blocked-destinations=(script style), endpoints=(main)",        Ok(&[Script, Style])),
        ("blocked-destinations=(style image), sources=(inline)",         Ok(&[Style])),
        ("sources=(inline future), blocked-destinations=(script)",       Ok(&[Script])),
        ("blocked-destinations=(script), endpoints=main",                Ok(&[Script])),
        ("blocked-destinations=(script), sources=inline",                Ok(&[Script])), // no list: as if left out
        ("blocked-destinations=()",                                      Err(0)),
        ("blocked-destinations=(image)",                                 Err(0)),
        ("blocked-destinations=(\"script\")",                            Err(0)),
        ("blocked-destinations=script",                                  Err(0)),
        ("endpoints=(main)",                                             Err(0)),
        ("blocked-destinations=(script), sources=()",                    Err(31)),
        ("blocked-destinations=(script), sources=(header)",              Err(31)),
        ("blocked-destinations=(script), blocked-destinations=()",       Err(0)), // the last counts
        ("blocked-destinations=(Script)",                                Err(0)),
        ("blocked-destinations=(script",                                 Err(28)),
        ("Blocked-Destinations=(script)",                                Err(0)),
        ("",                                                             Err(0)),
    ];

    #[test]
    fn what_browsers_enforce_is_read() {
        for (field, expected) in CASES {
            let found = parse(field);
            let found = found.as_ref().map(|policy| policy.destinations.as_slice());
            assert_eq!(found.map_err(|fault| fault.at), *expected, "{field}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_faulted(text in "\\PC*|[a-z=(), \"-]{0,60}") {
            if let Err(fault) = parse(&text) {
                proptest::prop_assert!(fault.at <= text.len());
            }
        }
    }
}
