//! A small blocking HTTP/1.1 server on loopback: a thread a connection, kept alive. It serves the
//! demo and the tests, and nothing beyond this machine.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::message::{Answer, Reply, Request};
use super::socket;
use crate::net::{Deadline, Stop, dial};

/// A connection that says nothing for so long is closed.
const IDLE: Duration = Duration::from_secs(30);

/// Longer requests are not read.
const MAX_BODY: usize = 64 * 1024;

/// What a service answers. A function pointer, so that a service is plain data.
pub type Handler = fn(&Request) -> Reply;

/// A running server; it stops when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When none can be bound.
    pub fn start(tls: Option<Arc<ServerConfig>>, handler: Handler) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stopped);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if flag.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), tls) = (stream, tls.clone()) else {
                    continue;
                };
                // A client that misbehaves or leaves is no concern of the others.
                std::thread::spawn(move || serve(stream, tls, handler));
            }
        });
        Ok(Self { address, stopped })
    }

    /// The port it listens on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees the flag; where that fails it is gone already.
        let end = Deadline::within(Duration::from_secs(1), &Stop::default());
        let _ = dial::dial_any(&[self.address], &end);
    }
}

fn serve(stream: TcpStream, tls: Option<Arc<ServerConfig>>, handler: Handler) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(IDLE))?;
    match tls {
        None => converse(stream, false, handler),
        Some(config) => {
            let tls = ServerConnection::new(config).map_err(io::Error::other)?;
            converse(StreamOwned::new(tls, stream), true, handler)
        }
    }
}

/// Requests and answers in turn, until the client leaves, asks to, or opens a WebSocket.
fn converse<S: Read + Write>(stream: S, secure: bool, handler: Handler) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(mut request) = read(&mut reader)? {
        request.secure = secure;
        match handler(&request) {
            Reply::Http(answer) => {
                write(reader.get_mut(), &request, &answer)?;
                if request
                    .field("connection")
                    .is_some_and(|value| value.eq_ignore_ascii_case("close"))
                {
                    return Ok(());
                }
            }
            Reply::Echo => return socket::echo(reader.into_inner(), &request),
        }
    }
    Ok(())
}

fn read<S: Read>(reader: &mut BufReader<S>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let mut request = Request {
        method,
        target,
        ..Request::default()
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        request
            .fields
            .push((name.to_owned(), value.trim().to_owned()));
    }
    let length = request
        .field("content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    request.body = vec![0; MAX_BODY.min(length)];
    reader.read_exact(&mut request.body)?;
    Ok(Some(request))
}

fn write(stream: &mut impl Write, request: &Request, answer: &Answer) -> io::Result<()> {
    std::thread::sleep(answer.delay);
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    for (name, value) in &answer.fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if answer.status != 204 {
        head.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    if request.method != "HEAD" {
        bytes.extend_from_slice(&answer.body);
    }
    stream.write_all(&bytes)?;
    stream.flush()
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        426 => "Upgrade Required",
        500 => "Internal Server Error",
        _ => "",
    }
}
