//! The house keeps its own rules: layers, file lengths, words.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The layer of each folder of `src/`. A module imports only from lower layers; folders in one layer do not import
/// each other.
const LAYERS: [(&str, u8); 16] = [
    ("base", 0),
    ("clock", 1),
    ("sim", 1),
    ("record", 1),
    ("data", 2),
    ("check", 2),
    ("wire", 3),
    ("metrics", 3),
    ("exchange", 3),
    ("replica", 4),
    ("client", 4),
    ("cluster", 5),
    ("lab", 6),
    ("lesson", 7),
    ("tui", 8),
    ("cli", 9),
];

/// Imports that a layer would allow and a rule forbids, each with the rule.
const FORBIDDEN: [(&str, &str, &str); 6] = [
    ("check", "data", "a bug in a protocol cannot blind its judge"),
    ("replica", "sim", "a protocol knows no links"),
    ("replica", "check", "a protocol knows no judges"),
    ("replica", "metrics", "a protocol cannot read true time"),
    ("data", "record", "the store keeps no record"),
    ("metrics", "check", "measures and judges are computed apart"),
];

/// Lines of a file past which it is asked to become a folder; generated and test files have no limit.
const LINES_MAX: usize = 500;

#[test]
fn arrows_point_down_the_layers() {
    let layers: BTreeMap<&str, u8> = LAYERS.into_iter().collect();
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let Some(own) = folder_of(&file) else { continue };
        let own_layer = *layers.get(own.as_str()).unwrap_or_else(|| panic!("{own} has no layer in the table"));
        for import in imports(&text) {
            let Some(layer) = layers.get(import.as_str()) else {
                wrong.push(format!("{}: {import} has no layer", file.display()));
                continue;
            };
            if import != own && *layer >= own_layer {
                wrong.push(format!("{}: {own} (L{own_layer}) imports {import} (L{layer})", file.display()));
            }
            for (from, to, rule) in FORBIDDEN {
                if own == from && import == to {
                    wrong.push(format!("{}: {from} imports {to}, but {rule}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_the_shell_touches_files_threads_and_clocks() {
    let words = ["std::fs", "std::thread", "std::time::Instant", "SystemTime", "tokio::", "println!", "std::env"];
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        if folder_of(&file).is_none_or(|folder| folder == "cli") {
            continue;
        }
        let code = code_of(&text);
        wrong.extend(
            words.iter().filter(|word| code.contains(**word)).map(|word| format!("{}: {word}", file.display())),
        );
    }
    assert!(wrong.is_empty(), "only cli/ may use these:\n{}", wrong.join("\n"));
}

#[test]
fn files_are_one_thing_each() {
    let long: Vec<String> = sources()
        .filter(|(file, _)| !file.components().any(|part| part.as_os_str() == "tests"))
        .map(|(file, text)| (file, code_of(&text).lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(file, lines)| format!("{}: {lines} lines", file.display()))
        .collect();
    assert!(long.is_empty(), "past {LINES_MAX} lines a file becomes a folder:\n{}", long.join("\n"));
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest can be read");
    let mut is_list = false;
    let mut bare = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_list = line.contains("dependencies");
        } else if is_list && line.contains('=') && !line.contains('#') {
            bare.push(line);
        }
    }
    assert!(bare.is_empty(), "without a comment: {bare:?}");
}

/// All files below `src/` with their texts.
fn sources() -> impl Iterator<Item = (PathBuf, String)> {
    let mut files = Vec::new();
    collect(&root().join("src"), &mut files);
    files.sort();
    files.into_iter().map(|file| {
        let text = fs::read_to_string(&file).expect("a source can be read");
        (file.strip_prefix(root()).expect("below the root").to_owned(), text)
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `src/data/log.rs` is in `data`; `src/lib.rs` and `src/main.rs` are in none.
fn folder_of(file: &Path) -> Option<String> {
    let mut parts = file.components().skip(1);
    let folder = parts.next()?.as_os_str().to_str()?.to_owned();
    parts.next().is_some().then_some(folder)
}

/// The folders that a text names after `crate::`.
fn imports(text: &str) -> Vec<String> {
    let code = code_of(text);
    code.match_indices("crate::")
        .map(|(at, word)| &code[at + word.len()..])
        .filter(|rest| rest.starts_with(|first: char| first.is_ascii_lowercase()))
        .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default().to_owned())
        .collect()
}

/// A text without its comments and its unit tests.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    lines.join("\n")
}
