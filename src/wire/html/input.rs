//! What the parser makes of characters before anything else: hashes are taken over the result.

use std::borrow::Cow;

/// Line ends become LF ("normalize newlines", HTML §13.2.3.5), and NUL is replaced, as it is in raw
/// text and in attribute values (§13.2.5.2 to §13.2.5.4, §13.2.5.36 to §13.2.5.38).
pub(super) fn normalized(text: &str) -> Cow<'_, str> {
    if text.contains(['\r', '\0']) {
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        Cow::Owned(lines.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}
