//! `Permissions-Policy`: a structured dictionary of features (W3C Permissions Policy §5.2).

use super::Fault;
use super::structured::{self, Bare, Item, Member};
use crate::model::Untrusted;

/// Features that Chromium, Gecko or WebKit implement or have announced, as of 2026-01.
const FEATURES: &[&str] = &[
    "accelerometer",
    "all-screens-capture",
    "ambient-light-sensor",
    "aria-notify",
    "attribution-reporting",
    "autofill",
    "autoplay",
    "battery",
    "bluetooth",
    "browsing-topics",
    "camera",
    "captured-surface-control",
    "ch-device-memory",
    "ch-downlink",
    "ch-dpr",
    "ch-ect",
    "ch-prefers-color-scheme",
    "ch-prefers-reduced-motion",
    "ch-prefers-reduced-transparency",
    "ch-rtt",
    "ch-save-data",
    "ch-ua",
    "ch-ua-arch",
    "ch-ua-bitness",
    "ch-ua-form-factors",
    "ch-ua-full-version",
    "ch-ua-full-version-list",
    "ch-ua-high-entropy-values",
    "ch-ua-mobile",
    "ch-ua-model",
    "ch-ua-platform",
    "ch-ua-platform-version",
    "ch-ua-wow64",
    "ch-viewport-height",
    "ch-viewport-width",
    "ch-width",
    "clipboard-read",
    "clipboard-write",
    "compute-pressure",
    "conversion-measurement",
    "controlled-frame",
    "cross-origin-isolated",
    "deferred-fetch",
    "deferred-fetch-minimal",
    "device-attributes",
    "digital-credentials-create",
    "digital-credentials-get",
    "direct-sockets",
    "direct-sockets-private",
    "display-capture",
    "document-domain",
    "encrypted-media",
    "execution-while-not-rendered",
    "execution-while-out-of-viewport",
    "focus-without-user-activation",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "interest-cohort",
    "join-ad-interest-group",
    "keyboard-map",
    "language-detector",
    "language-model",
    "local-fonts",
    "local-network",
    "local-network-access",
    "loopback-network",
    "magnetometer",
    "manual-text",
    "mediasession",
    "microphone",
    "midi",
    "navigation-override",
    "on-device-speech-recognition",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "popins",
    "private-aggregation",
    "private-state-token-issuance",
    "private-state-token-redemption",
    "proofreader",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "record-ad-auction-events",
    "rewriter",
    "run-ad-auction",
    "screen-wake-lock",
    "serial",
    "shared-storage",
    "shared-storage-select-url",
    "smart-card",
    "speaker-selection",
    "storage-access",
    "summarizer",
    "sub-apps",
    "sync-script",
    "sync-xhr",
    "translator",
    "trust-token-redemption",
    "unload",
    "usb",
    "usb-unrestricted",
    "vertical-scroll",
    "web-app-installation",
    "web-printing",
    "web-share",
    "window-management",
    "window-placement",
    "writer",
    "xr-spatial-tracking",
];

/// Powers a page seldom needs and a user would miss most: those a policy is written for.
pub const POWERFUL: &[&str] = &["camera", "geolocation", "microphone", "payment", "usb"];

/// Whom a feature is granted to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Every frame, `*`.
    All,
    /// No frame, not even the page itself.
    Nobody,
    /// The page, if `own`, and these origins.
    Some {
        /// `self` is in the list.
        own: bool,
        /// The quoted origins.
        origins: Vec<Untrusted>,
    },
}

/// One feature of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its name.
    pub name: Untrusted,
    /// Byte offset of the name.
    pub at: usize,
    /// Whether browsers know the feature.
    pub known: bool,
    /// Whom it is granted to.
    pub allowed: Allowed,
    /// Members that are neither `*`, `self`, `src` nor a quoted origin and are skipped.
    pub skipped: Vec<Fault>,
}

/// A policy browsers could read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermissionsPolicy {
    /// In the order of the field.
    pub features: Vec<Feature>,
    /// Byte offsets of features that had already been named; the last wins.
    pub repeated: Vec<usize>,
}

impl PermissionsPolicy {
    /// Whom the policy grants `feature`; none when it is not named.
    #[must_use]
    pub fn allowed(&self, feature: &str) -> Option<&Allowed> {
        let found = self
            .features
            .iter()
            .find(|known| known.name.raw() == feature);
        found.map(|known| &known.allowed)
    }
}

