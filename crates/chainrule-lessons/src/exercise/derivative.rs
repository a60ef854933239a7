//! What most exercises ask for: derivatives of a small graph of formulas, as they are, times g, or in a step of descent.

use chainrule::{Graph, Var, expression::Expression};

use crate::error::{Error, Result};

/// How far the engine's derivative may be from the finite difference, relative to the larger of the two and 1.
const CONFIRMED: f64 = 1e-5;

/// More ways than these from a value to the result are not told apart.
const MOST_ROUTES: usize = 12;

/// A name with the numbers it may stand for.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub name: String,
    pub low: f64,
    pub high: f64,
    /// Where the search for a small counter-example begins: 1 for what multiplies, otherwise 0.
    pub home: f64,
}

/// What a part of the answer is, given the derivative ∂ of the result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// ∂ itself.
    Gradient,
    /// g · ∂, the rule that an operation runs on the way back; g is the last input.
    Rule,
    /// w − rate · ∂, the new value; the rate is the last input.
    Step,
}

/// Derivatives of the last of a list of formulas.
#[derive(Debug)]
pub(super) struct Derivative {
    pub inputs: Vec<Input>,
    /// Each value of the graph: its name, its formula as text, and the formula.
    pub graph: Vec<(String, String, Formula)>,
    /// What is differentiated by, as places in [`names`](Derivative::names).
    pub asked: Vec<usize>,
    pub form: Form,
    /// The inputs of the one point in question, where there is just one.
    pub at: Option<Vec<f64>>,
}

/// The numbers at one point.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// The numbers of all names.
    pub values: Vec<f64>,
    /// The derivatives asked for.
    pub gradients: Vec<f64>,
    /// The right answer, part by part.
    pub truth: Vec<f64>,
    /// The same by finite differences.
    pub differences: Vec<f64>,
}

/// One way from the result down to a value: the local derivatives along it.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub steps: Vec<Step>,
}

/// A local derivative, with the operation it belongs to.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub id: usize,
    pub label: String,
    pub derivative: f64,
}

impl Derivative {
    /// The names an answer may use: the inputs, then the values of the graph; the last is the result.
    pub fn names(&self) -> Vec<&str> {
        let inputs = self.inputs.iter().map(|input| input.name.as_str());
        inputs
            .chain(self.graph.iter().map(|(name, ..)| name.as_str()))
            .collect()
    }

    /// The names of what is asked for.
    pub fn asked_names(&self) -> Vec<&str> {
        let names = self.names();
        self.asked
            .iter()
            .filter_map(|&place| names.get(place).copied())
            .collect()
    }

