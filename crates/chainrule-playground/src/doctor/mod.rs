//! The doctor: what is wrong with a run, how one sees that, and the change that mends it.

mod course;
mod neurons;
mod not_finite;

use crate::{error::Result, number::rounded, run::Run};

/// Something wrong with a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What kind of thing.
    pub code: Code,
    /// Whether the run will not get well without a change; otherwise it is good to know.
    pub grave: bool,
    /// What was found, with its figures.
    pub found: String,
    /// What that means, and why the change mends it.
    pub meaning: &'static str,
    /// The neurons it is about, each with its layer, counted from 0; none when it is about the whole.
    pub neurons: Vec<(usize, usize)>,
    /// The choice that mends it, for [`Setup::set`](crate::Setup::set), if one does.
    pub change: Option<(&'static str, String)>,
}

/// The kinds of things that go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A number became infinite or undefined.
    NotFinite,
    /// Inputs are much larger than 1, or of very different sizes.
    UnscaledInputs,
    /// The loss rises or jumps.
    RateTooLarge,
    /// The loss falls much slower than it could.
    RateTooSmall,
    /// The loss is that of a guess and stays there.
    NoLearning,
    /// ReLUs that give 0 for every row and learn nothing any more.
    DeadNeurons,
    /// Neurons where their nonlinearity is flat, so that hardly any gradient passes.
    SaturatedNeurons,
    /// The loss of the training rows falls, that of the validation rows rises.
    Overfitting,
}

impl Code {
    /// Every kind.
    pub const ALL: [Code; 8] = [
        Code::NotFinite,
        Code::UnscaledInputs,
        Code::RateTooLarge,
        Code::RateTooSmall,
        Code::NoLearning,
        Code::DeadNeurons,
        Code::SaturatedNeurons,
        Code::Overfitting,
    ];

    /// Its name, for an address or a class of a page.
    pub fn name(self) -> &'static str {
        match self {
            Code::NotFinite => "not_finite",
            Code::UnscaledInputs => "unscaled_inputs",
            Code::RateTooLarge => "rate_too_large",
            Code::RateTooSmall => "rate_too_small",
            Code::NoLearning => "no_learning",
            Code::DeadNeurons => "dead_neurons",
            Code::SaturatedNeurons => "saturated_neurons",
            Code::Overfitting => "overfitting",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Code::NotFinite => {
                "Everything computed from such a number is undefined as well, and so are all weights after the next step. \
                 Steps were too long: a smaller learning rate keeps weights where numbers stay finite."
            }
            Code::UnscaledInputs => {
                "The gradient of a weight is in proportion to its input, so one learning rate is too large for some weights \
                 and too small for others. Scaled inputs make all weights learn at about the same speed."
            }
            Code::RateTooLarge => {
                "Each step follows the slope where it begins, and lands beyond the valley, higher than it was. Shorter steps \
                 come down."
            }
            Code::RateTooSmall => {
                "The slope leads down, but each step goes only a little of the way. A larger learning rate gets there sooner."
            }
            Code::NoLearning => {
                "The network answers no better than one that knows nothing but how often each answer occurs."
            }
            Code::DeadNeurons => {
                "The sum of such a neuron is below 0 for every row, where ReLU is flat: no gradient reaches its weights, so \
                 it stays as it is. A leaky ReLU has a slope there."
            }
            Code::SaturatedNeurons => {
                "The sums of such a neuron are so large that its nonlinearity is flat there: hardly any gradient reaches its \
                 weights, and what it gives is nearly a yes or no."
            }
            Code::Overfitting => {
                "The network learns the training rows by heart, noise included, which makes it worse on new ones. Small \
                 weights give smoother answers; more rows and fewer neurons help too."
            }
        }
    }

    pub(crate) fn finding(self, found: String, change: Option<(&'static str, String)>) -> Finding {
        Finding {
            code: self,
            grave: true,
            found,
            meaning: self.meaning(),
            neurons: vec![],
            change,
        }
    }
}

/// What is wrong with a run at the step that is shown; the worst first, nothing when all is well.
///
/// ```
/// use chainrule_playground::{Code, Data, Run, Setup, doctor};
/// let setup = Setup::from_pairs([("data", "sine"), ("activation", "relu"), ("rate", "1000")])?;
/// let data = Data::open(&setup, None)?;
/// let mut run = Run::new(setup, data)?;
/// run.work(&mut || false)?; // stops by itself
/// let findings = doctor(&run)?;
/// assert_eq!(findings[0].code, Code::NotFinite);
/// assert_eq!(findings[0].change, Some(("rate", "0.05".to_string())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the run cannot be looked at, which a sound one never says.
pub fn doctor(run: &Run) -> Result<Vec<Finding>> {
    let mut findings = vec![];
    findings.extend(not_finite::not_finite(run)?);
    let unscaled = neurons::unscaled_inputs(run);
    findings.extend(unscaled.clone());
    if findings.iter().all(|finding| finding.code != Code::NotFinite) {
        let of_course = course::of_course(run)?;
        findings.extend(of_course);
        findings.extend(neurons::dead(run)?);
        findings.extend(neurons::saturated(run, unscaled.is_some())?);
    }
    findings.sort_by_key(|finding| !finding.grave);
    Ok(findings)
}

/// The learning rate times a factor, with two digits.
fn rate_times(run: &Run, factor: f64) -> Option<(&'static str, String)> {
    let rate = run.choices().rate() * factor;
    let rounded: f64 = format!("{rate:.1e}").parse().unwrap_or(rate);
    (1e-9..=1e6).contains(&rounded).then(|| ("rate", rounded.to_string()))
}

/// Neurons by their names, the first few of them.
fn named(neurons: &[(usize, usize)]) -> String {
    const MOST: usize = 6;
    let names: Vec<String> = neurons
        .iter()
        .take(MOST)
        .map(|(layer, neuron)| format!("h{}.{}", layer + 1, neuron + 1))
        .collect();
    let more = match neurons.len() > MOST {
        true => format!(" and {} more", neurons.len() - MOST),
        false => String::new(),
    };
    format!("{}{more}", names.join(", "))
}

/// A figure as a sentence has it.
fn figure(x: f64) -> String {
    rounded(x, 3)
}
