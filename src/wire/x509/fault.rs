//! What stands between a chain and trust: faults that clients refuse it for, and doubts that this
//! program cannot resolve.

use crate::model::Untrusted;

/// One thing between a chain and trust.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathFault {
    /// No certificate was sent, or the first one is none.
    NoLeaf,
    /// The server vouches for itself.
    SelfSigned,
    /// The chain ends in an authority that is no anchor.
    UnknownCa {
        /// Its name.
        issuer: Untrusted,
    },
    /// The issuer of the last certificate was not sent and is no anchor, though one is likely to
    /// stand above it: the certificate bears the marks of a public authority, or the user chose
    /// the anchors.
    MissingIntermediate {
        /// Its name.
        issuer: Untrusted,
    },
    /// The certificate at this place is not signed by the key of its alleged issuer.
    BadSignature {
        /// Its place.
        place: usize,
    },
    /// The signature on the certificate at this place is one that clients do not verify.
    Unverifiable {
        /// Its place.
        place: usize,
    },
    /// The certificate at this place signs others but is no authority, or not for that.
    IssuerNotAuthority {
        /// Its place.
        place: usize,
    },
    /// extKeyUsage of the certificate at this place does not allow TLS servers.
    WrongPurpose {
        /// Its place.
        place: usize,
    },
    /// The server's own certificate is marked as an authority; webpki and Firefox refuse that.
    AuthorityAsLeaf,
    /// An authority above does not allow a name of the certificate at this place.
    NameConstraint {
        /// Its place.
        place: usize,
        /// The name.
        name: Untrusted,
    },
    /// More authorities stand below the one at this place than it allows.
    PathTooLong {
        /// Its place.
        place: usize,
    },
    /// The certificate at this place has a critical extension that clients do not process
    /// (RFC 5280 §4.2).
    CriticalExtension {
        /// Its place.
        place: usize,
        /// The extension: by name where it has one, else by number.
        extension: String,
    },
    /// The certificate at this place has an extension twice (RFC 5280 §4.2).
    RepeatedExtension {
        /// Its place.
        place: usize,
        /// The extension.
        extension: String,
    },
    /// An authority demands a certificate policy that those below do not have (RFC 5280
    /// §4.2.1.11).
    PolicyMissing,
    /// There is no moment at which every certificate on the way is within its dates.
    DatesNeverMeet,
}

/// Something that clients may well accept, and that this program can neither confirm nor refute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The signature on the certificate at this place is by an algorithm or a key beyond us.
    Signature {
        /// Its place.
        place: usize,
    },
    /// The certificate at this place could not be read in full.
    Unread {
        /// Its place.
        place: usize,
    },
    /// An authority restricts a kind of name that the certificate at this place has, and that is
    /// not judged here.
    NameForm {
        /// Its place.
        place: usize,
    },
    /// webpki, the library behind rustls, refuses the chain for a reason of its own, and the
    /// checks of RFC 5280 §6 find nothing.
    Library {
        /// The reason, in our words.
        because: &'static str,
    },
}

impl PathFault {
    /// As reports for machines name it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoLeaf => "no-leaf",
            Self::SelfSigned => "self-signed",
            Self::UnknownCa { .. } => "unknown-ca",
            Self::MissingIntermediate { .. } => "missing-intermediate",
            Self::BadSignature { .. } => "bad-signature",
            Self::Unverifiable { .. } => "unverifiable",
            Self::IssuerNotAuthority { .. } => "issuer-not-authority",
            Self::WrongPurpose { .. } => "wrong-purpose",
            Self::AuthorityAsLeaf => "authority-as-leaf",
            Self::NameConstraint { .. } => "name-constraint",
            Self::PathTooLong { .. } => "path-too-long",
            Self::CriticalExtension { .. } => "critical-extension",
            Self::RepeatedExtension { .. } => "repeated-extension",
            Self::PolicyMissing => "policy-missing",
            Self::DatesNeverMeet => "dates-never-meet",
        }
    }
}

impl Doubt {
    /// As reports for machines name it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Signature { .. } => "signature",
            Self::Unread { .. } => "unread",
            Self::NameForm { .. } => "name-form",
            Self::Library { .. } => "library",
        }
    }
}
