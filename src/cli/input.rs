//! From arguments to targets, secrets and a network to use.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::args::{AuditArgs, Cli, SelectArgs};
use super::environment::{self, Environment};
use super::failure::Failure;
use super::look::{LookArgs, Missing, Profile, Roots};
use super::output::complain;
use super::proxies::proxies;
use super::verdict::PassArgs;
use crate::config::{self, Diagnostics, MissingSecrets, References, RunSettings};
use crate::demo::{Fleet, TOKEN};
use crate::evidence::{Conditions, Flag, IpVersion, Run, WireBytes, selects_family};
use crate::model::{
    Bytes, RootStore, RuleId, Schedule, SecretRef, Secrets, Target, TlsProfile, Untrusted,
};
use crate::net::resolve::{AddressFamily, Resolver};
use crate::net::scrub::Scrub;
use crate::net::{Clock, Net, Stop};
use crate::rules;

/// What is audited when nothing is named.
const DEFAULT_LIST: &str = "targets.toml";

/// What the user named: targets, and the secrets they refer to.
pub(super) struct Named {
    /// The name of the list, for reports.
    pub(super) list: String,
    /// What the files say of the run.
    pub(super) settings: RunSettings,
    pub(super) targets: Vec<Target>,
    pub(super) secrets: Secrets,
}

/// Reads target files, URLs and standard input, in the order given; then the secrets of what of them
/// is selected.
pub(super) fn named(args: &AuditArgs, environment: &Environment) -> Result<Named, Failure> {
    let given = match args.targets.as_slice() {
        [] => vec![DEFAULT_LIST.to_owned()],
        given => given.to_vec(),
    };
    let list = given.join(" ");
    let (mut targets, mut references) = (Vec::new(), References::default());
    let mut settings = RunSettings::default();
    let mut urls = Vec::new();
    for argument in given {
        if argument == "-" {
            urls.extend(urls_on_stdin()?);
        } else if let Some(url) = url(&argument) {
            urls.push(url);
        } else {
            let file = file(Path::new(&argument), environment)?;
            settings = settings.and(file.run).map_err(contradiction)?;
            targets.extend(file.targets);
            references.extend(file.references);
        }
    }
    targets.extend(config::targets_from_urls(&urls)?);
    for path in &args.waivers {
        waive(path, &mut targets)?;
    }
    select(&mut targets, &args.select)?;
    let secrets = secrets(args, &references, &mut targets)?;
    adjust(&mut targets, &args.look);
    refuse_load(&targets, &args.look)?;
    Ok(Named {
        list,
        settings,
        targets,
        secrets,
    })
}

/// Two target files that want different runs.
fn contradiction(key: &str) -> Failure {
    Failure::Usage(format!(
        "the target files disagree on `{key}` in [run]: audit them apart, or let one of them say it"
    ))
}

/// The secrets of what is selected; what is only listed needs none.
fn secrets(
    args: &AuditArgs,
    references: &References,
    targets: &mut [Target],
) -> Result<Secrets, Diagnostics> {
    let policy = match args.look.missing_secrets {
        _ if args.dry_run => MissingSecrets::StandIn,
        Missing::Fail => MissingSecrets::Refuse,
        Missing::Skip => MissingSecrets::Skip,
    };
    let (only, skip) = (&args.select.only, &args.select.skip);
    let wanted = |family| selects_family(only, skip, family);
    references.resolve(targets, &wanted, policy, &|from| match from {
        SecretRef::Env(name) => Ok(environment::variable(name)),
        SecretRef::File(path) => read(Path::new(path)).map(Some),
    })
}

/// Hands the waivers of a file to the targets it names.
fn waive(path: &Path, targets: &mut [Target]) -> Result<(), Failure> {
    let name = path.display().to_string();
    let text = read(path)
        .map_err(|error| Failure::Usage(format!("--waivers {name} cannot be read: {error}")))?;
    Ok(config::waive(&text, &name, &ids(), targets)?)
}

pub(super) fn ids() -> Vec<RuleId> {
    rules::catalogue().map(|rule| rule.id).collect()
}

/// An argument that is a URL, or means one. What names a file that is there is that file.
fn url(argument: &str) -> Option<String> {
    let is_file = !argument.contains("://") && Path::new(argument).exists();
    config::url_meant(argument).filter(|_| !is_file)
}

/// What helps somebody who named a file that is not there.
fn no_file(path: &Path, name: &str) -> String {
    if path.extension().is_some_and(|ending| ending == "toml") {
        return format!("{name} is not there; `seaworthy init` writes one");
    }
    let commands = Cli::commands();
    match config::nearest(name, commands.iter().map(String::as_str)) {
        Some(command) => format!("there is no file {name}; did you mean `seaworthy {command}`?"),
        None => format!("there is no file {name}; if it is a host, write https://{name}"),
    }
}

