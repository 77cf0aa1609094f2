//! Every script of `tests/replays` can fail: without the fault, the policy or the setting that it is about, one of its
//! expectations no longer holds.
//!
//! Each line that breaks, binds or sets something is taken out in turn, unless it is marked `# (context)`. What counts
//! as a difference is an expectation that fails, or a script that can no longer be played; that a fault which is gone
//! was not used counts for nothing. A script about distance alone has no such line: it is played in one room instead.

use std::path::{Path, PathBuf};

use driftlab::cluster::WorldCommand;
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::language::statement::{Line, Statement};
use driftlab::lab::replay::play;
use driftlab::lab::story::Telling;

/// What marks a line that the script needs and is not about.
const CONTEXT: &str = "# (context)";

#[test]
fn without_what_it_is_about_a_script_fails() {
    let mut complaints = Vec::new();
    for file in scripts() {
        let source = std::fs::read_to_string(&file).expect("a script can be read");
        complain(&source, &mut |text| complaints.push(format!("{}: {text}", file.display())));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_script_that_would_pass_anyway_is_found() {
    let found = |script: &str| {
        let mut complaints = Vec::new();
        complain(script, &mut |text| complaints.push(text));
        complaints
    };
    let idle = "# r2 is isolated, and nobody asks.\nisolate r2\nat 1s\nexpect r1.lag == 0ms\n";
    assert_eq!(found(idle), ["without line 2 `isolate r2` it holds as well"]);
    let marked = idle.replace("isolate r2", "isolate r2 # (context)");
    assert_eq!(found(&marked), ["it is about nothing: no line matters, nor does distance"]);
    let used = "# Being used proves nothing.\nisolate r2\nat 1s\nexpect used partition\nexpect fault[partition] > 0\n";
    assert_eq!(found(used), ["without line 2 `isolate r2` it holds as well"]);
    let mute = "isolate r2\nat 1s\nexpect r2.lag.observed > 500ms\n";
    assert_eq!(found(mute), ["its first line is no claim"]);
}

fn scripts() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replays")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder of replays can be read") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lab") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Says everything that is wrong with a script.
fn complain(source: &str, say: &mut impl FnMut(String)) {
    if !source.starts_with("# ") {
        say("its first line is no claim".to_owned());
    }
    let Ok(script) = parse_script(source) else { return say("it does not parse".to_owned()) };
    if fails(source) {
        return say("an expectation fails as it is".to_owned());
    }
    let lines: Vec<&str> = source.lines().take_while(|line| *line != "---").collect();
    let mut matter = 0;
    for line in script.lines.iter().filter(|line| may_matter(line)) {
        let index = line.number as usize - 1;
        if lines[index].contains(CONTEXT) {
            continue;
        }
        matter += 1;
        let text = lines[index].trim();
        if !fails(&replaced(&lines, index, &moment(text))) {
            say(format!("without line {} `{text}` it holds as well", line.number));
        }
    }
    if matter == 0 && !fails(&in_one_room(&lines)) {
        say("it is about nothing: no line matters, nor does distance".to_owned());
    }
}

/// Whether a line breaks, mends, binds or sets something.
fn may_matter(line: &Line) -> bool {
    let Some(Statement::World(command)) = &line.statement else { return false };
    !command.is_setup() && !matches!(command, WorldCommand::Operate { .. })
}

/// What is left of a line without its statement: the time still passes.
fn moment(text: &str) -> String {
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (Some(when @ ("at" | "after")), Some(time)) => format!("{when} {time}"),
        _ => String::new(),
    }
}

fn replaced(lines: &[&str], index: usize, with: &str) -> String {
    let mut lines = lines.to_vec();
    lines[index] = with;
    lines.join("\n")
}

fn in_one_room(lines: &[&str]) -> String {
    lines.join("\n").replace("topology=wan", "topology=lan")
}

/// Whether an expectation does not hold, or the script cannot be played.
fn fails(source: &str) -> bool {
    let Ok(script) = parse_script(source) else { return true };
    let Ok(replay) = play(&script, None) else { return true };
    replay.story.iter().any(|line| match &line.what {
        Telling::Expectation { text, met, .. } => *met == Some(false) && !is_about_use(text),
        _ => false,
    })
}

fn is_about_use(expectation: &str) -> bool {
    expectation.starts_with("expect used ") || expectation.starts_with("expect fault[")
}
