//! Origins that must not be let in, derived from those that are.
//!
//! A check that compares strings badly lets in whatever resembles an allowed origin, so the
//! attacks are made from the *declared* origins; the host under audit has nothing to do with them.

use serde::{Deserialize, Serialize};

use super::Origin;
use crate::wire::domain::{registered, shared_suffix};

/// The longest name DNS carries, in bytes.
const LONGEST_HOST: usize = 253;

/// What a hostile origin would find wrong with the server's check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruse {
    /// `https://H.x-H.x.H`: prefix, suffix, substring and reflection in one. Only when it gets in
    /// are the four tried one by one.
    Composite,
    /// An origin that has nothing to do with any declared one.
    Reflection,
    /// `https://H.x.example`: the check looks at the beginning only.
    Prefix,
    /// `https://xD`, where `D` is the domain that was registered for the host: the check looks at the
    /// end only. A name before more of the host than that is the owner's to give.
    Suffix,
    /// `https://x-H.x.example`: the check looks for the name anywhere.
    Substring,
    /// `https://appxexample.com`: a dot in a pattern stands for any character. Only the one before the
    /// registered domain makes a name that somebody else can register.
    Dot,
    /// `https://H_.x.example`: the check takes an underscore for the end of a name.
    Underscore,
    /// `https://x.H`, or `https://x.` and what `H` itself is a sub-domain of: any sub-domain.
    Subdomain,
    /// `https://x.pages.dev`: a stranger's name on the same shared suffix.
    Sibling,
    /// `http://H`: a page that whoever holds the network can write.
    Plaintext,
    /// The same host on another port.
    Port,
    /// `null`: any sandboxed frame, and any local file.
    Null,
}

impl Ruse {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Composite,
        Self::Reflection,
        Self::Prefix,
        Self::Suffix,
        Self::Substring,
        Self::Dot,
        Self::Underscore,
        Self::Subdomain,
        Self::Sibling,
        Self::Plaintext,
        Self::Port,
        Self::Null,
    ];

    /// The word for it in evidence.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Composite => "composite",
            Self::Reflection => "reflection",
            Self::Prefix => "prefix",
            Self::Suffix => "suffix",
            Self::Substring => "substring",
            Self::Dot => "dot",
            Self::Underscore => "underscore",
            Self::Subdomain => "subdomain",
            Self::Sibling => "sibling",
            Self::Plaintext => "plaintext",
            Self::Port => "port",
            Self::Null => "null",
        }
    }

    /// The ruse of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ruse| ruse.name() == name)
    }

    /// What the server's check does wrong when it lets such an origin in.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Composite => "resembles the declared origin",
            Self::Reflection => "any origin is reflected",
            Self::Prefix => "only the beginning is compared",
            Self::Suffix => "only the end is compared",
            Self::Substring => "the name is looked for anywhere",
            Self::Dot => "a dot stands for any character",
            Self::Underscore => "an underscore ends the name",
            Self::Subdomain => "any sub-domain is let in",
            Self::Sibling => "anybody on the same hosting suffix is let in",
            Self::Plaintext => "the plain http twin is let in",
            Self::Port => "any port is let in",
            Self::Null => "`null` is let in",
        }
    }
}

/// An origin to try, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hostile {
    /// What it would show.
    pub ruse: Ruse,
    /// The declared origin it resembles, if any.
    pub resembles: Option<String>,
    /// The value of the `Origin` field.
    pub origin: String,
}

impl Hostile {
    /// The four separate attacks a [`Ruse::Composite`] stands for, to be tried when it gets in.
    /// None for any other.
    #[must_use]
    pub fn split(&self, label: &str) -> Vec<Self> {
        let declared = self.resembles.as_deref().map(Origin::parse);
        match (self.ruse, declared) {
            (Ruse::Composite, Some(Ok(declared))) => split(&declared, label),
            _ => Vec::new(),
        }
    }
}

/// The hostile origins for an allow-list, the most telling first, so that a tight budget cuts the
/// least. `label` is a random DNS label that nobody has registered.
#[must_use]
pub fn hostile_origins(declared: &[Origin], label: &str) -> Vec<Hostile> {
    let fixed = [
        Hostile {
            ruse: Ruse::Null,
            resembles: None,
            origin: "null".to_owned(),
        },
        Hostile {
            ruse: Ruse::Reflection,
            resembles: None,
            origin: format!("https://{label}.example"),
        },
    ];
    let mut all: Vec<Hostile> = fixed
        .into_iter()
        .chain(declared.iter().flat_map(|origin| composite(origin, label)))
        .collect();
    let resembling = [
        dot, sibling, plaintext, subdomain, neighbour, suffix, port, underscore,
    ];
    for resembling in resembling {
        all.extend(
            declared
                .iter()
                .filter_map(|origin| resembling(origin, label)),
        );
    }
    let mut seen: Vec<String> = declared.iter().map(ToString::to_string).collect();
    all.retain(|hostile| {
        let new = !seen.contains(&hostile.origin);
        seen.push(hostile.origin.clone());
        new
    });
    all
}