/// Reads the combined field.
///
/// # Errors
/// Where it stops being a dictionary: browsers then ignore all of it. The old `Feature-Policy`
/// syntax (`camera 'none'`) ends here.
pub fn parse(combined: &str) -> Result<PermissionsPolicy, Fault> {
    let dictionary = structured::dictionary(combined)?;
    let features = dictionary.entries.iter().map(|entry| {
        let (allowed, skipped) = allow_list(&entry.member);
        let known = FEATURES.contains(&entry.key.as_str());
        Feature {
            name: entry.key.as_str().into(),
            at: entry.at,
            known,
            allowed,
            skipped,
        }
    });
    Ok(PermissionsPolicy {
        features: features.collect(),
        repeated: dictionary.repeated,
    })
}

/// §9.5: one item or an inner list of them.
fn allow_list(member: &Member) -> (Allowed, Vec<Fault>) {
    let items = match member {
        Member::Item(item) => std::slice::from_ref(item),
        Member::InnerList(items, _) => items.as_slice(),
    };
    let (mut own, mut all, mut origins, mut skipped) = (false, false, Vec::new(), Vec::new());
    for item in items {
        match word(item) {
            Some(Word::All) => all = true,
            Some(Word::Own) => own = true,
            Some(Word::Origin(origin)) => origins.push(origin.into()),
            None => skipped.push(Fault::new(item.at, "neither *, self nor a quoted origin")),
        }
    }
    let allowed = match (all, own || !origins.is_empty()) {
        (true, _) => Allowed::All,
        (false, false) => Allowed::Nobody,
        (false, true) => Allowed::Some { own, origins },
    };
    (allowed, skipped)
}

/// What a member of an allow-list says.
enum Word<'a> {
    All,
    Own,
    Origin(&'a str),
}

fn word(item: &Item) -> Option<Word<'_>> {
    match &item.value {
        Bare::Token(token) if token == "*" => Some(Word::All),
        Bare::Token(token) if token == "self" || token == "src" => Some(Word::Own),
        Bare::String(origin) if origin.contains("://") => Some(Word::Origin(origin)),
        Bare::String(_)
        | Bare::Token(_)
        | Bare::Integer(_)
        | Bare::Decimal(_)
        | Bare::Bytes(_)
        | Bare::Boolean(_)
        | Bare::Date(_)
        | Bare::DisplayString(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowed, FEATURES, POWERFUL, parse};

    #[test]
    fn features_are_granted_by_word() {
        let policy =
            parse("camera=(), geolocation=(self \"https://a.example\"), usb=*, midi=self").unwrap();
        let own = |origins: &[&str]| Allowed::Some {
            own: true,
            origins: origins.iter().map(|origin| (*origin).into()).collect(),
        };
        assert_eq!(policy.allowed("camera"), Some(&Allowed::Nobody));
        assert_eq!(
            policy.allowed("geolocation"),
            Some(&own(&["https://a.example"]))
        );
        assert_eq!(policy.allowed("usb"), Some(&Allowed::All));
        assert_eq!(policy.allowed("midi"), Some(&own(&[])));
        assert_eq!(policy.allowed("payment"), None);
    }

    #[test]
    fn unknown_and_repeated_features_are_told() {
        let policy = parse("camera=(), teleport=(), camera=(self), usb=(none)").unwrap();
        let unknown: Vec<_> = policy.features.iter().filter(|one| !one.known).collect();
        assert_eq!(unknown.len(), 1);
        assert_eq!(policy.repeated, [24]);
        assert_eq!(policy.features.last().map(|one| one.skipped.len()), Some(1));
    }

    /// Whole policies browsers drop, and the byte where.
    #[rustfmt::skip]
    const VOID: &[(&str, usize)] = &[
        ("camera 'none'; microphone 'none'", 7),
        ("camera=(), Microphone=()",        11),
        ("camera=() geolocation=()",        10),
        ("camera=(\"self)",                 14),
        ("camera='none'",                    7),
    ];

    #[test]
    fn one_bad_byte_voids_all() {
        for (text, at) in VOID {
            assert_eq!(parse(text).map_err(|fault| fault.at), Err(*at), "{text}");
        }
    }

    #[test]
    fn the_list_is_sorted_enough_to_search() {
        assert!(POWERFUL.iter().all(|name| FEATURES.contains(name)));
    }
}
