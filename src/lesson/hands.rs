//! How a learner's hands do things, on the screen and at a prompt: one text of a lesson fits both.
//!
//! ```text
//!   {next}              n                Enter            goes on, or does the next thing to do
//!   {hint} {undo}       t                `hint`           keys there, words here
//!   {grade}             n                `grade`
//!   {back}              <                `go TIME`        watches again
//!   {:}                 :                                 stands before a line that is typed
//!   {this|that}         this             that             anything else
//! ```

/// What stands for the placeholders of a lesson's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hands {
    /// Whether it is the screen's.
    is_screen: bool,
    next: String,
    hint: String,
    undo: String,
    back: String,
}

/// A piece of a text.
enum Piece<'a> {
    Plain(&'a str),
    /// What stands between the braces.
    Placeholder(&'a str),
}

impl Default for Hands {
    fn default() -> Self {
        let [next, hint, undo, back] = ["Enter", "`hint`", "`undo`", "`go TIME`"].map(str::to_owned);
        Self { is_screen: false, next, hint, undo, back }
    }
}

impl Hands {
    /// Those at the screen, by the keys that do these things.
    pub fn screen(next: String, hint: String, undo: String, back: String) -> Self {
        Self { is_screen: true, next, hint, undo, back }
    }

    /// A text with its placeholders filled in; what is none stays as it is.
    pub fn fill(&self, text: &str) -> String {
        let shown = |piece| match piece {
            Piece::Plain(text) => text.to_owned(),
            Piece::Placeholder(name) => self.word(name).map_or_else(|| format!("{{{name}}}"), str::to_owned),
        };
        pieces(text).into_iter().map(shown).collect()
    }

    fn word<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        if let Some((screen, prompt)) = name.split_once('|') {
            return Some(if self.is_screen { screen } else { prompt });
        }
        Some(match name {
            "next" => &self.next,
            "hint" => &self.hint,
            "undo" => &self.undo,
            "back" => &self.back,
            "grade" if self.is_screen => &self.next,
            "grade" => "`grade`",
            ":" if self.is_screen => ":",
            ":" => "",
            _ => return None,
        })
    }
}

/// The first placeholder of a text that nothing stands for.
pub fn unknown(text: &str) -> Option<&str> {
    let hands = Hands::default();
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Placeholder(name) if hands.word(name).is_none() => Some(name),
        _ => None,
    })
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, from)| Some((before, from.split_once('}')?)))
    {
        pieces.extend([Piece::Plain(before), Piece::Placeholder(name)]);
        rest = after;
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_fits_the_screen_and_the_prompt() {
        let screen = Hands::screen("n".into(), "t".into(), "u".into(), "<".into());
        let text = "{next} types it; {back} goes back; type `{:}heal`, see {the data pane|`expect`}; {grade}";
        assert_eq!(screen.fill(text), "n types it; < goes back; type `:heal`, see the data pane; n");
        assert_eq!(
            Hands::default().fill(text),
            "Enter types it; `go TIME` goes back; type `heal`, see `expect`; `grade`"
        );
    }

    #[test]
    fn what_is_no_placeholder_stays_and_is_found() {
        for text in ["{", "}", "a { b", "{}", "{nixt} goes on", "{{next}}"] {
            let filled = Hands::default().fill(text);
            assert_eq!(filled == text, text != "{{next}}" || unknown(text).is_some(), "{filled}");
        }
        assert_eq!((unknown("{next} {nixt}"), unknown("{a|b} {:}")), (Some("nixt"), None));
    }
}
