//! `driftlab replay --bless` writes the part after `---`, all of it or nothing.

use super::program::{Folder, finish, program, run_with_input};

const SCRIPT: &str = "# A like.\nclients ana@r1\nana: likes.add photo\nrun 1s\nexpect r3.likes[photo] == 1\n";

#[test]
fn only_the_story_is_written_and_again_the_same() {
    for (source, head) in [
        (SCRIPT.to_owned(), format!("{SCRIPT}---\n")),
        (SCRIPT.trim_end().to_owned(), format!("{SCRIPT}---\n")),
        (format!("{SCRIPT}---"), format!("{SCRIPT}---\n")),
        (format!("{SCRIPT}---\nan old story\n---\nof no truth\n"), format!("{SCRIPT}---\n")),
        (format!("\u{feff}{SCRIPT}---\r\nan old story"), format!("\u{feff}{SCRIPT}---\r\n")),
        (String::new(), "---\n".to_owned()),
        ("\u{feff}---\nan old story".to_owned(), "\u{feff}---\n".to_owned()),
    ] {
        let folder = Folder::with(&source);
        let story = folder.replay(&[]).out;
        let blessed = folder.replay(&["--bless"]);
        assert_eq!((blessed.code, blessed.out.as_str(), blessed.err.as_str()), (Some(0), "", ""));
        assert_eq!(folder.source(), format!("{head}{story}"));
        assert_eq!(folder.replay(&["--bless"]).code, Some(0));
        assert_eq!(folder.source(), format!("{head}{story}"), "blessed twice");
        assert_eq!(folder.names(), ["a.lab"]);
    }
}

#[test]
fn a_story_with_a_failure_is_written_and_the_failure_told() {
    let folder = Folder::with(SCRIPT.replace("== 1", "== 7"));
    assert_eq!(folder.replay(&["--bless"]).code, Some(1));
    assert!(folder.source().contains("✗      expect r3.likes[photo] == 7  but it is 1\n"), "{}", folder.source());
}

#[test]
fn a_script_with_an_error_stays_as_it_is() {
    for source in ["heel\n", "restart r1\n"] {
        let folder = Folder::with(source);
        assert_eq!(folder.replay(&["--bless"]).code, Some(2));
        assert_eq!(folder.source(), source);
    }
}

#[test]
fn ci_blesses_nothing() {
    let folder = Folder::with(SCRIPT);
    let refused = finish(program().env("CI", "true").args(["replay", "--bless"]).arg(&folder.file));
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
    assert!(refused.err.contains("CI does not accept golden output"), "{}", refused.err);
    assert_eq!(folder.source(), SCRIPT);
}

#[test]
fn standard_input_cannot_be_blessed() {
    let refused = run_with_input(&["replay", "--bless", "-"], SCRIPT.as_bytes());
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
    assert!(refused.err.contains("name one instead of -"), "{}", refused.err);
}

#[test]
fn a_script_that_must_not_be_written_stays_as_it_is() {
    let folder = Folder::with(SCRIPT);
    let mut permissions = std::fs::metadata(&folder.file).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&folder.file, permissions).unwrap();
    let refused = folder.replay(&["--bless"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("cannot write"), "{}", refused.err);
    assert_eq!(folder.source(), SCRIPT);
    assert_eq!(folder.names(), ["a.lab"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    use super::super::program::{Folder, finish};
    use super::SCRIPT;

    #[test]
    fn a_write_that_fails_halfway_leaves_the_script_as_it_is() {
        let folder = Folder::with(SCRIPT);
        // No file may grow: the program is ended in the middle of its write, or is told that it failed.
        let limited = "ulimit -f 0; exec \"$0\" replay --bless \"$1\"";
        let mut command = Command::new("sh");
        command.args(["-c", limited, env!("CARGO_BIN_EXE_driftlab")]).arg(&folder.file).env_remove("CI");
        assert_ne!(finish(&mut command).code, Some(0));
        assert_eq!(folder.source(), SCRIPT);
    }

    #[test]
    fn a_link_and_the_permissions_are_kept() {
        let folder = Folder::with(SCRIPT);
        std::fs::set_permissions(&folder.file, PermissionsExt::from_mode(0o640)).unwrap();
        let target = folder.path().join("target.lab");
        std::fs::rename(&folder.file, &target).unwrap();
        std::os::unix::fs::symlink("target.lab", &folder.file).unwrap();
        assert_eq!(folder.replay(&["--bless"]).code, Some(0));
        assert!(folder.file.is_symlink());
        assert!(std::fs::read_to_string(&target).unwrap().contains("---\n"));
        assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
