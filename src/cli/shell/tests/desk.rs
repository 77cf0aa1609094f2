//! What is on the disk: saved sittings, the journal, sittings that were not closed.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::typist::Typist;
use crate::cli::shell::conversation::End;
use crate::cli::shell::inputs::Input;
use crate::lab::language::parse::parse_script;
use crate::lab::replay::play;

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path.as_ref()).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// The names in the state folder.
fn names(home: &Path) -> Vec<String> {
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<_> = fs::read_dir(home.join("state")).unwrap().map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

fn journal(home: &Path) -> PathBuf {
    home.join("state/journal-1.lab")
}

fn digest_of(script: &str) -> u64 {
    let script = parse_script(script).unwrap_or_else(|errors| panic!("{}\n{script}", errors[0]));
    play(&script, None).unwrap().sitting.run().digest()
}

/// Ana buys, r1 is cut, two seconds pass.
fn work(typist: &mut Typist) {
    typist.keys("o Enter").wait_ms(300).keys("i").wait_ms(2_000).keys("space");
}

/// A program that is killed: nothing of it runs any more.
fn killed_after(home: &Path, work: impl FnOnce(&mut Typist)) -> u64 {
    let mut typist = Typist::at_home(home);
    work(&mut typist);
    typist.model.sitting().run().digest()
}

#[test]
fn a_saved_sitting_replays_to_the_same_record() {
    let home = home();
    let mut typist = Typist::at_home(home.path());
    work(&mut typist);
    typist.command("mark here").command("save ~/a b.lab");
    let file = home.path().join("a b.lab");
    let full = file.canonicalize().unwrap();
    assert_eq!(typist.notice(), format!("saved 11 commands to {}", full.display()));
    assert_eq!(digest_of(&read(&file)), typist.model.sitting().run().digest());
    typist.keys("h").command("save ~/a b.lab");
    assert!(typist.notice().starts_with("saved 12"), "a script takes the place of a script: {}", typist.notice());
}

#[test]
fn only_scripts_are_replaced_and_every_refusal_has_its_reason() {
    let home = home();
    let mut typist = Typist::at_home(home.path());
    for (name, text) in [("notes.txt", "buy milk\n"), ("empty.lab", ""), ("comments.py", "# only a comment\n")] {
        fs::write(home.path().join(name), text).unwrap();
        typist.command(&format!("save ~/{name}"));
        assert!(typist.notice().ends_with("that is no driftlab script; choose another name"), "{}", typist.notice());
        assert_eq!(read(home.path().join(name)), text);
    }
    fs::write(home.path().join("mine.lab"), "clients ana\n").unwrap();
    typist.command("save ~/mine.lab");
    assert!(typist.notice().starts_with("saved"), "{}", typist.notice());
    typist.command("save ~/state");
    assert!(typist.notice().contains("it is a folder"), "{}", typist.notice());
    typist.command("save ~/no/such/folder.lab");
    assert!(typist.notice().starts_with("cannot save to"), "{}", typist.notice());
    assert!(!names(home.path()).iter().any(|name| Path::new(name).extension().is_some_and(|end| end == "tmp")));
}

#[test]
fn a_command_is_in_the_journal_when_it_is_done() {
    let home = home();
    let mut typist = Typist::at_home(home.path());
    typist.wait_ms(500).keys("i");
    let text = read(journal(home.path()));
    assert!(text.contains("# scene: Three shops\n# begins with: 9\n"), "{text}");
    assert!(text.ends_with(" isolate r1\n"), "{text}");
    typist.keys("h").wait_ms(6_000);
    let text = read(journal(home.path()));
    assert!(text.contains(" heal\nat 0."), "the instant is noted now and then: {text}");
    assert!(text.starts_with(&text[..text.find(" heal").unwrap()]), "lines are only appended");
    typist.keys("space");
    assert_eq!(digest_of(&read(journal(home.path()))), typist.model.sitting().run().digest());
    typist.command("mark here").keys("u");
    let text = read(journal(home.path()));
    assert!(text.contains("isolate r1") && !text.contains("heal"), "what was undone is gone: {text}");
    assert_eq!(digest_of(&text), typist.model.sitting().run().digest());
}

#[test]
fn leaving_keeps_the_last_sitting_and_no_journal() {
    let home = home();
    let mut typist = Typist::at_home(home.path());
    work(&mut typist);
    let digest = typist.model.sitting().run().digest();
    typist.keys("q");
    assert_eq!(typist.end, Some(End::Quit));
    typist.leave();
    assert_eq!(names(home.path()), ["last-sitting.lab"]);
    let last = read(home.path().join("state/last-sitting.lab"));
    assert_eq!(digest_of(&last), digest);
    let mut typist = Typist::at_home(home.path());
    assert!(!typist.screen().contains("not closed"), "{}", typist.screen());
    typist.wait_ms(100).keys("q");
    typist.leave();
    assert_eq!(read(home.path().join("state/last-sitting.lab")), last, "nothing was done, so nothing was replaced");
}

#[test]
fn a_sitting_that_was_killed_is_offered_and_goes_on() {
    let home = home();
    let digest = killed_after(home.path(), work);
    let mut typist = Typist::at_home(home.path());
    assert!(typist.screen().contains("A sitting of 2 commands up to 0.2s was not closed"), "{}", typist.screen());
    typist.wait_ms(5_000).keys("Enter");
    assert_eq!(typist.model.sitting().run().digest(), digest);
    assert_eq!(typist.recorded(), ["ana: stock.reserve mug 1", "isolate r1"]);
    assert_eq!((typist.model.scene_name(), names(home.path()).len()), ("Three shops", 1));
    typist.keys("h").input(Input::End);
    typist.leave();
    let typist = Typist::at_home(home.path());
    assert!(typist.screen().contains("A sitting of 3 commands"), "{}", typist.screen());
}

#[test]
fn to_begin_afresh_keeps_what_was_not_closed_as_files() {
    let home = home();
    for _ in 0..2 {
        let mut typist = Typist::at_home(home.path());
        typist.keys("Esc");
        work(&mut typist);
    }
    let kept: Vec<String> = names(home.path()).iter().map(|name| read(home.path().join("state").join(name))).collect();
    let mut typist = Typist::at_home(home.path());
    assert!(typist.screen().contains("2 sittings were not closed"), "{}", typist.screen());
    typist.keys("Down Down Enter").wait_ms(100);
    assert!(typist.notice().contains("unclosed-1.lab") && typist.model.is_moving(), "{}", typist.notice());
    for (number, text) in (1..).zip(&kept) {
        assert_eq!(&read(home.path().join(format!("state/unclosed-{number}.lab"))), text);
    }
    assert!(typist.recorded().is_empty());
}

#[test]
fn programs_that_run_at_once_have_journals_of_their_own() {
    let home = home();
    let mut first = Typist::at_home(home.path());
    work(&mut first);
    let mut second = Typist::at_home(home.path());
    assert!(!second.screen().contains("not closed"), "{}", second.screen());
    second.keys("k Enter u");
    first.keys("u h");
    assert_eq!(names(home.path()), ["journal-1.lab", "journal-2.lab"]);
    let third = Typist::at_home(home.path());
    assert!(!third.screen().contains("not closed"), "a journal that was replaced is held: {}", third.screen());
}

#[test]
fn a_line_that_was_being_written_is_all_that_is_lost() {
    let home = home();
    killed_after(home.path(), work);
    let text = read(journal(home.path()));
    fs::write(journal(home.path()), format!("{text}at 0.3s:99 parti")).unwrap();
    let mut typist = Typist::at_home(home.path());
    typist.keys("Enter");
    assert_eq!(typist.recorded().len(), 2);
}

#[test]
fn a_damaged_journal_is_set_aside_and_said() {
    let home = home();
    killed_after(home.path(), work);
    let text = read(journal(home.path())).replace("isolate", "isolat");
    fs::write(journal(home.path()), &text).unwrap();
    let mut typist = Typist::at_home(home.path());
    let kept = home.path().join("state/damaged-1.lab");
    assert!(typist.notice().contains("damaged-1.lab: line "), "{}", typist.notice());
    assert_eq!(read(&kept), text);
    typist.keys("q");
    typist.leave();
    // One that can be read and not be played.
    let text = text.replace("isolat ", "restart ");
    fs::write(journal(home.path()), &text).unwrap();
    let mut typist = Typist::at_home(home.path());
    typist.keys("Enter");
    assert!(typist.notice().contains("it cannot be played: line "), "{}", typist.notice());
    assert_eq!(read(home.path().join("state/damaged-2.lab")), text);
}

#[test]
fn without_a_state_folder_the_lab_works_and_says_it() {
    let home = home();
    fs::write(home.path().join("state"), "not a folder").unwrap();
    let mut typist = Typist::at_home(home.path());
    assert!(typist.notice().starts_with("no journal is kept: "), "{}", typist.notice());
    work(&mut typist);
    typist.command("save ~/a.lab");
    assert!(typist.notice().starts_with("saved"), "{}", typist.notice());
    typist.keys("q");
    typist.leave();
}

#[test]
fn damaged_journals_are_offered_or_set_aside_and_never_lost() {
    let home = home();
    killed_after(home.path(), work);
    let whole = read(journal(home.path())).into_bytes();
    let mut state = 7_u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound.max(1)
    };
    let (mut offered, mut damaged) = (0, 0);
    for _ in 0..300 {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = whole.clone();
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            match below(4) {
                0 => bytes.truncate(at),
                1 => bytes[at] = below(256) as u8,
                2 => bytes.insert(at, b"\n 0:|#"[below(6)]),
                _ => drop(bytes.drain(at..(at + below(40)).min(bytes.len()))),
            }
            if bytes.is_empty() {
                break;
            }
        }
        fs::create_dir(folder.path().join("state")).unwrap();
        fs::write(journal(folder.path()), &bytes).unwrap();
        let mut typist = Typist::at_home(folder.path());
        if typist.screen().contains("was not closed") {
            offered += 1;
            typist.keys("Enter");
        }
        let aside = folder.path().join("state/damaged-1.lab");
        if aside.exists() {
            damaged += 1;
            assert_eq!(fs::read(aside).unwrap(), bytes);
            assert!(!typist.notice().is_empty());
        }
    }
    assert!(offered > 50 && damaged > 50, "{offered} offered, {damaged} set aside");
}
