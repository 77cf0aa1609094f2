//! Every sign on the screen, one column wide each, in sets from Braille down to ASCII: what a terminal's font has.

use ratatui::symbols::{Marker, border};

use crate::base::MessageClass;
use crate::cluster::view::Condition;

/// What a terminal's font has, the most first: a ladder to step down when signs are missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signs {
    /// Everything, Braille patterns for charts among it.
    #[default]
    Braille,
    /// Block elements for charts.
    Blocks,
    /// One dot a cell for charts.
    Dots,
    /// Nothing but ASCII.
    Ascii,
}

impl Signs {
    /// All rungs with their names in the config file.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Braille, "braille"), (Self::Blocks, "blocks"), (Self::Dots, "dots"), (Self::Ascii, "ascii")];

    pub(crate) fn glyphs(self) -> &'static Glyphs {
        match self {
            Self::Braille => &UNICODE,
            Self::Blocks => &BLOCKS,
            Self::Dots => &DOTS,
            Self::Ascii => &ASCII,
        }
    }
}

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
    /// Down to the right, and up to the right.
    pub(crate) diagonals: [char; 2],
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
    pub(crate) past: char,
    pub(crate) ahead: char,
    pub(crate) band: char,
    pub(crate) event: char,
    pub(crate) begins: char,
    pub(crate) chosen: char,
    pub(crate) believed: char,
    pub(crate) marker: Marker,
    pub(crate) ascii: bool,
}

/// For terminals that show all of Unicode that we use.
const UNICODE: Glyphs = Glyphs {
    border: border::PLAIN,
    rounded: border::ROUNDED,
    merges: true,
    across: '─',
    down: '│',
    across_broken: '╌',
    down_broken: '╎',
    slanted: '·',
    diagonals: ['╲', '╱'],
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
    past: '━',
    ahead: '┄',
    band: '▒',
    event: '•',
    begins: '○',
    chosen: '◆',
    believed: '◇',
    marker: Marker::Braille,
    ascii: false,
};

/// For fonts without Braille.
const BLOCKS: Glyphs = Glyphs { marker: Marker::HalfBlock, ..UNICODE };

/// For fonts whose blocks leave gaps.
const DOTS: Glyphs = Glyphs { marker: Marker::Dot, ..UNICODE };

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

/// For terminals that have nothing else.
const ASCII: Glyphs = Glyphs {
    border: ASCII_BORDER,
    rounded: ASCII_BORDER,
    merges: false,
    across: '-',
    down: '|',
    across_broken: '.',
    down_broken: ':',
    slanted: '.',
    diagonals: ['\\', '/'],
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
    past: '=',
    ahead: '.',
    band: '%',
    event: '+',
    begins: 'o',
    chosen: '@',
    believed: '?',
    marker: Marker::Custom('*'),
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
            MessageClass::Raft => 'L',
            MessageClass::Primary => 'P',
            MessageClass::Quorum => 'Q',
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
            '·' | '•' | '┄' => '.',
            '█' | '▓' | '▒' | '░' => '%',
            '─' | '━' | '—' => '-',
            '⇄' => '=',
            '│' => '|',
            '○' | '◇' => 'o',
            '●' | '◆' => '*',
            '≤' => '<',
            '≥' => '>',
            '±' => '~',
            'σ' => 's',
            '…' => '~',
            '≠' => '#',
            '✓' => '+',
            '↑' => '^',
            '↓' => 'v',
            '←' => '<',
            '\u{2800}'..='\u{28ff}' => '*',
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
