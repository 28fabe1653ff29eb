//! Cross-origin sharing as frameworks do it, right but for one thing.

use super::{Asked, Told};

/// Who may read, and with what.
pub(crate) struct Sharing {
    /// The allow-list; empty lets everybody read with `*`.
    pub(crate) origins: &'static [&'static str],
    /// Whether the one origin is answered whoever asks, as a constant in the code does.
    pub(crate) fixed: bool,
    pub(crate) methods: &'static str,
    pub(crate) headers: &'static str,
    pub(crate) expose: &'static str,
}

/// Nobody may: no field is ever sent.
pub(crate) const NOBODY: Sharing = Sharing {
    origins: &[],
    fixed: true,
    methods: "",
    headers: "",
    expose: "",
};

impl Sharing {
    /// The answer to a preflight; `None` for every other request.
    pub(crate) fn preflight(&self, asked: &Asked, defect: &str) -> Option<Told> {
        let origin = asked.field("origin")?;
        asked.field("access-control-request-method")?;
        if asked.method != "OPTIONS" || self.is_off() {
            return None;
        }
        let refused = |status| Told::text(status, "no").with("Vary", "Origin");
        match defect {
            "preflight 400" => return Some(refused(400)),
            "preflight 401 in one part" if asked.path().contains("/system/") => {
                return Some(refused(401));
            }
            "preflight 404 in one part" if asked.path().contains("/users/") => {
                return Some(refused(404));
            }
            _ if !self.fixed && !self.lets_in(origin, defect) => return Some(refused(400)),
            _ => {}
        }
        let methods = match defect {
            "method missing" => "GET, POST",
            _ => self.methods,
        };
        let headers = match defect {
            "header missing" => "Content-Type",
            "header wildcard" => "*",
            _ => self.headers,
        };
        let status = if defect == "preflight 204" { 204 } else { 200 };
        let told = Told::text(status, "")
            .with("Access-Control-Allow-Methods", methods)
            .with("Access-Control-Allow-Headers", headers)
            .with("Access-Control-Max-Age", "600");
        Some(self.share(asked, told, defect))
    }

    /// An answer with the fields that let its page read it.
    pub(crate) fn share(&self, asked: &Asked, told: Told, defect: &str) -> Told {
        let error = told.status >= 400;
        if self.is_off() || (defect == "errors unreadable" && error) {
            return told;
        }
        let origin = asked.field("origin").unwrap_or_default();
        if self.origins.is_empty() {
            return everybody(told, origin, defect);
        }
        let told = match defect {
            "vary missing" => told,
            _ if self.fixed && defect != "reflects" => told,
            _ => told.with("Vary", "Origin"),
        };
        let allowed = match defect {
            "wildcard" => "*".to_owned(),
            "doubled" if self.lets_in(origin, defect) => format!("{origin}, {origin}"),
            "slash" if self.lets_in(origin, defect) => format!("{origin}/"),
            _ if self.fixed && defect != "reflects" => self.origins.concat(),
            _ if self.lets_in(origin, defect) => origin.to_owned(),
            _ => return told,
        };
        let told = told.with("Access-Control-Allow-Origin", &allowed);
        let told = match defect {
            "credentials missing" => told,
            "credentials misspelt" => told.with("Access-Control-Allow-Credentials", "True"),
            _ => told.with("Access-Control-Allow-Credentials", "true"),
        };
        let names = self.expose.split(", ").filter(|name| !name.is_empty());
        let told = names.fold(told, |told, name| told.with(name, "100000"));
        match self.expose {
            "" => told,
            _ if defect == "nothing exposed" => told,
            names => told.with("Access-Control-Expose-Headers", names),
        }
    }

    fn is_off(&self) -> bool {
        self.origins.is_empty() && self.fixed
    }

    /// The comparison with the list, in all the ways that have been got wrong.
    fn lets_in(&self, origin: &str, defect: &str) -> bool {
        let declared = self.origins.iter();
        let hosts = declared
            .clone()
            .filter_map(|one| Some(one.split_once("://")?.1));
        match defect {
            _ if origin.is_empty() => false,
            "origin dropped" => declared.skip(1).any(|one| *one == origin),
            "reflects" => true,
            "null" if origin == "null" => true,
            "prefix" => declared.into_iter().any(|one| origin.starts_with(one)),
            // Compared with the whole host, only its domain's owner could have a name that passes.
            "suffix" => {
                let ends = |(name, top)| origin.ends_with(&format!("{name}.{top}"));
                let mut domains = hosts.filter_map(|host| {
                    let mut labels = host.rsplit('.');
                    labels
                        .next()
                        .map(|top| labels.next().map(|name| (name, top)))?
                });
                self.origins.contains(&origin) || domains.any(ends)
            }
            "substring" => hosts
                .filter_map(|host| host.split(':').next())
                .any(|name| origin.contains(name)),
            "dot" => declared.into_iter().any(|one| fits(one, origin)),
            "plain http" => {
                let secure = origin.replacen("http://", "https://", 1);
                self.origins.contains(&origin) || self.origins.contains(&secure.as_str())
            }
            "any port" => declared.into_iter().any(|one| {
                let (scheme, host) = one.split_once("://").unwrap();
                let host = host.split(':').next().unwrap();
                origin == *one || origin.starts_with(&format!("{scheme}://{host}:"))
            }),
            _ => self.origins.contains(&origin),
        }
    }
}

/// A pattern whose dots were not escaped.
fn fits(pattern: &str, origin: &str) -> bool {
    let like = |(pattern, found): (char, char)| pattern == '.' || pattern == found;
    pattern.len() == origin.len() && pattern.chars().zip(origin.chars()).all(like)
}

fn everybody(told: Told, origin: &str, defect: &str) -> Told {
    match defect {
        "closed" => told,
        "reflects" if !origin.is_empty() => told
            .with("Vary", "Origin")
            .with("Access-Control-Allow-Origin", origin)
            .with("Access-Control-Allow-Credentials", "true"),
        "public with credentials" => told
            .with("Access-Control-Allow-Origin", "*")
            .with("Access-Control-Allow-Credentials", "true"),
        _ => told.with("Access-Control-Allow-Origin", "*"),
    }
}
