//! Colours by role. A role is never told by its colour alone: there is a sign or a word as well.

use ratatui::style::{Color, Modifier, Style};

/// What a text is, for its style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Running text.
    Text,
    /// What matters less.
    Dim,
    /// Headings and keys.
    Accent,
    /// The top line.
    Title,
    /// What has the focus or is selected.
    Selected,
    /// As it should be.
    Good,
    /// Worth a look.
    Warn,
    /// Broken.
    Bad,
    /// What a person asked for and its answer.
    Request,
    /// News on its way.
    News,
    /// What led to the event that is chosen.
    Past,
    /// What it led to.
    Future,
    /// A fault, for as long as it lasts.
    Band,
    /// What belongs to the replica with this index, in charts; its name stands beside it.
    Line(usize),
}

/// Colours for the roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// For dark terminals, with the sixteen colours that every theme of a terminal knows.
    #[default]
    Dark,
    /// For light terminals, with the same.
    Light,
    /// For all kinds of colour vision: the colours of Okabe and Ito (2008), as near as 256 colours come.
    Safe,
    /// Without colours, for `NO_COLOR`.
    Mono,
}

impl Theme {
    /// All themes with their names.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Dark, "dark"), (Self::Light, "light"), (Self::Safe, "safe"), (Self::Mono, "mono")];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(theme, _)| *theme == self).map_or("", |(_, name)| name)
    }

    /// The style of a role.
    pub(crate) fn style(self, role: Role) -> Style {
        match self {
            Self::Dark => coloured(role, &DARK),
            Self::Light => coloured(role, &LIGHT),
            Self::Safe => coloured(role, &SAFE),
            Self::Mono => mono(role),
        }
    }
}

/// The colours of a theme.
struct Colours {
    dim: Color,
    accent: Color,
    /// Letters and ground of the top line, and of what is selected.
    title: (Color, Color),
    selected: (Color, Color),
    good: Color,
    warn: Color,
    bad: Color,
    request: Color,
    news: Color,
    future: Color,
    lines: [Color; 9],
}

const DARK: Colours = Colours {
    dim: Color::DarkGray,
    accent: Color::Cyan,
    title: (Color::Black, Color::Cyan),
    selected: (Color::Black, Color::Gray),
    good: Color::Green,
    warn: Color::Yellow,
    bad: Color::LightRed,
    request: Color::LightBlue,
    news: Color::LightGreen,
    future: Color::LightMagenta,
    lines: [
        Color::LightBlue,
        Color::LightGreen,
        Color::LightMagenta,
        Color::Yellow,
        Color::Cyan,
        Color::LightRed,
        Color::Blue,
        Color::Green,
        Color::Magenta,
    ],
};

const LIGHT: Colours = Colours {
    dim: Color::DarkGray,
    accent: Color::Blue,
    title: (Color::White, Color::Blue),
    selected: (Color::White, Color::DarkGray),
    good: Color::Green,
    warn: Color::Magenta,
    bad: Color::Red,
    request: Color::Blue,
    news: Color::Green,
    future: Color::Magenta,
    lines: [
        Color::Blue,
        Color::Green,
        Color::Magenta,
        Color::Red,
        Color::Cyan,
        Color::Black,
        Color::DarkGray,
        Color::LightBlue,
        Color::LightMagenta,
    ],
};

/// Sky blue 74, orange 214, bluish green 36, yellow 227, blue 32, vermilion 202, reddish purple 175.
const SAFE: Colours = Colours {
    dim: Color::Indexed(245),
    accent: Color::Indexed(74),
    title: (Color::Black, Color::Indexed(74)),
    selected: (Color::Black, Color::Indexed(252)),
    good: Color::Indexed(36),
    warn: Color::Indexed(214),
    bad: Color::Indexed(202),
    request: Color::Indexed(227),
    news: Color::Indexed(36),
    future: Color::Indexed(175),
    lines: [
        Color::Indexed(74),
        Color::Indexed(214),
        Color::Indexed(36),
        Color::Indexed(227),
        Color::Indexed(175),
        Color::Indexed(202),
        Color::Indexed(32),
        Color::Indexed(252),
        Color::Indexed(245),
    ],
};

fn coloured(role: Role, colours: &Colours) -> Style {
    let style = Style::new();
    let on = |(letters, ground)| style.fg(letters).bg(ground);
    match role {
        Role::Text => style,
        Role::Dim => style.fg(colours.dim),
        Role::Accent | Role::Past => style.fg(colours.accent),
        Role::Title => on(colours.title),
        Role::Selected => on(colours.selected),
        Role::Good => style.fg(colours.good),
        Role::Warn => style.fg(colours.warn).add_modifier(Modifier::BOLD),
        Role::Bad => style.fg(colours.bad).add_modifier(Modifier::BOLD),
        Role::Request => style.fg(colours.request).add_modifier(Modifier::BOLD),
        Role::News => style.fg(colours.news).add_modifier(Modifier::BOLD),
        Role::Future => style.fg(colours.future),
        Role::Band => style.fg(colours.warn),
        Role::Line(index) => style.fg(colours.lines[index % colours.lines.len()]),
    }
}

fn mono(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Text | Role::Good | Role::Band | Role::Line(_) => style,
        Role::Dim => style.add_modifier(Modifier::DIM),
        Role::Accent | Role::Warn | Role::Request | Role::News | Role::Past => style.add_modifier(Modifier::BOLD),
        Role::Title | Role::Selected => style.add_modifier(Modifier::REVERSED),
        Role::Bad => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        Role::Future => style.add_modifier(Modifier::UNDERLINED),
    }
}
