//! Answers that are hardly HTTP, and answers that are cut.

use crate::peers::{self, Must, Peer};

/// What comes for every request, and what is to be said of it; the connection is kept.
#[rustfmt::skip]
const BYTES: &[(&str, &[u8], Must)] = &[
    ("nothing but line ends",      b"\r\n\r\n\r\n",                                       Must::Unknown("timed out")),
    ("zeros",                      b"\0\0\0\0\0\0\0\0\r\n\r\n",                           Must::Unknown("not the protocol")),
    ("SSH",                        b"SSH-2.0-OpenSSH_9.9\r\n",                            Must::Unknown("timed out")),
    ("SMTP",                       b"220 mail ESMTP\r\n",                                 Must::Unknown("timed out")),
    ("FTP",                        b"220 ready\r\n\r\n",                                  Must::Unknown("not the protocol")),
    ("Redis",                      b"-ERR unknown command 'GET'\r\n",                     Must::Unknown("timed out")),
    ("MySQL",                      b"\x4a\0\0\0\x0a8.0.36\0\r\n\r\n",                     Must::Unknown("not the protocol")),
    ("a TLS alert",                b"\x15\x03\x01\x00\x02\x02\x46",                       Must::Unknown("timed out")),
    ("an HTTP/2 preface",          b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",                   Must::Unknown("not the protocol")),
    ("HTTP/2 settings",            b"\0\0\0\x04\0\0\0\0\0\r\n\r\n",                       Must::Unknown("not the protocol")),
    ("HTTP/0.9",                   b"<title>Shop</title>\r\n\r\n",                        Must::Unknown("not the protocol")),
    ("HTTP/9.9",                   b"HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",       Must::Read),
    ("no version",                 b"HTTP 200 OK\r\nContent-Length: 0\r\n\r\n",           Must::Fail("headers/field-malformed")),
    ("a status of two digits",     b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",        Must::Unknown("not three digits")),
    ("a status of four digits",    b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",      Must::Unknown("not three digits")),
    ("a status in letters",        b"HTTP/1.1 ABC OK\r\nContent-Length: 0\r\n\r\n",       Must::Unknown("not three digits")),
    ("a negative status",          b"HTTP/1.1 -20 OK\r\nContent-Length: 0\r\n\r\n",       Must::Unknown("not three digits")),
    ("no status",                  b"HTTP/1.1\r\nContent-Length: 0\r\n\r\n",              Must::Unknown("not three digits")),
    ("ICY",                        b"ICY 200 OK\r\nContent-Length: 0\r\n\r\n",            Must::Fail("headers/field-malformed")),
    ("an escape in the reason",    b"HTTP/1.1 200 \x1b[2J\r\nContent-Length: 0\r\n\r\n",  Must::Read),
    ("two lengths",                b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", Must::Unknown("the framing of the body broke off")),
    ("a length in letters",        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nab", Must::Unknown("before its end")),
    ("a negative length",          b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",   Must::Unknown("before its end")),
    ("a length beyond 64 bits",    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nab", Must::Unknown("before its end")),
    ("a length with a sign",       b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab",   Must::Unknown("before its end")),
    ("a length and chunks",        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Must::Read),
    ("a chunk of no size",         b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n", Must::Unknown("the framing of the body broke off")),
    ("a chunk beyond 64 bits",     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", Must::Unknown("the framing of the body broke off")),
    ("chunks in gzip",             b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", Must::Read),
    ("an odd transfer coding",     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: odd\r\n\r\nab", Must::Unknown("before its end")),
    ("gzip that is none",          b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab", Must::Unknown("cannot be decoded as gzip")),
    ("br that is none",            b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nab",   Must::Unknown("cannot be decoded as br")),
    ("zstd that is none",          b"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 2\r\n\r\nab", Must::Unknown("cannot be decoded as zstd")),
    ("deflate that is none",       b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 2\r\n\r\nab", Must::Unknown("cannot be decoded as deflate")),
    ("an odd coding",              b"HTTP/1.1 200 OK\r\nContent-Encoding: odd\r\nContent-Length: 2\r\n\r\nab", Must::Unknown("which is not decoded")),
    ("many codings",               b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, gzip, gzip\r\nContent-Length: 2\r\n\r\nab", Must::Unknown("which is not decoded")),
    ("an endless row of 1xx",      b"HTTP/1.1 103 A\r\n\r\nHTTP/1.1 102 B\r\n\r\nHTTP/1.1 100 C\r\n\r\n", Must::Unknown("timed out")),
    ("two answers for one",        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb", Must::Fail("headers/content-type-missing")),
    ("a field without a name",     b"HTTP/1.1 200 OK\r\n: a\r\nContent-Length: 1\r\n\r\na", Must::Fail("headers/field-malformed")),
    ("a field without a colon",    b"HTTP/1.1 200 OK\r\nnone\r\nContent-Length: 1\r\n\r\na", Must::Fail("headers/field-malformed")),
    ("a zero in a field",          b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 1\r\n\r\na", Must::Fail("headers/field-malformed")),
    ("bytes of no encoding",       b"HTTP/1.1 200 OK\r\nX: \xff\xfe\xc3\x28\r\nContent-Length: 1\r\n\r\na", Must::Fail("headers/field-malformed")),
    ("a folded first line",        b"HTTP/1.1 200 OK\r\n X: a\r\nContent-Length: 1\r\n\r\na", Must::Fail("headers/field-malformed")),
    ("bare line feeds",            b"HTTP/1.1 200 OK\nContent-Length: 1\n\na",           Must::Fail("headers/field-malformed")),
    ("bare carriage returns",      b"HTTP/1.1 200 OK\rContent-Length: 1\r\ra",           Must::Unknown("timed out")),
];

/// What comes once, before the connection ends.
#[rustfmt::skip]
const CUT: &[(&str, &[u8], Must)] = &[
    ("an end at once",             b"",                                                   Must::Unknown("closed early")),
    ("an end in the version",      b"HTT",                                                Must::Unknown("not the protocol")),
    ("an end in the status",       b"HTTP/1.1 2",                                         Must::Unknown("closed early")),
    ("an end in a field",          b"HTTP/1.1 200 OK\r\nX: ",                             Must::Unknown("closed early")),
    ("an end before the body",     b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",       Must::Unknown("the connection was closed")),
    ("an end in the body",         b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",     Must::Unknown("the connection was closed")),
    ("an end in a chunk",          b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", Must::Unknown("the connection was closed")),
    ("an end between chunks",      b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", Must::Unknown("the connection was closed")),
    ("an end in the trailers",     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: a", Must::Unknown("the connection was closed")),
    ("a body that ends with it",   b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nab", Must::Fail("headers/nosniff-missing")),
    ("gzip that is cut",           b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0", Must::Unknown("cannot be decoded as gzip")),
];

pub(crate) fn all() -> Vec<Peer> {
    let answering = BYTES
        .iter()
        .map(|(name, bytes, must)| Peer::answering(*name, *bytes, *must));
    let ending = CUT
        .iter()
        .map(|(name, bytes, must)| Peer::ending(*name, *bytes, *must));
    answering.chain(ending).collect()
}

#[test]
fn every_answer_has_its_verdict() {
    peers::audit(all());
}
