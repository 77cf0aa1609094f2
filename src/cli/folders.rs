//! Where the platform keeps config and state: XDG's folders on Unix, `AppData` on Windows.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

/// Our folder in each of them.
const OWN: &str = "driftlab";

/// The folders of this person.
#[derive(Clone, Debug, Default)]
pub(super) struct Folders {
    /// Their home; `~` stands for it.
    pub(super) home: Option<PathBuf>,
    /// Where the config file is.
    pub(super) config: Option<PathBuf>,
    /// Where journals and the last sitting are.
    pub(super) state: Option<PathBuf>,
}

impl Folders {
    /// As the environment says.
    pub(super) fn find() -> Self {
        let Ok(base) = etcetera::choose_base_strategy() else { return Self::default() };
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Self {
            home: Some(base.home_dir().to_owned()),
            config: Some(base.config_dir().join(OWN)),
            state: Some(state.join(OWN)),
        }
    }

    /// The config file, whether or not there is one.
    pub(super) fn config_file(&self) -> Option<PathBuf> {
        Some(self.config.as_ref()?.join("config.toml"))
    }

    /// A path as it was typed: `~/` is the home.
    pub(super) fn typed(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => Path::new(path).to_owned(),
        }
    }
}