fn hostile(ruse: Ruse, declared: &Origin, origin: &Origin) -> Hostile {
    Hostile {
        ruse,
        resembles: Some(declared.to_string()),
        origin: origin.to_string(),
    }
}

/// An address cannot stand in the middle of a name, so of its four attacks one is left.
fn composite(declared: &Origin, label: &str) -> Vec<Hostile> {
    let host = declared.host();
    let name = format!("{host}.{label}-{host}.{label}.{host}");
    if declared.is_address() {
        return prefix(declared, label).into_iter().collect();
    }
    if name.len() > LONGEST_HOST {
        return split(declared, label);
    }
    vec![hostile(
        Ruse::Composite,
        declared,
        &declared.with_host(name),
    )]
}

fn split(declared: &Origin, label: &str) -> Vec<Hostile> {
    let host = declared.host();
    let reflection = Hostile {
        ruse: Ruse::Reflection,
        resembles: None,
        origin: format!("https://{label}.example"),
    };
    let substring = declared.with_host(format!("{label}-{host}.{label}.example"));
    std::iter::once(reflection)
        .chain(prefix(declared, label))
        .chain(suffix(declared, label))
        .chain([hostile(Ruse::Substring, declared, &substring)])
        .collect()
}

fn prefix(declared: &Origin, label: &str) -> Option<Hostile> {
    let host = declared.host();
    // An IPv6 literal in its brackets is never the beginning of a name.
    let name = format!("{host}.{label}.example");
    (!host.starts_with('[')).then(|| hostile(Ruse::Prefix, declared, &declared.with_host(name)))
}

fn suffix(declared: &Origin, label: &str) -> Option<Hostile> {
    let domain = registered(declared.host()).filter(|_| !declared.is_address())?;
    let name = format!("{label}{domain}");
    Some(hostile(Ruse::Suffix, declared, &declared.with_host(name)))
}

fn dot(declared: &Origin, _: &str) -> Option<Hostile> {
    let host = declared.host();
    // What was registered under a suffix that strangers share has a name of its own before it.
    let domain = shared_suffix(host).or_else(|| registered(host))?;
    let before = host.strip_suffix(domain)?.strip_suffix('.')?;
    let name = format!("{before}x{domain}");
    (!declared.is_address()).then(|| hostile(Ruse::Dot, declared, &declared.with_host(name)))
}

/// Beside the host, below the same parent.
fn neighbour(declared: &Origin, label: &str) -> Option<Hostile> {
    let (_, parent) = declared.host().split_once('.')?;
    let name = format!("{label}.{parent}");
    let owned = is_public(declared) && registered(parent).is_some();
    owned.then(|| hostile(Ruse::Subdomain, declared, &declared.with_host(name)))
}

fn underscore(declared: &Origin, label: &str) -> Option<Hostile> {
    let name = format!("{}_.{label}.example", declared.host());
    is_public(declared).then(|| hostile(Ruse::Underscore, declared, &declared.with_host(name)))
}

fn subdomain(declared: &Origin, label: &str) -> Option<Hostile> {
    let name = format!("{label}.{}", declared.host());
    is_public(declared).then(|| hostile(Ruse::Subdomain, declared, &declared.with_host(name)))
}

fn sibling(declared: &Origin, label: &str) -> Option<Hostile> {
    let name = format!("{label}.{}", shared_suffix(declared.host())?);
    Some(hostile(Ruse::Sibling, declared, &declared.with_host(name)))
}

fn plaintext(declared: &Origin, _: &str) -> Option<Hostile> {
    (declared.scheme() == "https" && declared.port().is_none() && !declared.is_local())
        .then(|| hostile(Ruse::Plaintext, declared, &declared.with_scheme("http")))
}

/// For a development server: its port with one digit more, which a check of the beginning of the
/// string takes for the same, as does one that accepts any port.
fn port(declared: &Origin, _: &str) -> Option<Hostile> {
    let own = declared.port().unwrap_or(0);
    let longer = own.checked_mul(10).and_then(|port| port.checked_add(1));
    let other = longer.filter(|port| *port > 1024).unwrap_or(9);
    (declared.is_local() || declared.is_address())
        .then(|| hostile(Ruse::Port, declared, &declared.with_port(Some(other))))
}

fn is_public(declared: &Origin) -> bool {
    !declared.is_local() && !declared.is_address()
}

#[cfg(test)]
mod tests {
    use super::{Hostile, Ruse, hostile_origins};
    use crate::wire::cors::Origin;

    fn derive(declared: &[&str]) -> Vec<Hostile> {
        let origins: Vec<Origin> = declared
            .iter()
            .filter_map(|text| Origin::parse(text).ok())
            .collect();
        assert_eq!(origins.len(), declared.len());
        hostile_origins(&origins, "swx")
    }

