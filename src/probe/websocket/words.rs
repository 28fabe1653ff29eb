//! What a trial does, in words: a dry run lists what would be sent, the messages included.

use super::plan::{Trial, nonsense};
use crate::evidence::{Conditions, SocketFault, SocketWhy};
use crate::model::WebSocketContract;
use crate::wire::websocket::NOT_JSON;

/// Who connects, from where, and what is said then.
pub(super) fn of(trial: &Trial, contract: &WebSocketContract, conditions: &Conditions) -> String {
    let from = trial.origin.as_ref();
    let from = from.map(|origin| format!(" from {}", origin.value));
    let said: Vec<String> = said(trial, contract, conditions).into_iter().collect();
    let then = if said.is_empty() {
        String::new()
    } else {
        format!(", then {}", said.join(", then "))
    };
    format!("{}{}{then}", who(&trial.why), from.unwrap_or_default())
}

/// A fault in what is said is told where it is said.
fn who(why: &SocketWhy) -> String {
    match why {
        SocketWhy::Fault(
            SocketFault::Oversize
            | SocketFault::Unmasked
            | SocketFault::NotUtf8
            | SocketFault::Reserved,
        ) => "a client".to_owned(),
        other @ (SocketWhy::Legitimate
        | SocketWhy::Held
        | SocketWhy::Origin
        | SocketWhy::Plain
        | SocketWhy::Credentials(_)
        | SocketWhy::Fault(
            SocketFault::Version
            | SocketFault::NoKey
            | SocketFault::NoUpgrade
            | SocketFault::NoOrigin,
        )) => other.words(),
    }
}

/// Every message; pings and closes are none.
fn said(trial: &Trial, contract: &WebSocketContract, conditions: &Conditions) -> Vec<String> {
    let text = |text: &str| format!("the text `{text}`");
    match &trial.why {
        SocketWhy::Legitimate => {
            let declared = contract.echo.iter().map(|echo| text(&echo.send));
            let undeclared = nonsense(contract, conditions).then(|| text(NOT_JSON));
            declared.chain(undeclared).collect()
        }
        SocketWhy::Held => {
            let declared = contract.broadcast.iter();
            let first = |text: String| format!("{text} on the first of them");
            declared.map(|echo| first(text(&echo.send))).collect()
        }
        SocketWhy::Fault(SocketFault::Oversize) => {
            let limit = contract.max_message.iter();
            limit
                .map(|limit| format!("a text of {} bytes", limit.0.saturating_add(1)))
                .collect()
        }
        SocketWhy::Fault(SocketFault::Unmasked) => vec!["an unmasked frame".to_owned()],
        SocketWhy::Fault(SocketFault::NotUtf8) => vec!["a text that is not UTF-8".to_owned()],
        SocketWhy::Fault(SocketFault::Reserved) => vec!["a frame with a reserved bit".to_owned()],
        SocketWhy::Origin
        | SocketWhy::Credentials(_)
        | SocketWhy::Plain
        | SocketWhy::Fault(
            SocketFault::Version
            | SocketFault::NoKey
            | SocketFault::NoUpgrade
            | SocketFault::NoOrigin,
        ) => Vec::new(),
    }
}
