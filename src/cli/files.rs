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
        remove_left_behind(&folder, &name.to_string_lossy());
        let file = File::create(&beside)?;
        claim(&file);
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
    pub(super) fn write(self, content: &str) -> io::Result<u64> {
        self.write_with(|out| out.write_all(content.as_bytes()))
    }

    /// The same for content that is written piece by piece.
    pub(super) fn write_with(
        self,
        content: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> io::Result<u64> {
        match self {
            Self::File(draft) => draft.write(content),
            Self::Stream(stream) => {
                let mut out = Counted::new(stream);
                match content(&mut out).and_then(|()| out.flush()) {
                    // As on standard output, a reader that has gone away is no error.
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                    done => done?,
                }
                Ok(out.count)
            }
        }
    }
}

impl Draft {
    fn write(self, content: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<u64> {
        let mut out = Counted::new(&self.file);
        content(&mut out)?;
        out.flush()?;
        let count = out.count;
        self.file.sync_all()?;
        if let Ok(old) = fs::metadata(&self.place) {
            self.file.set_permissions(old.permissions())?;
        }
        fs::rename(&self.beside, &self.place)?;
        Ok(count)
    }
}

/// A writer that collects pieces and counts what went through.
struct Counted<W: io::Write> {
    out: io::BufWriter<W>,
    count: u64,
}

impl<W: io::Write> Counted<W> {
    fn new(out: W) -> Self {
        Self {
            out: io::BufWriter::new(out),
            count: 0,
        }
    }
}

impl<W: io::Write> io::Write for Counted<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let written = self.out.write(piece)?;
        self.count += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already once it was written; nothing can be done where it cannot be removed.
        let _ = fs::remove_file(&self.beside);
    }
}

/// A draft younger than this may not be claimed yet.
#[cfg(unix)]
const UNCLAIMED: std::time::Duration = std::time::Duration::from_secs(60);

/// Locked for as long as the process lives, so that others see that the draft is in use. Process ids
/// would not tell: containers that share a folder have the same ones.
#[cfg(unix)]
fn claim(draft: &File) -> bool {
    use rustix::fs::{FlockOperation, flock};
    flock(draft, FlockOperation::NonBlockingLockExclusive).is_ok()
}

#[cfg(not(unix))]
fn claim(_: &File) -> bool {
    false
}

/// Removes the drafts of a report whose process was killed before it could.
#[cfg(unix)]
fn remove_left_behind(folder: &Path, name: &str) {
    let is_draft = |file: &str| {
        let rest = file
            .strip_prefix('.')
            .and_then(|rest| rest.strip_prefix(name));
        let number = rest.and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".part"));
        number.is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit()))
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if !is_draft(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let old = |file: &File| {
            let modified = file.metadata().and_then(|found| found.modified()).ok();
            let age = modified.and_then(|modified| modified.elapsed().ok());
            age.is_some_and(|age| age > UNCLAIMED)
        };
        let path = entry.path();
        if File::open(&path).is_ok_and(|file| old(&file) && claim(&file)) {
            // What cannot be removed does no harm.
            let _ = fs::remove_file(&path);
        }
    }
}

/// A lock that dies with its process is not to be had here.
#[cfg(not(unix))]
fn remove_left_behind(_: &Path, _: &str) {}

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

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, File};
    use std::time::Duration;

    use super::{Destination, claim};

    /// What lies beside a report, how old it is, whether a process holds it, and whether it is left.
    #[rustfmt::skip]
    const BESIDE: &[(&str, u64, bool, bool)] = &[
        (".r.md.1.part",        3600, false, false),
        (".r.md.4194304.part",  3600, false, false),
        (".r.md.2.part",        3600, true,  true),  // a run that takes its time
        (".r.md.3.part",        1,    false, true),  // a run that has just begun
        (".r.md.x.part",        3600, false, true),  // none of ours
        (".r.md..part",         3600, false, true),
        (".other.md.1.part",    3600, false, true),
        ("r.md",                3600, false, true),
    ];

    #[test]
    fn a_draft_that_nobody_holds_is_removed() {
        let folder = std::env::temp_dir().join(format!("seaworthy-drafts-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut held = Vec::new();
        for (name, age, is_held, _) in BESIDE {
            let file = File::create(folder.join(name)).unwrap();
            let created = file.metadata().unwrap().modified().unwrap();
            file.set_modified(created - Duration::from_secs(*age))
                .unwrap();
            if *is_held {
                assert!(claim(&file));
                held.push(file);
            }
        }
        let report = Destination::open(&folder.join("r.md")).unwrap();
        for (name, _, _, left) in BESIDE {
            assert_eq!(folder.join(name).exists(), *left, "{name}");
        }
        report.write("whole").unwrap();
        assert_eq!(fs::read_to_string(folder.join("r.md")).unwrap(), "whole");
        fs::remove_dir_all(&folder).unwrap();
    }
}
