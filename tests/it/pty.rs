//! The real program in a pseudo-terminal, with a home of its own.
//!
//! Nothing sleeps: each step waits until the screen shows something, or fails at a deadline.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use tempfile::TempDir;

/// How long a step may take on a busy machine, in waits of [`WAIT`].
const WAITS_MAX: u32 = 1_500;
const WAIT: Duration = Duration::from_millis(20);

/// A program and its terminal.
pub(super) struct Lab {
    master: Box<dyn MasterPty + Send>,
    /// Kept open, so that the terminal can be asked after the program has left it.
    _slave: Box<dyn SlavePty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    pub(super) raw: Vec<u8>,
    pub(super) parser: vt100::Parser,
    /// Its home, unless it is someone else's.
    home: Option<TempDir>,
}

impl Lab {
    pub(super) fn open(columns: u16, rows: u16) -> Self {
        Self::open_with(columns, rows, &[])
    }

    pub(super) fn open_with(columns: u16, rows: u16, environment: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut lab = Self::start(home.path(), (columns, rows), &[], environment);
        lab.home = Some(home);
        lab
    }

    /// The program with arguments on 80×24, in a home that others have lived in.
    pub(super) fn at_home(home: &Path, arguments: &[&str]) -> Self {
        Self::start(home, (80, 24), arguments, &[])
    }

    /// The program as it starts without a task, in the course.
    pub(super) fn in_course(home: &Path, options: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start(home, (80, 24), &[&["--theme", "dark"], options].concat(), environment)
    }

    fn start(home: &Path, (columns, rows): (u16, u16), arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_driftlab"));
        // Without a task the lab goes on with the course.
        if arguments.iter().all(|argument| argument.starts_with('-')) {
            command.arg("sandbox");
        }
        command.args(arguments);
        command.cwd(home);
        command.env_remove("NO_COLOR");
        command.env("HOME", home);
        command.env("XDG_STATE_HOME", home.join("state"));
        command.env("XDG_CONFIG_HOME", home.join("config"));
        for (name, value) in [("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8")].iter().chain(environment) {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keyboard = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        let parser = vt100::Parser::new(rows, columns, 0);
        Self { master: pair.master, _slave: pair.slave, child, keyboard, output, raw: Vec::new(), parser, home: None }
    }

    pub(super) fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    fn take_output(&mut self) {
        if let Ok(bytes) = self.output.recv_timeout(WAIT) {
            self.parser.process(&bytes);
            self.raw.extend(bytes);
        }
    }

    /// Waits until the screen shows what is wanted.
    pub(super) fn wait_until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        for _ in 0..WAITS_MAX {
            if wanted(self.parser.screen()) {
                return;
            }
            self.take_output();
        }
        panic!("the screen never showed {what}; it shows\n{}", self.parser.screen().contents());
    }

    pub(super) fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contents().contains(text));
    }

    /// Whether the screen shows a text within two seconds or so.
    pub(super) fn shows_soon(&mut self, text: &str) -> bool {
        (0..100).any(|_| {
            self.take_output();
            self.parser.screen().contents().contains(text)
        })
    }

    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.screen_mut().set_size(rows, columns);
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    pub(super) fn send_signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Waits until the program is stopped, as a shell sees it.
    pub(super) fn wait_until_stopped(&mut self) {
        let id = self.child.process_id().unwrap().to_string();
        for _ in 0..WAITS_MAX {
            let state = Command::new("ps").args(["-o", "stat=", "-p", &id]).output().unwrap();
            if state.stdout.starts_with(b"T") {
                return self.take_output();
            }
            self.take_output();
        }
        panic!("the program never stopped; the screen shows\n{}", self.parser.screen().contents());
    }

    /// Where a text stands on the screen, from 1.
    pub(super) fn place_of(&self, text: &str) -> (usize, usize) {
        let screen = self.parser.screen().contents();
        let found = screen.lines().zip(1..).find_map(|(line, row)| line.find(text).map(|at| (&line[..at], row)));
        let (before, row) = found.unwrap_or_else(|| panic!("there is no {text:?} on\n{screen}"));
        (before.chars().count() + 1, row)
    }

    pub(super) fn click(&mut self, (column, row): (usize, usize)) {
        self.type_in(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
    }

    /// What `:hash` says.
    pub(super) fn hash(&mut self) -> String {
        self.type_in(":hash\r");
        self.wait_for("record up to ");
        let screen = self.parser.screen().contents();
        let said = screen.split("record up to ").nth(1).unwrap();
        said.lines().next().unwrap().trim().to_owned()
    }

    /// The program is gone at once, as by `kill -9`.
    pub(super) fn kill(&mut self) {
        self.send_signal("-KILL");
        self.exit_code();
    }

    /// Waits until the program ends, and says how.
    pub(super) fn exit_code(&mut self) -> u32 {
        for _ in 0..WAITS_MAX {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            self.take_output();
        }
        let _ = self.child.kill();
        panic!("the program never ended; the screen shows\n{}", self.parser.screen().contents());
    }

    /// Holds that the terminal is as it was before the program came.
    pub(super) fn assert_given_back(&mut self) {
        self.assert_modes_are_off();
        let left = count(&self.raw, b"\x1b[?1049l");
        assert_eq!(left, 1, "the alternate screen was left {left} times");
    }

    /// Waits until the terminal does what a shell expects of it.
    pub(super) fn assert_modes_are_off(&mut self) {
        self.wait_until("the screen before, without our modes", |screen| {
            let mouse = screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
            !(screen.alternate_screen() || screen.hide_cursor() || screen.bracketed_paste() || mouse)
        });
        let modes = format!("{:?}", self.master.get_termios().unwrap().local_flags);
        assert!(modes.contains("ICANON") && modes.contains("ECHO"), "raw mode is still on: {modes}");
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// How often a part stands in bytes.
pub(super) fn count(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).filter(|window| *window == part).count()
}
