//! Arguments that say how to look.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::model::{Millis, Override};
use crate::profile;

/// How to look.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Looking")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct LookArgs {
    /// Targets looked at at a time [default: 16]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: Option<u16>,
    /// How long one exchange may take, e.g. 10s [default: each target's own, else 10s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) timeout: Option<Millis>,
    /// How long the whole run may take
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) deadline: Option<Millis>,
    /// Cold samples to take, and warm ones as COLD,WARM [default: 6,10]
    #[arg(long, value_name = "COLD[,WARM]", value_parser = samples)]
    pub(super) samples: Option<(u32, Option<u32>)>,
    /// Trust these certificates too (PEM)
    #[arg(long, value_name = "FILE")]
    pub(super) cacert: Vec<PathBuf>,
    /// Which trust anchors count [default: bundled]
    #[arg(long, value_enum)]
    pub(super) roots: Option<Roots>,
    /// Connect to this address for that host and port
    #[arg(long, value_name = "HOST:PORT:IP")]
    pub(super) resolve: Vec<Override>,
    /// Connect through this proxy: http://, socks5:// or socks5h://, with USER:PASSWORD@ before its
    /// host; "" for none [default: https_proxy, http_proxy or all_proxy of the environment]
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,
    /// Reach these hosts without a proxy: names with all below them, addresses, networks, or * for
    /// all [default: no_proxy of the environment]
    #[arg(long, value_name = "LIST")]
    pub(super) noproxy: Option<String>,
    /// Use IPv4 addresses only
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    pub(super) ipv4: bool,
    /// Use IPv6 addresses only
    #[arg(short = '6', long)]
    pub(super) ipv6: bool,
    /// Do not judge the certificate's trust and name; marked in every report
    #[arg(long, short = 'k')]
    pub(super) insecure: bool,
    /// The User-Agent of every request
    #[arg(long, value_name = "TEXT", value_parser = field_value, default_value = concat!("seaworthy/", env!("CARGO_PKG_VERSION")))]
    pub(super) user_agent: String,
    /// Run on when a secret is not set; its checks read "not tested"
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Missing::Fail)]
    pub(super) missing_secrets: Missing,
    /// One GET per target and nothing else for headers
    #[arg(long)]
    pub(super) passive: bool,
    /// Measure declared rate limits, last
    #[arg(long)]
    pub(super) burst: bool,
    /// List every cipher suite of every TLS version, and the server's order
    #[arg(long)]
    pub(super) ciphers: bool,
    /// No SSLv2 hello: it alarms some intrusion prevention systems
    #[arg(long)]
    pub(super) no_legacy: bool,
    /// Everything, however long it takes: all WebSocket trials, heartbeats and idle times
    #[arg(long)]
    pub(super) thorough: bool,
    /// Look at every address of a name, not at one
    #[arg(long)]
    pub(super) all_addresses: bool,
    /// Send endpoints that are declared `mutating`
    #[arg(long)]
    pub(super) allow_mutation: bool,
    /// Run a load of so many users against targets that allow it, outside the grade
    #[arg(long, value_name = "USERS", conflicts_with = "passive", value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(super) load: Option<u32>,
    /// How long the load runs
    #[arg(long = "for", value_name = "TIME", value_parser = duration, requires = "load", default_value = "10s")]
    pub(super) load_for: Millis,
    /// Add what another grader would say of the header fields to the JSON report
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub(super) headers_profile: Option<ProfileName>,
    /// Conform to this Mozilla profile: modern, intermediate or old
    #[arg(long, value_enum, value_name = "PROFILE")]
    pub(super) tls_profile: Option<Profile>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileName {
    /// MDN HTTP Observatory up to 1.4.9
    #[value(name = "observatory-4")]
    Observatory4,
    /// MDN HTTP Observatory from 1.5.0 to 1.6.3
    #[value(name = "observatory-5")]
    Observatory5,
    /// MDN HTTP Observatory's repository of August 2026, unreleased: COOP and COEP count as well
    #[value(name = "observatory-6")]
    Observatory6,
    /// Google's CSP Evaluator 1.1.8
    CspEvaluator,
}

impl ProfileName {
    pub(super) const fn profile(self) -> profile::Profile {
        match self {
            Self::Observatory4 => profile::Profile::Observatory4,
            Self::Observatory5 => profile::Profile::Observatory5,
            Self::Observatory6 => profile::Profile::Observatory6,
            Self::CspEvaluator => profile::Profile::CspEvaluator,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Profile {
    /// TLS 1.3 only
    Modern,
    /// TLS 1.2 and 1.3
    Intermediate,
    /// TLS 1.0 to 1.3
    Old,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Roots {
    /// Mozilla's, compiled in
    Bundled,
    /// The operating system's
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Missing {
    /// Exit 2 before any traffic
    Fail,
    /// Run on
    Skip,
}

fn duration(text: &str) -> Result<Millis, String> {
    // A bare number is seconds, as in curl's --max-time.
    let bare = text.ends_with(|last: char| last.is_ascii_digit());
    let with_unit = format!("{text}{}", if bare { "s" } else { "" });
    let time = with_unit.parse::<Millis>().ok();
    time.filter(|time| *time > Millis(0))
        .ok_or_else(|| "a time is written 500ms, 10s or 2m, and is not nothing".to_owned())
}

fn samples(text: &str) -> Result<(u32, Option<u32>), String> {
    let fault = || "samples are written 6 or 6,10, at most 1000 each".to_owned();
    let number = |text: &str| {
        text.parse::<u32>()
            .ok()
            .filter(|n| *n <= 1000)
            .ok_or_else(fault)
    };
    match text.split_once(',') {
        Some((cold, warm)) => Ok((number(cold)?, Some(number(warm)?))),
        None => Ok((number(text)?, None)),
    }
}

/// What every server takes for the value of a field (RFC 9110 §5.5): visible ASCII, with spaces
/// between.
fn field_value(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if text.trim() == text && text.bytes().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err(
        "it is sent as it stands: letters, digits and signs of ASCII, and spaces between"
            .to_owned(),
    )
}
