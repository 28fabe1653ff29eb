//! What essential questions are about: the words in which a rule says what its verdict rests on.

use super::Family;

/// A kind of essential question. A rule that passes rests on every question of its topics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The handshake, and what the hellos are answered with.
    Handshake,
    /// The answer at the target's own URL.
    Page,
    /// A declared origin reads the answer of a declared endpoint.
    AllowedOrigin,
    /// A declared origin reads an error.
    ReadableError,
    /// A declared origin's preflight for a declared call.
    Preflight,
    /// An origin that must be refused reads the answer.
    RefusedOrigin,
    /// A protected endpoint, without credentials.
    Refusal,
    /// A protected endpoint, with a credential nobody issued.
    BadCredential,
    /// A protected endpoint, with a wrong password of a user who exists.
    KnownUser,
    /// A protected endpoint, with a forged token.
    ForgedToken,
    /// A protected endpoint, with an expired token.
    ExpiredToken,
    /// A user's own data, with another user's token.
    OtherUser,
    /// A protected endpoint, with the valid credential: the control of every refusal.
    ValidCredential,
    /// A protected endpoint, without credentials and with the request varied.
    Bypass,
    /// Supplied secrets in the answers to requests that do not carry them.
    Disclosure,
    /// The login endpoint, by somebody without an account.
    Login,
    /// The login endpoint, with a quote in the name and with a broken body.
    LoginInput,
    /// The login endpoint, with a wrong password of an account that exists.
    WrongPassword,
    /// A legitimate client opens the socket: the control of every refused handshake.
    SocketOpens,
    /// A handshake from an origin that must be refused.
    SocketOrigin,
    /// A handshake without a credential, or with one nobody issued.
    SocketCredential,
    /// A handshake with a forged token.
    SocketForgedToken,
    /// A handshake with an expired token.
    SocketExpiredToken,
    /// A user's own socket, with another user's token.
    SocketOtherUser,
    /// A handshake over plain `ws`.
    SocketPlain,
    /// A message over the declared limit.
    SocketLimit,
    /// A message that is no JSON, where JSON is spoken.
    SocketError,
    /// Several sockets at once.
    SocketsAtOnce,
    /// A declared endpoint answers as declared.
    Declared,
    /// The body of a declared endpoint's answer is as declared.
    DeclaredBody,
    /// A path that must be absent.
    Absent,
    /// A method that must be refused.
    WrongMethod,
    /// A declared rate limit.
    RateLimit,
    /// Timed samples.
    Samples,
}

impl Topic {
    /// Whether its answer shows that a legitimate client is let in, without which no refusal proves
    /// anything.
    #[must_use]
    pub const fn is_control(self) -> bool {
        matches!(self, Self::ValidCredential | Self::SocketOpens)
    }

    /// The family it belongs to.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::Handshake => Family::Tls,
            Self::Page => Family::Headers,
            Self::AllowedOrigin | Self::ReadableError | Self::Preflight | Self::RefusedOrigin => {
                Family::Cors
            }
            Self::Refusal
            | Self::BadCredential
            | Self::KnownUser
            | Self::ForgedToken
            | Self::ExpiredToken
            | Self::OtherUser
            | Self::ValidCredential
            | Self::Bypass
            | Self::Disclosure
            | Self::Login
            | Self::LoginInput
            | Self::WrongPassword => Family::Auth,
            Self::SocketOpens
            | Self::SocketOrigin
            | Self::SocketCredential
            | Self::SocketForgedToken
            | Self::SocketExpiredToken
            | Self::SocketOtherUser
            | Self::SocketPlain
            | Self::SocketLimit
            | Self::SocketError
            | Self::SocketsAtOnce => Family::Websocket,
            Self::Declared
            | Self::DeclaredBody
            | Self::Absent
            | Self::WrongMethod
            | Self::RateLimit => Family::Contract,
            Self::Samples => Family::Latency,
        }
    }
}
