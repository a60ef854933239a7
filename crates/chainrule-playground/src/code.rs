//! A run as code: a line of the command line, and a program.

use chainrule::optim::optimizers;
use chainrule_learn::{Dataset, Task};

use crate::{
    choices::OWN,
    events::{Change, Weight},
    run::Run,
    training::loss_name,
};

/// What `chainrule` would be told for the same data and the same network, with remarks where it does something else.
///
/// Its weights are others, and a remark says why: it divides the rows in three and keeps the best epoch.
pub fn command_line(run: &Run) -> String {
    let (setup, data) = (run.choices(), run.data());
    let (mut lines, mut remarks) = (vec![], vec![]);
    let own = setup.data == OWN;
    let dataset = Dataset::named(&setup.data).ok().filter(|_| !own);
    let file = match dataset {
        None => data.trainable().table().name().to_string(),
        Some(dataset) if dataset.is_real() => setup.data.clone(),
        Some(_) => {
            let name = format!("{}.csv", setup.data);
            let noise = setup.noise().map_or(String::new(), |noise| format!(" --noise {noise}"));
            lines.push(format!(
                "chainrule data {} --samples {}{noise} --random-state {} --out {name}",
                setup.data, setup.rows, setup.data_seed
            ));
            name
        }
    };
    let task = match data.task() {
        Task::Regression => "regression",
        Task::Classification => "classification",
    };
    let mut line = vec![
        format!("chainrule fit {} --target {}", quoted(&file), quoted(data.target())),
        format!(
            "--task {task} --model mlp --folds 0 --hidden {}",
            quoted(&crate::setup::widths_text(&setup.widths))
        ),
        format!(
            "--activation {} --optimizer {} --learning-rate {} --batch-size {}",
            setup.activation,
            setup.optimizer,
            setup.rate(),
            setup.batch
        ),
    ];
    for (name, penalty) in [("l1", setup.l1), ("l2", setup.l2)] {
        if penalty > 0.0 {
            line.push(format!("--{name} {penalty}"));
        }
    }
    let epochs = run.epoch().max(1);
    let patience = match setup.stop.as_str() {
        "patience" => setup.patience,
        _ => epochs,
    };
    line.push(format!("--epochs {epochs} --patience {patience} --seed {}", setup.seed));
    let trainable = data.trainable();
    let dropped = trainable.dropped();
    for name in &dropped {
        match name.contains(',') {
            true => remarks.push(format!(
                "{} cannot be left out with --drop: its name has a comma",
                quoted(name)
            )),
            false => line.push(format!("--drop {}", quoted(name))),
        }
    }
    remarks.push(
        "fit divides the rows 64 : 16 : 20 in its own way and keeps the best epoch, so its weights are others"
            .to_string(),
    );
    if has_made_inputs(run) {
        remarks.push("fit does not make inputs of others: x1^2 and the like must be columns of the file".to_string());
    }
    if setup.scaling == "off" {
        remarks.push("fit always scales the inputs".to_string());
    }
    if setup.momentum > 0.0 && setup.optimizer == "sgd" {
        remarks.push("fit has sgd without momentum".to_string());
    }
    if let Ok(loss @ ("mae" | "huber")) = loss_name(setup, !data.classes().is_empty()) {
        remarks.push(format!("fit has no loss {loss}: for numbers it takes mse"));
    }
    if !run.events().is_empty() {
        remarks.push("what was done by hand in the midst of the run is left out".to_string());
    }
    lines.push(line.join(" \\\n  "));
    // A name with a line break must not end the remark.
    let plain = |remark: &String| remark.replace(|c: char| c.is_control(), " ");
    lines.extend(remarks.iter().map(|remark| format!("# {}", plain(remark))));
    lines.join("\n") + "\n"
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-/,".contains(c);
    match !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Whether some inputs are made of columns.
fn has_made_inputs(run: &Run) -> bool {
    let sources = run.data().columns().iter().map(|column| column.name.as_str());
    let features = run.data().trainable().encoder().features();
    let sources: Vec<&str> = sources.collect();
    features.iter().any(|feature| !sources.contains(&feature.name.as_str()))
}

/// A program that does the steps of a run up to the one that is shown, with nothing but the public crates: it gives the same
/// weights, to the bit.
///
/// It follows learning rates and weights that were set by hand; before anything else that was chosen anew it stops, and says
/// so.
pub fn rust_program(run: &Run) -> String {
    let (setup, classes) = (run.setup(), !run.data().classes().is_empty());
    let ByHand { lines, steps, remark } = by_hand(run);
    let loss = loss_name(setup, classes).unwrap_or("mse");
    let (mut losses, mut objective) = (vec![loss], format!("{loss}(network.forward(x), y)"));
    for (name, penalty) in [("l1_penalty", setup.l1), ("l2_penalty", setup.l2)] {
        if penalty > 0.0 {
            losses.push(name);
            objective.push_str(&format!("\n            + {name}(x.graph(), network) * {penalty:?}"));
        }
    }
    losses.sort_unstable();
    let optimizer = optimizer_type(&setup.optimizer);
    let mut moved = match lines.contains("set_learning_rate") {
        true => vec![optimizer.as_str(), "Optimizer"],
        false => vec![optimizer.as_str()],
    };
    moved.sort_unstable();
    let momentum = match setup.optimizer == "sgd" && setup.momentum > 0.0 {
        true => format!(".momentum({:?})", setup.momentum),
        false => String::new(),
    };
    let (imports, table) = table_code(run);
    TEMPLATE
        .replace("STEPS", &steps.to_string())
        .replace("REMARK", &remark)
        .replace("LOSSES", &listed(&losses))
        .replace("MOVES", &listed(&moved))
        .replace("IMPORTS", &imports)
        .replace("VALIDATION", &format!("{:?}", setup.validation))
        .replace("SCALED", if setup.scaling == "on" { "true" } else { "false" })
        .replace("WIDTHS", &format!("{:?}", run.network().widths()))
        .replace("ACTIVATION", &setup.activation)
        .replace("OPTIMIZER", &format!("{optimizer}::new({:?}){momentum}", setup.rate()))
        .replace("OBJECTIVE", &objective)
        .replace("SEED", &setup.seed.to_string())
        .replace("BATCH", &setup.batch.to_string())
        .replace("ANSWERS", if classes { "[rows.len()]" } else { "[rows.len(), 1]" })
        .replace("BY_HAND", &lines)
        // Names of somebody's own come last, whatever they are.
        .replace("TABLE", &table)
}

/// Names as `use` lists them.
fn listed(names: &[&str]) -> String {
    match names {
        [one] => one.to_string(),
        several => format!("{{{}}}", several.join(", ")),
    }
}

/// The program, with words in capitals for what differs.
const TEMPLATE: &str = r#"//! The network of the playground after STEPS steps, trained again: the same weights, to the bit.
REMARK
use chainrule::loss::LOSSES;
use chainrule::nn::Activation;
use chainrule::optim::MOVES;
use chainrule::{Mlp, Rng, Step, Tensor};
IMPORTS

type Error = Box<dyn std::error::Error>;

/// The rows to learn from and those to validate with, as numbers.
pub fn rows() -> Result<Trainable, Error> {
TABLE    Ok(Trainable::new(&table, &options, VALIDATION, SCALED)?)
}

/// The trained network.
pub fn train(rows: &Trainable) -> Result<Mlp, Error> {
    let (part, seed) = (rows.train(), SEED);
    let inputs = part.inputs.len() / part.rows.len();
    let mut network = Mlp::new(&WIDTHS, Activation::named("ACTIVATION")?, &mut Rng::new(seed))?;
    let mut step = Step::new(&mut network, OPTIMIZER, |network: &Mlp, [x, y]| {
        OBJECTIVE
    });
    let mut done = 0;
    'training: for epoch in 1u64.. {
        // Every epoch has an order of its own.
        let order = Rng::new(seed ^ (epoch << 32)).permutation(part.rows.len());
        for rows in order.chunks(BATCH) {
BY_HAND            if done == STEPS {
                break 'training;
            }
            let x = rows
                .iter()
                .flat_map(|row| &part.inputs[row * inputs..][..inputs])
                .copied();
            let y = rows.iter().map(|row| part.answers[*row]);
            let x = Tensor::new(x.collect(), [rows.len(), inputs])?;
            let y = Tensor::new(y.collect(), ANSWERS)?;
            step.run([&x, &y])?;
            done += 1;
        }
    }
    drop(step); // the trained weights are in the network
    Ok(network)
}

