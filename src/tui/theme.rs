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
}

/// A palette for the roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// For dark terminals, with the sixteen colours that every theme of a terminal knows.
    Dark,
    /// Without colours, for `NO_COLOR`.
    Mono,
}

impl Theme {
    /// The style of a role.
    pub(crate) fn style(self, role: Role) -> Style {
        match self {
            Self::Dark => dark(role),
            Self::Mono => mono(role),
        }
    }
}

fn dark(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Text => style,
        Role::Dim => style.fg(Color::DarkGray),
        Role::Accent => style.fg(Color::Cyan),
        Role::Title => style.fg(Color::Black).bg(Color::Cyan),
        Role::Selected => style.fg(Color::Black).bg(Color::Gray),
        Role::Good => style.fg(Color::Green),
        Role::Warn => style.fg(Color::Yellow).add_modifier(Modifier::BOLD),
        Role::Bad => style.fg(Color::LightRed).add_modifier(Modifier::BOLD),
        Role::Request => style.fg(Color::LightBlue).add_modifier(Modifier::BOLD),
        Role::News => style.fg(Color::LightGreen).add_modifier(Modifier::BOLD),
    }
}

fn mono(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Text | Role::Good => style,
        Role::Dim => style.add_modifier(Modifier::DIM),
        Role::Accent | Role::Warn | Role::Request | Role::News => style.add_modifier(Modifier::BOLD),
        Role::Title | Role::Selected => style.add_modifier(Modifier::REVERSED),
        Role::Bad => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
    }
}
