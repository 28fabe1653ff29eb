//! The proxies of the command line and of the environment, as curl reads them.

use std::sync::Arc;

use super::environment::variable;
use super::failure::Failure;
use super::look::LookArgs;
use crate::net::proxy::{Bypass, Proxies, Proxy};

/// `--proxy` and `--noproxy`, else the environment. What both leave empty is reached directly.
///
/// # Errors
/// [`Failure::Usage`] that names what holds no proxy, and not what stands there: it may be a password.
pub(super) fn proxies(look: &LookArgs) -> Result<Proxies, Failure> {
    let (http, https) = match &look.proxy {
        Some(given) => {
            let proxy = read("--proxy", given)?;
            (proxy.clone(), proxy)
        }
        None => (of_scheme("http_proxy")?, of_scheme("https_proxy")?),
    };
    let bypass = look
        .noproxy
        .clone()
        .or_else(|| set("no_proxy").map(|(_, list)| list));
    let Ok(bypass) = bypass.unwrap_or_default().parse::<Bypass>();
    Ok(Proxies {
        http,
        https,
        bypass,
    })
}

fn of_scheme(name: &str) -> Result<Option<Arc<Proxy>>, Failure> {
    match set(name).or_else(|| set("all_proxy")) {
        Some((name, value)) => read(&name, &value),
        None => Ok(None),
    }
}

/// A variable in lower case, else in upper case. `HTTP_PROXY` is read as well, which curl leaves to CGI
/// programs, where a field of the request sets it (CVE-2016-5385): this is none.
fn set(name: &str) -> Option<(String, String)> {
    let names = [name.to_owned(), name.to_ascii_uppercase()];
    let mut values = names
        .into_iter()
        .filter_map(|name| Some((variable(&name)?, name)));
    values.find_map(|(value, name)| (!value.is_empty()).then_some((name, value)))
}

fn read(name: &str, value: &str) -> Result<Option<Arc<Proxy>>, Failure> {
    if value.is_empty() {
        return Ok(None);
    }
    let proxy = value.parse::<Proxy>();
    proxy
        .map(|proxy| Some(Arc::new(proxy)))
        .map_err(|why| Failure::Usage(format!("{name}: {why}")))
}