fn file(path: &Path, environment: &Environment) -> Result<config::File, Failure> {
    let name = path.display().to_string();
    let text = read(path).map_err(|error| {
        if error.kind() != io::ErrorKind::NotFound {
            return Failure::Usage(format!("{name} cannot be read: {error}"));
        }
        Failure::Usage(no_file(path, &name))
    })?;
    let file = config::parse(&text, &name, &ids())?;
    complain(&file.warnings.render(environment.color_stderr()));
    Ok(file)
}

/// The demo's own target file, read like any other.
pub(super) fn demo(
    fleet: &Fleet,
    select_args: &SelectArgs,
    look: &LookArgs,
) -> Result<Named, Failure> {
    let mut file = config::parse(&fleet.target_file(), "demo", &ids())?;
    let (name, value) = TOKEN;
    let secrets = file.resolve(MissingSecrets::Refuse, &|from| match from {
        SecretRef::Env(asked) if asked == name => Ok(Some(value.to_owned())),
        SecretRef::Env(_) | SecretRef::File(_) => Ok(None),
    })?;
    let mut targets = file.targets;
    select(&mut targets, select_args)?;
    adjust(&mut targets, look);
    refuse_load(&targets, look)?;
    Ok(Named {
        list: "demo".to_owned(),
        settings: file.run,
        targets,
        secrets,
    })
}

/// A file that is given by hand, as far as one may be long: what has no end is not read to it.
///
/// # Errors
/// Where it cannot be read, is longer, or is no UTF-8.
pub(super) fn read(path: &Path) -> io::Result<String> {
    read_within(File::open(path)?)
}

