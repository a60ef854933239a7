//! An exercise that is answered in the page.

use chainrule_lessons::{Diagnosis, Exercise, Result, Verdict, exercise};
use maud::{Markup, html};

use super::neighbors;
use crate::{page::Page, part::Part, prose::sections, typeset::Written};

/// An answer of more characters than this is not one.
const LONGEST: usize = 2000;

/// An exercise, and the answer to it.
pub(super) struct ExercisePage {
    exercise: Exercise,
    answer: String,
    verdict: Option<Result<Verdict>>,
}

impl ExercisePage {
    pub(super) fn new(name: &str) -> Option<ExercisePage> {
        Some(ExercisePage {
            exercise: exercise(name).ok()?,
            answer: String::new(),
            verdict: None,
        })
    }
}

impl Page for ExercisePage {
    fn title(&self) -> String {
        format!("{} · exercise", self.exercise.title)
    }

    fn set(&mut self, name: &str, value: &str) {
        if name == "answer" {
            self.answer = value.chars().take(LONGEST).collect();
            let given = !self.answer.trim().is_empty();
            self.verdict = given.then(|| self.exercise.check(&self.answer));
        }
    }

    fn moved(&self) -> Vec<(String, String)> {
        match self.answer.is_empty() {
            true => vec![],
            false => vec![("answer".to_string(), self.answer.clone())],
        }
    }

    fn view(&self) -> Part {
        let exercise = &self.exercise;
        let lesson = chainrule_lessons::lesson(exercise.lesson).ok();
        let head = html! {
            header.head {
                p.place {
                    @if let Some(lesson) = lesson {
                        a href=(format!("/lessons/{}", lesson.name)) { (lesson.title) }
                    }
                    span { "Exercise" }
                }
                h1 { (exercise.title) }
            }
        };
        let question = sections(&exercise.question, Written::Typed, &[])
            .into_iter()
            .flat_map(|section| section.blocks);
        let question = question.fold(Part::new("div", "asked").with("class", "told"), Part::text);
        let form = html! {
            // Without a script the answer goes into the address, and the page comes back with the verdict.
            form.answer method="get" data-answer="" {
                label for="answer" { (exercise.how_to_answer()) }
                div {
                    input #answer name="answer" type="text" maxlength=(LONGEST) autocomplete="off" autocapitalize="off"
                        spellcheck="false" placeholder=(exercise.example_answer()) value=(self.answer);
                    button.main type="submit" { "Check" }
                }
            }
        };
        let verdict = Part::new("div", "verdict")
            .with("role", "status")
            .with("aria-live", "polite");
        let verdict = match &self.verdict {
            None => verdict.html(html! { p.muted { "The form of an answer: " code { (exercise.example_answer()) } } }),
            Some(Ok(given)) => verdict.html(told(given)),
            Some(Err(error)) => verdict.html(html! {
                div.verdict.unread { p { strong { "That cannot be read." } } p { (error) } }
            }),
        };
        let solution = html! {
            details.solution {
                summary { "Show a right answer" }
                @for answer in exercise.right_answers().take(1) { p { code { (answer) } } }
            }
        };
        Part::new("main", "page")
            .with("class", "exercise")
            .with("data-live", "")
            .html(head)
            .part(question)
            .html(form)
            .part(verdict)
            .html(solution)
            .html(neighbors(&format!("/exercises/{}", exercise.name)))
    }
}

/// What an answer is told: right or wrong, part by part, with the mistake and the smallest numbers that show it.
fn told(verdict: &Verdict) -> Markup {
    html! {
        div.verdict.right[verdict.passed].wrong[!verdict.passed] {
            p { strong { @if verdict.passed { "Right." } @else { "Not yet." } } " " (verdict.checked) }
            @if !verdict.passed {
                ul {
                    @for part in &verdict.parts {
                        li.right[part.passed].wrong[!part.passed] {
                            b { (part.name) } " = " code { (part.answer) }
                            @if part.passed { " is right." }
                            @if let Some(diagnosis) = &part.diagnosis { (named(diagnosis)) }
                        }
                    }
                }
                @if verdict.parts.iter().all(|part| part.diagnosis.is_none()) {
                    @if let Some(diagnosis) = &verdict.diagnosis { (named(diagnosis)) }
                }
            }
        }
    }
}

fn named(diagnosis: &Diagnosis) -> Markup {
    html! {
        p.hint { b { (diagnosis.name) } ": " (diagnosis.because) "." }
        @if let Some(example) = &diagnosis.counter_example { p.example { (example) } }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn answered(answer: &str) -> String {
        let mut page = ExercisePage::new("multiply").unwrap();
        page.set("answer", answer);
        page.view().content()
    }

    #[test]
    fn answers_are_judged_in_the_page() {
        let right = answered("g*b, g*a");
        assert!(
            right.contains("class=\"verdict right\"") && right.contains("Right."),
            "{right}"
        );
        let wrong = answered("g*b, a");
        assert!(wrong.contains("forgot the incoming gradient"), "{wrong}");
        assert!(wrong.contains("at a = 1, b = 0, g = 2"), "{wrong}");
        let unread = answered("<script>alert(1)</script>");
        assert!(
            unread.contains("verdict unread") && !unread.contains("<script>"),
            "{unread}"
        );
        assert!(!answered("  ").contains("class=\"verdict"));
    }

    #[test]
    fn an_answer_stands_in_the_address_and_is_not_endless() {
        let mut page = ExercisePage::new("multiply").unwrap();
        page.set("answer", &"x".repeat(10_000));
        assert_eq!(page.moved()[0].1.len(), LONGEST);
    }
}
