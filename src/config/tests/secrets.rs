//! Secrets by reference.

use std::io;

use super::super::{File, MissingSecrets, parse};
use super::RULES;
use crate::model::SecretRef;

const TEXT: &str = "
[[target]]
url = \"https://a.example\"
auth = { scheme = \"bearer\", token = { env = \"TOKEN\" }, other = { file = \"other.token\" } }
login = { post = \"/login\", known_user = { env = \"USER_NAME\" } }
endpoint = [{ get = \"/\", send_headers = { X-Trace = { env = \"TOKEN\" } } }]
";

fn file() -> File {
    parse(TEXT, "deploy/targets.toml", RULES).unwrap()
}

fn set(from: &SecretRef) -> String {
    match from {
        SecretRef::Env(name) => format!("value of {name}"),
        SecretRef::File(_) => "first line\nsecond line\n".to_owned(),
    }
}

#[test]
fn values_are_found_by_reference() {
    let mut file = file();
    let secrets = file
        .resolve(MissingSecrets::Refuse, &|from| Ok(Some(set(from))))
        .unwrap();
    let found = |from: SecretRef| secrets.get(&from).map(|secret| secret.expose().to_owned());
    assert_eq!(
        found(SecretRef::Env("TOKEN".to_owned())).unwrap(),
        "value of TOKEN"
    );
    // Beside the target file, and only its first line.
    let other = SecretRef::File("deploy/other.token".to_owned());
    assert_eq!(found(other).unwrap(), "first line");
    assert_eq!(secrets.len(), 3);
    assert!(
        file.targets[0]
            .identities_mut()
            .all(|identity| identity.available)
    );
}

#[test]
fn what_is_not_set_ends_the_run() {
    let lookup = |from: &SecretRef| match from {
        SecretRef::Env(name) if name == "TOKEN" => Ok(None),
        SecretRef::Env(_) => Ok(Some(String::new())),
        SecretRef::File(_) => Err(io::ErrorKind::NotFound.into()),
    };
    let Err(faults) = file().resolve(MissingSecrets::Refuse, &lookup) else {
        panic!("nothing was set");
    };
    insta::assert_snapshot!(faults.render(false));
}

#[test]
fn or_is_marked_as_missing() {
    let lookup = |from: &SecretRef| match from {
        SecretRef::Env(name) if name == "TOKEN" => Ok(None),
        SecretRef::Env(_) | SecretRef::File(_) => Ok(Some(set(from))),
    };
    let mut file = file();
    let secrets = file.resolve(MissingSecrets::Skip, &lookup).unwrap();
    assert_eq!(secrets.len(), 2);
    let target = &mut file.targets[0];
    let missing = target
        .identities_mut()
        .filter(|identity| !identity.available);
    // The scheme's token and the header field of the endpoint are the same variable.
    assert_eq!(missing.count(), 2);
}

#[test]
fn what_cannot_be_sent_is_refused_and_not_shown() {
    let lookup = |_: &SecretRef| Ok(Some("hunter2\r\nX-Evil: 1".to_owned()));
    for policy in [MissingSecrets::Refuse, MissingSecrets::Skip] {
        let Err(faults) = file().resolve(policy, &lookup) else {
            panic!("a line break would end the header field");
        };
        let report = faults.render(false);
        assert!(report.contains("$TOKEN holds a line break"), "{report}");
        assert!(!report.contains("hunter2"), "{report}");
    }
}
