//! The text file of an exercise.

use serde::Deserialize;
use std::collections::BTreeMap;

use super::{
    Exercise, Task, answer,
    derivative::{Derivative, Form, Formula, Input},
    fit::Fit,
    tree::Tree,
};
use crate::error::{Error, Result};

/// The range of a name that the file says nothing about.
const RANGE: [f64; 2] = [-3.0, 3.0];

/// What a file may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    lesson: String,
    /// Its place among the exercises of the lesson.
    #[serde(default)]
    place: u32,
    question: String,
    kind: Kind,
    /// A right answer.
    answer: String,
    /// Right answers in other forms.
    #[serde(default)]
    also: Vec<String>,
    /// Formulas `name = formula`, each of the inputs and of names before it; the last is the result.
    #[serde(default)]
    graph: Vec<String>,
    /// What the result is differentiated by.
    #[serde(default)]
    asked: Vec<String>,
    /// For a step of descent: the name of the learning rate.
    rate: Option<String>,
    /// The range of each input; −3 to 3 where none is given.
    #[serde(default)]
    range: BTreeMap<String, [f64; 2]>,
    /// The values of the inputs, for an exercise about one point.
    #[serde(default)]
    at: BTreeMap<String, f64>,
    fit: Option<Fit>,
    #[serde(default)]
    wrong: Vec<Wrong>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// The backward rule of an operation: formulas with the incoming gradient g.
    Rule,
    /// Derivatives as formulas, or the weights after a step of descent.
    Formula,
    /// Derivatives as numbers.
    Gradients,
    /// A network to be fitted.
    Fit,
}

/// A wrong answer that many give.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    answer: String,
    /// The part it answers; all of them if not given.
    part: Option<String>,
    name: String,
    because: String,
}

/// A wrong answer that many give, for each part that it gets wrong.
#[derive(Debug)]
pub(super) struct Listed {
    /// As an answer to the whole exercise; none when it answers one part.
    pub answer: Option<String>,
    pub formulas: Vec<Option<Formula>>,
    pub name: String,
    pub because: String,
}

/// Reads the text of a file.
pub(super) fn read(name: &str, text: &str) -> Result<Exercise> {
    let fault = |what: String| Error::request(format!("exercise {name}: {what}"));
    let file: File = toml::from_str(text).map_err(|error| fault(error.to_string().trim_end().to_string()))?;
    file.exercise(name).map_err(|error| fault(error.to_string()))
}

impl File {
    fn exercise(self, name: &str) -> Result<Exercise> {
        for (what, text) in [("title", &self.title), ("question", &self.question)] {
            if text.trim().is_empty() {
                return Err(Error::request(format!("its {what} is empty")));
            }
        }
        let lesson = crate::lesson(&self.lesson)?;
        let task = match self.kind {
            Kind::Fit => self.fit_task()?,
            _ => self.derivative_task()?,
        };
        Ok(Exercise {
            name: name.to_string(),
            title: self.title.trim().to_string(),
            lesson: lesson.name,
            place: self.place,
            question: self.question.trim().to_string() + "\n",
            right: std::iter::once(self.answer).chain(self.also).collect(),
            task,
        })
    }

    fn fit_task(&self) -> Result<Task> {
        let alien = !self.graph.is_empty() || !self.asked.is_empty() || !self.wrong.is_empty() || self.rate.is_some();
        match &self.fit {
            Some(fit) if !alien => Ok(Task::Fit(fit.clone().valid()?)),
            Some(_) => Err(Error::request(
                "an exercise of the kind fit has no graph, asked, rate or wrong",
            )),
            None => Err(Error::request("an exercise of the kind fit needs a table [fit]")),
        }
    }