fn main() -> Result<(), Error> {
    let rows = rows()?;
    let network = train(&rows)?;
    for layer in &network.layers {
        println!("{:?} + {:?}", layer.weight.value.data(), layer.bias.value.data());
    }
    println!("{:?}", rows.figures(&network, rows.validation())?);
    Ok(())
}
"#;

/// What was done by hand, as lines of the program.
struct ByHand {
    lines: String,
    /// After how many steps the program ends, and why that is not where the run stands.
    steps: usize,
    remark: String,
}

fn by_hand(run: &Run) -> ByHand {
    let mut found = ByHand {
        lines: String::new(),
        steps: run.at(),
        remark: String::new(),
    };
    let mut events: Vec<_> = run.events().iter().filter(|event| event.step <= run.at()).collect();
    events.sort_by_key(|event| event.step);
    for event in events {
        let line = match &event.change {
            Change::Choice { name: "rate", value } => {
                let rate = value.parse().unwrap_or_else(|_| run.setup().usual_rate());
                format!("step.optimizer().set_learning_rate({rate:?})")
            }
            Change::Choice {
                name: "stop" | "steps" | "patience" | "accuracy",
                ..
            } => continue,
            Change::Choice { name, value } => {
                found.steps = event.step;
                found.remark =
                    format!("//! Then {name} = {value} was chosen anew, and so on: this program ends before.\n");
                break;
            }
            Change::Weight { which, value } => {
                let Weight { layer, from, to } = *which;
                let width = run.network().layers.get(layer).map_or(0, chainrule::Linear::outputs);
                let (part, place) = match from {
                    Some(from) => ("weight", from * width + to),
                    None => ("bias", to),
                };
                format!("step.module_mut().layers[{layer}].{part}.value.data_mut()[{place}] = {value:?}")
            }
        };
        let step = event.step;
        found.lines.push_str(&format!(
            "            if done == {step} {{\n                {line};\n            }}\n"
        ));
    }
    found
}

