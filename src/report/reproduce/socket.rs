//! What a run said on an open socket, said again by the standard library of Python: curl shows the
//! handshake and no frame, and nothing else that speaks WebSocket is installed everywhere.

use super::{only_file, resolved};
use crate::evidence::{Evidence, Frame, Payload, Request, SocketTrial};
use crate::model::{Ask, SocketAsk, UrlScheme};
use crate::report::shell::Shell;
use crate::wire::websocket::Opcode;

/// Opens the connection: its host and port are the first two arguments, and with TLS the name to
/// verify and a file of certificates to trust come next.
const PLAIN: &str = "s=socket.create_connection(sys.argv[1:3]); a=sys.argv[3:]";
const TLS: &str = "s=ssl.create_default_context(cafile=sys.argv[4] or None).wrap_socket(\
                   socket.create_connection(sys.argv[1:3]),server_hostname=sys.argv[3]); \
                   a=sys.argv[5:]";
const UNVERIFIED: &str = "s=ssl._create_unverified_context().wrap_socket(\
                          socket.create_connection(sys.argv[1:3]),server_hostname=sys.argv[3]); \
                          a=sys.argv[5:]";

/// The first argument left is how many seconds to wait behind the last frame. Sends the lines of the
/// request, up to an empty argument, and prints the answer's head. Then sends each frame at its time,
/// prints those that come, and ends with the connection or when it has waited.
///
/// One line without a statement that needs a block, so that it can be pasted. The mask is four zeros:
/// it is there, and changes nothing (RFC 6455 §5.3).
const TALK: &str = r#"n=a.index(""); s.sendall(os.fsencode("\r\n".join(a[1:n]+["",""]))); f=s.makefile("rb"); print(*[l.decode(errors="replace").strip() for l in itertools.takewhile(bytes.strip,iter(f.readline,b""))],"",sep="\n",flush=True); t=time.time(); say=lambda *x: print("%.3f"%(time.time()-t),*x,flush=True); size=lambda m,n: bytes([m|n]) if n<126 else bytes([m|126])+n.to_bytes(2,"big") if n<65536 else bytes([m|127])+n.to_bytes(8,"big"); send=lambda at,head,length,text: (time.sleep(max(0,t+float(at)-time.time())), p:=os.fsencode(text).ljust(int(length),b" " if text else b"x"), say(">",head,p[:99]), s.sendall(bytes.fromhex(head[:2])+size(int(head[2:],16),len(p))+bytes(int(head[2:],16)//32)+p)); threading.Thread(target=lambda: ([send(*x.split(":",3)) for x in a[n+1:]],time.sleep(float(a[0])),os._exit(0)),daemon=True).start(); [say("<",h.hex(),f.read((h[-1]>>7)*4+(h[-1]&127 if h[-1]&127<126 else int.from_bytes(f.read(2 if h[-1]&127==126 else 8),"big")))[:300]) for h in iter(lambda: f.read(2),b"")]; say("end")"#;

/// A library may take its time to answer a message before the socket is closed.
const BEFORE_CLOSING_MS: u64 = 1000;

/// So long a close, or a pong, is waited for.
const WAIT_S: u64 = 3;

/// A frame to be sent.
struct Said<'f> {
    /// In milliseconds, since the handshake was done.
    at: u64,
    frame: &'f Frame,
}

/// The conversation of a trial again; `None` where nothing can be said again.
pub(super) fn spoken(trial: &SocketTrial, evidence: &Evidence) -> Option<String> {
    let shell = Shell::of(&evidence.target);
    let program = shell.word(&program(&trial.request, evidence));
    let mut words = vec![format!("python3 -c {program}")];
    let silence = trial.listened.0.div_ceil(1_000_000) + 1;
    let wait = silence.max(WAIT_S);
    words.extend(handshake(&trial.request, evidence, wait, &shell));
    for said in said(trial) {
        words.push(frame(&said, &shell)?);
    }
    Some(words.join(" "))
}

