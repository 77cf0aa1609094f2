//! That the keys of a lesson play it to its end.

use std::sync::Arc;

use crate::lab::sitting::Sitting;

use super::super::progress::{LessonProgress, Standing};
use super::super::session::{Ending, Input, LessonSession, Show};
use super::{Checker, Row};

impl Checker<'_, '_> {
    pub(super) fn keys(&mut self) {
        // The fix was graded over as many seeds as asked; here it only has to lead on.
        let mut lesson = (**self.lesson).clone();
        let seeds_max = u32::try_from(self.effort.seeds_max).unwrap_or(u32::MAX);
        lesson.head.seeds = lesson.head.seeds.min(seeds_max);
        let lesson = Arc::new(lesson);
        let end = lesson.source.text.len();
        if lesson.keys.is_empty() {
            return self.refuse(
                Row::Keys,
                end,
                "expected a section `## keys` with a fence ```keys: what plays the lesson to its end",
            );
        }
        let mut sitting = Sitting::default();
        let mut session = LessonSession::new(lesson.clone(), LessonProgress::default());
        session.begin(&mut sitting);
        let mut is_over = false;
        for (index, key) in lesson.keys.iter().enumerate() {
            let input = Input::read(key, &session);
            let mut shows = session.handle(input, &mut sitting);
            shows.extend(session.work_off(&mut sitting, self.effort.grade));
            if let Some(Show::Refused(words)) = shows.iter().find(|show| matches!(show, Show::Refused(_))) {
                let step = session.step().name();
                let message = format!("expected key {} ({key:?}, at step {step}) to be taken: {words}", index + 1);
                return self.refuse(Row::Keys, end, message);
            }
            is_over |= shows.contains(&Show::Ended(Ending::Finished));
        }
        if !is_over {
            let step = session.step().name();
            self.refuse(
                Row::Keys,
                end,
                format!("expected the keys to play the lesson to its end, they stop at `{step}`"),
            );
        } else if session.progress().standing != Standing::Solved {
            let standing = session.progress().standing.name();
            self.refuse(Row::Keys, end, format!("expected the keys to solve the lesson, it is {standing} at the end"));
        }
    }
}
