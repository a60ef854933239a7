//! How a training went: units that do nothing, rates that are too large or too small, and whether the result holds.

use chainrule::{Graph, Mlp, Tensor};
use chainrule_table::message::{count, quoted};

use super::{Code, Warning, sample};
use crate::{
    assess::Fit,
    error::Result,
    judge::Truth,
    metrics::{mean, most_likely},
    prediction::Prediction,
    target::Target,
    train::Epoch,
};

/// So many training rows are put through the network.
const MOST_ROWS: usize = 500;
/// A unit's numbers differ by less than this: it says the same of every row.
const SAME: f64 = 1e-9;
/// A unit is saturated when for this share of the rows it is as near to one of its ends as that, in parts of its range.
const SATURATED: (f64, f64) = (0.95, 0.005);
/// This share of the units of a layer.
const MANY: f64 = 0.5;

/// Layers of which half the units or more are dead or saturated, measured on training rows.
pub(super) fn idle_units(fit: &Fit) -> Result<Vec<Warning>> {
    let rows = sample(&fit.split.train, MOST_ROWS);
    let prepared = &fit.learned.prepared;
    idle(&fit.learned.network, &prepared.encoded(&rows), rows.len())
}

fn idle(network: &Mlp, data: &[f64], rows: usize) -> Result<Vec<Warning>> {
    let hidden = network.layers.len().saturating_sub(1);
    if rows == 0 || hidden == 0 {
        return Ok(vec![]);
    }
    let graph = Graph::new();
    let x = Tensor::new(data.to_vec(), [rows, data.len() / rows])?;
    let mut x = graph.constant(&x);
    let mut warnings = vec![];
    let layers = network.layers.iter().zip(&network.activations).enumerate();
    for (number, (layer, activation)) in layers.take(hidden) {
        x = activation.forward(layer.forward(x));
        let (values, width, name) = (x.value()?, layer.outputs(), activation.to_string());
        let unit = |unit: usize| values.data().iter().skip(unit).step_by(width).copied();
        let ends = match name.as_str() {
            "tanh" => Some((-1.0, 1.0)),
            "sigmoid" => Some((0.0, 1.0)),
            _ => None,
        };
        let dead = |place: &usize| {
            let low = unit(*place).fold(f64::INFINITY, f64::min);
            unit(*place).fold(f64::NEG_INFINITY, f64::max) - low < SAME
        };
        let saturated = |place: &usize| {
            ends.is_some_and(|(low, high)| {
                let margin = (high - low) * SATURATED.1;
                let at_end = unit(*place).filter(|x| *x < low + margin || *x > high - margin).count();
                at_end as f64 >= SATURATED.0 * rows as f64
            })
        };
        let (dead, saturated) = ((0..width).filter(dead).count(), (0..width).filter(saturated).count());
        let where_ = format!("of the {width} {name} units of hidden layer {}", number + 1);
        let measured = count(rows, "training row", "training rows");
        if dead as f64 >= MANY * width as f64 {
            warnings.push(Warning::new(
                Code::DeadUnits,
                format!("{dead} {where_} give the same number for all of {measured}: they learn nothing"),
                "use --activation tanh or leaky_relu, a smaller --learning-rate, or another --seed",
            ));
        } else if saturated as f64 >= MANY * width as f64 {
            warnings.push(Warning::new(
                Code::SaturatedUnits,
                format!(
                    "{saturated} {where_} are at one of their ends for {:.0} % of {measured} or more: they hardly learn",
                    100.0 * SATURATED.0
                ),
                "use a smaller --learning-rate, or look for huge values in the columns",
            ));
        }
    }
    Ok(warnings)
}

/// Of fewer epochs nothing can be said: of a loss that goes up and down, and of one that hardly moves.
const FEWEST_EPOCHS: (usize, usize) = (6, 20);
/// The loss goes up and down when it changes from one epoch to the next by this share of the baseline's loss.
const JUMP: f64 = 0.1;
/// It rises when it ends so many times above where it began, and above the baseline's.
const RISE: f64 = 1.1;
/// It hardly moves when it falls by less than this share, although it falls in so many epochs.
const FALL: (f64, f64) = (0.2, 0.9);

