//! Fetch §4.9, "CORS check": may the page at `origin` read this response?

use super::{Call, Origin, Reply};

/// What stands between a page and the response, when `Access-Control-Allow-Origin` (ACAO) or
/// `Access-Control-Allow-Credentials` (ACAC) does not let it through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessFault {
    /// No ACAO at all.
    Absent,
    /// ACAO is there, and empty.
    Empty,
    /// Two or more ACAO fields, which combine to a list no origin equals.
    Doubled,
    /// One ACAO field that lists several values.
    List,
    /// `*` while the page sends credentials.
    WildcardWithCredentials,
    /// A pattern such as `https://*.example.com`: browsers compare bytes, they do not match.
    Pattern,
    /// The right origin with a slash behind it.
    TrailingSlash,
    /// The right origin with a path behind it.
    Path,
    /// The right origin in another letter case.
    LetterCase,
    /// The right host with the other scheme.
    Scheme,
    /// The right host without its scheme.
    NoScheme,
    /// The right host with another port, or with the default port spelt out.
    Port,
    /// The right origin in quotation marks.
    Quoted,
    /// Another origin.
    Other,
    /// ACAO is right, and ACAC is missing.
    CredentialsAbsent,
    /// ACAO is right, and ACAC is not the four bytes `true`.
    CredentialsMisspelt,
}

impl AccessFault {
    /// The fault in a few words, for a report.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Absent => "no Access-Control-Allow-Origin",
            Self::Empty => "Access-Control-Allow-Origin is empty",
            Self::Doubled => "Access-Control-Allow-Origin is sent more than once",
            Self::List => "Access-Control-Allow-Origin lists several values",
            Self::WildcardWithCredentials => "`*` does not allow a call with credentials",
            Self::Pattern => "Access-Control-Allow-Origin holds a pattern",
            Self::TrailingSlash => "Access-Control-Allow-Origin ends in a slash",
            Self::Path => "Access-Control-Allow-Origin holds a path",
            Self::LetterCase => "Access-Control-Allow-Origin differs in letter case",
            Self::Scheme => "Access-Control-Allow-Origin has the other scheme",
            Self::NoScheme => "Access-Control-Allow-Origin has no scheme",
            Self::Port => "Access-Control-Allow-Origin has another port",
            Self::Quoted => "Access-Control-Allow-Origin is in quotation marks",
            Self::Other => "Access-Control-Allow-Origin names another origin",
            Self::CredentialsAbsent => "no Access-Control-Allow-Credentials",
            Self::CredentialsMisspelt => "Access-Control-Allow-Credentials is not exactly `true`",
        }
    }

    /// Whether the origin is simply not there: the other faults are ways to spell it wrong.
    #[must_use]
    pub const fn is_left_out(self) -> bool {
        matches!(self, Self::Absent | Self::Empty | Self::Other)
    }

    /// The one line that mends it.
    #[must_use]
    pub const fn fix(self) -> &'static str {
        match self {
            Self::Absent | Self::Empty | Self::Other => {
                "Add this origin to the allow-list, and answer it in Access-Control-Allow-Origin."
            }
            Self::Doubled => {
                "Set the field in one place only: the proxy or the application, not both."
            }
            Self::List => "Answer the one origin that asked, chosen from the list by the server.",
            Self::WildcardWithCredentials => {
                "Answer the origin that asked instead of `*`, or have the page send no credentials."
            }
            Self::Pattern => "Match the pattern on the server and answer the origin that asked.",
            Self::TrailingSlash => "Drop the trailing slash: an origin has none.",
            Self::Path => "Cut the value behind the host and port.",
            Self::LetterCase => "Answer the origin as the browser sends it, in lower case.",
            Self::Scheme => "Answer the page's own scheme.",
            Self::NoScheme => "Put `https://` in front of the host.",
            Self::Port => "Answer the page's own port, and none when it is the default.",
            Self::Quoted => "Drop the quotation marks.",
            Self::CredentialsAbsent => "Send `Access-Control-Allow-Credentials: true`.",
            Self::CredentialsMisspelt => "Spell the value `true`, in lower case and once.",
        }
    }
}

