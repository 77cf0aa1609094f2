//! Questions that the world answers, and what the learner writes down.

use crate::lab::evaluate::{shown, value_of};
use crate::lab::sitting::Sitting;
use crate::sim::Stretch;

use super::super::decide::decide;
use super::super::model::Question;
use super::super::playback::Playback;
use super::page::numbered;
use super::{LessonSession, Locked, Show, Step};

impl LessonSession {
    /// The question of this step.
    pub(super) fn question(&self) -> Option<&Question> {
        match self.step {
            Step::Recall => self.lesson.recall.get(self.recall_at),
            Step::Predict => Some(&self.lesson.predict),
            Step::Transfer => Some(&self.lesson.transfer),
            _ => None,
        }
    }

    fn place(&self) -> (Step, usize) {
        (self.step, if self.step == Step::Recall { self.recall_at } else { 0 })
    }

    pub(super) fn is_locked(&self) -> bool {
        self.locked.contains_key(&self.place())
    }

    /// What was locked here: the option, and those that the world says are right.
    pub(super) fn locked_here(&self) -> Option<&Locked> {
        self.locked.get(&self.place())
    }

    /// What was predicted before the run.
    pub(super) fn predicted(&self) -> Option<&Locked> {
        self.locked.get(&(Step::Predict, 0))
    }

    pub(super) fn choose(&mut self, number: usize, sitting: &Sitting, shows: &mut Vec<Show>) {
        let Some(question) = self.question().cloned() else {
            shows.push(Show::Refused("there is nothing to choose at this step; {next} goes on".to_owned()));
            return;
        };
        if self.is_locked() {
            shows.push(Show::Refused("your answer is locked; {next} goes on".to_owned()));
            return;
        }
        let Some(choice) = number.checked_sub(1).filter(|choice| *choice < question.options.len()) else {
            let count = question.options.len();
            shows.push(Show::Refused(format!("expected a number from 1 to {count}, found {number}")));
            return;
        };
        self.lock(&question, choice, sitting, shows);
    }

    fn lock(&mut self, question: &Question, choice: usize, sitting: &Sitting, shows: &mut Vec<Show>) {
        let own = Sitting::going_on_only();
        let is_prediction = self.step == Step::Predict;
        let has_changed = is_prediction && (sitting.applied(), sitting.run().now()) != self.base;
        let mut decision = decide(question, if is_prediction { sitting } else { &own }, Stretch::None);
        if has_changed && decision.is_err() {
            // What the learner did leaves no room for the question: it is asked of the scene.
            decision = self.fresh_scene().and_then(|scene| decide(question, &scene, Stretch::None));
        }
        let decision = match decision {
            Ok(decision) => decision,
            Err(error) => {
                shows
                    .push(Show::Refused(format!("the world cannot answer this: {error}; `{{:}}again` begins it anew")));
                return;
            }
        };
        if is_prediction {
            self.truth = Some(shown(&value_of(&self.lesson.record.measure.kind, decision.end.run())));
        }
        let (name, is_right) = (self.question_name(), decision.right.contains(&choice));
        self.progress.predictions.insert(name, is_right);
        self.locked.insert(self.place(), Locked { choice, right: decision.right });
        if has_changed {
            let said = "you have changed the world since the scene was set up: the answer is that of your world";
            shows.push(Show::Notice(said.to_owned()));
        }
        if is_prediction {
            let locked = numbered(&question.options, choice);
            shows.push(Show::Notice(format!("locked: {locked}. Now see for yourself")));
        } else {
            shows.extend(self.reply_here().into_iter().map(Show::Notice));
        }
        shows.push(Show::Task("{next} goes on".to_owned()));
    }

    fn question_name(&self) -> String {
        match self.step {
            Step::Recall => format!("recall-{}", self.recall_at + 1),
            step => step.name().to_owned(),
        }
    }

    fn fresh_scene(&self) -> Result<Sitting, super::super::playback::PlaybackError> {
        let mut scene = Sitting::going_on_only();
        Playback::new(self.lesson.scene.lines.clone()).play(&mut scene)?;
        Ok(scene)
    }

    pub(super) fn answer(&mut self, text: &str, sitting: &Sitting, shows: &mut Vec<Show>) {
        if self.step != Step::Record {
            shows.push(Show::Refused("nothing is asked at this step".to_owned()));
            return;
        }
        let truth = self.truth();
        if is_no_answer(text, &truth) {
            let on = self.number() + 1;
            let asked = if has_digit(&truth) { "a number is asked for; " } else { "" };
            shows.push(Show::Notice(format!(
                "{asked}nothing is written down. {{back}} goes back in time to look again{{|, `run 1s` lets it pass}}; \
                 `{{:}}jump {on}` goes on without an answer"
            )));
            return;
        }
        let seen = shown(&value_of(&self.lesson.record.measure.kind, sitting.run()));
        let words = match (same(text, &truth), same(text, &seen)) {
            (true, _) => format!("yes: {truth}"),
            (false, true) => {
                format!("yes, that is what your last run shows; in the run that you predicted it is {truth}")
            }
            (false, false) => {
                format!("written down: {text}. The record says {truth}; look again if you like")
            }
        };
        self.answer = Some(super::super::source::clean(text));
        shows.push(Show::Notice(words));
        shows.push(Show::Task("{next} goes on".to_owned()));
    }

    /// What the predicted run shows.
    fn truth(&mut self) -> String {
        if let Some(truth) = &self.truth {
            return truth.clone();
        }
        let end = self.fresh_scene().and_then(|scene| decide(&self.lesson.predict, &scene, Stretch::None));
        let kind = &self.lesson.record.measure.kind;
        let truth = end.map_or_else(|_| "nothing".to_owned(), |decision| shown(&value_of(kind, decision.end.run())));
        self.truth.insert(truth).clone()
    }
}

/// Whether it is no answer at all, as "I don't know": no digit where a number is asked for.
fn is_no_answer(text: &str, truth: &str) -> bool {
    !text.chars().any(char::is_alphanumeric) || (has_digit(truth) && !has_digit(text))
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

/// Whether two values are the same to a person: quotes, spaces and a unit can be left out.
fn same(typed: &str, truth: &str) -> bool {
    let plain = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '"').collect();
        // The screen has a minus sign where a keyboard has a hyphen.
        let text = text.replace('\u{2212}', "-");
        text.trim_end_matches('.').to_lowercase()
    };
    let (typed, truth) = (plain(typed), plain(truth));
    let number = truth.trim_end_matches(|c: char| c.is_alphabetic() || c == '%');
    typed == truth || (typed == number && number.ends_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_may_leave_out_quotes_spaces_and_the_unit() {
        for (typed, truth) in [
            ("241", "241ms"),
            ("241 ms.", "241ms"),
            ("-60", "-60"),
            ("Ana2", "\"ana2\""),
            ("50", "50%"),
            ("\u{2212}1", "-1"),
        ] {
            assert!(same(typed, truth), "{typed} {truth}");
        }
        for (typed, truth) in [("24", "241ms"), ("241s", "241ms"), ("", "\"ana\""), ("60", "-60"), ("1", "1.5s")] {
            assert!(!same(typed, truth), "{typed} {truth}");
        }
    }
}
