//! Character references in attribute values (HTML §13.2.5.72).

/// Numbers, and the names that URLs, policies and scripts in attributes are written with. Other
/// names stay as they are.
#[rustfmt::skip]
const NAMED: &[(&str, char)] = &[
    ("amp", '&'), ("AMP", '&'), ("lt", '<'), ("LT", '<'), ("gt", '>'), ("GT", '>'),
    ("quot", '"'), ("QUOT", '"'), ("apos", '\''), ("nbsp", '\u{a0}'),
    ("sol", '/'), ("colon", ':'), ("semi", ';'), ("comma", ','), ("period", '.'), ("equals", '='),
    ("lpar", '('), ("rpar", ')'), ("lbrack", '['), ("rbrack", ']'), ("num", '#'), ("quest", '?'),
    ("excl", '!'), ("percnt", '%'), ("plus", '+'), ("ast", '*'), ("lowbar", '_'), ("bsol", '\\'),
    ("Tab", '\t'), ("NewLine", '\n'), ("grave", '`'), ("commat", '@'), ("dollar", '$'),
];

/// `NewLine;`, in bytes.
const LONGEST_NAME: usize = 8;

/// The value with its references replaced.
pub(super) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        if let Some((c, length)) = reference(behind) {
            out.push(c);
            rest = behind.get(length..).unwrap_or("");
        } else {
            out.push('&');
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

/// The character that follows an `&`, and the bytes its reference takes.
#[must_use]
pub fn reference(text: &str) -> Option<(char, usize)> {
    if let Some(number) = text.strip_prefix('#') {
        let (digits, radix, skipped) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16, 2),
            None => (number, 10, 1),
        };
        let end = digits
            .find(|c: char| !c.is_digit(radix))
            .unwrap_or(digits.len());
        let code = digits.get(..end).filter(|digits| !digits.is_empty())?;
        let closed = usize::from(digits.get(end..)?.starts_with(';'));
        let c = u32::from_str_radix(code, radix)
            .ok()
            .and_then(char::from_u32);
        let c = c
            .filter(|c| *c != '\0')
            .unwrap_or(char::REPLACEMENT_CHARACTER);
        return Some((c, skipped + end + closed));
    }
    // No name above is longer: what a peer sends is not searched to its end for each `&`.
    let window = text
        .as_bytes()
        .get(..LONGEST_NAME)
        .unwrap_or(text.as_bytes());
    let end = window.iter().position(|byte| *byte == b';')?;
    let name = text.get(..end)?;
    let (_, c) = NAMED.iter().find(|(known, _)| *known == name)?;
    Some((*c, name.len() + 1))
}