/// As many sockets as were held, all at once: on one of them the declared message is said when the
/// others are open, each is pinged when that must have arrived, and then closed.
pub(super) fn together(trial: &SocketTrial, evidence: &Evidence) -> Option<String> {
    let held = |trial: &&SocketTrial| trial.question.ask == Ask::Socket(SocketAsk::Held);
    let held: Vec<&SocketTrial> = evidence.sockets.iter().filter(held).collect();
    let broadcast = evidence.target.websocket.as_ref()?.broadcast.as_ref();
    let said = |frame: &&Frame| {
        broadcast.is_some_and(|said| frame.payload.bytes.0 == said.send.as_bytes())
    };
    let speaker = held.iter().find_map(|trial| messages(trial).find(said));
    let shell = Shell::of(&evidence.target);
    let introduced: Vec<&Frame> = messages(trial).filter(|one| !said(one)).collect();
    let one = |speaker: Option<&Frame>| {
        let mut words = handshake(&trial.request, evidence, WAIT_S, &shell);
        for said in &introduced {
            words.push(frame(&Said { at: 0, frame: said }, &shell)?);
        }
        if let Some(said) = speaker {
            words.push(frame(
                &Said {
                    at: 1500,
                    frame: said,
                },
                &shell,
            )?);
        }
        words.extend(["3:8980:0:seaworthy", "4:8880:0:"].map(|text| shell.word(text)));
        Some(words.join(" "))
    };
    let (others, listener, speaker) = (held.len().checked_sub(1)?, one(None)?, one(speaker)?);
    let program = shell.word(&program(&trial.request, evidence));
    Some(format!(
        "(p={program}; for n in $(seq {others}); do python3 -c \"$p\" {listener} & done; \
         python3 -c \"$p\" {speaker}; wait)"
    ))
}

fn program(request: &Request, evidence: &Evidence) -> String {
    let (modules, open) = match request.url.scheme {
        UrlScheme::Http => ("", PLAIN),
        UrlScheme::Https if evidence.run.conditions.insecure => ("ssl,", UNVERIFIED),
        UrlScheme::Https => ("ssl,", TLS),
    };
    format!("import itertools,os,socket,{modules}sys,threading,time; {open}; {TALK}")
}

/// Where to, how long to wait, and the lines of the request up to the empty one.
fn handshake(request: &Request, evidence: &Evidence, wait: u64, shell: &Shell) -> Vec<String> {
    let (url, conditions) = (&request.url, &evidence.run.conditions);
    let name = url.host.bare();
    let connected = resolved(conditions, url).map_or_else(|| name.clone(), str::to_owned);
    let mut words = vec![connected, url.port.to_string()];
    if url.scheme == UrlScheme::Https {
        words.extend([name, only_file(conditions).unwrap_or_default().to_owned()]);
    }
    words.push(wait.to_string());
    words.push(format!("{} {} HTTP/1.1", request.method, url.target));
    words.push(format!("Host: {}", url.authority()));
    let lines = request.fields.iter();
    words.extend(lines.map(|field| format!("{}: {}", field.name, field.text())));
    words.push(String::new());
    words
        .iter()
        .map(|word| shell.word_if_needed(word))
        .collect()
}

/// What a run said by itself: pongs and a close that answer the server's are left out.
fn said(trial: &SocketTrial) -> Vec<Said<'_>> {
    let mut all: Vec<Said<'_>> = Vec::new();
    for frame in &trial.frames {
        match (frame.received, Opcode(frame.first & 0xf)) {
            (true, Opcode::CLOSE) => break,
            (true, _) | (false, Opcode::PONG) => {}
            (false, opcode) => {
                let before = all.last().map_or(0, |said| said.at);
                let pause = if opcode == Opcode::CLOSE {
                    BEFORE_CLOSING_MS
                } else {
                    0
                };
                let at = frame.after.0.div_ceil(1000).max(before + pause);
                all.push(Said { at, frame });
            }
        }
    }
    all
}

fn messages(trial: &SocketTrial) -> impl Iterator<Item = &Frame> {
    let is_message = |frame: &&Frame| !frame.received && !Opcode(frame.first & 0xf).is_control();
    trial.frames.iter().filter(is_message)
}

