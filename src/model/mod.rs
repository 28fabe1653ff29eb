//! Floor 0, the words: what every other module speaks in.
//!
//! Nothing here knows of sockets, files or protocols. A unit, a name or a state that two modules
//! share lives here and is spelt once.

pub mod made_up;
pub mod statistics;
pub mod waterfall;

mod address;
mod fail_on;
mod family;
mod grade;
mod host_override;
mod phases;
mod place;
mod pointer;
mod quantity;
mod question;
mod root_store;
mod rule_id;
mod schedule;
mod secret;
mod severity;
mod socket;
mod target;
mod threshold;
mod time;
mod topic;
mod units;
mod untrusted;
mod url;

pub use address::is_global;
pub use fail_on::FailOn;
pub use family::Family;
pub use grade::Grade;
pub use host_override::Override;
pub use phases::Phases;
pub use place::Place;
pub use pointer::Pointer;
pub use quantity::ParseQuantityError;
pub use question::{Ask, Attempt, Bypass, Control, ProxyField, Question, SocketAsk, Spelling};
pub use root_store::RootStore;
pub use rule_id::RuleId;
pub use schedule::Schedule;
pub use secret::{Secret, SecretRef, Secrets};
pub use severity::Severity;
pub use socket::SocketFault;
pub use target::{
    Assertion, AuthError, Body, CorsContract, CorsExpectation, Echo, Endpoint, HeadersPolicy,
    Identity, Kind, LatencyPolicy, Length, LoadThreshold, Login, Method, RateLimit, Reject, Scheme,
    SchemeKind, Source, StatusSet, Target, TlsPolicy, TlsProfile, Waiver, WebSocketContract,
    WebSocketOrigins,
};
pub use threshold::{
    Comparison, ParseThresholdError, PartsPerMillion, PerThousandSeconds, Threshold,
};
pub use time::Timestamp;
pub use topic::Topic;
pub use units::{Bytes, Micros, Millis, Seconds};
pub use untrusted::{Untrusted, WORKFLOW_COMMANDS, is_invisible};
pub use url::{Host, ParseUrlError, Url, UrlScheme, is_metadata_address, normal_path};
