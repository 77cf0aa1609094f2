//! The README says what the program says.

use std::fs;
use std::path::Path;

use driftlab::lab::language::help::reference_markdown;

const BEGIN: &str = "<!-- reference begins -->\n";
const END: &str = "<!-- reference ends -->";

/// With `DRIFTLAB_RENEW=1` it writes the reference instead of comparing it.
#[test]
fn readme_has_the_reference_of_the_language() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&file).expect("the README can be read");
    let (before, rest) = readme.split_once(BEGIN).expect("the README has a place for the reference");
    let (found, after) = rest.split_once(END).expect("the reference has an end");
    let expected = format!("\n{}\n", reference_markdown().trim());
    if std::env::var_os("DRIFTLAB_RENEW").is_some() {
        fs::write(&file, format!("{before}{BEGIN}{expected}{END}{after}")).expect("the README can be written");
        return;
    }
    assert_eq!(found, expected, "renew it: DRIFTLAB_RENEW=1 cargo test --test it readme");
}

#[test]
fn readme_shows_a_script_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the README can be read");
    let script = root.join("tests/replays/physics/stock_west_east.lab");
    let script = fs::read_to_string(script).expect("the script can be read");
    assert!(readme.contains(script.trim()), "the README shows another stock_west_east.lab");
}
