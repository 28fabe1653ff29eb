//! Names under which strangers register side by side.

/// Hosting suffixes of the Public Suffix List's private section (publicsuffix.org) on which anybody
/// can have a name next to yours for the asking. Sorted.
const SHARED: &[&str] = &[
    "amplifyapp.com",
    "app.github.dev",
    "appspot.com",
    "azurestaticapps.net",
    "azurewebsites.net",
    "bitbucket.io",
    "blogspot.com",
    "bubbleapps.io",
    "cloudfront.net",
    "csb.app",
    "deno.dev",
    "edgeone.app",
    "firebaseapp.com",
    "fly.dev",
    "framer.app",
    "framer.website",
    "ghost.io",
    "github.io",
    "gitlab.io",
    "glitch.me",
    "herokuapp.com",
    "hf.space",
    "lovable.app",
    "myshopify.com",
    "netlify.app",
    "ngrok-free.app",
    "ngrok.app",
    "ngrok.io",
    "now.sh",
    "on-fleek.app",
    "ondigitalocean.app",
    "onrender.com",
    "pages.dev",
    "pythonanywhere.com",
    "r2.dev",
    "repl.co",
    "replit.app",
    "replit.dev",
    "run.app",
    "s3.amazonaws.com",
    "stackblitz.io",
    "streamlit.app",
    "supabase.co",
    "surge.sh",
    "trycloudflare.com",
    "up.railway.app",
    "vercel.app",
    "vercel.dev",
    "web.app",
    "webcontainer.io",
    "webflow.io",
    "workers.dev",
    "zeabur.app",
];

/// The shared hosting suffix `host` is registered under, such as `pages.dev`.
#[must_use]
pub fn shared_suffix(host: &str) -> Option<&'static str> {
    SHARED.iter().copied().find(|suffix| {
        host.strip_suffix(suffix)
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    })
}

/// Whether `host` is itself what one registers: one label in front of a public suffix. Suffixes of
/// two labels are told by their shape (`co.uk`, `com.au`), which errs towards "registrable".
#[must_use]
pub fn registrable(host: &str) -> bool {
    if let Some(suffix) = shared_suffix(host) {
        let labels = host.len() - suffix.len() - 1;
        return host.get(..labels).is_some_and(|name| !name.contains('.'));
    }
    let labels: Vec<&str> = host.rsplit('.').collect();
    match labels.as_slice() {
        [_, _] => true,
        [top, second, _] => {
            top.len() == 2
                && matches!(
                    *second,
                    "ac" | "co" | "com" | "edu" | "gov" | "net" | "ne" | "or" | "org"
                )
        }
        _ => false,
    }
}

/// The part of a host that was registered, by [`registrable`].
#[must_use]
pub fn registered(host: &str) -> Option<&str> {
    let dots = host.match_indices('.').map(|(dot, _)| dot + 1);
    std::iter::once(0)
        .chain(dots)
        .filter_map(|start| host.get(start..))
        .find(|name| registrable(name))
}

#[cfg(test)]
mod tests {
    use super::{SHARED, registered, registrable, shared_suffix};

    #[test]
    fn what_was_registered() {
        #[rustfmt::skip]
        let rows = [
            ("example.com",          Some("example.com")),
            ("app.example.com",      Some("example.com")),
            ("a.eu.example.co.uk",   Some("example.co.uk")),
            ("x.app.pages.dev",      Some("app.pages.dev")),
            ("localhost",            None),
        ];
        for (host, expected) in rows {
            assert_eq!(registered(host), expected, "{host}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_each_is_there_once() {
        assert!(SHARED.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn neighbours() {
        assert_eq!(shared_suffix("app.pages.dev"), Some("pages.dev"));
        assert_eq!(shared_suffix("a.b.netlify.app"), Some("netlify.app"));
        assert_eq!(shared_suffix("pages.dev"), None);
        assert_eq!(shared_suffix("mypages.dev"), None);
        assert_eq!(shared_suffix("app.example.com"), None);
    }

    #[test]
    fn what_one_registers() {
        let yes = ["example.com", "example.co.uk", "app.pages.dev"];
        let no = [
            "app.example.com",
            "localhost",
            "x.app.pages.dev",
            "a.example.co.uk",
        ];
        assert!(yes.into_iter().all(registrable));
        assert!(!no.into_iter().any(registrable));
    }
}
