//! A TCP stream that ends at its deadline.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::deadline::Deadline;

/// A stream whose every read and write ends at one absolute [`Deadline`], and within a fraction of
/// a second of an interruption. `set_read_timeout` alone is no deadline: a byte a second, or an
/// endless run of empty frames, would stretch it for ever.
#[derive(Debug)]
pub struct DeadlineSock {
    stream: TcpStream,
    deadline: Deadline,
    timeout: Option<std::time::Duration>,
}

impl DeadlineSock {
    /// Puts a connected stream under a deadline.
    #[must_use]
    pub fn new(stream: TcpStream, deadline: Deadline) -> Self {
        Self {
            stream,
            deadline,
            timeout: None,
        }
    }

    /// The deadline in force.
    #[must_use]
    pub fn deadline(&self) -> &Deadline {
        &self.deadline
    }

    /// Puts the stream under another deadline, for the next exchange over it.
    pub fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    /// The peer.
    ///
    /// # Errors
    /// When the stream is not connected any more.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }

    /// The stream itself, for socket options.
    #[must_use]
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    fn arm(&mut self) -> io::Result<()> {
        let slice = self.deadline.slice();
        if slice.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        // Zero means "no timeout" to the system; anything below a millisecond may round to it.
        let slice = slice.max(std::time::Duration::from_millis(1));
        if self.timeout != Some(slice) {
            self.stream.set_read_timeout(Some(slice))?;
            self.stream.set_write_timeout(Some(slice))?;
            self.timeout = Some(slice);
        }
        Ok(())
    }

    fn patiently<T>(
        &mut self,
        mut act: impl FnMut(&mut TcpStream) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            self.arm()?;
            match act(&mut self.stream) {
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                done => return done,
            }
        }
    }
}

impl Read for DeadlineSock {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.patiently(|stream| stream.read(buffer))
    }
}

impl Write for DeadlineSock {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.patiently(|stream| stream.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