/// What the course of the losses says of the learning rate.
pub(super) fn learning_rate(fit: &Fit) -> Option<Warning> {
    let losses: Vec<f64> = fit.learned.history.iter().map(|epoch| epoch.train_loss).collect();
    let (first, last, best) = (*losses.first()?, *losses.last()?, fit.learned.history.last()?.best);
    let rate = fit.network_options().learning_rate?;
    // What the baseline loses: the variance of a standardized target, the entropy of the shares.
    let baseline = match &fit.learned.prepared.target {
        Target::Numbers(_) => 1.0,
        Target::Classes { shares, .. } => shares.iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum(),
    };
    let late = &losses[losses.len() / 2..];
    let changes: Vec<f64> = late.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if losses.len() >= FEWEST_EPOCHS.0 {
        let jump = mean(&changes.iter().map(|change| change.abs()).collect::<Vec<f64>>());
        let ups = changes.iter().filter(|change| **change > 0.0).count();
        let level = mean(late);
        let seen = if level > RISE * first.max(baseline) {
            format!("rose from {first:.3} in the first epoch to {level:.3} in the second half of them")
        } else if jump > JUMP * baseline && ups * 4 >= changes.len() {
            format!(
                "went up in {ups} of the last {} epochs, and changed by {jump:.3} from one to the next, where it was {level:.3}",
                changes.len()
            )
        } else {
            return too_slow(
                &fit.learned.history,
                (first, last, best),
                fit.network_options().epochs,
                rate,
            );
        };
        return Some(Warning::new(
            Code::RateTooLarge,
            format!("the training loss {seen}"),
            format!("try a smaller --learning-rate than {rate}"),
        ));
    }
    None
}

fn too_slow(history: &[Epoch], (first, last, best): (f64, f64, usize), limit: usize, rate: f64) -> Option<Warning> {
    let epochs = history.len();
    let falls = history
        .windows(2)
        .filter(|pair| pair[1].train_loss < pair[0].train_loss)
        .count();
    let falling = falls as f64 >= FALL.1 * (epochs - 1) as f64;
    let slow = epochs >= FEWEST_EPOCHS.1 && epochs == limit && best == epochs && falling;
    (slow && last > (1.0 - FALL.0) * first).then(|| {
        Warning::new(
            Code::RateTooSmall,
            format!(
                "the training loss fell from {first:.4} to {last:.4} only in {epochs} epochs, and was still falling in the last"
            ),
            format!("try a larger --learning-rate than {rate}, or more --epochs"),
        )
    })
}

/// Of fewer rows a difference says nothing.
const FEWEST_ROWS: usize = 20;
/// So many standard errors are no chance: of shares, and of errors, which have longer tails.
const STANDARD_ERRORS: (f64, f64) = (3.5, 4.0);

/// A difference between rows that were held out and the test rows that is larger than chance makes it, for each target.
pub(super) fn score_gaps(
    held_out: (&Prediction, &Truth),
    test: (&Prediction, &Truth),
    targets: &[String],
) -> Vec<Warning> {
    let (before, after) = (errors(held_out), errors(test));
    let each = before.into_iter().zip(after).zip(targets);
    let gap = |((before, after), target): ((Vec<f64>, Vec<f64>), &String)| {
        let (what, of_classes) = match (test.1, targets.len()) {
            (Truth::Classes(_), _) => ("share of wrong answers".to_string(), true),
            (Truth::Numbers(_), 1) => ("mean absolute error".to_string(), false),
            (Truth::Numbers(_), _) => (format!("mean absolute error of {}", quoted(target)), false),
        };
        score_gap(&before, &after, &what, of_classes)
    };
    each.filter_map(gap).collect()
}

fn score_gap(before: &[f64], after: &[f64], what: &str, of_classes: bool) -> Option<Warning> {
    if before.len().min(after.len()) < FEWEST_ROWS {
        return None;
    }
    let (low, high) = (mean(before), mean(after));
    let rows = |errors: &[f64]| errors.len() as f64;
    let variance =
        |errors: &[f64], center: f64| mean(&errors.iter().map(|x| (x - center).powi(2)).collect::<Vec<f64>>());
    let (error, limit) = match of_classes {
        true => {
            let together = (low * rows(before) + high * rows(after)) / (rows(before) + rows(after));
            let error = together * (1.0 - together) * (1.0 / rows(before) + 1.0 / rows(after));
            (error.sqrt(), STANDARD_ERRORS.0)
        }
        false => {
            let error = variance(before, low) / rows(before) + variance(after, high) / rows(after);
            (error.sqrt(), STANDARD_ERRORS.1)
        }
    };
    let far = (high - low).abs() / error;
    (far.is_finite() && far > limit).then(|| {
        let advice = match high > low {
            true => {
                "the test rows differ from those learned from, in time or in kind: do not expect the better figure, and look \
                 for what changed"
            }
            false => "the test rows are easier than those learned from: look for rows of the same kind on both sides",
        };
        let short = chainrule_picture::number::brief;
        Warning::new(
            Code::ScoreGap,
            format!(
                "the {what} is {} on {} test rows and {} on {} rows that were held out before, {far:.1} standard errors apart",
                short(high),
                after.len(),
                short(low),
                before.len()
            ),
            advice,
        )
    })
}

