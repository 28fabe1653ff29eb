//! Files written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file that will be written: its place was found writable before any traffic, and a reader sees
/// the old content or the new one, never half of it.
#[derive(Debug)]
pub(super) struct Destination {
    path: PathBuf,
    draft: PathBuf,
    file: File,
}

impl Destination {
    /// Opens a draft beside `path`.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::Error::other("it is a directory"));
        }
        // Follow a link to what it names; one that names nothing would be replaced by a file.
        let path = match fs::symlink_metadata(path) {
            Ok(found) if found.is_symlink() => fs::canonicalize(path)?,
            Ok(_) | Err(_) => path.to_path_buf(),
        };
        let name = path
            .file_name()
            .ok_or_else(|| io::Error::other("it names no file"))?;
        let draft = format!(".{}.{}.part", name.to_string_lossy(), std::process::id());
        let draft = path.with_file_name(draft);
        let file = File::create(&draft)?;
        Ok(Self { path, draft, file })
    }

    /// Writes the content and puts it in place. Returns its size in bytes.
    pub(super) fn write(mut self, content: &str) -> io::Result<usize> {
        self.file.write_all(content.as_bytes())?;
        self.file.sync_all()?;
        if let Ok(old) = fs::metadata(&self.path) {
            self.file.set_permissions(old.permissions())?;
        }
        fs::rename(&self.draft, &self.path)?;
        Ok(content.len())
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        // Gone already once it was written; nothing can be done where it cannot be removed.
        let _ = fs::remove_file(&self.draft);
    }
}
