//! The real program, run without a terminal.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// What came of a run of the program.
pub(super) struct Run {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

/// The program with nothing of this process's surroundings that could change what it does.
pub(super) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_driftlab"));
    for name in ["CI", "LC_ALL", "LC_CTYPE", "LANG"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

pub(super) fn run(arguments: &[&str]) -> Run {
    finish(program().args(arguments))
}

/// Runs it with this on standard input.
pub(super) fn run_with_input(arguments: &[&str], input: &[u8]) -> Run {
    let mut command = program();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // It may refuse before it has read everything.
    let _ = child.stdin.take().expect("it has an input").write_all(input);
    of(child.wait_with_output().expect("it ends"))
}

pub(super) fn finish(command: &mut Command) -> Run {
    of(command.output().expect("the program starts"))
}

fn of(output: Output) -> Run {
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A folder with one script.
pub(super) struct Folder {
    folder: TempDir,
    pub(super) file: PathBuf,
}

impl Folder {
    pub(super) fn with(source: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("a.lab");
        std::fs::write(&file, source).expect("a script can be written");
        Self { folder, file }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn name(&self) -> &str {
        self.file.to_str().expect("the path is text")
    }

    pub(super) fn source(&self) -> String {
        std::fs::read_to_string(&self.file).expect("the script can be read")
    }

    /// Plays the script.
    pub(super) fn replay(&self, options: &[&str]) -> Run {
        finish(program().arg("replay").args(options).arg::<&OsStr>(self.file.as_ref()))
    }

    /// The names of all that is in the folder.
    pub(super) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).expect("the folder can be read");
        let name = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        entries.map(|entry| name(entry.expect("an entry can be read"))).collect()
    }
}
