//! Putting text into cells: everything is cut to its width, and what cannot be shown is not sent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Writes `text` at (x, y), at most `width` columns of it, inside `area`; says where it ended.
pub(crate) fn put(buffer: &mut Buffer, area: Rect, at: (u16, u16), text: &str, style: Style) -> u16 {
    let area = area.intersection(buffer.area);
    let (x, y) = at;
    if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
        return x;
    }
    let text = clean(text);
    buffer.set_stringn(x, y, text, usize::from(area.right() - x), style).0
}

/// Writes one sign, if it lies inside `area`.
pub(crate) fn put_sign(buffer: &mut Buffer, area: Rect, at: (u16, u16), sign: char, style: Style) {
    let mut bytes = [0; 4];
    put(buffer, area, at, sign.encode_utf8(&mut bytes), style);
}

/// The text without control characters: names and values were typed by someone.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).collect()
}

/// The columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// The text, cut to `width` columns with `more` for what is left out.
pub(crate) fn fit(text: &str, width: usize, more: char) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for sign in text.chars() {
        let wide = sign.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        out.push(sign);
    }
    if width > 0 {
        out.push(more);
    }
    out
}

/// The text cut or filled to `width` columns.
pub(crate) fn pad(text: &str, width: usize, more: char) -> String {
    let mut out = fit(text, width, more);
    let missing = width.saturating_sub(out.width());
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// The text in lines of at most `width` columns, broken at spaces; an indentation is kept, and what fits stays as it is.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        if paragraph.width() <= width {
            lines.push(paragraph.to_owned());
            continue;
        }
        let indent: String = paragraph.chars().take_while(|sign| *sign == ' ').collect();
        let mut line = indent.clone();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let is_fresh = line.len() == indent.len();
            if !is_fresh && line.width() + 1 + word.width() > width {
                lines.push(std::mem::replace(&mut line, format!("{indent}{word}")));
                continue;
            }
            if !is_fresh {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_their_columns() {
        assert_eq!(fit("address", 4, '…'), "add…");
        assert_eq!(fit("address", 7, '…'), "address");
        assert_eq!(fit("漢字", 3, '…'), "漢…");
        assert_eq!(fit("x", 0, '…'), "");
        assert_eq!(pad("ab", 4, '…'), "ab  ");
    }

    #[test]
    fn lines_break_at_spaces_and_keep_their_indentation() {
        assert_eq!(wrap("  one two three", 9), ["  one two", "  three"]);
        assert_eq!(wrap("", 9), Vec::<String>::new());
        assert_eq!(wrap("one   two", 9), ["one   two"], "columns of a table stay");
    }

    #[test]
    fn escape_sequences_lose_their_escape() {
        assert_eq!(clean("a\u{1b}[31mb\u{7}"), "a[31mb");
    }
}
