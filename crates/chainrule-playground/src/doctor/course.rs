//! What the course of the losses says.

use chainrule::{Graph, Mlp};

use super::{Code, Finding, figure, rate_times};
use crate::{
    error::Result,
    history::EpochFigures,
    measure::{measured, some_rows},
    run::Run,
    training::{loss_name, objective, set_weights, weights},
};

/// From so many epochs and steps on the course says something.
const FEWEST_EPOCHS: usize = 10;
const FEWEST_STEPS: usize = 100;
/// So many epochs are the present.
const RECENT: usize = 5;

/// What the course of the losses shows up to the step that is shown.
pub(super) fn of_course(run: &Run) -> Result<Vec<Finding>> {
    let epochs: Vec<EpochFigures> = run
        .history()
        .epochs()
        .iter()
        .filter(|epoch| epoch.step <= run.at())
        .copied()
        .collect();
    if epochs.len() < FEWEST_EPOCHS || run.at() < FEWEST_STEPS {
        return Ok(vec![]);
    }
    let baseline = baseline(run)?;
    if let Some(finding) = too_large(run, &epochs, baseline) {
        return Ok(vec![finding]);
    }
    let slope = Slope::of(run)?;
    if let Some(finding) = too_small(run, &epochs, baseline, &slope) {
        return Ok(vec![finding]);
    }
    let found = [
        no_learning(run, &epochs, baseline)?,
        overfitting(run, &epochs, baseline),
    ];
    Ok(found.into_iter().flatten().collect())
}

/// The loss of one who knows nothing but how often each answer occurs among the training rows.
fn baseline(run: &Run) -> Result<f64> {
    let (answers, classes) = (&run.data().train().answers, run.data().classes().len());
    let outputs: Vec<f64> = match classes {
        0 => vec![0.0; answers.len()],
        classes => {
            let mut counts = vec![0.0f64; classes];
            answers.iter().for_each(|answer| counts[*answer as usize] += 1.0);
            let logits: Vec<f64> = counts.iter().map(|count| count.ln()).collect();
            logits.repeat(answers.len())
        }
    };
    Ok(measured(&outputs, answers, loss_name(run.choices(), classes > 0)?, classes)?.loss)
}

fn recent(epochs: &[EpochFigures]) -> &[EpochFigures] {
    &epochs[epochs.len() - RECENT.min(epochs.len())..]
}

fn mean(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    numbers.clone().sum::<f64>() / numbers.count() as f64
}

/// Losses that rise or jump.
fn too_large(run: &Run, epochs: &[EpochFigures], baseline: f64) -> Option<Finding> {
    let now = mean(recent(epochs).iter().map(|epoch| epoch.train_loss));
    let best = epochs
        .iter()
        .map(|epoch| epoch.train_loss)
        .fold(f64::INFINITY, f64::min);
    // An epoch or two that went wrong are made up for: the middle one of the last says where it stands.
    let middle = {
        let mut last: Vec<f64> = recent(epochs).iter().map(|epoch| epoch.train_loss).collect();
        last.sort_by(f64::total_cmp);
        last.get(last.len() / 2).copied().unwrap_or(now)
    };
    let jumps = {
        // A fall is no jump, however steep.
        let last = epochs[epochs.len() - 2 * RECENT..].windows(2);
        let rises = last.map(|pair| (pair[1].train_loss - pair[0].train_loss).max(0.0));
        let rise = mean(rises);
        (rise > 0.2 * now && rise > 0.03 * baseline).then_some(rise)
    };
    // What began worse than a guess and still falls is none.
    let found = if now > 1.2 * baseline && now > 1.1 * best {
        format!(
            "the training loss is {}, and one who only guesses has {}",
            figure(now),
            figure(baseline)
        )
    } else if middle > 2.0 * best && middle > best + 0.1 * baseline {
        format!(
            "the training loss has been {} and is {} now",
            figure(best),
            figure(middle)
        )
    } else if let Some(rise) = jumps {
        format!(
            "the training loss jumps up by {} from epoch to epoch in the mean, around {}",
            figure(rise),
            figure(now)
        )
    } else {
        return None;
    };
    let found = format!("{found}; the learning rate is {}", figure(run.choices().rate()));
    let penalty = penalty(run);
    let change = match penalty > 0.5 * now {
        true => Some(("l2", "0".to_string())),
        false => rate_times(run, 0.1),
    };
    Some(Code::RateTooLarge.finding(found, change))
}