/// Whether `reply` lets the page of `call` read it.
///
/// # Errors
/// The one fault on which the CORS check fails.
pub fn access_check(call: &Call, reply: &Reply) -> Result<(), AccessFault> {
    let allowed = reply
        .combined("access-control-allow-origin")
        .ok_or(AccessFault::Absent)?;
    if !call.credentials && allowed == "*" {
        return Ok(());
    }
    if allowed != call.origin {
        let fields = reply.values("access-control-allow-origin").count();
        return Err(origin_fault(call.origin, &allowed, fields));
    }
    if !call.credentials {
        return Ok(());
    }
    match reply
        .combined("access-control-allow-credentials")
        .as_deref()
    {
        Some("true") => Ok(()),
        Some(_) => Err(AccessFault::CredentialsMisspelt),
        None => Err(AccessFault::CredentialsAbsent),
    }
}

/// Names the difference between the origin that asked and the value that was answered.
fn origin_fault(origin: &str, allowed: &str, fields: usize) -> AccessFault {
    let lower = allowed.to_ascii_lowercase();
    let behind = lower.strip_prefix(origin);
    match () {
        () if fields > 1 => AccessFault::Doubled,
        () if allowed.is_empty() => AccessFault::Empty,
        () if allowed == "*" => AccessFault::WildcardWithCredentials,
        () if allowed.trim_matches(['"', '\'']) == origin => AccessFault::Quoted,
        () if allowed.contains([',', ' ', ';']) => AccessFault::List,
        () if allowed.contains('*') => AccessFault::Pattern,
        () if behind == Some("/") => AccessFault::TrailingSlash,
        () if behind.is_some_and(|rest| rest.starts_with('/')) => AccessFault::Path,
        () if lower == origin => AccessFault::LetterCase,
        () => near_miss(origin, &lower),
    }
}

