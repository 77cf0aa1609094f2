//! `driftlab lessons`: the list, a new one, and the proof.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::lesson::check::{Effort, Finding, check};
use crate::lesson::grade::run_seed;
use crate::lesson::playback::PlaybackError;
use crate::lesson::source::LESSON_BYTES_MAX;
use crate::lesson::{Catalogue, Entry, Grade, Lesson, Standing, catalogue, read_lesson, skeleton};

use super::arguments::{LessonsTask, LessonsWhat};
use super::output::visible;
use super::state::State;
use super::{Ending, output, pool};

/// Lists lessons, writes a new one, or proves them.
pub(super) fn lessons(task: &LessonsTask) -> Ending {
    let folder = task.lessons.as_deref();
    match &task.task {
        None => list(folder),
        Some(LessonsWhat::New { id }) => new(id, folder),
        Some(LessonsWhat::Check { id, threads }) => {
            prove(id.as_deref(), folder, threads.map_or_else(pool::cores, usize::from))
        }
    }
}

/// All lessons: those built in and those of a folder.
pub(super) fn load(folder: Option<&Path>) -> Result<Catalogue, String> {
    let mut catalogue = Catalogue::built_in();
    for file in folder.map(files_in).transpose()?.unwrap_or_default() {
        let text = text_of(&file).map_err(|error| format!("cannot read {}: {error}", shown(&file)))?;
        catalogue.add(&file.display().to_string(), &text);
    }
    Ok(catalogue)
}

/// The lessons of a folder, by name.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let refuse = |error: io::Error| format!("cannot read the folder {}: {error}", shown(folder));
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(refuse)?.collect();
    let paths = entries.map_err(refuse)?.into_iter().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    files.sort();
    Ok(files)
}

