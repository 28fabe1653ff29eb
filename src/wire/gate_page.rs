//! Pages that answer in place of a service, told by what their makers write: a server that was just
//! installed, a challenge for robots, a page for the time of maintenance, and the words of servers
//! that were spoken to in the wrong protocol.

/// Titles of pages that a server shows until somebody puts a site there. Whole titles: a page about
/// a server has more to say.
const WELCOME: &[(&str, &str)] = &[
    ("Welcome to nginx!", "nginx"),
    ("Test Page for the Nginx HTTP Server", "nginx"),
    ("Welcome to OpenResty!", "OpenResty"),
    ("Welcome to tengine!", "Tengine"),
    ("Apache2 Ubuntu Default Page: It works", "Apache"),
    ("Apache2 Debian Default Page: It works", "Apache"),
    ("Test Page for the Apache HTTP Server", "Apache"),
    ("Test Page for the HTTP Server on Fedora", "Apache"),
    ("HTTP Server Test Page powered by CentOS", "Apache"),
    ("HTTP Server Test Page powered by: Rocky Linux", "Apache"),
    ("Caddy works!", "Caddy"),
    ("IIS Windows Server", "IIS"),
    ("IIS Windows", "IIS"),
    ("IIS7", "IIS"),
    ("Placeholder page", "lighttpd"),
    ("H2O Web Server", "h2o"),
];

/// Without a title: the page that Apache's own build installs.
const IT_WORKS: &str = "<html><body><h1>it works!</h1></body></html>";

/// Titles of pages that want to see a browser at work before they let it through.
const CHALLENGE: &[&str] = &[
    "Just a moment...",
    "Attention Required! | Cloudflare",
    "Please Wait... | Cloudflare",
    "DDoS-Guard",
    "Human Verification",
    "Pardon Our Interruption",
];

const MAINTENANCE: &[&str] = &[
    "under maintenance",
    "down for maintenance",
    "scheduled maintenance",
    "maintenance mode",
    "be right back",
];

/// The server whose welcome page it is, if it is one.
#[must_use]
pub fn welcome(title: Option<&str>, body: &str) -> Option<&'static str> {
    let Some(title) = title else {
        let squeezed: String = body.split_whitespace().collect::<Vec<_>>().join(" ");
        return squeezed.eq_ignore_ascii_case(IT_WORKS).then_some("Apache");
    };
    if title.starts_with("Apache Tomcat/") {
        return Some("Tomcat");
    }
    let known = WELCOME.iter().find(|(known, _)| *known == title);
    known.map(|(_, server)| *server)
}

/// Whether it is a challenge for robots.
#[must_use]
pub fn is_challenge(title: &str) -> bool {
    CHALLENGE.contains(&title)
}

/// Whether it says that the service is down on purpose.
#[must_use]
pub fn is_maintenance(title: &str) -> bool {
    let title = title.to_ascii_lowercase();
    title == "maintenance" || MAINTENANCE.iter().any(|words| title.contains(words))
}

/// Whether a server says that its port speaks TLS: nginx, Apache (twice reworded), Go's library.
#[must_use]
pub fn wants_tls(body: &str) -> bool {
    [
        "The plain HTTP request was sent to HTTPS port",
        "speaking plain HTTP to an SSL-enabled server port",
        "client sent an HTTP request to an HTTPS server",
    ]
    .iter()
    .any(|words| contains(body, words))
}

/// Whether a server says that it wants a certificate of the client: nginx's words.
#[must_use]
pub fn wants_certificate(body: &str) -> bool {
    [
        "No required SSL certificate was sent",
        "The SSL certificate error",
    ]
    .iter()
    .any(|words| contains(body, words))
}

fn contains(text: &str, words: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains(&words.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{is_challenge, is_maintenance, wants_certificate, wants_tls, welcome};

    #[test]
    fn welcome_pages_are_told_by_their_whole_title() {
        #[rustfmt::skip]
        let rows = [
            (Some("Welcome to nginx!"),                     "",       Some("nginx")),
            (Some("Apache2 Debian Default Page: It works"), "",       Some("Apache")),
            (Some("Apache Tomcat/10.1.60"),                 "",       Some("Tomcat")),
            (None, "<html><body><h1>It works!</h1></body></html>\n",  Some("Apache")),
            (Some("How to replace \"Welcome to nginx!\""),  "",       None),
            (Some("Shop"),                                  "",       None),
            (None,                                          "It works!", None),
        ];
        for (title, body, server) in rows {
            assert_eq!(welcome(title, body), server, "{title:?} {body}");
        }
    }

    #[test]
    fn pages_in_place_of_a_service() {
        for title in ["Just a moment...", "DDoS-Guard"] {
            assert!(is_challenge(title), "{title}");
        }
        for title in [
            "Site under maintenance",
            "Maintenance",
            "We'll be right back!",
        ] {
            assert!(is_maintenance(title), "{title}");
        }
        for title in ["Shop", "Maintenance plans for boats", "A moment"] {
            assert!(!is_challenge(title) && !is_maintenance(title), "{title}");
        }
    }

    #[test]
    fn servers_say_what_they_wanted() {
        let tls = [
            "<center>The plain HTTP request was sent to HTTPS port</center>",
            "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
            "Client sent an HTTP request to an HTTPS server.\n",
        ];
        assert!(tls.iter().all(|body| wants_tls(body)));
        assert!(wants_certificate(
            "<center>No required SSL certificate was sent</center>"
        ));
        for body in ["400 Bad Request", "https is better than http"] {
            assert!(!wants_tls(body) && !wants_certificate(body), "{body}");
        }
    }
}