/// `SECONDS:FIRST BYTE AND MASK BIT:LENGTH:PAYLOAD`; a length of 0 is the payload's own.
fn frame(said: &Said<'_>, shell: &Shell) -> Option<String> {
    let (frame, payload) = (said.frame, &said.frame.payload);
    let mask = if frame.masked { 0x80 } else { 0 };
    let length = if payload.is_clipped() {
        payload.size
    } else {
        0
    };
    let (seconds, thousandths) = (said.at / 1000, said.at % 1000);
    let head = format!(
        "{seconds}.{thousandths:03}:{:02x}{mask:02x}:{length}:",
        frame.first
    );
    match std::str::from_utf8(text(payload)) {
        Ok(text) if !text.contains('\0') => Some(shell.word(&format!("{head}{text}"))),
        // What is no text no shell takes as a word.
        Err(_) if !payload.bytes.0.contains(&0) => {
            let octal = payload.bytes.0.iter().map(|byte| format!("\\{byte:03o}"));
            Some(format!(
                "{head}\"$(printf '{}')\"",
                octal.collect::<String>()
            ))
        }
        Ok(_) | Err(_) => None,
    }
}

/// What a long message begins with; the program fills it up as the run did.
fn text(payload: &Payload) -> &[u8] {
    let bytes = &payload.bytes.0;
    if !payload.is_clipped() {
        return bytes;
    }
    if bytes.iter().all(|byte| *byte == b'x') {
        return &[];
    }
    bytes.trim_ascii_end()
}

#[cfg(test)]
mod tests {
    use super::{Said, frame, said};
    use crate::evidence::{Frame, Payload, WireBytes, sample};
    use crate::model::{Micros, SocketAsk};
    use crate::report::shell::Shell;

    fn seen(received: bool, first: u8, payload: &[u8], size: u64, ms: u64) -> Frame {
        Frame {
            received,
            first,
            masked: !received && first != 0x82,
            payload: Payload {
                bytes: WireBytes(payload.to_vec()),
                size,
                ..Payload::default()
            },
            after: Micros(ms * 1000),
        }
    }

    #[test]
    fn a_frame_is_one_word() {
        #[rustfmt::skip]
        let cases: [(u8, &[u8], u64, Option<&str>); 7] = [
            (0x81, br#"{"type":"ping"}"#,   15, Some(r#"'0.250:8180:0:{"type":"ping"}'"#)),
            (0x81, b"it's",                  4, Some(r"'0.250:8180:0:it'\''s'")),
            (0x81, b"{}   ",             65537, Some("'0.250:8180:65537:{}'")),
            (0x81, b"xxxx",              65537, Some("'0.250:8180:65537:'")),
            (0x82, b"{}",                    2, Some("'0.250:8200:0:{}'")), // unmasked
            (0x88, b"\x03\xe8",              2, Some(r#"0.250:8880:0:"$(printf '\003\350')""#)),
            (0x81, b"\0",                    1, None), // no shell has a word with NUL
        ];
        let shell = Shell::of(&sample::target());
        for (first, payload, size, word) in cases {
            let frame_seen = seen(false, first, payload, size, 250);
            let one = Said {
                at: 250,
                frame: &frame_seen,
            };
            assert_eq!(frame(&one, &shell).as_deref(), word);
        }
    }

    #[test]
    fn answers_of_the_run_s_own_are_not_said_again() {
        let mut trial = sample::handshake(SocketAsk::Legitimate, None, "/ws", 101, &[]);
        trial.frames = vec![
            seen(false, 0x89, b"one", 3, 0),
            seen(true, 0x8a, b"one", 3, 1),
            seen(true, 0x89, b"beat", 4, 2),
            seen(false, 0x8a, b"beat", 4, 2),
            seen(false, 0x81, b"{}", 2, 3),
            seen(false, 0x88, b"", 0, 4),
        ];
        let times = |trial: &_| -> Vec<(u8, u64)> {
            said(trial)
                .iter()
                .map(|one| (one.frame.first, one.at))
                .collect()
        };
        assert_eq!(times(&trial), [(0x89, 0), (0x81, 3), (0x88, 1003)]);
        trial.frames.insert(5, seen(true, 0x88, b"", 0, 3));
        assert_eq!(times(&trial), [(0x89, 0), (0x81, 3)]);
    }
}
