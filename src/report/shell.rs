//! Words for a POSIX shell, in which references to the user's secrets are expanded and nothing else.
//!
//! A command in a report is pasted into a shell, and parts of it are a peer's: the target of a
//! redirect may say `$(…)`. Only what stands for a secret of this very target keeps its dollar.

use crate::model::Target;
use crate::wire::jwt;

/// The references that may be expanded, longest first.
pub(super) struct Shell(Vec<String>);

impl Shell {
    /// For the secrets a target refers to.
    pub(super) fn of(target: &Target) -> Self {
        let mut target = target.clone();
        let mut known: Vec<String> = Vec::new();
        for identity in target.identities_mut() {
            let from = &identity.from;
            known.extend([from.placeholder(), from.user(), from.password()]);
            known.extend(jwt::parts_in_shell(&identity.from));
        }
        known.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self(known)
    }

    /// Whether a text is a reference to a secret and nothing else.
    pub(super) fn is_secret(&self, text: &str) -> bool {
        self.0.iter().any(|known| known == text)
    }

    /// A word that a shell takes as it is stays bare.
    pub(super) fn word_if_needed(&self, text: &str) -> String {
        let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/,+".contains(&byte);
        if !text.is_empty() && text.bytes().all(bare) {
            return text.to_owned();
        }
        self.word(text)
    }

    /// One word: in single quotes, or in double ones where a secret stands in it.
    pub(super) fn word(&self, text: &str) -> String {
        if !self.0.iter().any(|known| text.contains(known.as_str())) {
            return format!("'{}'", text.replace('\'', r"'\''"));
        }
        let (mut out, mut rest) = (String::from("\""), text);
        while let Some(c) = rest.chars().next() {
            let known = self.0.iter().find(|known| rest.starts_with(known.as_str()));
            let taken = known.map_or(c.len_utf8(), String::len);
            let (piece, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
            if known.is_none() && matches!(c, '\\' | '"' | '`' | '$') {
                out.push('\\');
            }
            let glued = after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
            match piece
                .strip_prefix('$')
                .filter(|name| glued && is_variable(name))
            {
                Some(name) => out.push_str(&format!("${{{name}}}")),
                None => out.push_str(piece),
            }
            rest = after;
        }
        out.push('"');
        out
    }
}

fn is_variable(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(letter)
}

#[cfg(test)]
mod tests {
    use super::Shell;

    #[test]
    fn only_the_user_s_own_secrets_are_expanded() {
        let shell = Shell(vec![
            "$(echo $T | cut -d. -f2)".to_owned(),
            "${T%.*}".to_owned(),
            "$T".to_owned(),
        ]);
        #[rustfmt::skip]
        let cases = [
            ("plain",                         "'plain'"),
            ("it's",                          r"'it'\''s'"),
            ("http://a/$(touch x)",           "'http://a/$(touch x)'"),
            ("Authorization: Bearer $T",      "\"Authorization: Bearer $T\""),
            ("Bearer ${T%.*}.abc",            "\"Bearer ${T%.*}.abc\""),
            ("e30.$(echo $T | cut -d. -f2).", "\"e30.$(echo $T | cut -d. -f2).\""),
            ("/u/$Table/$T",                  "\"/u/${T}able/$T\""),
            ("$T $(touch x) `y` \"z\"",       "\"$T \\$(touch x) \\`y\\` \\\"z\\\"\""),
        ];
        for (text, word) in cases {
            assert_eq!(shell.word(text), word);
        }
    }
}