    fn derivative_task(&self) -> Result<Task> {
        let refuse = |what: String| Err(Error::request(what));
        let (form, factor) = match (self.kind, &self.rate) {
            (Kind::Rule, None) => (Form::Rule, Some(("g", [-2.0, 2.0]))),
            (Kind::Formula, Some(rate)) => (Form::Step, Some((rate.as_str(), [0.1, 1.0]))),
            (_, Some(_)) => return refuse("only the kind formula has a rate".to_string()),
            _ => (Form::Gradient, None),
        };
        if self.fit.is_some() {
            return refuse("only the kind fit has a table [fit]".to_string());
        }
        let defined = self.definitions()?;
        let mut inputs: Vec<String> = vec![];
        for (place, (_, formula)) in defined.iter().enumerate() {
            let expression = chainrule::expression::Expression::parse(formula);
            for name in expression
                .map_err(|error| Error::request(format!("graph: {error}")))?
                .names()
            {
                let before = defined[..place].iter().any(|(other, _)| other == name);
                if !before && defined.iter().any(|(other, _)| other == name) {
                    return refuse(format!("{name} is used in the graph before it is defined"));
                }
                if !before && !inputs.contains(name) {
                    inputs.push(name.clone());
                }
            }
        }
        if let Some(unused) = self
            .range
            .keys()
            .chain(self.at.keys())
            .find(|name| !inputs.contains(name))
        {
            return refuse(format!(
                "{unused} has numbers but the graph does not use it; it uses {}",
                inputs.join(", ")
            ));
        }
        let at = self.one_point(&inputs)?;
        let mut ranged: Vec<Input> = vec![];
        for name in inputs {
            let [low, high] = self.range.get(&name).copied().unwrap_or(RANGE);
            if !(low.is_finite() && high.is_finite() && low < high) {
                return refuse(format!(
                    "the range of {name} is [{low}, {high}]; give two numbers, the smaller one first"
                ));
            }
            ranged.push(Input {
                name,
                low,
                high,
                home: 0.0,
            });
        }
        if let Some((name, [low, high])) = factor {
            if defined.iter().any(|(other, _)| other == name) || ranged.iter().any(|input| input.name == name) {
                return refuse(format!(
                    "{name} has a meaning of its own here; call it otherwise in the graph"
                ));
            }
            ranged.push(Input {
                name: name.to_string(),
                low,
                high,
                home: 1.0,
            });
        }
        let mut names: Vec<&str> = ranged.iter().map(|input| input.name.as_str()).collect();
        let mut graph = vec![];
        for (name, formula) in &defined {
            graph.push((name.clone(), formula.clone(), Formula::parse(formula, &names)?));
            names.push(name);
        }
        let inputs_only = form == Form::Step;
        let mut asked: Vec<usize> = vec![];
        for name in &self.asked {
            let unknown = || crate::names::unknown("name", name, names.iter().copied());
            let place = names.iter().position(|known| known == name).ok_or_else(unknown)?;
            if inputs_only && place >= ranged.len() || factor.is_some_and(|(factor, _)| factor == name) {
                return refuse(format!("{name} cannot be asked for; ask for inputs of the graph"));
            }
            if asked.contains(&place) {
                return refuse(format!("{name} is asked for twice"));
            }
            asked.push(place);
        }
        if asked.is_empty() {
            return refuse("it asks for nothing; give asked = [\"…\"]".to_string());
        }
        let derivative = Derivative {
            inputs: ranged,
            graph,
            asked,
            form,
            at,
        };
        let listed = self
            .wrong
            .iter()
            .map(|wrong| wrong.listed(&derivative))
            .collect::<Result<_>>()?;
        let mut trees = vec![];
        for right in std::iter::once(&self.answer).chain(&self.also) {
            let parts = answer::parts(right, &derivative)?;
            trees.extend(
                parts
                    .iter()
                    .map(|part| Tree::parse(&part.text))
                    .collect::<Option<Vec<_>>>(),
            );
        }
        Ok(Task::Derivative {
            derivative: Box::new(derivative),
            listed,
            trees,
        })
    }

    /// The names and formulas of the graph.
    fn definitions(&self) -> Result<Vec<(String, String)>> {
        let mut found: Vec<(String, String)> = vec![];
        for line in &self.graph {
            let Some((name, formula)) = line.split_once('=') else {
                return Err(Error::request(format!(
                    "the graph has `{line}`; write it as `name = formula`"
                )));
            };
            let name = name.trim();
            if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
                return Err(Error::request(format!("`{name}` in the graph is not a name")));
            }
            if found.iter().any(|(other, _)| other == name) {
                return Err(Error::request(format!("{name} is defined twice in the graph")));
            }
            found.push((name.to_string(), formula.trim().to_string()));
        }
        match found.is_empty() {
            true => Err(Error::request("it has no graph; give graph = [\"y = …\"]")),
            false => Ok(found),
        }
    }

    /// The values of the inputs, for the kind that has them.
    fn one_point(&self, inputs: &[String]) -> Result<Option<Vec<f64>>> {
        if self.kind != Kind::Gradients {
            return match self.at.is_empty() {
                true => Ok(None),
                false => Err(Error::request("only the kind gradients has a table [at]")),
            };
        }
        let value = |name: &String| match self.at.get(name) {
            Some(x) if x.is_finite() => Ok(*x),
            Some(x) => Err(Error::request(format!("{name} = {x} in [at] is not a finite number"))),
            None => Err(Error::request(format!("{name} has no value; give one in [at]"))),
        };
        inputs.iter().map(value).collect::<Result<_>>().map(Some)
    }
}

impl Wrong {
    fn listed(&self, task: &Derivative) -> Result<Listed> {
        let (asked, names) = (task.asked_names(), task.names());
        let mut formulas: Vec<Option<Formula>> = vec![None; asked.len()];
        match &self.part {
            None => {
                let parts = answer::parts(&self.answer, task)?;
                formulas = parts.into_iter().map(|part| Some(part.formula)).collect();
            }
            Some(part) => {
                let unknown = || crate::names::unknown("part", part, asked.iter().copied());
                let place = asked.iter().position(|name| name == part).ok_or_else(unknown)?;
                formulas[place] = Some(Formula::parse(&self.answer, &names)?);
            }
        }
        Ok(Listed {
            answer: self.part.is_none().then(|| self.answer.clone()),
            formulas,
            name: self.name.clone(),
            because: self.because.trim().to_string(),
        })
    }
}