/// How wrong each answer is, for each target: the absolute error of a number, 1 for a wrong class.
fn errors((prediction, truth): (&Prediction, &Truth)) -> Vec<Vec<f64>> {
    match (prediction, truth) {
        (Prediction::Numbers(predicted), Truth::Numbers(truth)) => {
            let of_target = |(predicted, truth): (&Vec<f64>, &Vec<f64>)| {
                predicted.iter().zip(truth).map(|(p, y)| (y - p).abs()).collect()
            };
            predicted.iter().zip(truth).map(of_target).collect()
        }
        (Prediction::Classes { names, probabilities }, Truth::Classes(truth)) => {
            let rows = probabilities.chunks_exact(names.len().max(1)).zip(truth);
            let wrong = rows.map(|(row, class)| f64::from(u8::from(most_likely(row) != *class)));
            vec![wrong.collect()]
        }
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(errors: impl Fn(usize) -> f64, rows: usize) -> (Prediction, Truth) {
        let truth: Vec<f64> = (0..rows).map(|i| i as f64).collect();
        let predicted = truth.iter().enumerate().map(|(i, y)| y + errors(i)).collect();
        (Prediction::Numbers(vec![predicted]), Truth::Numbers(vec![truth]))
    }

    fn classes(wrong: usize, rows: usize) -> (Prediction, Truth) {
        let names = ["a", "b"].map(String::from).to_vec();
        let probabilities = (0..rows)
            .flat_map(|i| if i < wrong { [0.9, 0.1] } else { [0.1, 0.9] })
            .collect();
        (
            Prediction::Classes { names, probabilities },
            Truth::Classes(vec![1; rows]),
        )
    }

    fn gap(before: &(Prediction, Truth), after: &(Prediction, Truth)) -> Option<String> {
        let warnings = score_gaps((&before.0, &before.1), (&after.0, &after.1), &["y".to_string()]);
        warnings.into_iter().next().map(|warning| warning.seen)
    }

    #[test]
    fn dead_and_saturated_units_are_counted() {
        let rng = &mut chainrule::Rng::new(0);
        let data: Vec<f64> = (0..60).map(|_| rng.uniform(-1.0, 1.0)).collect();
        let found = |activation: &str, change: &dyn Fn(&mut Mlp)| -> Vec<(Code, String)> {
            let activation = chainrule::nn::Activation::named(activation).unwrap();
            let mut network = Mlp::new(&[2, 6, 4, 1], activation, &mut chainrule::Rng::new(1)).unwrap();
            change(&mut network);
            let warnings = idle(&network, &data, 30).unwrap();
            warnings
                .into_iter()
                .map(|warning| (warning.code, warning.seen))
                .collect()
        };
        assert_eq!(found("relu", &|_| {}), []);
        assert_eq!(found("tanh", &|_| {}), []);
        // Two of six below zero whatever comes in is no reason to worry, five are.
        let low = |units: usize| move |network: &mut Mlp| network.layers[0].bias.value.data_mut()[..units].fill(-50.0);
        assert_eq!(found("relu", &low(2)), []);
        let dead = found("relu", &low(5));
        let said = "5 of the 6 relu units of hidden layer 1 give the same number for all of 30 training rows: they learn nothing";
        assert_eq!(dead[0], (Code::DeadUnits, said.to_string()));
        let saturated = found("tanh", &|network| network.layers[1].bias.value.data_mut().fill(9.0));
        let said = "4 of the 4 tanh units of hidden layer 2 are at one of their ends for 95 % of 30 training rows or more: they \
                    hardly learn";
        assert_eq!(saturated, [(Code::SaturatedUnits, said.to_string())]);
    }

    #[test]
    fn a_gap_is_said_when_it_is_beyond_chance() {
        let (small, large) = (numbers(|i| (i % 7) as f64, 50), numbers(|i| 3.0 * (i % 7) as f64, 50));
        assert_eq!(gap(&small, &numbers(|i| 1.1 * (i % 7) as f64, 60)), None);
        let seen = gap(&small, &large).unwrap();
        assert!(
            seen.starts_with("the mean absolute error is 8.82 on 50 test rows and 2.94 on 50 rows"),
            "{seen}"
        );
        assert!(gap(&large, &small).is_some());
        assert_eq!(gap(&numbers(|_| 1.0, 10), &numbers(|i| 100.0 * i as f64, 10)), None);

        assert_eq!(gap(&classes(2, 40), &classes(8, 40)), None);
        let seen = gap(&classes(2, 40), &classes(20, 40)).unwrap();
        assert!(
            seen.starts_with("the share of wrong answers is 0.5 on 40 test rows and 0.05 on 40 rows"),
            "{seen}"
        );
        assert_eq!(gap(&classes(0, 40), &classes(0, 40)), None);
    }
}
