//! Reading and writing whole files: a full disk or a kill destroys nothing that was there.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::output;

/// Puts a text in the place of a file, or makes the file, or leaves all as it is.
pub(super) fn write_at_once(file: &Path, text: &str) -> io::Result<()> {
    // A link stays a link.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let permissions = fs::metadata(&file).ok().map(|data| data.permissions());
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied));
    }
    let fresh = beside(&file);
    let written = fs::File::create_new(&fresh)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| permissions.map_or(Ok(()), |permissions| fs::set_permissions(&fresh, permissions)))
        .and_then(|()| fs::rename(&fresh, &file));
    if written.is_err() {
        // What is left of it is of no use to anybody.
        let _ = fs::remove_file(&fresh);
    }
    written
}

/// A name beside a file for what is going to take its place.
pub(super) fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    file.with_file_name(name)
}

/// All of a reader as text, if it has `most` bytes at most; an error calls it by its name.
pub(super) fn text_of(reader: impl Read, name: &str, most: usize) -> io::Result<String> {
    let mut bytes = Vec::new();
    reader.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::other(format!("{name} has {most} bytes at most")));
    }
    String::from_utf8(bytes).map_err(|error| io::Error::other(format!("it is not UTF-8: {error}")))
}

/// A name in a folder that no file has: `stem-1.lab`, `stem-2.lab`, ….
pub(super) fn free_name(folder: &Path, stem: &str) -> io::Result<PathBuf> {
    let names = (1..=NAMES_MAX).map(|number| folder.join(format!("{stem}-{number}.lab")));
    let free = names.into_iter().find(|path| fs::symlink_metadata(path).is_err());
    free.ok_or_else(|| io::Error::other(format!("there are {NAMES_MAX} files {stem}-….lab already; clear some away")))
}

/// Files of one stem in a folder.
const NAMES_MAX: u32 = 10_000;

/// A path that can be shown: names of files can hold escape sequences.
pub(super) fn shown(path: &Path) -> String {
    output::visible(&path.display().to_string())
}