fn near_miss(origin: &str, allowed: &str) -> AccessFault {
    let Ok(page) = Origin::parse(origin) else {
        return AccessFault::Other;
    };
    let (scheme, authority) = allowed.split_once("://").unwrap_or(("", allowed));
    let own = origin
        .split_once("://")
        .map_or("", |(_, authority)| authority);
    let host = authority
        .strip_suffix(|c: char| c.is_ascii_digit())
        .map_or(authority, |cut| {
            cut.trim_end_matches(|c: char| c.is_ascii_digit())
                .trim_end_matches(':')
        });
    match () {
        () if scheme.is_empty() && authority == own => AccessFault::NoScheme,
        () if scheme != page.scheme() && authority == own => AccessFault::Scheme,
        () if scheme == page.scheme() && host == page.host() => AccessFault::Port,
        () => AccessFault::Other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{AccessFault, access_check};
    use crate::wire::cors::{Call, Reply};

    const PAGE: &str = "https://a.example";

    /// ACAO fields, ACAC fields; then the answer without and with credentials.
    type Case = (
        &'static [&'static str],
        &'static [&'static str],
        Result<(), AccessFault>,
        Result<(), AccessFault>,
    );

    #[rustfmt::skip]
    const CASES: &[Case] = &[
        (&[],                            &["true"],         Err(AccessFault::Absent),        Err(AccessFault::Absent)),
        (&["*"],                         &[],               Ok(()),                          Err(AccessFault::WildcardWithCredentials)),
        (&["*"],                         &["true"],         Ok(()),                          Err(AccessFault::WildcardWithCredentials)),
        (&["https://a.example"],         &["true"],         Ok(()),                          Ok(())),
        (&[" https://a.example\t"],      &[" true "],       Ok(()),                          Ok(())),
        (&["https://a.example"],         &[],               Ok(()),                          Err(AccessFault::CredentialsAbsent)),
        (&["https://a.example"],         &["True"],         Ok(()),                          Err(AccessFault::CredentialsMisspelt)),
        (&["https://a.example"],         &["true", "true"], Ok(()),                          Err(AccessFault::CredentialsMisspelt)),
        (&["https://a.example", "*"],    &["true"],         Err(AccessFault::Doubled),       Err(AccessFault::Doubled)),
        (&["https://a.example", "https://a.example"], &[],  Err(AccessFault::Doubled),       Err(AccessFault::Doubled)),
        (&["https://a.example, https://b.example"],   &[],  Err(AccessFault::List),          Err(AccessFault::List)),
        (&["https://a.example https://b.example"],    &[],  Err(AccessFault::List),          Err(AccessFault::List)),
        (&["https://a.example/"],        &["true"],         Err(AccessFault::TrailingSlash), Err(AccessFault::TrailingSlash)),
        (&["https://a.example/app"],     &["true"],         Err(AccessFault::Path),          Err(AccessFault::Path)),
        (&["https://A.example"],         &["true"],         Err(AccessFault::LetterCase),    Err(AccessFault::LetterCase)),
        (&["http://a.example"],          &["true"],         Err(AccessFault::Scheme),        Err(AccessFault::Scheme)),
        (&["a.example"],                 &["true"],         Err(AccessFault::NoScheme),      Err(AccessFault::NoScheme)),
        (&["https://a.example:443"],     &["true"],         Err(AccessFault::Port),          Err(AccessFault::Port)),
        (&["https://*.example"],         &["true"],         Err(AccessFault::Pattern),       Err(AccessFault::Pattern)),
        (&["\"https://a.example\""],     &["true"],         Err(AccessFault::Quoted),        Err(AccessFault::Quoted)),
        (&["https://b.example"],         &["true"],         Err(AccessFault::Other),         Err(AccessFault::Other)),
        (&["null"],                      &["true"],         Err(AccessFault::Other),         Err(AccessFault::Other)),
        (&[""],                          &["true"],         Err(AccessFault::Empty),         Err(AccessFault::Empty)),
    ];

    fn judge(origins: &[&str], credentials: &[&str], include: bool) -> Result<(), AccessFault> {
        let fields: Vec<(&str, &str)> = origins
            .iter()
            .map(|value| ("Access-Control-Allow-Origin", *value))
            .chain(
                credentials
                    .iter()
                    .map(|value| ("access-control-allow-credentials", *value)),
            )
            .collect();
        let call = Call {
            origin: PAGE,
            method: "GET",
            headers: &[],
            credentials: include,
        };
        access_check(
            &call,
            &Reply {
                status: 401,
                fields: &fields,
            },
        )
    }

    #[test]
    fn every_answer_has_one_cause() {
        for (origins, credentials, without, with) in CASES {
            assert_eq!(
                judge(origins, credentials, false),
                *without,
                "{origins:?} omit"
            );
            assert_eq!(
                judge(origins, credentials, true),
                *with,
                "{origins:?} {credentials:?} include"
            );
        }
    }

    #[test]
    fn null_is_an_origin_like_any_other() {
        let call = Call {
            origin: "null",
            method: "GET",
            headers: &[],
            credentials: false,
        };
        let fields = [("Access-Control-Allow-Origin", "null")];
        assert_eq!(
            access_check(
                &call,
                &Reply {
                    status: 200,
                    fields: &fields
                }
            ),
            Ok(())
        );
    }

    proptest! {
        /// With credentials, only the origin itself beside `true` passes, whatever is sent.
        #[test]
        fn only_equal_bytes_pass(origins in prop::collection::vec(any::<String>(), 0..3), credentials in any::<String>()) {
            let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
            assert!(judge(&origins, &[&credentials], true).is_err());
        }
    }
}
