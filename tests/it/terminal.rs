//! The real program in a pseudo-terminal: what a person sees, and that their terminal is given back however it ends.
//!
//! Nothing sleeps: each step waits until the screen shows something, or fails at a deadline.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};

/// How long a step may take on a busy machine, in waits of [`WAIT`].
const WAITS_MAX: u32 = 1_500;
const WAIT: Duration = Duration::from_millis(20);

struct Lab {
    master: Box<dyn MasterPty + Send>,
    /// Kept open, so that the terminal can be asked after the program has left it.
    _slave: Box<dyn SlavePty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    parser: vt100::Parser,
}

impl Lab {
    fn open(columns: u16, rows: u16) -> Self {
        Self::open_with(columns, rows, &[])
    }

    fn open_with(columns: u16, rows: u16, environment: &[(&str, &str)]) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_driftlab"));
        command.env_remove("NO_COLOR");
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
        Self { master: pair.master, _slave: pair.slave, child, keyboard, output, raw: Vec::new(), parser }
    }

    fn type_in(&mut self, keys: &str) {
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
    fn wait_until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) {
        for _ in 0..WAITS_MAX {
            if wanted(self.parser.screen()) {
                return;
            }
            self.take_output();
        }
        panic!("the screen never showed {what}; it shows\n{}", self.parser.screen().contents());
    }

    fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contents().contains(text));
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.screen_mut().set_size(rows, columns);
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    fn send_signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// Waits until the program ends, and says how.
    fn exit_code(&mut self) -> u32 {
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
    fn assert_given_back(&mut self) {
        self.wait_until("the screen before", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        assert!(!self.parser.screen().bracketed_paste(), "pastes are still bracketed");
        let left = count(&self.raw, b"\x1b[?1049l");
        assert_eq!(left, 1, "the alternate screen was left {left} times");
        let modes = format!("{:?}", self.master.get_termios().unwrap().local_flags);
        assert!(modes.contains("ICANON") && modes.contains("ECHO"), "raw mode is still on: {modes}");
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn count(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).filter(|window| *window == part).count()
}

#[test]
fn a_partition_by_key_and_by_palette_is_seen_and_healed() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("▶ 0.1×");
    assert!(lab.parser.screen().alternate_screen() && lab.parser.screen().hide_cursor());
    lab.type_in("p");
    lab.wait_for("r1 alone, with ana");
    lab.type_in("\r");
    lab.wait_for("╳");
    lab.wait_for("·     partition r1 | r2 r3");
    lab.type_in("h");
    lab.wait_until("a healed link", |screen| !screen.contents().contains('╳'));
    lab.type_in(":partition r2 -> r4\r");
    lab.wait_for("did you mean r3?");
    lab.type_in("\x7f3\r");
    lab.wait_for("r2→r3 cut");
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_given_back();
}

#[test]
fn messages_are_seen_moving() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("▶ 0.1×");
    lab.type_in("o\r");
    lab.wait_for("G▸");
    lab.wait_until("the news everywhere", |screen| {
        let text = screen.contents();
        text.contains("= all the same") && text.contains("r3 9")
    });
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
}

#[test]
fn a_terminal_may_shrink_and_grow() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("Log");
    lab.resize(20, 5);
    lab.wait_for("20×5");
    lab.resize(120, 40);
    lab.wait_for("profile address");
    lab.resize(80, 24);
    lab.wait_until("the map and the hints again", |screen| {
        screen.contents().contains("r3 Europe") && screen.contents().contains("space run")
    });
    lab.type_in("\x03");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_given_back();
}

#[test]
fn control_c_leaves_even_an_open_list() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("space run");
    lab.type_in("o");
    lab.wait_for("ana at r1 asks");
    lab.type_in("\x03");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_given_back();
}

#[test]
fn signals_that_end_the_program_give_the_terminal_back() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut lab = Lab::open(80, 24);
        lab.wait_for("space run");
        lab.send_signal(signal);
        assert_eq!(lab.exit_code(), 0, "{signal}");
        lab.assert_given_back();
    }
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_reports() {
    let mut lab = Lab::open_with(80, 24, &[("DRIFTLAB_PANIC", "1"), ("RUST_BACKTRACE", "0")]);
    lab.wait_for("space run");
    lab.type_in("\x1b[24~");
    assert_ne!(lab.exit_code(), 0);
    lab.assert_given_back();
    lab.wait_for("F12 was pressed");
    let raw = String::from_utf8_lossy(&lab.raw).into_owned();
    let (left, report) = (raw.find("\x1b[?1049l").unwrap(), raw.find("F12 was pressed").unwrap());
    assert!(left < report, "the report went to the screen that is gone");
}

#[test]
fn without_colours_the_focus_is_still_seen() {
    let mut lab = Lab::open_with(80, 24, &[("NO_COLOR", "1")]);
    lab.wait_for("space run");
    assert!(count(&lab.raw, b"\x1b[7m") > 0, "nothing is reversed");
    assert_eq!(count(&lab.raw, b"\x1b[38;5;"), 0, "there are colours");
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
}

#[test]
fn a_dumb_terminal_is_told_what_to_do() {
    let mut lab = Lab::open_with(80, 24, &[("TERM", "dumb")]);
    assert_eq!(lab.exit_code(), 2);
    lab.wait_for("driftlab replay FILE");
    assert!(!lab.parser.screen().alternate_screen());
}

#[test]
fn without_a_terminal_the_program_says_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_driftlab")).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("needs a terminal") && text.contains("driftlab replay FILE"), "{text}");
}