    fn pairs(hostile: &[Hostile]) -> Vec<(Ruse, &str)> {
        hostile
            .iter()
            .map(|one| (one.ruse, one.origin.as_str()))
            .collect()
    }

    #[test]
    fn names_are_read_back() {
        assert!(
            Ruse::ALL
                .into_iter()
                .all(|ruse| Ruse::named(ruse.name()) == Some(ruse))
        );
    }

    #[test]
    fn from_a_name() {
        assert_eq!(
            pairs(&derive(&["https://app.example.com"])),
            [
                (Ruse::Null, "null"),
                (Ruse::Reflection, "https://swx.example"),
                (
                    Ruse::Composite,
                    "https://app.example.com.swx-app.example.com.swx.app.example.com"
                ),
                (Ruse::Dot, "https://appxexample.com"),
                (Ruse::Plaintext, "http://app.example.com"),
                (Ruse::Subdomain, "https://swx.app.example.com"),
                (Ruse::Subdomain, "https://swx.example.com"),
                (Ruse::Suffix, "https://swxexample.com"),
                (Ruse::Underscore, "https://app.example.com_.swx.example"),
            ]
        );
    }

    #[test]
    fn each_origin_is_a_stranger_s_to_have() {
        #[rustfmt::skip]
        let rows: [(&str, Ruse, &[&str]); 10] = [
            ("https://app.eu.example.com",   Ruse::Dot,       &["https://app.euxexample.com"]),
            ("https://app.eu.example.com",   Ruse::Subdomain, &["https://swx.app.eu.example.com", "https://swx.eu.example.com"]),
            ("https://app.eu.example.co.uk", Ruse::Suffix,    &["https://swxexample.co.uk"]),
            ("https://app.ministry.go.jp",   Ruse::Suffix,    &["https://swxministry.go.jp"]),
            ("https://app.ministry.go.jp",   Ruse::Dot,       &["https://appxministry.go.jp"]),
            ("https://www.firm.ltd.uk",      Ruse::Suffix,    &["https://swxfirm.ltd.uk"]),
            ("https://sede.x.gob.mx",        Ruse::Suffix,    &["https://swxx.gob.mx"]),
            ("https://example.com",          Ruse::Dot,       &[]),
            ("https://my-app.pages.dev",     Ruse::Dot,       &["https://my-appxpages.dev"]),
            ("https://my-app.pages.dev",     Ruse::Subdomain, &["https://swx.my-app.pages.dev"]),
        ];
        for (declared, ruse, expected) in rows {
            let all = derive(&[declared]);
            let made: Vec<&str> = all
                .iter()
                .filter(|one| one.ruse == ruse)
                .map(|one| one.origin.as_str())
                .collect();
            assert_eq!(made, expected, "{declared}");
        }
    }

    #[test]
    fn from_a_development_server() {
        assert_eq!(
            pairs(&derive(&["http://localhost:3000"])).get(2..),
            Some(
                &[
                    (
                        Ruse::Composite,
                        "http://localhost.swx-localhost.swx.localhost:3000"
                    ),
                    (Ruse::Port, "http://localhost:30001"),
                ][..]
            )
        );
        assert_eq!(
            pairs(&derive(&["http://127.0.0.1:15175"])).get(2..),
            Some(
                &[
                    (Ruse::Prefix, "http://127.0.0.1.swx.example:15175"),
                    (Ruse::Port, "http://127.0.0.1:9")
                ][..]
            )
        );
    }

    #[test]
    fn three_origins_make_sixteen_and_none_is_declared() {
        let declared = [
            "http://localhost:8080",
            "https://staging.netlify.app",
            "https://example.com",
        ];
        let hostile = derive(&declared);
        assert_eq!(hostile.len(), 16);
        assert!(
            hostile
                .iter()
                .any(|one| one.ruse == Ruse::Sibling && one.origin == "https://swx.netlify.app")
        );
        assert!(
            hostile
                .iter()
                .all(|one| !declared.contains(&one.origin.as_str()))
        );
    }

    #[test]
    fn a_declared_twin_is_not_hostile() {
        let hostile = derive(&["https://a.example", "http://a.example"]);
        assert!(hostile.iter().all(|one| one.ruse != Ruse::Plaintext));
    }

    #[test]
    fn a_composite_splits_into_four() {
        let all = derive(&["https://example.com"]);
        let parts: Vec<Hostile> = all.iter().flat_map(|one| one.split("swx")).collect();
        assert_eq!(
            pairs(&parts),
            [
                (Ruse::Reflection, "https://swx.example"),
                (Ruse::Prefix, "https://example.com.swx.example"),
                (Ruse::Suffix, "https://swxexample.com"),
                (Ruse::Substring, "https://swx-example.com.swx.example"),
            ]
        );
    }
}