/// The name of the type of an optimizer, as it prints itself.
fn optimizer_type(name: &str) -> String {
    let all = optimizers::<f64>();
    let own = all.iter().find(|choice| choice.name == name);
    let printed = own.map_or(String::new(), |choice| format!("{:?}", (choice.new)(0.0)));
    printed.split(' ').next().unwrap_or_default().to_string()
}

/// How the table is made, with what is imported for it.
fn table_code(run: &Run) -> (String, String) {
    let (setup, data) = (run.setup(), run.data());
    let trainable = data.trainable();
    let mut learn = vec!["Options", "Task", "Trainable"];
    let mut code = match Dataset::named(&setup.data).ok().filter(|_| setup.data != OWN) {
        None => {
            learn.push("Table");
            format!("    let table = Table::read({:?})?;\n", trainable.table().name())
        }
        Some(dataset) => {
            learn.extend(["Choices", "Dataset"]);
            let choices = match dataset.is_real() {
                true => "    let choices = Choices::default();\n".to_string(),
                false => format!(
                    "    let choices = Choices {{\n        samples: Some({}),\n        noise: {:?},\n        random_state: \
                     Some({}),\n    }};\n",
                    setup.rows,
                    setup.noise(),
                    setup.data_seed
                ),
            };
            format!(
                "{choices}    let table = Dataset::named({:?})?.table(&choices)?;\n",
                setup.data
            )
        }
    };
    let mut imports = String::new();
    if has_made_inputs(run) {
        imports.push_str("\nuse chainrule_playground::table_with_inputs;");
        code.push_str(&format!(
            "    let table = table_with_inputs(&table, {:?}, {:?})?;\n",
            data.target(),
            setup.inputs
        ));
    }
    let dropped = trainable.dropped();
    let mutable = if dropped.is_empty() { "" } else { "mut " };
    code.push_str(&format!(
        "    let {mutable}options = Options {{\n        task: Some(Task::{:?}),\n        seed: {},\n        \
         ..Options::new({:?})\n    }};\n",
        data.task(),
        setup.seed,
        data.target()
    ));
    if !dropped.is_empty() {
        let names: Vec<String> = dropped.iter().map(|name| format!("{name:?}")).collect();
        code.push_str(&format!(
            "    for name in [{}] {{\n        options.columns.insert(name.to_string(), ColumnType::Dropped);\n    }}\n",
            names.join(", ")
        ));
    }
    if !dropped.is_empty() {
        learn.push("ColumnType");
    }
    learn.sort_unstable();
    (format!("use chainrule_learn::{};{imports}", listed(&learn)), code)
}
