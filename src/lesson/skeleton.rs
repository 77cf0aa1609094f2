//! A lesson to begin with: it passes the checks of form, and an author replaces it piece by piece.

/// The text of a new lesson with this id.
pub fn skeleton(id: &str) -> String {
    let title = title_of(id);
    TEMPLATE.replace("{id}", id).replace("{title}", &title)
}

/// `it-is-physics` as a title: `It is physics`.
fn title_of(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

const TEMPLATE: &str = include_str!("skeleton.md");
