//! Hosts that defeat an allow-list: whoever may load scripts from them may run scripts of anybody.
//!
//! Curated by hand from what these services document themselves; an entry says *why*, and the list
//! says when it was last read through. A host that is not on it is not thereby safe.

/// When the list below was last read through.
pub const REVIEWED: &str = "2026-11-21";

/// How a host lets a stranger's script through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Serves every package that anybody publishes.
    Packages,
    /// Serves old frameworks whose templates evaluate the markup (AngularJS before 1.6 and kin).
    Gadgets,
    /// Answers with a script that calls a function named in the request.
    Jsonp,
    /// Serves files, buckets or pages that anybody can create.
    Users,
}

impl Way {
    /// One clause for a finding.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Packages => "serves every package that anybody publishes",
            Self::Gadgets => "serves old frameworks that run what stands in the markup",
            Self::Jsonp => "answers with script that calls any function named in the request",
            Self::Users => "serves content that anybody can create",
        }
    }
}

/// A host (`*.` covers what is below it), an address on it that does the harm, and how.
pub type Entry = (&'static str, &'static str, Way);

use Way::{Gadgets, Jsonp, Packages, Users};

/// Sorted by way, then by host.
#[rustfmt::skip]
pub const HOSTS: &[Entry] = &[
    ("cdn.jsdelivr.net",               "/npm/angular@1.4.6/angular.js",                     Packages),
    ("cdn.skypack.dev",                "/angular@1.4.6",                                    Packages),
    ("code.angularjs.org",             "/1.4.6/angular.js",                                 Gadgets),
    ("data.jsdelivr.net",              "/v1/package/npm/angular",                           Packages),
    ("esm.run",                        "/angular@1.4.6",                                    Packages),
    ("esm.sh",                         "/angular@1.4.6",                                    Packages),
    ("esm.unpkg.com",                  "/angular@1.4.6",                                    Packages),
    ("fastly.jsdelivr.net",            "/npm/angular@1.4.6/angular.js",                     Packages),
    ("gcore.jsdelivr.net",             "/npm/angular@1.4.6/angular.js",                     Packages),
    ("ga.jspm.io",                     "/npm:angular@1.4.6/angular.js",                     Packages),
    ("jspm.dev",                       "/angular@1.4.6",                                    Packages),
    ("registry.npmmirror.com",         "/angular/1.4.6/files/angular.js",                   Packages),
    ("unpkg.com",                      "/angular@1.4.6/angular.js",                         Packages),
    ("ajax.aspnetcdn.com",             "/ajax/angularjs/1.2.0/angular.min.js",              Gadgets),
    ("ajax.googleapis.com",            "/ajax/libs/angularjs/1.4.6/angular.min.js",         Gadgets),
    ("cdn.bootcdn.net",                "/ajax/libs/angular.js/1.4.6/angular.min.js",        Gadgets),
    ("cdn.bootcss.com",                "/angular.js/1.4.6/angular.min.js",                  Gadgets),
    ("cdn.staticfile.org",             "/angular.js/1.4.6/angular.min.js",                  Gadgets),
    ("cdnjs.cloudflare.com",           "/ajax/libs/angular.js/1.4.6/angular.min.js",        Gadgets),
    ("lib.baomitu.com",                "/angular.js/1.4.6/angular.min.js",                  Gadgets),
    ("yastatic.net",                   "/angularjs/1.2.23/angular.min.js",                  Gadgets),
    ("accounts.google.com",            "/o/oauth2/revoke",                                  Jsonp),
    ("api.flickr.com",                 "/services/feeds/photos_public.gne",                 Jsonp),
    ("api.mixpanel.com",               "/track/",                                           Jsonp),
    ("api.vk.com",                     "/method/wall.get",                                  Jsonp),
    ("clients1.google.com",            "/complete/search",                                  Jsonp),
    ("cse.google.com",                 "/api/cse/queries/js",                               Jsonp),
    ("graph.facebook.com",             "/",                                                 Jsonp),
    ("maps.googleapis.com",            "/maps/api/js",                                      Jsonp),
    ("nominatim.openstreetmap.org",    "/search",                                           Jsonp),
    ("suggestqueries.google.com",      "/complete/search",                                  Jsonp),
    ("vimeo.com",                      "/api/oembed.json",                                  Jsonp),
    ("en.wikipedia.org",               "/w/api.php",                                        Jsonp),
    ("www.blogger.com",                "/feeds/1/posts/summary",                            Jsonp),
    ("www.google.com",                 "/complete/search",                                  Jsonp),
    ("www.googleapis.com",             "/customsearch/v1",                                  Jsonp),
    ("www.youtube.com",                "/oembed",                                           Jsonp),
    ("anyone.appspot.com",             "/x.js",                                             Users),
    ("anyone.azureedge.net",           "/x.js",                                             Users),
    ("anyone.blob.core.windows.net",   "/x/x.js",                                           Users),
    ("anyone.cloudfront.net",          "/x.js",                                             Users),
    ("anyone.firebaseapp.com",         "/x.js",                                             Users),
    ("anyone.fly.dev",                 "/x.js",                                             Users),
    ("anyone.github.io",               "/x.js",                                             Users),
    ("anyone.gitlab.io",               "/x.js",                                             Users),
    ("anyone.glitch.me",               "/x.js",                                             Users),
    ("anyone.herokuapp.com",           "/x.js",                                             Users),
    ("anyone.netlify.app",             "/x.js",                                             Users),
    ("anyone.onrender.com",            "/x.js",                                             Users),
    ("anyone.pages.dev",               "/x.js",                                             Users),
    ("anyone.r2.dev",                  "/x.js",                                             Users),
    ("anyone.s3.amazonaws.com",        "/x.js",                                             Users),
    ("anyone.surge.sh",                "/x.js",                                             Users),
    ("anyone.vercel.app",              "/x.js",                                             Users),
    ("anyone.web.app",                 "/x.js",                                             Users),
    ("anyone.workers.dev",             "/x.js",                                             Users),
    ("cdn.discordapp.com",             "/attachments/1/1/x.js",                             Users),
    ("dl.dropboxusercontent.com",      "/s/x/x.js",                                         Users),
    ("firebasestorage.googleapis.com", "/v0/b/anyone.appspot.com/o/x.js",                   Users),
    ("gist.githack.com",               "/anyone/x/raw/x.js",                                Users),
    ("gist.githubusercontent.com",     "/anyone/x/raw/x.js",                                Users),
    ("raw.githack.com",                "/anyone/x/master/x.js",                             Users),
    ("raw.githubusercontent.com",      "/anyone/x/master/x.js",                             Users),
    ("rawcdn.githack.com",             "/anyone/x/master/x.js",                             Users),
    ("s3.amazonaws.com",               "/anyone/x.js",                                      Users),
    ("storage.googleapis.com",         "/anyone/x.js",                                      Users),
];
