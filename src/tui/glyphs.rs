//! Every sign on the screen, one column wide each, with a set for terminals that have nothing but ASCII.

use ratatui::symbols::border;

use crate::base::MessageClass;
use crate::cluster::view::Condition;

/// The signs of one kind of terminal.
#[derive(Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub(crate) struct Glyphs {
    pub(crate) border: border::Set<'static>,
    pub(crate) rounded: border::Set<'static>,
    pub(crate) merges: bool,
    pub(crate) across: char,
    pub(crate) down: char,
    pub(crate) across_broken: char,
    pub(crate) down_broken: char,
    pub(crate) slanted: char,
    /// Corners of a route: down-right, down-left, up-right, up-left.
    pub(crate) corners: [char; 4],
    pub(crate) cut: char,
    pub(crate) heads: [char; 4],
    pub(crate) running: &'static str,
    pub(crate) paused: &'static str,
    pub(crate) differs: char,
    pub(crate) cursor: char,
    pub(crate) up: char,
    pub(crate) stopped: char,
    pub(crate) dead: char,
    pub(crate) lost: char,
    pub(crate) more: char,
    pub(crate) heartbeat: char,
    pub(crate) caret: char,
    pub(crate) ascii: bool,
}

/// For terminals that show Unicode.
pub(crate) static UNICODE: Glyphs = Glyphs {
    border: border::PLAIN,
    rounded: border::ROUNDED,
    merges: true,
    across: '─',
    down: '│',
    across_broken: '╌',
    down_broken: '╎',
    slanted: '·',
    corners: ['╭', '╮', '╰', '╯'],
    cut: '╳',
    heads: ['▸', '◂', '▾', '▴'],
    running: "▶",
    paused: "▮▮",
    differs: '≠',
    cursor: '▸',
    up: '●',
    stopped: '▮',
    dead: '✗',
    lost: '∅',
    more: '…',
    heartbeat: '•',
    caret: '▴',
    ascii: false,
};

const ASCII_BORDER: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// For terminals that do not.
pub(crate) static ASCII: Glyphs = Glyphs {
    border: ASCII_BORDER,
    rounded: ASCII_BORDER,
    merges: false,
    across: '-',
    down: '|',
    across_broken: '.',
    down_broken: ':',
    slanted: '.',
    corners: ['+'; 4],
    cut: 'X',
    heads: ['>', '<', 'v', '^'],
    running: ">",
    paused: "||",
    differs: '#',
    cursor: '>',
    up: '*',
    stopped: '=',
    dead: 'x',
    lost: '0',
    more: '~',
    heartbeat: 'o',
    caret: '^',
    ascii: true,
};

impl Glyphs {
    /// The letter of a class of messages.
    pub(crate) fn message(&self, class: MessageClass) -> char {
        match class {
            MessageClass::Request => '?',
            MessageClass::Reply => '!',
            MessageClass::Gossip => 'G',
            MessageClass::Repair => 'R',
            MessageClass::Heartbeat => self.heartbeat,
        }
    }

    /// The sign of how an actor is.
    pub(crate) fn condition(&self, condition: Condition) -> char {
        match condition {
            Condition::Up => self.up,
            Condition::Paused => self.stopped,
            Condition::Down => self.dead,
            Condition::DiskLost => self.lost,
        }
    }

    /// Names of keys in signs that this terminal has: as letters, `>` would be another key.
    pub(crate) fn keys(&self, text: &str) -> String {
        if !self.ascii {
            return text.to_owned();
        }
        text.replace('←', "Left").replace('→', "Right").replace('↑', "Up").replace('↓', "Down")
    }

    /// A text of ours in signs that this terminal has.
    pub(crate) fn plain(&self, text: &str) -> String {
        if !self.ascii {
            return text.to_owned();
        }
        let of = |sign: char| match sign {
            '→' | '▸' | '▶' => '>',
            '×' | '✗' => 'x',
            '·' | '•' => '.',
            '…' => '~',
            '≠' => '#',
            '✓' => '+',
            '↑' => '^',
            '↓' => 'v',
            '←' => '<',
            sign if sign.is_ascii() => sign,
            _ => '?',
        };
        text.chars().map(of).collect()
    }
}

/// The word for how an actor is.
pub(crate) fn condition_word(condition: Condition) -> &'static str {
    match condition {
        Condition::Up => "up",
        Condition::Paused => "paused",
        Condition::Down => "down",
        Condition::DiskLost => "disk lost",
    }
}
