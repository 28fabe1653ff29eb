//! A WebSocket endpoint, right but for one thing.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use tungstenite::handshake::derive_accept_key;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Bytes, Error, Message, WebSocket};

use super::{Asked, Told, tell};

/// Who may open it, and how it behaves.
pub(crate) struct Socket {
    pub(crate) path: &'static str,
    pub(crate) origins: &'static [&'static str],
    /// What the target of the handshake must end with, where a token is needed.
    pub(crate) token: &'static str,
    /// How often it pings by itself.
    pub(crate) heartbeat: Option<Duration>,
}

/// So many may be open at once where that is the defect; one less than a test holds.
const FEW: usize = 4;

/// How the token of another user ends.
const OTHERS: &str = "rZXktNzc";

/// The largest message it takes.
const LARGEST: usize = 64 << 10;

impl Socket {
    /// Answers a handshake and what is said behind it. `open` is shared by all open sockets.
    pub(crate) fn serve(
        &self,
        mut stream: TcpStream,
        asked: &Asked,
        defect: &str,
        open: &Arc<()>,
    ) -> Option<()> {
        if defect == "few sockets" && Arc::strong_count(open) > FEW {
            return tell(&mut stream, asked, &Told::text(409, "too many"));
        }
        let _held = Arc::clone(open);
        if let Some(refusal) = self.refusal(asked, defect) {
            return tell(&mut stream, asked, &refusal);
        }
        let accept = match defect {
            "wrong accept" => "c2Vhd29ydGh5".to_owned(),
            _ => derive_accept_key(asked.field("sec-websocket-key")?.as_bytes()),
        };
        let head = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: keep-alive, \
             Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        std::io::Write::write_all(&mut stream, head.as_bytes()).ok()?;
        stream.set_read_timeout(self.pause(defect)).ok()?;
        let largest = Some(if defect == "oversize" {
            1 << 24
        } else {
            LARGEST
        });
        let config = WebSocketConfig::default()
            .max_message_size(largest)
            .max_frame_size(largest);
        let socket = WebSocket::from_raw_socket(stream, Role::Server, Some(config));
        converse(socket, defect)
    }

    fn refusal(&self, asked: &Asked, defect: &str) -> Option<Told> {
        let origin = asked.field("origin").unwrap_or_default();
        let token = asked.target.ends_with(self.token);
        let token = token
            || match defect {
                "socket without token" => true,
                "socket takes garbage" => asked
                    .target
                    .split("token=")
                    .nth(1)
                    .is_some_and(|token| !token.is_empty()),
                "socket takes another's" => asked.target.ends_with(OTHERS),
                _ => false,
            };
        let versioned = asked.field("sec-websocket-version") == Some("13");
        let welcome = defect == "socket for all"
            || (defect == "socket for null" && origin == "null")
            || self.origins.contains(&origin)
            || self.origins.is_empty();
        match () {
            () if asked.path() != self.path || defect == "no socket" => {
                Some(Told::text(404, "no socket here"))
            }
            () if !versioned || asked.field("sec-websocket-key").is_none() => {
                Some(Told::text(426, "").with("Sec-WebSocket-Version", "13"))
            }
            () => (!welcome || !token).then(|| Told::text(403, "no")),
        }
    }

    /// How long to read before a ping is due.
    fn pause(&self, defect: &str) -> Option<Duration> {
        match defect {
            "no heartbeat" => None,
            "closes idle" => Some(Duration::from_millis(500)),
            _ => self.heartbeat,
        }
    }
}

fn converse(mut socket: WebSocket<TcpStream>, defect: &str) -> Option<()> {
    loop {
        if defect == "slow socket" {
            std::thread::sleep(Duration::from_millis(700));
        }
        match socket.read() {
            Ok(Message::Text(text)) => {
                answer(&mut socket, text.as_str(), defect)?;
            }
            Ok(_) => {}
            Err(Error::Capacity(_)) => close(&mut socket, CloseCode::Size)?,
            Err(Error::Io(_)) if defect == "closes idle" => close(&mut socket, CloseCode::Away)?,
            Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                socket.send(Message::Ping(Bytes::new())).ok()?;
            }
            Err(_) => return None,
        }
    }
}

/// Messages are JSON; what is not is said to be wrong, in words that give nothing away.
fn answer(socket: &mut WebSocket<TcpStream>, text: &str, defect: &str) -> Option<()> {
    let is_json = serde_json::from_str::<serde_json::Value>(text).is_ok();
    let said = match (is_json, defect) {
        (true, "no pong") => r#"{"type":"error"}"#,
        (true, _) => r#"{"type":"pong"}"#,
        (false, "socket shows trace") => TRACE,
        (false, "socket breaks") => return close(socket, CloseCode::Error),
        (false, _) => r#"{"type":"error","detail":"not JSON"}"#,
    };
    socket.send(Message::text(said)).ok()
}

/// What an exception looks like that nobody caught.
pub(crate) const TRACE: &str = "Traceback (most recent call last):\n  File \"/app/main.py\", line \
                                3, in route\nKeyError: 'x'";

fn close(socket: &mut WebSocket<TcpStream>, code: CloseCode) -> Option<()> {
    let reason = "".into();
    socket.close(Some(CloseFrame { code, reason })).ok()
}