    /// Records the graph at a point; a value may be replaced by a number.
    fn record<'g>(&self, g: &'g Graph, inputs: &[f64], replaced: Option<(usize, f64)>) -> Result<Vec<Var<'g>>> {
        let mut values: Vec<Var> = vec![];
        let other = |place: usize| replaced.filter(|(at, _)| *at == place).map(|(_, x)| g.leaf(x));
        for (place, &x) in inputs.iter().enumerate() {
            values.push(other(place).unwrap_or_else(|| g.leaf(x)));
        }
        for (_, _, formula) in &self.graph {
            let value = match other(values.len()) {
                Some(value) => value,
                None => formula.record(g, &values)?,
            };
            values.push(value);
        }
        Ok(values)
    }

    /// The result where a value is replaced by a number.
    fn result(&self, inputs: &[f64], replaced: (usize, f64)) -> Result<f64> {
        let g = Graph::new();
        match self.record(&g, inputs, Some(replaced))?.last() {
            Some(result) => Ok(result.item()?),
            None => Err(Error::request("the exercise has no formula")),
        }
    }

    /// The fourth-order central difference of the result by a value that is `x`.
    fn difference(&self, inputs: &[f64], place: usize, x: f64) -> Result<f64> {
        let h = 1e-3 * x.abs().max(1.0);
        let at = |moved: f64| self.result(inputs, (place, moved));
        let near = at(x + h)? - at(x - h)?;
        let far = at(x + 2.0 * h)? - at(x - 2.0 * h)?;
        Ok((8.0 * near - far) / (12.0 * h))
    }

    /// The derivatives asked for, by the engine, with the numbers of all names.
    pub fn gradients(&self, inputs: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        let g = Graph::new();
        let vars = self.record(&g, inputs, None)?;
        let Some(result) = vars.last() else {
            return Err(Error::request("the exercise has no formula"));
        };
        let backward = result.backward()?;
        let gradients = self.asked.iter().filter_map(|&place| vars.get(place));
        let gradients = gradients.map(|&var| backward[var]).collect();
        let values = vars.iter().map(|var| var.item()).collect::<Result<_, _>>()?;
        Ok((values, gradients))
    }

    /// What the part must be, given the derivative.
    pub fn finish(&self, part: usize, gradient: f64, values: &[f64]) -> f64 {
        let value = |place: Option<usize>| place.and_then(|place| values.get(place)).copied().unwrap_or(f64::NAN);
        let last_input = value(self.inputs.len().checked_sub(1));
        match self.form {
            Form::Gradient => gradient,
            Form::Rule => last_input * gradient,
            Form::Step => value(self.asked.get(part).copied()) - last_input * gradient,
        }
    }

    /// The numbers at a point; none where a derivative does not exist, so that the engine and finite differences disagree.
    pub fn sample(&self, inputs: &[f64]) -> Result<Option<Sample>> {
        let (values, gradients) = self.gradients(inputs)?;
        if !values.iter().chain(&gradients).all(|x| x.is_finite()) {
            return Ok(None);
        }
        let (mut truth, mut differences) = (vec![], vec![]);
        for (part, (&gradient, &place)) in gradients.iter().zip(&self.asked).enumerate() {
            let difference = self.difference(inputs, place, values[place])?;
            let scale = gradient.abs().max(difference.abs()).max(1.0);
            // Written so that NaN is refused too.
            let confirmed = (gradient - difference).abs() <= CONFIRMED * scale;
            if !confirmed {
                return Ok(None);
            }
            truth.push(self.finish(part, gradient, &values));
            differences.push(self.finish(part, difference, &values));
        }
        Ok(Some(Sample {
            values,
            gradients,
            truth,
            differences,
        }))
    }

    /// The ways from the result to each value asked for; none where there are too many.
    pub fn routes(&self, inputs: &[f64]) -> Result<Vec<Option<Vec<Route>>>> {
        let g = Graph::new();
        let vars = self.record(&g, inputs, None)?;
        let Some(result) = vars.last() else {
            return Ok(vec![]);
        };
        let mut found = vec![];
        for &place in &self.asked {
            let explanation = match vars.get(place) {
                Some(&var) => result.explain(var)?,
                None => continue,
            };
            if explanation.path_count > MOST_ROUTES as u128 {
                found.push(None);
                continue;
            }
            let route = |path: chainrule::Path| Route {
                steps: path
                    .steps
                    .into_iter()
                    .map(|step| {
                        let label = step.name.split('#').next().unwrap_or_default().to_string();
                        Step {
                            id: step.id,
                            label,
                            derivative: step.derivative,
                        }
                    })
                    .collect(),
            };
            let mut routes: Vec<Route> = explanation.paths.into_iter().map(route).collect();
            // The engine sorts by size, which changes from point to point.
            routes.sort_by_key(|route| route.steps.iter().map(|step| step.id).collect::<Vec<_>>());
            found.push(Some(routes));
        }
        Ok(found)
    }
}

/// A formula of named numbers, such as a part of an answer.
#[derive(Clone, Debug)]
pub(super) struct Formula {
    expression: Expression,
    uses: Vec<usize>,
}

impl Formula {
    /// Reads a formula that may use these names.
    pub fn parse(text: &str, names: &[&str]) -> Result<Formula> {
        let expression = Expression::parse(text).map_err(|error| Error::request(error.to_string()))?;
        let place = |name: &String| names.iter().position(|known| known == name);
        let mut uses = vec![];
        for name in expression.names() {
            let known = || crate::names::unknown("name", name, names.iter().copied());
            uses.push(place(name).ok_or_else(known)?);
        }
        Ok(Formula { expression, uses })
    }

    /// Its value in a graph, given the values of all names.
    fn record<'g>(&self, g: &'g Graph, values: &[Var<'g>]) -> Result<Var<'g>> {
        let arguments: Vec<Var> = self
            .uses
            .iter()
            .filter_map(|&place| values.get(place).copied())
            .collect();
        Ok(self.expression.record(g, &arguments)?)
    }

    /// Its value, given the numbers of all names.
    pub fn value(&self, values: &[f64]) -> Result<f64> {
        let g = Graph::new();
        let values: Vec<Var> = values.iter().map(|&x| g.constant(x)).collect();
        Ok(self.record(&g, &values)?.item()?)
    }
}
