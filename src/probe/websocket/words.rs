//! What a trial does, in words: a dry run lists what would be sent, the messages included.

use super::trial;
use crate::model::{Attempt, SocketAsk, SocketFault, WebSocketContract};
use crate::plan::websocket::Handshake;
use crate::wire::websocket::NOT_JSON;

/// Who connects, from where, and what is said then.
pub(super) fn of(one: &Handshake, contract: &WebSocketContract) -> String {
    let from = one.origin.as_ref();
    let from = from.map(|origin| format!(" from {}", origin.value));
    let mut said = said(one, contract);
    if let Some(first) = contract.first.as_ref().filter(|_| is_introduced(&one.ask)) {
        said.insert(0, format!("the text `{}`", first.send));
    }
    let then = if said.is_empty() {
        String::new()
    } else {
        format!(", then {}", said.join(", then "))
    };
    format!("{}{}{then}", who(&one.ask), from.unwrap_or_default())
}

/// Whether a message brings a credential, where one is declared to.
fn is_introduced(ask: &SocketAsk) -> bool {
    let without = [SocketAsk::Credentials(Attempt::Nothing), SocketAsk::Plain];
    !without.contains(ask)
}

/// A frame is said by a client.
fn who(ask: &SocketAsk) -> String {
    let is_said = matches!(
        ask,
        SocketAsk::Fault(
            SocketFault::Oversize
                | SocketFault::Unmasked
                | SocketFault::NotUtf8
                | SocketFault::Reserved
                | SocketFault::NotJson
        )
    );
    if is_said {
        "a client".to_owned()
    } else {
        ask.to_string()
    }
}

/// Every message; pings and closes are none.
fn said(one: &Handshake, contract: &WebSocketContract) -> Vec<String> {
    let text = |text: &str| format!("the text `{text}`");
    match &one.ask {
        SocketAsk::Legitimate => {
            let echo = contract.echo.iter();
            echo.map(|echo| text(&echo.send)).collect()
        }
        SocketAsk::Held => {
            let declared = contract.broadcast.iter();
            let first = |text: String| format!("{text} on the first of them");
            declared.map(|echo| first(text(&echo.send))).collect()
        }
        SocketAsk::Fault(SocketFault::Oversize) => {
            let limit = contract.max_message.iter();
            limit
                .map(|limit| format!("a text of {} bytes", limit.0.saturating_add(1)))
                .collect()
        }
        SocketAsk::Fault(SocketFault::NotJson) => vec![text(NOT_JSON)],
        SocketAsk::Fault(
            fault @ (SocketFault::Unmasked | SocketFault::NotUtf8 | SocketFault::Reserved),
        ) => vec![SocketAsk::Fault(*fault).to_string()],
        ask @ (SocketAsk::Origin | SocketAsk::Credentials(_)) => {
            let echo = trial::spoken(contract, ask).into_iter();
            echo.map(|echo| format!("{} where it opens", text(&echo.send)))
                .collect()
        }
        SocketAsk::Control
        | SocketAsk::Plain
        | SocketAsk::Fault(
            SocketFault::Version
            | SocketFault::NoKey
            | SocketFault::BadKey
            | SocketFault::NoUpgrade
            | SocketFault::NoOrigin,
        ) => Vec::new(),
    }
}
