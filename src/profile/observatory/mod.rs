//! The MDN HTTP Observatory: its tests, their result keys, its score and its grade.
//!
//! Algorithm 4 is that of its releases up to 1.4.9, algorithm 5 that of 1.5.0 to 1.6.3 (as 1.6.3
//! runs it), algorithm 6 that of its repository at commit 94042bb of August 2026, which no release
//! has yet. Each test reads what it needs as its original does: see the file of its name.

mod cookies;
mod cors;
mod csp;
mod csp_parse;
mod evidence;
mod fields;
mod framing;
mod hsts;
mod jar;
mod javascript;
mod markup;
mod options;
mod preload;
mod redirection;
mod referrer;
mod score;
mod sri;

#[cfg(test)]
mod tests;

use serde::Serialize;

pub use fields::Fields;
pub use preload::Preload;
pub use score::{Graded, Test};

use crate::model::Timestamp;
use crate::wire::url::WebUrl;

/// Which algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Version {
    /// 1.4.9 and before.
    #[serde(rename = "4")]
    Four,
    /// 1.5.0 to 1.6.3.
    #[serde(rename = "5")]
    Five,
    /// Unreleased.
    #[serde(rename = "6")]
    Six,
}

/// One hop of a session: a URL that was asked, and the head of its answer.
#[derive(Clone, Debug)]
pub struct Hop {
    /// What was asked.
    pub url: WebUrl,
    /// The status.
    pub status: u16,
    /// The field lines, in order.
    pub fields: Fields,
}

/// A URL followed to its end. The Observatory follows ten redirects, wherever they lead.
#[derive(Clone, Debug)]
pub struct Session {
    /// Never empty.
    pub hops: Vec<Hop>,
    /// The body of the last answer.
    pub body: String,
    /// Whether every certificate on the way could be trusted.
    pub verified: bool,
}

impl Session {
    /// The last answer.
    #[must_use]
    pub fn last(&self) -> Option<&Hop> {
        self.hops.last()
    }
}

/// What the Observatory looks at of one site.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The host name as given, without a port.
    pub hostname: String,
    /// When it was looked at: cookies expire.
    pub at: Timestamp,
    /// From `http://`; `None` when that could not be followed to an end.
    pub http: Option<Session>,
    /// From `https://`.
    pub https: Option<Session>,
    /// The fields that answered its preflight; `None` when that was not answered with 2xx.
    pub preflight: Option<Fields>,
}

impl Scan {
    /// The session most tests look at: that of `https` if it came to an end.
    #[must_use]
    pub fn auto(&self) -> Option<&Session> {
        self.https.as_ref().or(self.http.as_ref())
    }

    /// The scheme its session began with.
    fn began_with_https(&self) -> bool {
        self.https.is_some()
    }
}

/// The origin its preflight comes from.
pub const ORIGIN: &str = "https://http-observatory.security.mozilla.org";

/// The answer of the Observatory: a grade, or the words of its error.
///
/// # Errors
/// When the site is down, answers with a status it does not grade, or holds a script whose address
/// its own parser refuses.
pub fn grade(scan: &Scan, preload: &Preload, version: Version) -> Result<Graded, String> {
    let session = scan.auto().ok_or("The site seems to be down.")?;
    let last = session.last().ok_or("The site seems to be down.")?;
    let status = last.status;
    if status < 200 || (status >= 400 && !matches!(status, 401 | 403)) {
        return Err(format!(
            "Site did respond with an unexpected HTTP status code {status}."
        ));
    }
    let markup = markup::read(session, last, version);
    let csp = csp::test(scan, last, &markup, version);
    let hsts = hsts::test(scan, preload);
    let mut results = vec![
        ("content-security-policy", csp.result),
        ("cookies", cookies::test(session, last, hsts, scan.at)),
        ("cross-origin-resource-sharing", cors::test(scan)),
        ("redirection", redirection::test(scan, preload)),
        ("referrer-policy", referrer::test(last, &markup)),
        ("strict-transport-security", hsts),
        (
            "subresource-integrity",
            sri::test(scan, last, &markup, version)?,
        ),
        ("x-content-type-options", options::nosniff(last)),
        ("x-frame-options", framing::test(last, csp.frame_ancestors)),
        ("cross-origin-resource-policy", options::corp(last)),
    ];
    if version == Version::Six {
        // In its own order: behind the cookies.
        let isolation = [
            ("cross-origin-embedder-policy", options::coep(last)),
            ("cross-origin-opener-policy", options::coop(last)),
        ];
        results.splice(2..2, isolation);
    }
    Ok(score::graded(status, &results, version))
}
