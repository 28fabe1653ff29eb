//! Files that every system of a kind has, told by their content: the proof of a path traversal.

/// The file whose content `body` shows, if it shows one.
///
/// Told by lines that the file always has and that prose about it does not: a shadowed account
/// line of `passwd(5)` with its seven fields, the section heads Windows' `win.ini` ships with.
#[must_use]
pub fn leaked_file(body: &str) -> Option<&'static str> {
    if body.lines().any(is_root_account) {
        return Some("/etc/passwd");
    }
    let has = |line: &str| body.lines().any(|found| found.trim_end() == line);
    (has("; for 16-bit app support") && has("[fonts]")).then_some("win.ini")
}

/// `root:x:0:0:root:/root:/bin/bash`
fn is_root_account(line: &str) -> bool {
    let fields: Vec<&str> = line.trim().split(':').collect();
    matches!(fields.as_slice(), ["root", _, "0", "0", _, home, _] if home.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::leaked_file;

    #[test]
    fn a_file_is_told_from_talk_about_it() {
        #[rustfmt::skip]
        let rows = [
            ("root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/bin/false\n", Some("/etc/passwd")),
            ("x\nroot:*:0:0:System Administrator:/var/root:/bin/sh",         Some("/etc/passwd")),
            ("; for 16-bit app support\r\n[fonts]\r\n[extensions]\r\n",       Some("win.ini")),
            ("no such file: /etc/passwd",                                   None),
            ("{\"detail\":\"root:x:0:0\"}",                                 None),
            ("[fonts]",                                                     None),
            ("",                                                            None),
        ];
        for (body, file) in rows {
            assert_eq!(leaked_file(body), file, "{body}");
        }
    }
}
