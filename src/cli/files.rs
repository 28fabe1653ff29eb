//! Files written whole or not at all; devices, pipes and open files of this process written to.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// A place that will be written to, found writable before any traffic.
#[derive(Debug)]
pub(super) enum Destination {
    /// A file: a reader sees the old content or the new one, never half of it.
    File(Draft),
    /// What is there and is no file, such as a device or a pipe: it is written to, never replaced.
    Stream(File),
}

/// A file beside the one whose place it will take.
#[derive(Debug)]
pub(super) struct Draft {
    place: PathBuf,
    beside: PathBuf,
    file: File,
}

impl Destination {
    /// Opens what is at `path`, or a draft beside it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let there = fs::metadata(path);
        if there.as_ref().is_ok_and(fs::Metadata::is_dir) {
            return Err(io::Error::other("it is a directory"));
        }
        if there.is_ok_and(|there| !there.is_file()) || is_open_file(path) {
            let file = File::options().append(true).open(path)?;
            return Ok(Self::Stream(file));
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
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder.canonicalize()?,
            Some(_) | None => Path::new(".").canonicalize()?,
        };
        let (place, beside) = (folder.join(name), folder.join(draft));
        let file = File::create(&beside)?;
        Ok(Self::File(Draft {
            place,
            beside,
            file,
        }))
    }

    /// Opens what is at `path` to add to its end, whoever wrote to it before.
    pub(super) fn append(path: &Path) -> io::Result<Self> {
        let file = File::options().append(true).create(true).open(path)?;
        Ok(Self::Stream(file))
    }

    /// The file that will be replaced, by a path that is the same whatever it was called.
    pub(super) fn replaced(&self) -> Option<&Path> {
        match self {
            Self::File(draft) => Some(&draft.place),
            Self::Stream(_) => None,
        }
    }

    /// Writes the content, and puts a file in place. Returns its size in bytes.
    pub(super) fn write(self, content: &str) -> io::Result<usize> {
        match self {
            Self::File(draft) => draft.write(content)?,
            Self::Stream(mut stream) => match stream.write_all(content.as_bytes()) {
                // As on standard output, a reader that has gone away is no error.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                done => done?,
            },
        }
        Ok(content.len())
    }
}

impl Draft {
    fn write(mut self, content: &str) -> io::Result<()> {
        self.file.write_all(content.as_bytes())?;
        self.file.sync_all()?;
        if let Ok(old) = fs::metadata(&self.place) {
            self.file.set_permissions(old.permissions())?;
        }
        fs::rename(&self.beside, &self.place)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already once it was written; nothing can be done where it cannot be removed.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Whether a path means standard output.
pub(super) fn is_stdout(path: &Path) -> bool {
    let names = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    names.iter().any(|name| path == Path::new(name))
}

/// Whether a path names an open file of a process, as `/dev/fd/3` does. Behind it may be a file, but
/// whoever opened that wants to read it there, not one that took its place.
fn is_open_file(path: &Path) -> bool {
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    folder.is_some_and(|folder| folder.starts_with("/proc") || folder.starts_with("/dev/fd"))
        || ["/dev/stdout", "/dev/stderr"]
            .iter()
            .any(|name| path == Path::new(name))
}