/// What the penalties add to the loss.
fn penalty(run: &Run) -> f64 {
    let number = |name: &str| {
        run.choices()
            .get(name)
            .ok()
            .and_then(|text| text.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    let (l1, l2) = (number("l1"), number("l2"));
    let all = run.network().layers.iter().flat_map(|layer| layer.weight.value.data());
    all.map(|weight| l1 * weight.abs() + l2 * weight * weight).sum()
}

/// Whether there are penalties on weights.
fn is_penalized(run: &Run) -> bool {
    ["l1", "l2"]
        .iter()
        .any(|name| run.choices().get(name).as_deref() != Ok("0"))
}

/// How far down the slope leads from here, in a straight line.
struct Slope {
    /// The loss here, and the least one along the line.
    here: f64,
    least: f64,
    /// How far away that is.
    away: f64,
}

impl Slope {
    fn of(run: &Run) -> Result<Slope> {
        let classes = run.data().classes().len();
        let part = some_rows(run.data().train(), weights(run.network()).len());
        let rows = part.rows.len();
        let inputs = part.inputs.len() / rows.max(1);
        let objective = objective(run.choices(), classes > 0);
        let loss_and_slope = |network: &Mlp, slope: bool| -> Result<(f64, Vec<f64>)> {
            let graph = Graph::new();
            let x = graph.tensor(&part.inputs, [rows, inputs]);
            let y = match classes {
                0 => graph.tensor(&part.answers, [rows, 1]),
                _ => graph.tensor(&part.answers, [rows]),
            };
            let loss = objective(network, [x, y]);
            let mut along = vec![];
            if slope {
                let gradients = loss.backward()?;
                for param in network.layers.iter().flat_map(|layer| [&layer.weight, &layer.bias]) {
                    let own = gradients.get(chainrule::Operand::on(param, &graph));
                    match own {
                        Some(own) => along.extend_from_slice(own),
                        None => along.resize(along.len() + param.value.data().len(), 0.0),
                    }
                }
            }
            Ok((loss.item()?, along))
        };
        let mut network = run.network().clone();
        let center = weights(&network);
        let (here, gradient) = loss_and_slope(&network, true)?;
        let length = |numbers: &[f64]| numbers.iter().map(|x| x * x).sum::<f64>().sqrt();
        let (steepness, size) = (length(&gradient), length(&center));
        let mut slope = Slope {
            here,
            least: here,
            away: 0.0,
        };
        for share in [0.01, 0.03, 0.1, 0.3] {
            let away = share * (size + 1.0);
            let moved: Vec<f64> = center
                .iter()
                .zip(&gradient)
                .map(|(w, g)| w - g * away / steepness)
                .collect();
            set_weights(&mut network, &moved);
            let (loss, _) = loss_and_slope(&network, false)?;
            if loss < slope.least {
                (slope.least, slope.away) = (loss, away);
            }
        }
        Ok(slope)
    }
}

/// So many epochs should be enough for what one straight line brings, or so many steps where an epoch has few.
const ENOUGH_EPOCHS: f64 = 50.0;
const ENOUGH_STEPS: f64 = 150.0;

/// A loss that falls much slower than it could.
fn too_small(run: &Run, epochs: &[EpochFigures], baseline: f64, slope: &Slope) -> Option<Finding> {
    let fall = slope.here - slope.least;
    if !(fall > 0.05 * baseline && fall > 0.1 * slope.here) {
        return None;
    }
    // How fast it went of late, in loss and in distance.
    let (last, first) = (recent(epochs).last()?, recent(epochs).first()?);
    let between = (last.epoch - first.epoch).max(1) as f64;
    let per_epoch = (first.train_loss - last.train_loss) / between;
    let (steps, _) = run.steps_of_epoch();
    let past = run.kept().iter().rev().find(|state| state.step + steps <= run.at())?;
    let square = |(a, b): (&f64, f64)| (a - b) * (a - b);
    let moved = past.weights.iter().zip(run.weights()).map(square).sum::<f64>().sqrt();
    let moved = moved / ((run.at() - past.step) as f64 / steps as f64);
    let enough = ENOUGH_EPOCHS.max(ENOUGH_STEPS / steps as f64);
    if per_epoch * enough > fall || moved * enough > slope.away {
        return None;
    }
    let found = format!(
        "the slope leads from a loss of {} down to {} in a straight line, but an epoch goes {} of that way and brings {}; the \
         learning rate is {}",
        figure(slope.here),
        figure(slope.least),
        percent(moved / slope.away),
        figure(per_epoch),
        figure(run.choices().rate())
    );
    Some(Code::RateTooSmall.finding(found, rate_times(run, 10.0)))
}

fn percent(share: f64) -> String {
    format!("{} %", figure(share * 100.0))
}

/// A gradient of the first layer so many times smaller than that of the last has vanished.
const VANISHED: f64 = 1e-2;

/// A loss that falls less than this share of a guess's loss, while a third of the epochs go by, stands still.
const STILL: f64 = 0.003;
/// A fall is one if it is so many times what the loss changes from epoch to epoch, up or down.
const UNREST: f64 = 2.0;
/// Weights below this are held by penalties, if there are any.
const HELD: f64 = 0.5;
/// After so many steps without a cause that is known, the inputs may be to blame.
const LONG: usize = 5000;

/// What the loss changes from one epoch to the next of late, in the mean.
fn unrest(epochs: &[EpochFigures]) -> f64 {
    let last = epochs[epochs.len() - 2 * RECENT..].windows(2);
    mean(last.map(|pair| (pair[1].train_loss - pair[0].train_loss).abs()))
}

/// A loss that is that of a guess.
fn no_learning(run: &Run, epochs: &[EpochFigures], baseline: f64) -> Result<Option<Finding>> {
    let now = mean(recent(epochs).iter().map(|epoch| epoch.train_loss));
    let penalty = penalty(run);
    if now - penalty < 0.95 * baseline {
        return Ok(None);
    }
    // What still falls is learned from.
    let earlier = epochs[..epochs.len() - RECENT]
        .iter()
        .rev()
        .take(epochs.len() / 3)
        .rev();
    let earlier: Vec<f64> = earlier.take(RECENT).map(|epoch| epoch.train_loss).collect();
    let fall = mean(earlier.iter().copied()) - now;
    if fall > STILL * baseline && fall > UNREST * unrest(epochs) {
        return Ok(None);
    }
    let size = |numbers: &[f64]| (numbers.iter().map(|x| x * x).sum::<f64>() / numbers.len().max(1) as f64).sqrt();
    let gradients = run.gradients()?;
    let sizes: Vec<f64> = gradients.layers.iter().map(|layer| size(&layer.weights)).collect();
    let (first, last) = (
        sizes.first().copied().unwrap_or_default(),
        sizes.last().copied().unwrap_or_default(),
    );
    let linear = run.choices().widths().is_empty() || run.choices().get("activation").as_deref() == Ok("identity");
    // Biases are not penalized.
    let all = run.network().layers.iter().flat_map(|layer| layer.weight.value.data());
    let (largest, penalized) = (all.fold(0.0, |most: f64, w| most.max(w.abs())), is_penalized(run));
    let (why, change) = if penalized && (penalty > 0.05 * baseline || largest < HELD) {
        let name = if run.choices().get("l1").as_deref() == Ok("0") {
            "l2"
        } else {
            "l1"
        };
        let why = format!("the penalty {name} holds all weights below {}", figure(largest));
        (why, Some((name, "0".to_string())))
    } else if linear && run.choices().widths().is_empty() {
        let why = "without hidden neurons the network is a linear model".to_string();
        (why, Some(("widths", "8".to_string())))
    } else if linear {
        let why = "without a nonlinearity the network is a linear model".to_string();
        (why, Some(("activation", "tanh".to_string())))
    } else if first < VANISHED * last {
        let why = format!(
            "gradients vanish on their way back: they are about {} in the last layer and {} in the first",
            figure(last),
            figure(first)
        );
        let activation = if run.choices().get("activation").as_deref() == Ok("sigmoid") {
            "tanh"
        } else {
            "relu"
        };
        (why, Some(("activation", activation.to_string())))
    } else if run.at() < LONG {
        return Ok(None);
    } else {
        (
            "perhaps the inputs have nothing to do with the target".to_string(),
            None,
        )
    };
    let found = format!(
        "after {} steps the training loss is {}, and one who only guesses has {}: {why}",
        run.at(),
        figure(now),
        figure(baseline)
    );
    Ok(Some(Code::NoLearning.finding(found, change)))
}

/// A validation loss that rises while the training loss falls.
fn overfitting(run: &Run, epochs: &[EpochFigures], baseline: f64) -> Option<Finding> {
    let best = epochs
        .iter()
        .min_by(|a, b| a.validation_loss.total_cmp(&b.validation_loss))?;
    let now = recent(epochs);
    let (train, validation) = (
        mean(now.iter().map(|epoch| epoch.train_loss)),
        mean(now.iter().map(|epoch| epoch.validation_loss)),
    );
    let last = now.last()?;
    let rises = validation > 1.3 * best.validation_loss && validation > best.validation_loss + 0.1 * baseline;
    // What is known by heart is answered much better than what is new.
    let by_heart = train < best.train_loss && validation > 1.3 * train;
    if !rises || !by_heart || last.epoch < best.epoch + FEWEST_EPOCHS {
        return None;
    }
    let found = format!(
        "the validation loss was {} after epoch {} and is {} now, while the training loss fell from {} to {}",
        figure(best.validation_loss),
        best.epoch,
        figure(validation),
        figure(best.train_loss),
        figure(train)
    );
    let l2 = run
        .choices()
        .get("l2")
        .ok()
        .and_then(|text| text.parse::<f64>().ok())
        .unwrap_or(0.0);
    let more = if l2 == 0.0 { 0.01 } else { (l2 * 3.0).min(100.0) };
    Some(Code::Overfitting.finding(found, Some(("l2", more.to_string()))))
}