/// A file's text; what is no UTF-8 in it becomes a sign that says so.
pub(super) fn text_of(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(LESSON_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn shown(path: &Path) -> String {
    visible(&path.display().to_string())
}

fn list(folder: Option<&Path>) -> Ending {
    let catalogue = match load(folder) {
        Ok(catalogue) => catalogue,
        Err(words) => return output::refuse(&words),
    };
    let state = State::load();
    for notice in &state.notices {
        output::line(notice);
    }
    let mut part = None;
    for entry in catalogue.entries(&state.progress) {
        if part != Some(entry.part) {
            part = Some(entry.part);
            output::line(&match catalogue::PARTS.get(usize::from(entry.part)) {
                Some(title) => format!("Part {}: {title}", entry.part),
                None => "Shelf: beside the course".to_owned(),
            });
        }
        output::line(&row(&entry));
    }
    if let Some(next) = catalogue.next(&state.progress) {
        output::line(&format!("Next: driftlab play {}", next.head.id));
    }
    tell_broken(&catalogue)
}

fn row(entry: &Entry) -> String {
    let number = entry.number.map_or_else(|| "--".to_owned(), |number| format!("{number:02}"));
    let standing = entry.standing.map_or("to come", Standing::name);
    let needs = match entry.missing.as_slice() {
        [] => String::new(),
        missing => format!("  after {}", missing.join(", ")),
    };
    let minutes = entry.minutes;
    format!("  {number}  {:<30} {:<32} {minutes:>2} min  {standing}{needs}", entry.title, entry.id)
}

/// Tells of files that are no lessons.
fn tell_broken(catalogue: &Catalogue) -> Ending {
    for (_, errors) in catalogue.broken() {
        for error in errors {
            output::refuse(&error.to_string());
        }
    }
    if catalogue.broken().is_empty() { Ending::Fine } else { Ending::BadInput }
}

fn new(id: &str, folder: Option<&Path>) -> Ending {
    let text = skeleton::skeleton(id);
    let file = folder.unwrap_or_else(|| Path::new(".")).join(format!("{id}.md"));
    if let Err(errors) = read_lesson(&format!("{id}.md"), &text) {
        let words = errors.first().map(|error| error.message.clone()).unwrap_or_default();
        return output::refuse(&words);
    }
    let written = fs::File::create_new(&file).and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => {
            let (name, folder) = (shown(&file), shown(file.parent().unwrap_or_else(|| Path::new("."))));
            output::line(&format!("{name} is a lesson that passes; make it yours piece by piece."));
            output::line(&format!("Prove it: driftlab lessons check {name}"));
            output::line(&format!("Play it:  driftlab play {id} --lessons {folder}"));
            Ending::Fine
        }
        Err(error) => output::refuse(&format!("cannot write {}: {error}", shown(&file))),
    }
}

fn prove(id: Option<&str>, folder: Option<&Path>, threads: usize) -> Ending {
    let mut catalogue = match load(folder) {
        Ok(catalogue) => catalogue,
        Err(words) => return output::refuse(&words),
    };
    let chosen = match chosen(id, &mut catalogue) {
        Ok(chosen) => chosen,
        Err(words) => return output::refuse(&words),
    };
    let broken = tell_broken(&catalogue);
    let mut is_proved = true;
    for lesson in &chosen {
        is_proved &= prove_one(lesson, &catalogue, threads);
    }
    match (broken, is_proved) {
        (Ending::BadInput, _) => Ending::BadInput,
        (_, true) => Ending::Fine,
        (_, false) => Ending::Unmet,
    }
}

/// The lessons to prove: all, or one by its id, number or file.
fn chosen(id: Option<&str>, catalogue: &mut Catalogue) -> Result<Vec<Arc<Lesson>>, String> {
    let Some(id) = id else { return Ok(catalogue.lessons().into_iter().cloned().collect()) };
    if let Some(lesson) = catalogue.lesson(id) {
        return Ok(vec![lesson.clone()]);
    }
    let file = Path::new(id);
    if file.extension().is_none_or(|end| end != "md") {
        return Err(format!("there is no lesson {}; `driftlab lessons` lists them", visible(id)));
    }
    let text = text_of(file).map_err(|error| format!("cannot read {}: {error}", shown(file)))?;
    if let Ok(lesson) = read_lesson(id, &text) {
        return Ok(vec![Arc::new(lesson)]);
    }
    catalogue.add(id, &text);
    Ok(Vec::new())
}

fn prove_one(lesson: &Arc<Lesson>, catalogue: &Catalogue, threads: usize) -> bool {
    let is_watched = io::stderr().is_terminal();
    let watch = |words: &str| {
        if is_watched {
            let _ = write!(io::stderr(), "\r\x1b[K{words}");
            let _ = io::stderr().flush();
        }
    };
    let id = &lesson.head.id;
    let findings = check(
        lesson,
        catalogue,
        &mut Effort {
            grade: &mut |grade| {
                grade_on_all_cores(grade, threads, |done, of| watch(&format!("{id}: {done} of {of} runs")));
            },
            progress: &mut |what| watch(&format!("{id}: {what}")),
            seeds_max: u64::MAX,
        },
    );
    watch("");
    for finding in &findings {
        output::line(&format!("✗ {finding}"));
    }
    if findings.is_empty() {
        output::line(&format!("✓ {id}: proved by every row of the machine"));
    }
    findings.iter().all(|_: &Finding| false)
}

/// Grades to the end, with equal results on any number of threads.
pub(super) fn grade_on_all_cores(grade: &mut Grade, threads: usize, mut progress: impl FnMut(u64, u64)) {
    let (done, seeds) = grade.progress();
    let (lesson, fix) = grade.subject();
    let (lesson, fix) = (lesson.clone(), fix.to_vec());
    let one = |seed| run_seed(&lesson, &fix, seed);
    pool::run(done + 1..seeds + 1, threads, one, |seed, result| {
        let panicked = |message| Err(PlaybackError { line: 1, message });
        grade.take(result.unwrap_or_else(panicked));
        if seed % 20 == 0 {
            progress(seed, seeds);
        }
    });
}
