//! Pages that nobody wrote for this site: what a server shows until it is set up, and lists of files.
//!
//! Each is known by words that only the software writes, at the place where it writes them: a page
//! that merely talks about it has another title.

use serde::Serialize;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StockPage {
    /// What the named software shows until it is set up.
    Welcome(&'static str),
    /// A list of the files in a folder.
    Listing,
}

/// The beginning of a title, words that stand elsewhere in the page, and whose page it is.
#[rustfmt::skip]
const WELCOME: &[(&str, &str, &str)] = &[
    ("welcome to nginx!",                      "the nginx web server is successfully installed", "nginx"),
    ("welcome to openresty!",                  "openresty",                                      "OpenResty"),
    ("apache2 ubuntu default page: it works",  "apache2",                                        "Apache"),
    ("apache2 debian default page: it works",  "apache2",                                        "Apache"),
    ("test page for the apache http server",   "apache",                                         "Apache"),
    ("http server test page",                  "apache",                                         "Apache"),
    ("it works! apache httpd",                 "it works!",                                      "Apache"),
    ("iis windows server",                     "iis",                                            "IIS"),
    ("iis7",                                   "iis",                                            "IIS"),
    ("apache tomcat/",                         "successfully installed tomcat",                  "Tomcat"),
    ("caddy works!",                           "caddy",                                          "Caddy"),
    ("placeholder page",                       "lighttpd",                                       "lighttpd"),
    ("welcome to the lighttpd",                "lighttpd",                                       "lighttpd"),
    ("the install worked successfully! congratulations!", "django",                              "Django"),
];

/// Apache's oldest has no title.
const BARE: &str = "<html><body><h1>it works!</h1></body></html>";

/// The beginning of a title, and of what else such a list has.
const LISTINGS: &[(&str, &str)] = &[
    ("index of /", "<h1>index of /"),
    ("index of /", "<h2>index of /"),
    ("index of /", "parent directory"),
    ("directory listing for /", "<h1>directory listing for /"),
    ("directory: /", "directory: /"),
    ("directory listing for [/", "apache tomcat"),
    ("listing directory /", "id=\"files\""),
];

/// IIS writes the host into the title, and this link on every page but the first.
const TO_PARENT: &str = "[to parent directory]</a>";

/// What the page is, if it is one of these.
#[must_use]
pub fn recognise(page: &str) -> Option<StockPage> {
    let start: String = page.chars().take(16 * 1024).collect();
    let page = start.to_lowercase();
    let squeezed: String = page.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if squeezed == BARE || squeezed.contains(TO_PARENT) {
        let is_bare = squeezed == BARE;
        return Some(if is_bare {
            StockPage::Welcome("Apache")
        } else {
            StockPage::Listing
        });
    }
    let (_, title) = squeezed.split_once("<title>")?;
    let title = title.split("</title>").next()?.trim();
    let welcome = WELCOME
        .iter()
        .find(|(start, words, _)| title.starts_with(start) && squeezed.contains(words));
    let listing = || {
        let mut lists = LISTINGS.iter();
        lists.any(|(start, words)| title.starts_with(start) && squeezed.contains(words))
    };
    match welcome {
        Some((_, _, whose)) => Some(StockPage::Welcome(whose)),
        None => listing().then_some(StockPage::Listing),
    }
}

#[cfg(test)]
mod tests {
    use super::{StockPage, recognise};

    #[rustfmt::skip]
    const CASES: &[(&str, Option<StockPage>)] = &[
        ("<!DOCTYPE html>\n<title>Welcome to nginx!</title><p>If you see this page, the nginx web server is successfully installed and\nworking.", Some(StockPage::Welcome("nginx"))),
        ("<html><body><h1>It works!</h1></body></html>\n",                                              Some(StockPage::Welcome("Apache"))),
        ("<title>Apache2 Debian Default Page: It works</title>Apache2 server",                          Some(StockPage::Welcome("Apache"))),
        ("<title>IIS Windows Server</title><img src=iisstart.png>",                                     Some(StockPage::Welcome("IIS"))),
        ("<title>Apache Tomcat/10.1.1</title>If you're seeing this, you've successfully installed Tomcat.", Some(StockPage::Welcome("Tomcat"))),
        ("<html>\n<head><title>Index of /files/</title></head>\n<body>\n<h1>Index of /files/</h1><hr>",  Some(StockPage::Listing)),
        ("<html><head>\n<title>Index of /</title>\n<h1>Index of /</h1>",                                 Some(StockPage::Listing)),
        ("<title>Directory listing for /</title>\n<h1>Directory listing for /</h1>",                     Some(StockPage::Listing)),
        ("<title>localhost - /a/</title><A HREF=\"/\">[To Parent Directory]</A>",                        Some(StockPage::Listing)),
        ("<title>Welcome to nginx, explained</title><p>the nginx web server is successfully installed",  None),
        ("<title>Blog</title><pre>&lt;title&gt;Index of /&lt;/title&gt;</pre>",                          None),
        ("<title>Index of prices</title><h1>Index of prices</h1>",                                       None),
        ("<title>It works!</title><h1>It works!</h1>",                                                   None),
        ("",                                                                                              None),
    ];

    #[test]
    fn pages_are_known_by_what_only_the_software_writes() {
        for (page, expected) in CASES {
            assert_eq!(recognise(page), *expected, "{page}");
        }
    }
}
