//! The model file: safetensors, which any reader of that format can open.
//!
//! The tensors are the weights under their names (`layers.0.weight`). The metadata has one entry, `chainrule`, a JSON
//! text `{"checksum": …, "model": {…}}`: the preprocessing, the architecture and the training record, and a CRC-32 over
//! that JSON and the weights, so that a damaged file is noticed.

use std::{collections::BTreeMap, fs, path::Path};

use chainrule::{Mlp, Module, Rng, Tensor, nn::Activation};
use chainrule_table::{Encoder, Scale};
use safetensors::{Dtype, tensor::TensorView};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    file::write_file,
    judgement::Conformal,
    model::{Model, Record},
    one_or_several,
    sealed::{self, Kind, Numbers, Refused, bytes_of, numbers_of, seal},
    target::Target,
};

/// The versions of the file's layout; a reader refuses every other one. What can be said in the older one is: a model of one
/// target has the first, one of several, which programs that know the first cannot read, the second.
const FORMATS: [u32; 2] = [3, 4];
const KIND: Kind = Kind {
    entry: "chainrule",
    description: "model",
};

#[derive(Serialize, Deserialize)]
struct Description {
    format: u32,
    widths: Vec<usize>,
    activation: String,
    encoder: Encoder,
    target: Target,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "one_or_several")]
    conformal: Vec<Conformal>,
    record: Record,
    /// Test rows for checks, as text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    examples: Vec<Vec<String>>,
}

impl Model {
    /// The model as the bytes of a safetensors file; the same model gives the same bytes.
    ///
    /// # Errors
    /// When a number cannot be written as JSON, which a sound model does not have.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let description = Description {
            format: FORMATS[usize::from(self.record.options.targets.len() > 1)],
            widths: self.network.widths(),
            activation: self
                .network
                .activations
                .first()
                .map_or(String::new(), ToString::to_string),
            encoder: self.encoder.clone(),
            target: self.target.clone(),
            conformal: self.conformal.clone(),
            record: self.record.clone(),
            examples: self.examples.clone(),
        };
        let tensors: BTreeMap<String, Numbers> = self
            .parameters()
            .into_iter()
            .map(|(name, tensor)| {
                let sizes = tensor.shape().sizes().iter().map(|&size| size as usize).collect();
                (name, (Dtype::F64, sizes, bytes_of(tensor.data())))
            })
            .collect();
        seal(&KIND, &description, &tensors)
            .map_err(|error| Error::data(format!("the model cannot be written: {error}")))
    }

    /// Saves the model as a safetensors file, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let bytes = self.to_bytes()?;
        write_file(path, |out| out.write_all(&bytes))
    }

    /// Loads a saved model.
    ///
    /// # Errors
    /// When the file cannot be read, is not a model, is cut short or was altered.
    pub fn load(path: impl AsRef<Path>) -> Result<Model> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|error| {
            Error::data(format!(
                "{} could not be read: {error}; give the file that `chainrule fit` wrote",
                path.display()
            ))
        })?;
        Model::from_bytes(&path.display().to_string(), &bytes)
    }

    /// Reads a model from the bytes of a safetensors file; `name` is what errors call it.
    ///
    /// # Errors
    /// When the bytes are not a model, are cut short or were altered.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Model> {
        let file = Opened { name };
        let sealed::Opened { description, tensors } = sealed::open(&KIND, bytes).map_err(|refused| match refused {
            Refused::Damaged(why) => file.damaged(&why),
            Refused::Other => Error::data(format!(
                "{name} is a safetensors file, but not a chainrule model: its metadata has no \"{}\" entry; give the \
                 file that `chainrule fit` wrote",
                KIND.entry
            )),
        })?;
        let version: Version =
            serde_json::from_str(description.get()).map_err(|error| file.damaged(&error.to_string()))?;
        if !FORMATS.contains(&version.format) {
            let [oldest, newest] = FORMATS;
            let (age, advice) = match version.format > newest {
                true => ("a newer", "update chainrule"),
                false => ("an older", "train the model again"),
            };
            return Err(Error::data(format!(
                "{name} was written by {age} chainrule (format {}, this one reads {oldest} and {newest}); {advice}",
                version.format
            )));
        }
        let description: Description =
            serde_json::from_str(description.get()).map_err(|error| file.damaged(&error.to_string()))?;
        file.model(description, &tensors)
    }
}

