//! How the screen looks: flags first, then the config file, then what the environment tells of the terminal.

use std::fs;
use std::io;
use std::path::Path;

use crate::tui::config::{self, Config};
use crate::tui::{Look, Signs, Theme};

use super::super::arguments::LookOptions;
use super::super::files;
use super::super::folders::Folders;

/// Bytes of a config file.
const CONFIG_BYTES_MAX: usize = 1 << 16;

/// The look, and what is to be said about the config file.
pub(super) fn look(options: &LookOptions, folders: &Folders) -> (Look, Vec<String>) {
    let (config, notices) = configured(options, folders);
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    (choose(options, config, set), notices)
}

fn choose(options: &LookOptions, config: Config, set: impl Fn(&str) -> Option<String>) -> Look {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(&set);
    let is_unicode = |locale: String| locale.to_ascii_uppercase().replace('-', "").contains("UTF8");
    let signs = locale.filter(|locale| !is_unicode(locale.clone())).map(|_| Signs::Ascii);
    let theme = set("NO_COLOR").map(|_| Theme::Mono);
    Look {
        theme: options.theme.or(config.theme).or(theme).unwrap_or_default(),
        signs: options.ascii.then_some(Signs::Ascii).or(config.signs).or(signs).unwrap_or_default(),
        motion: config.motion.unwrap_or_default(),
        mouse: !options.no_mouse && config.mouse.unwrap_or(true),
        keymap: config.keymap,
    }
}

/// What the config file says. It never keeps the lab from opening.
fn configured(options: &LookOptions, folders: &Folders) -> (Config, Vec<String>) {
    let path = options.config.clone().or_else(|| folders.config_file());
    let Some(path) = path else { return (Config::default(), Vec::new()) };
    match read(&path) {
        Ok(text) => {
            let (config, errors) = config::parse(&text);
            (config, notice(&path, &errors).into_iter().collect())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && options.config.is_none() => Default::default(),
        Err(error) => (Config::default(), vec![format!("{}: {error}; defaults hold", files::shown(&path))]),
    }
}

fn read(path: &Path) -> io::Result<String> {
    files::text_of(fs::File::open(path)?, "a config file", CONFIG_BYTES_MAX)
}

/// The first error, and how many more there are.
fn notice(path: &Path, errors: &[config::ConfigError]) -> Option<String> {
    let (first, rest) = errors.split_first()?;
    let more = if rest.is_empty() { String::new() } else { format!("; and {} more", rest.len()) };
    Some(format!("{}:{first}{more}", files::shown(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(options: &LookOptions, text: &str, environment: &[(&str, &str)]) -> (Theme, Signs, bool) {
        let of = |name: &str| environment.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        let look = choose(options, config::parse(text).0, of);
        (look.theme, look.signs, look.mouse)
    }

    #[test]
    fn flags_come_before_the_file_and_the_file_before_the_environment() {
        let none = LookOptions::default();
        assert_eq!(chosen(&none, "", &[]), (Theme::Dark, Signs::Braille, true));
        let poor = [("NO_COLOR", "1"), ("LANG", "C")];
        assert_eq!(chosen(&none, "", &poor), (Theme::Mono, Signs::Ascii, true));
        let file = "theme = \"safe\"\nsigns = \"dots\"\nmouse = false\n";
        assert_eq!(chosen(&none, file, &poor), (Theme::Safe, Signs::Dots, false));
        let flags = LookOptions { theme: Some(Theme::Light), ascii: true, ..LookOptions::default() };
        assert_eq!(chosen(&flags, file, &poor), (Theme::Light, Signs::Ascii, false));
        let no_mouse = LookOptions { no_mouse: true, ..LookOptions::default() };
        assert!(!chosen(&no_mouse, "mouse = true", &[]).2);
    }
}
