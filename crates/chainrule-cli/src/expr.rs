//! `chainrule expr`: the value of a formula and its derivatives, explained and drawn.

use crate::{
    binding::binding,
    failure::Failure,
    output::{columns, number, print, print_json, say},
};
use chainrule::{Gradients, Graph, Var, expression::Expression};
use chainrule_learn::write_file;
use chainrule_table::message::number as exact;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Evaluate a formula with its gradients
///
/// Formulas have + - * / ^, parentheses, and every pointwise operation of the engine as a function:
/// tanh(x), maximum(a, b), leaky_relu(x, 0.2).
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule expr '(a*b + c)*f' a=2 b=-3 c=10 f=-2
  chainrule expr 'tanh(x1*w1 + x2*w2 + b)' x1=2 x2=0 w1=-3 w2=1 b=6.8813735870195432 --explain w1
  chainrule expr 'x^3' x=2 --second --json
  chainrule expr 'sigmoid(w*x)' w=1 x=2 --svg graph.svg
  chainrule expr -- '-x^2' x=3")]
pub struct Arguments {
    /// The formula
    #[arg(value_name = "EXPRESSION", allow_hyphen_values = true)]
    expression: String,
    /// A value for each name
    #[arg(value_name = "NAME=VALUE", value_parser = binding)]
    values: Vec<(String, f64)>,
    /// Differentiate with respect to these names only
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    wrt: Vec<String>,
    /// Print second derivatives too
    #[arg(long)]
    second: bool,
    /// Explain the derivative with respect to a name as a sum over paths
    #[arg(long, value_name = "NAME")]
    explain: Option<String>,
    /// Draw the graph with data and gradients
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Print the graph in the DOT language instead of the result
    #[arg(long, conflicts_with_all = ["json", "explain", "second"])]
    dot: bool,
    /// Print one JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// A name with its value in the graph.
type Named<'g> = (String, Var<'g>);

impl Arguments {
    pub fn run(mut self) -> Result<(), Failure> {
        for name in &mut self.wrt {
            *name = name.trim().to_string();
        }
        let wrong = |message: String| Err(Failure::Arguments(message));
        let expression = Expression::parse(&self.expression).map_err(|error| Failure::Arguments(error.to_string()))?;
        for (i, (name, _)) in self.values.iter().enumerate() {
            if self.values[..i].iter().any(|(other, _)| other == name) {
                return wrong(format!("`{name}` has two values; give one"));
            }
        }
        let has_value = |name: &String| self.values.iter().any(|(given, _)| given == name);
        let unbound: Vec<_> = expression.names().iter().filter(|name| !has_value(name)).collect();
        if !unbound.is_empty() {
            let names = unbound
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ");
            let example = unbound
                .iter()
                .map(|name| format!("{name}=1"))
                .collect::<Vec<_>>()
                .join(" ");
            return wrong(format!(
                "no value for {names}; give one for each name, as in: {example}"
            ));
        }
        if let Some(name) = self.wrt.iter().chain(&self.explain).find(|name| !has_value(name)) {
            let known = self
                .values
                .iter()
                .map(|(name, _)| name.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            return wrong(format!(
                "there is no name `{name}` to differentiate by; the names are {known}"
            ));
        }
        for (name, _) in self
            .values
            .iter()
            .filter(|(name, _)| !expression.names().contains(name))
        {
            say(&format!("note: `{name}` does not occur in the formula"));
        }

        let graph = Graph::new();
        let leaves: Vec<Named> = self
            .values
            .iter()
            .map(|(name, x)| (name.clone(), graph.leaf(*x).named(name.as_str())))
            .collect();
        let of = |name: &String| leaves.iter().find(|(leaf, _)| leaf == name).map(|(_, var)| *var);
        let values: Vec<Var> = expression.names().iter().filter_map(of).collect();
        let result = expression.record(&graph, &values)?;
        let free = ["y", "result", "value of the formula"]
            .into_iter()
            .find(|name| !has_value(&name.to_string()));
        let result = match (result.name(), free) {
            (None, Some(name)) => result.named(name),
            _ => result,
        };
        let wrt: Vec<Named> = leaves
            .iter()
            .filter(|(name, _)| self.wrt.is_empty() || self.wrt.contains(name))
            .cloned()
            .collect();
        let gradients = result.backward()?;

        let drawing = || chainrule_picture::graph(result, &gradients);
        if let Some(path) = &self.svg {
            let svg = drawing().svg();
            write_file(path, |out| out.write_all(svg.as_bytes()))?;
        }
        if self.dot {
            return print(&drawing().dot());
        }
        let explanation = match self.explain.as_ref().and_then(of) {
            Some(var) => Some(result.explain(var)?),
            None => None,
        };
        let second = if self.second {
            second_derivatives(result, &wrt)?
        } else {
            vec![]
        };
        let value = result.item()?;
        let lost = wrt.iter().filter(|(_, var)| !gradients[*var].is_finite());
        for name in lost
            .map(|(name, _)| format!("the gradient of `{name}`"))
            .chain((!value.is_finite()).then(|| "the value".into()))
        {
            say(&format!("note: {name} is not a finite number"));
        }
        if self.json {
            let mut object = json!({"value": number(value), "gradients": row(&wrt, &gradients)});
            if self.second {
                let rows = wrt
                    .iter()
                    .zip(&second)
                    .map(|((name, _), second)| (name.clone(), row(&wrt, second)));
                object["second"] = Value::Object(rows.collect());
            }
            if let Some(explanation) = &explanation {
                object["explanation"] = json!({
                    "wrt": explanation.wrt,
                    "gradient": number(explanation.gradient),
                    "path_count": explanation.path_count.to_string(),
                    "paths": explanation.paths.iter().map(|path| json!({
                        "product": number(path.product),
                        "steps": path.steps.iter().map(|step| json!({
                            "of": step.name, "wrt": step.argument, "derivative": number(step.derivative),
                        })).collect::<Vec<_>>(),
                    })).collect::<Vec<_>>(),
                });
            }
            return print_json(&object);
        }
        let mut rows = vec![["value".to_string(), exact(value)]];
        for (name, var) in &wrt {
            rows.push([format!("d/d{name}"), exact(gradients[*var])]);
        }
        for ((first, _), second) in wrt.iter().zip(&second) {
            for (name, var) in &wrt {
                rows.push([format!("d²/d{first} d{name}"), exact(second[*var])]);
            }
        }
        let mut text = columns(&rows);
        if let Some(explanation) = explanation {
            text.push_str(&format!("\n{explanation}"));
        }
        print(&text)
    }
}

/// For each name, the derivatives of the first derivative.
fn second_derivatives<'g>(result: Var<'g>, wrt: &[Named<'g>]) -> Result<Vec<Gradients>, Failure> {
    let first = result.backward_graph()?;
    let second = wrt.iter().map(|(_, var)| first.wrt(*var).backward());
    Ok(second.collect::<Result<_, _>>()?)
}

fn row(wrt: &[Named<'_>], gradients: &Gradients) -> Value {
    let numbers = wrt.iter().map(|(name, var)| (name.clone(), number(gradients[*var])));
    Value::Object(numbers.collect::<Map<_, _>>())
}
