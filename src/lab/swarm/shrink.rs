//! Shrinking: the fewest lines that still fail, as far as a bounded greedy search finds them.

/// Tries of one search: at a few hundredths of a second each, a few seconds.
const TRIES_MAX: usize = 150;

/// Leaves out what it can: halves, then smaller pieces, then single lines (delta debugging, Zeller 2002).
pub(super) fn shrink(mut lines: Vec<String>, fails: impl Fn(&[String]) -> bool) -> Vec<String> {
    let mut tries = 0;
    let mut size = lines.len() / 2;
    while size > 0 {
        let mut at = 0;
        let mut left_out = false;
        while at < lines.len() && tries < TRIES_MAX {
            let mut fewer = lines.clone();
            fewer.drain(at..(at + size).min(lines.len()));
            tries += 1;
            if fails(&fewer) {
                lines = fewer;
                left_out = true;
            } else {
                at += size;
            }
        }
        if !left_out || size > 1 {
            size /= 2;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_needed_stays() {
        let lines: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        let needed = |lines: &[String]| lines.contains(&"7".to_owned()) && lines.contains(&"31".to_owned());
        assert_eq!(shrink(lines, needed), ["7", "31"]);
    }
}
