//! Names that a probe makes up. Each run has others, so that nobody can have expected them.

/// How each begins; eight hexadecimal digits follow.
const PREFIX: &str = "sw";
const DIGITS: usize = 8;

/// What stands for all of them where two runs are compared.
const ANY: &str = "sw…";

/// A DNS label that nobody has registered.
#[must_use]
pub fn label(seed: u32) -> String {
    format!("{PREFIX}{seed:08x}")
}

/// A text as it reads whatever names were made up.
#[must_use]
pub fn without_labels(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(PREFIX) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = after_label(found) {
            out.push_str(ANY);
            rest = after;
        } else {
            out.push_str(PREFIX);
            rest = found.strip_prefix(PREFIX).unwrap_or_default();
        }
    }
    out + rest
}

/// What follows a label at the start of a text, if one stands there.
fn after_label(text: &str) -> Option<&str> {
    let (digits, after) = text.strip_prefix(PREFIX)?.split_at_checked(DIGITS)?;
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    digits.bytes().all(is_digit).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::{label, without_labels};

    #[test]
    fn only_made_up_names_are_masked() {
        #[rustfmt::skip]
        let rows = [
            ("",                                      ""),
            ("swagger",                               "swagger"),
            ("Origin https://sw150b3dad.example",     "Origin https://sw….example"),
            ("sw00000000 and swffffffff",             "sw… and sw…"),
            ("sw0000000",                             "sw0000000"),
            ("swsw01234567",                          "swsw…"),
            ("https://shop.example.sw01234567.com/é", "https://shop.example.sw….com/é"),
        ];
        for (text, masked) in rows {
            assert_eq!(without_labels(text), masked);
        }
        for seed in [0, 1, u32::MAX] {
            assert_eq!(without_labels(&label(seed)), "sw…");
        }
    }
}
