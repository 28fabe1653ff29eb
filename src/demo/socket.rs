//! The server's side of a WebSocket that echoes.

use std::io::{self, Read, Write};

use tungstenite::WebSocket;
use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::{Role, WebSocketConfig};

use super::message::Request;

/// The largest message it takes, in bytes.
const MAX_MESSAGE: usize = 64 * 1024;

/// Answers the opening handshake (RFC 6455 §4.2.2) and echoes messages until the client closes.
pub(super) fn echo<S: Read + Write>(mut stream: S, request: &Request) -> io::Result<()> {
    let key = request.field("sec-websocket-key").unwrap_or_default();
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        derive_accept_key(key.as_bytes()),
    );
    stream.write_all(head.as_bytes())?;
    stream.flush()?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, Some(config));
    // tungstenite answers pings and closes itself; an error ends the conversation.
    while let Ok(message) = socket.read() {
        if (message.is_text() || message.is_binary()) && socket.send(message).is_err() {
            break;
        }
    }
    Ok(())
}
