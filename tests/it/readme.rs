//! The README says what the program says.

use std::fs;
use std::path::Path;

use driftlab::lab::language::help::reference_markdown;
use driftlab::tui::keys::keys_markdown;

/// What stands before and after a generated part, and what makes it.
type Part = (&'static str, &'static str, fn() -> String);

/// The generated parts.
const PARTS: [Part; 2] = [
    ("<!-- keys begin -->\n", "<!-- keys end -->\n", keys_markdown),
    ("<!-- reference begins -->\n", "<!-- reference ends -->\n", reference_markdown),
];

/// With `DRIFTLAB_RENEW=1` it writes the generated parts instead of comparing them.
#[test]
fn readme_has_the_keys_and_the_reference_of_the_language() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    for (begin, end, make) in PARTS {
        let readme = fs::read_to_string(&file).expect("the README can be read");
        let (before, rest) = readme.split_once(begin).expect("the README has a place for it");
        let (found, after) = rest.split_once(end).expect("the place has an end");
        let expected = format!("\n{}\n\n", make().trim());
        if std::env::var_os("DRIFTLAB_RENEW").is_some() {
            fs::write(&file, format!("{before}{begin}{expected}{end}{after}")).expect("the README can be written");
        } else {
            assert_eq!(found, expected, "renew it: DRIFTLAB_RENEW=1 cargo test --test it readme");
        }
    }
}

#[test]
fn readme_shows_a_script_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the README can be read");
    let script = root.join("tests/replays/physics/stock_west_east.lab");
    let script = fs::read_to_string(script).expect("the script can be read");
    assert!(readme.contains(script.trim()), "the README shows another stock_west_east.lab");
}