#[derive(Deserialize)]
struct Version {
    format: u32,
}

/// A file that is being read, for its errors.
struct Opened<'a> {
    name: &'a str,
}

impl Opened<'_> {
    fn damaged(&self, why: &str) -> Error {
        Error::data(format!(
            "{} is not a whole chainrule model ({why}); it may be cut short or altered: copy it again, or train again",
            self.name
        ))
    }

    /// Puts the parts together, trusting none of them.
    fn model(&self, description: Description, views: &BTreeMap<String, TensorView>) -> Result<Model> {
        let Description {
            widths,
            activation,
            encoder,
            target,
            conformal,
            record,
            examples,
            ..
        } = description;
        encoder.validate().map_err(|error| self.damaged(&error.to_string()))?;
        let targets = record.options.targets.len();
        let finite = |scale: &Scale| scale.mean.is_finite() && scale.standard_deviation.is_finite();
        let sound = match &target {
            Target::Numbers(scales) => !scales.is_empty() && scales.len() == targets && scales.iter().all(finite),
            Target::Classes { names, shares } => targets == 1 && names.len() >= 2 && names.len() == shares.len(),
        };
        if !sound {
            return Err(self.damaged("its target makes no sense"));
        }
        let promised = conformal.is_empty() || conformal.len() == targets;
        if !promised || !conformal.iter().all(Conformal::is_sound) {
            return Err(self.damaged("its promise of coverage makes no sense"));
        }
        if widths.first() != Some(&encoder.inputs().len()) || widths.last() != Some(&target.outputs()) {
            return Err(self.damaged(&format!(
                "its network has widths {widths:?}, but there are {} inputs and {} outputs",
                encoder.inputs().len(),
                target.outputs()
            )));
        }
        if examples.iter().any(|row| row.len() != encoder.features().len()) {
            return Err(self.damaged("its test rows do not have one cell for each column"));
        }
        // As many numbers as the file holds: widths alone must not make us allocate.
        let expected = Mlp::<f64>::count_parameters(&widths);
        let held: usize = views.values().map(|view| view.data().len() / size_of::<f64>()).sum();
        if expected != Some(held) {
            return Err(self.damaged(&format!("a network of widths {widths:?} does not have {held} weights")));
        }
        let activation = Activation::named(&activation).map_err(|error| self.damaged(&error.to_string()))?;
        let mut network =
            Mlp::new(&widths, activation, &mut Rng::new(0)).map_err(|error| self.damaged(&error.to_string()))?;
        let mut problem = None;
        network.visit_mut("", &mut |path, param| match self.tensor(path, param.shape(), views) {
            Ok(value) => param.value = value,
            Err(error) => problem = problem.take().or(Some(error)),
        });
        match problem {
            Some(error) => Err(error),
            None => Ok(Model {
                encoder,
                target,
                network,
                conformal,
                record,
                examples,
            }),
        }
    }

    fn tensor(&self, path: &str, shape: chainrule::Shape, views: &BTreeMap<String, TensorView>) -> Result<Tensor> {
        let Some(view) = views.get(path) else {
            return Err(self.damaged(&format!("there is no tensor \"{path}\"")));
        };
        let sizes: Vec<usize> = shape.sizes().iter().map(|&size| size as usize).collect();
        let Some(numbers) = numbers_of(view).filter(|_| view.shape() == sizes) else {
            return Err(self.damaged(&format!(
                "the tensor \"{path}\" is {:?} of shape {:?}, not F64 of shape {shape}",
                view.dtype(),
                view.shape()
            )));
        };
        if let Some(i) = numbers.iter().position(|x| !x.is_finite()) {
            return Err(self.damaged(&format!("number {i} of the tensor \"{path}\" is {}", numbers[i])));
        }
        Ok(Tensor::new(numbers, shape)?)
    }
}
