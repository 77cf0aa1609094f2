//! Each script in `tests/replays` is a test of its name: it parses, every expectation holds, and its story is the
//! golden one after its line `---`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::play;
use driftlab::lab::telling;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replays");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let trials = files
        .into_iter()
        .map(|file| {
            let name = file.strip_prefix(&root).unwrap_or(&file).with_extension("").display().to_string();
            Trial::test(name, move || check(&file))
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("the folder of replays can be read");
    for path in entries.map(|entry| entry.expect("an entry can be read").path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "lab") {
            files.push(path);
        }
    }
}

fn check(file: &Path) -> Result<(), Failed> {
    let source = std::fs::read_to_string(file)?;
    let script = parse_script(&source)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let replay = play(&script, None).map_err(|error| error.to_string())?;
    let story = telling::golden(&replay.story, replay.sitting.run().cluster().view().catalog());
    if replay.unmet + replay.undecided > 0 {
        return Err(format!("an expectation does not hold:\n{story}").into());
    }
    match script.golden {
        Some(golden) if golden == story => Ok(()),
        Some(golden) => Err(differ(&golden, &story).into()),
        None => Err("it has no golden story yet: run `driftlab replay --bless` on it and read what it wrote".into()),
    }
}

/// The first line where two stories part.
fn differ(golden: &str, story: &str) -> String {
    let mut lines = golden.lines().chain(std::iter::repeat("(end)")).zip(story.lines().chain(std::iter::once("(end)")));
    let (expected, found) = lines.find(|(expected, found)| expected != found).unwrap_or(("(end)", "(more lines)"));
    format!("the story is another one:\n  golden: {expected}\n  now:    {found}\nall of it now:\n{story}")
}
