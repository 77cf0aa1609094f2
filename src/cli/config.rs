//! `driftlab config`: where the config file is, and what it could say.

use super::folders::Folders;
use super::{Ending, files, output};

/// Prints a config file that can be redirected to its place.
pub(super) fn config() -> Ending {
    match Folders::find().config_file() {
        Some(path) => output::line(&format!("# Its place: {}", files::shown(&path))),
        None => output::line("# Its place: nowhere, since there is no home folder; name one with --config FILE"),
    }
    output::text(&crate::tui::config::example());
    Ending::Fine
}