fn read_within(from: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    let one_more = config::MAX_BYTES as u64 + 1;
    from.take(one_more).read_to_end(&mut bytes)?;
    if bytes.len() > config::MAX_BYTES {
        let limit = Bytes(config::MAX_BYTES as u64);
        return Err(io::Error::other(format!("it has more than {limit}")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is no UTF-8"))
}

fn urls_on_stdin() -> Result<Vec<String>, Failure> {
    let text = read_within(io::stdin())
        .map_err(|error| Failure::Usage(format!("standard input cannot be read: {error}")))?;
    let lines = text.lines().map(str::trim);
    Ok(lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect())
}

fn select(targets: &mut Vec<Target>, args: &SelectArgs) -> Result<(), Failure> {
    if targets.is_empty() {
        return Err(Failure::Nothing("no target was given".to_owned()));
    }
    if args.names.is_empty() {
        return Ok(());
    }
    let known: Vec<String> = targets.iter().map(|target| target.name.clone()).collect();
    if let Some(unknown) = args.names.iter().find(|name| !known.contains(name)) {
        let known = known.join(", ");
        let unknown = Untrusted::from(unknown.as_str()).terminal();
        return Err(Failure::Nothing(format!(
            "no target is named {unknown}; there are: {known}"
        )));
    }
    targets.retain(|target| args.names.contains(&target.name));
    Ok(())
}

/// A load that no target allows would be a run without the load that was asked for.
fn refuse_load(targets: &[Target], look: &LookArgs) -> Result<(), Failure> {
    if look.load.is_none() || targets.iter().any(|target| target.allow_load) {
        return Ok(());
    }
    Err(Failure::Usage(
        "--load is for targets that allow it, and none does; where its owner agrees, add \
         `allow_load = true` to its [[target]]"
            .to_owned(),
    ))
}

/// Flags that override what every target declares.
fn adjust(targets: &mut [Target], args: &LookArgs) {
    for target in targets {
        if let Some(timeout) = args.timeout {
            target.timeout = timeout;
        }
        if let Some(profile) = args.tls_profile {
            target.tls.profile = Some(match profile {
                Profile::Modern => TlsProfile::Modern,
                Profile::Intermediate => TlsProfile::Intermediate,
                Profile::Old => TlsProfile::Old,
            });
        }
        if let Some((cold, warm)) = args.samples {
            target.latency.cold = cold;
            target.latency.warm = warm.unwrap_or(target.latency.warm);
        }
    }
}

/// What was asked of the run, as the evidence keeps it.
///
/// # Errors
/// [`Failure::Usage`] where `--skip` takes away all that `--only` asks for.
pub(super) fn run(
    list: String,
    select: &SelectArgs,
    pass: &PassArgs,
    look: &LookArgs,
    extra_roots: Vec<WireBytes>,
) -> Result<Run, Failure> {
    let run = Run {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        list,
        fail_on: pass.fail_on.unwrap_or_default().least,
        min_grade: pass.min_grade,
        strict: pass.strict,
        only: select.only.clone(),
        skip: select.skip.clone(),
        conditions: conditions(look, extra_roots),
    };
    if rules::catalogue().any(|rule| run.selects_rule(rule.id.as_str())) {
        return Ok(run);
    }
    Err(Failure::Usage(
        "--only and --skip leave no rule to judge by".to_owned(),
    ))
}

/// The run of a command that judges by somebody else's rules.
pub(super) fn bare_run(look: &LookArgs, extra_roots: Vec<WireBytes>) -> Run {
    Run {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        list: String::new(),
        fail_on: None,
        min_grade: None,
        strict: false,
        only: Vec::new(),
        skip: Vec::new(),
        conditions: conditions(look, extra_roots),
    }
}

fn conditions(look: &LookArgs, extra_roots: Vec<WireBytes>) -> Conditions {
    Conditions {
        insecure: look.insecure,
        user_agent: look.user_agent.clone(),
        roots: match look.roots {
            Some(Roots::System) => RootStore::System,
            Some(Roots::Bundled) | None => RootStore::Bundled,
        },
        extra_roots,
        cacert: look
            .cacert
            .iter()
            .map(|path| path.display().to_string())
            .collect(),
        resolve: look.resolve.iter().map(ToString::to_string).collect(),
        address_family: match (look.ipv4, look.ipv6) {
            (true, _) => Some(IpVersion::V4),
            (_, true) => Some(IpVersion::V6),
            (false, false) => None,
        },
        load: look
            .load
            .and_then(|users| Schedule::new(users, look.load_for)),
        flags: flags(look),
    }
}

fn flags(look: &LookArgs) -> Vec<Flag> {
    let all = [
        (Flag::Passive, look.passive),
        (Flag::Burst, look.burst),
        (Flag::Ciphers, look.ciphers),
        (Flag::NoLegacy, look.no_legacy),
        (Flag::Thorough, look.thorough),
        (Flag::AllAddresses, look.all_addresses),
        (Flag::AllowMutation, look.allow_mutation),
    ];
    let profile = look.headers_profile.map(|name| name.profile().flag());
    let set = all.into_iter().filter(|(_, set)| *set);
    set.map(|(flag, _)| flag).chain(profile).collect()
}

/// The certificates of every `--cacert` file.
pub(super) fn extra_roots(look: &LookArgs) -> Result<Vec<WireBytes>, Failure> {
    let mut roots = Vec::new();
    for path in &look.cacert {
        let fault = |why: String| Failure::Usage(format!("--cacert {}: {why}", path.display()));
        let found: Vec<_> = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect)
            .map_err(|error| fault(error.to_string()))?;
        if found.is_empty() {
            return Err(fault("there is no certificate in it".to_owned()));
        }
        roots.extend(
            found
                .into_iter()
                .map(|certificate: CertificateDer<'_>| WireBytes(certificate.to_vec())),
        );
    }
    Ok(roots)
}

/// The network as the flags want it, and as far as the targets allow.
///
/// # Errors
/// [`Failure::Usage`] where no proxy can be made of what names one.
pub(super) fn net(
    look: &LookArgs,
    targets: &[Target],
    secrets: Secrets,
    stop: &Stop,
) -> Result<Net, Failure> {
    let proxies = proxies(look)?;
    let family = match (look.ipv4, look.ipv6) {
        (true, _) => AddressFamily::V4,
        (_, true) => AddressFamily::V6,
        (false, false) => AddressFamily::Any,
    };
    let mut overrides: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for known in &look.resolve {
        let place = (known.host.clone(), known.port);
        overrides.entry(place).or_default().push(known.address);
    }
    let system_roots = match look.roots {
        Some(Roots::Bundled) | None => Vec::new(),
        Some(Roots::System) => rustls_native_certs::load_native_certs().certs,
    };
    let metadata = targets.iter().filter(|target| target.allow_metadata);
    let metadata = metadata.map(|target| target.url.host.clone());
    let resolver = Resolver::new(overrides, family).allowing_metadata(metadata);
    Ok(Net {
        stop: stop.clone(),
        clock: Clock::start(),
        resolver: Arc::new(resolver.through(proxies)),
        user_agent: look.user_agent.clone(),
        scrub: Arc::new(Scrub::of(&secrets, targets)),
        secrets: Arc::new(secrets),
        system_roots: Arc::new(system_roots),
        handshakes: Arc::default(),
    })
}
