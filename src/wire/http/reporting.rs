//! `Reporting-Endpoints` (W3C Reporting API §3.2).

use super::Fault;
use super::structured::{self, Member};
use crate::model::Untrusted;

/// A named place for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// What `report-to` refers to.
    pub name: Untrusted,
    /// Where reports are posted; may be relative to the page.
    pub url: Untrusted,
}

/// Reads the combined field; members that are no string are skipped, as browsers do.
///
/// # Errors
/// Where it stops being a dictionary.
pub fn parse(combined: &str) -> Result<Vec<Endpoint>, Fault> {
    let dictionary = structured::dictionary(combined)?;
    let endpoints = dictionary.entries.iter().filter_map(|entry| {
        let Member::Item(item) = &entry.member else {
            return None;
        };
        let url = item.value.string()?.into();
        Some(Endpoint {
            name: entry.key.as_str().into(),
            url,
        })
    });
    Ok(endpoints.collect())
}

/// The groups of `Report-To`, the JSON that `Reporting-Endpoints` took the place of; browsers heed it
/// still. One without a name is `default`.
#[must_use]
pub fn legacy_groups(combined: &str) -> Vec<Untrusted> {
    let groups: Vec<serde_json::Value> =
        serde_json::from_str(&format!("[{combined}]")).unwrap_or_default();
    let name = |group: &serde_json::Value| group.get("group")?.as_str().map(Untrusted::from);
    let names = groups
        .iter()
        .map(|group| name(group).unwrap_or("default".into()));
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::{legacy_groups, parse};

    #[test]
    fn groups_are_named_in_json() {
        let names = |field| {
            legacy_groups(field)
                .iter()
                .map(|name| name.raw().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names("{\"group\":\"csp\",\"max_age\":1}, {\"max_age\":1}"),
            ["csp", "default"]
        );
        assert_eq!(names("csp=\"/r\""), [""; 0]);
    }

    #[test]
    fn endpoints_are_strings() {
        let found = parse("default=\"https://r.example/d\", csp=\"/csp\", odd=1").unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|one| (one.name.raw(), one.url.raw()))
            .collect();
        assert_eq!(names, [("default", "https://r.example/d"), ("csp", "/csp")]);
        assert!(parse("csp=https://r.example").is_ok_and(|found| found.is_empty()));
        assert!(parse("{\"group\":1}").is_err());
    }
}
