//! Numbers and vectors as TLS writes them (RFC 8446 §3).

pub(super) fn u16s(out: &mut Vec<u8>, values: impl IntoIterator<Item = u16>) {
    for value in values {
        u16(out, value);
    }
}

pub(super) fn u16(out: &mut Vec<u8>, value: u16) {
    out.extend(value.to_be_bytes());
}

/// Writes a vector behind a length of one byte; what does not fit is cut.
pub(super) fn vec8(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    body(&mut inner);
    inner.truncate(usize::from(u8::MAX));
    out.push(u8::try_from(inner.len()).unwrap_or(u8::MAX));
    out.append(&mut inner);
}

/// Writes a vector behind a length of two bytes; what does not fit is cut.
pub(super) fn vec16(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    body(&mut inner);
    inner.truncate(usize::from(u16::MAX));
    u16(out, u16::try_from(inner.len()).unwrap_or(u16::MAX));
    out.append(&mut inner);
}
