//! The open socket: pings, messages, frames, silence, the end.

use crate::facts::websocket::{End, Reply, Session, Tried, WebSocketFacts};
use crate::model::{Micros, Millis, RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, ShownBy, Verdict};

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("websocket/no-pong"),
        title: "Pings are not answered",
        severity: Severity::Medium,
        rationale: "An endpoint must answer a ping. Clients and proxies that use pings to tell a \
                    dead connection from a quiet one drop this one.",
        expected: "a pong within three seconds",
        remediation: "Let the library answer pings, as it does by default; a proxy in between must \
                      pass control frames on.",
        observed_by: "A ping on an open socket.",
        references: &[Reference::Rfc(6455, "5.5.2"), Reference::Rfc(6455, "5.5.3")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(answers_pings),
    },
    Rule {
        id: RuleId::new("websocket/other-pong"),
        title: "Pongs do not carry the ping's payload",
        severity: Severity::Low,
        rationale: "A client cannot tell which ping was answered, and strict ones count it lost.",
        expected: "the payload of the ping",
        remediation: "Send the payload back as it came.",
        observed_by: "Pings with a payload on an open socket.",
        references: &[Reference::Rfc(6455, "5.5.3")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(echoes_payloads),
    },
    Rule {
        id: RuleId::new("websocket/slow-round-trip"),
        title: "Messages take longer than declared",
        severity: Severity::Low,
        rationale: "The declared round trip is what the application was built for.",
        expected: "the declared round trip beyond the network's own",
        remediation: "Look for work on the thread that reads the socket, and for proxies that \
                      buffer.",
        observed_by: "The least of five ping to pong times, less the TCP connect, which is one \
                      round trip of the network. Load of this machine can only add.",
        references: &[Reference::Rfc(6455, "5.5.2")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(is_prompt),
    },
    Rule {
        id: RuleId::new("websocket/other-reply"),
        title: "The declared message is not answered as declared",
        severity: Severity::Medium,
        rationale: "The handshake and the library work; the application behind them does not.",
        expected: "the declared answer",
        remediation: "Mend the handler, or the declaration if it is out of date.",
        observed_by: "The declared message on an open socket, and every message that follows.",
        references: &[Reference::Rfc(6455, "5.6")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(replies),
    },
    Rule {
        id: RuleId::new("websocket/frame-violation"),
        title: "The server's frames break rules that clients enforce",
        severity: Severity::Medium,
        rationale: "Browsers fail the connection over each of these.",
        expected: "frames as RFC 6455 §5 wants them",
        remediation: "Use a maintained library, and no extension that was not negotiated.",
        observed_by: "Every frame that came on sockets opened as a legitimate client.",
        references: &[Reference::Rfc(6455, "5.1"), Reference::Rfc(6455, "5.2")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(frames_well),
    },
    Rule {
        id: RuleId::new("websocket/http-on-socket"),
        title: "An HTTP answer is written on the open socket",
        severity: Severity::Low,
        rationale: "Two parts of the server write at the end of the socket. Where the answer overtakes \
                    the close frame, the client sees code 1006 instead of a clean end, now and then.",
        expected: "nothing but frames after the 101",
        remediation: "Serve the socket with a server made for it: the development server of Werkzeug \
                      answers the request once more when the handler of a socket returns.",
        observed_by: "The start of a status line where a frame should begin, before or behind the close \
                      frame of the server.",
        references: &[Reference::Rfc(6455, "4.2.2"), Reference::Rfc(6455, "5.5.1")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(speaks_frames_only),
    },
    Rule {
        id: RuleId::new("websocket/no-close-frame"),
        title: "A close is not answered",
        severity: Severity::Low,
        rationale: "The client cannot tell a clean end from a lost connection and reconnects, or \
                    waits for its timeout.",
        expected: "a close frame in answer to ours",
        remediation: "Let the library finish the closing handshake before the socket is dropped.",
        observed_by: "A close frame with code 1000, and three seconds of patience.",
        references: &[Reference::Rfc(6455, "5.5.1"), Reference::Rfc(6455, "7.1.2")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(closes_cleanly),
    },
    Rule {
        id: RuleId::new("websocket/no-heartbeat"),
        title: "The declared heartbeat does not come",
        severity: Severity::Low,
        rationale: "Proxies drop quiet connections, commonly after 60 s; clients that rely on the \
                    heartbeat drop this one.",
        expected: "a ping within one and a half of the declared interval",
        remediation: "Send pings at the declared interval.",
        observed_by: "An open socket on which nothing is said for so long.",
        references: &[Reference::Rfc(6455, "5.5.2")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(beats),
    },
    Rule {
        id: RuleId::new("websocket/closes-idle"),
        title: "A quiet socket is closed before the declared time",
        severity: Severity::Low,
        rationale: "Clients lose the connection whenever nothing happens.",
        expected: "an open socket for the declared idle time",
        remediation: "Raise the idle timeout of the server and of every proxy, or send pings.",
        observed_by: "An open socket on which nothing is said for so long.",
        references: &[Reference::Rfc(6455, "5.5.2")],
        cap: None,
        rests_on: &[Topic::SocketOpens],
        check: Check::WebSocket(stays),
    },
];

/// Judges the first session a legitimate client had.
fn of_session(facts: &WebSocketFacts, judge: impl FnOnce(&Tried, &Session) -> Verdict) -> Verdict {
    match facts.session() {
        Some((tried, session)) => judge(tried, session),
        None => Verdict::NotApplicable("no socket opened: websocket/not-opened"),
    }
}

fn fail(tried: &Tried, said: impl Into<crate::model::Untrusted>) -> Verdict {
    Verdict::Fail(vec![observe(tried, said)])
}

fn observe(tried: &Tried, said: impl Into<crate::model::Untrusted>) -> Observed {
    let observed = Observed::new(&tried.at, said).about(tried.label.as_str());
    observed.shown_by(ShownBy::Spoken)
}

fn closed_early(session: &Session) -> bool {
    matches!(session.end, End::ByServer(_)) && !session.closed_in_silence
}

fn answers_pings(facts: &WebSocketFacts) -> Verdict {
    of_session(facts, |tried, session| {
        if closed_early(session) {
            return Verdict::NotApplicable("the server closed: websocket/drops-clients");
        }
        if session.other_pong.is_some() || !session.frame_faults.is_empty() {
            return Verdict::NotApplicable(
                "answered wrongly: websocket/other-pong, websocket/frame-violation",
            );
        }
        if session.round_trips_us.len() < session.pings {
            let (lost, sent) = (session.pings - session.round_trips_us.len(), session.pings);
            return fail(tried, format!("{lost} of {sent} pings went unanswered"));
        }
        Verdict::Pass
    })
}

fn echoes_payloads(facts: &WebSocketFacts) -> Verdict {
    of_session(facts, |tried, session| match &session.other_pong {
        None if session.round_trips_us.is_empty() => {
            Verdict::NotApplicable("no pong: websocket/no-pong")
        }
        None => Verdict::Pass,
        Some(payload) if payload.raw().is_empty() => fail(tried, "a pong without payload"),
        Some(payload) => fail(tried, format!("a pong with `{}`", payload.raw())),
    })
}

fn is_prompt(facts: &WebSocketFacts) -> Verdict {
    let Some(limit) = facts.declared.rtt_over_network else {
        return Verdict::NotApplicable("no round trip is declared");
    };
    of_session(facts, |tried, session| {
        let Some(least) = session.round_trips_us.iter().min() else {
            return Verdict::NotApplicable("no pong: websocket/no-pong");
        };
        let over = *least - tried.tcp_us;
        if over <= Micros::from(limit) {
            return Verdict::Pass;
        }
        fail(
            tried,
            format!(
                "{over} beyond the network's {}, more than {limit}",
                tried.tcp_us
            ),
        )
    })
}

fn replies(facts: &WebSocketFacts) -> Verdict {
    if facts.declared.echo.is_none() && facts.declared.answered_first().is_none() {
        return Verdict::NotApplicable("no message is declared");
    }
    of_session(facts, |tried, session| match first_miss(session) {
        Some(Reply::AsDeclared) => Verdict::Pass,
        Some(Reply::Other(said)) => fail(tried, said.clone()),
        Some(Reply::Nothing) if closed_early(session) => {
            Verdict::NotApplicable("the server closed: websocket/drops-clients")
        }
        Some(Reply::Nothing) => fail(tried, "no answer within five seconds"),
        None => Verdict::NotApplicable("the socket ended first: websocket/drops-clients"),
    })
}

/// The first of the declared messages that was not answered as declared; the last otherwise.
fn first_miss(session: &Session) -> Option<&Reply> {
    let welcome = session.welcome.as_ref();
    let missed = welcome.filter(|reply| **reply != Reply::AsDeclared);
    missed.or(session.reply.as_ref()).or(welcome)
}

fn frames_well(facts: &WebSocketFacts) -> Verdict {
    of_session(facts, |tried, session| {
        let said = session.frame_faults.iter();
        Verdict::unless(said.map(|said| observe(tried, said.clone())).collect())
    })
}

fn speaks_frames_only(facts: &WebSocketFacts) -> Verdict {
    of_session(facts, |tried, session| match &session.http {
        Some(line) => fail(tried, format!("`{}` among the frames", line.raw())),
        None => Verdict::Pass,
    })
}

fn closes_cleanly(facts: &WebSocketFacts) -> Verdict {
    of_session(facts, |tried, session| match session.end {
        End::ByUs { answered: true } => Verdict::Pass,
        // After a frame it must not send, the server's side is not listened to any more.
        End::ByUs { .. } if !session.frame_faults.is_empty() => {
            Verdict::NotApplicable("not waited for: websocket/frame-violation")
        }
        End::ByUs { .. } if session.http.is_some() => {
            Verdict::NotApplicable("overtaken: websocket/http-on-socket")
        }
        End::ByUs { answered: false } => fail(tried, "no close frame came back"),
        End::ByServer(_) => Verdict::NotApplicable("the server closed first"),
        End::Open => Verdict::NotApplicable("the socket was not closed"),
    })
}

/// Whether the silence was long enough to tell.
fn listened(session: &Session, wanted: Millis) -> bool {
    session.listened_us >= Micros::from(wanted)
}

fn too_long(what: &str, time: Millis) -> Verdict {
    Verdict::NotTested(format!("waiting {time} for {what} needs --thorough"))
}

fn beats(facts: &WebSocketFacts) -> Verdict {
    let Some(interval) = facts.declared.heartbeat else {
        return Verdict::NotApplicable("no heartbeat is declared");
    };
    of_session(facts, |tried, session| {
        if session.heartbeats > 0 {
            return Verdict::Pass;
        }
        if closed_early(session) {
            return Verdict::NotApplicable("the server closed: websocket/drops-clients");
        }
        let not_due = !listened(session, interval) && facts.declared.idle.is_some();
        if session.closed_in_silence && not_due {
            return Verdict::NotApplicable("closed before one was due: websocket/closes-idle");
        }
        if session.closed_in_silence {
            let said = format!("closed after {} without a ping", session.listened_us);
            return fail(tried, said);
        }
        if !listened(session, interval) {
            return too_long("a heartbeat", interval);
        }
        fail(tried, format!("no ping in {}", session.listened_us))
    })
}

fn stays(facts: &WebSocketFacts) -> Verdict {
    let Some(idle) = facts.declared.idle else {
        return Verdict::NotApplicable("no idle time is declared");
    };
    of_session(facts, |tried, session| match &session.end {
        End::ByServer(_) if session.closed_in_silence => fail(
            tried,
            format!("closed after {} of silence", session.listened_us),
        ),
        End::ByServer(_) => Verdict::NotApplicable("the server closed: websocket/drops-clients"),
        End::ByUs { .. } | End::Open if listened(session, idle) => Verdict::Pass,
        End::ByUs { .. } | End::Open => too_long("an idle timeout", idle),
    })
}
