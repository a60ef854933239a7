//! A training step, recorded once and run again: no graph is built and no memory is asked for.

use crate::{
    error::{Error, Fault, Result},
    float::Float,
    graph::{Gradients, Graph, Replay, Var},
    nn::Module,
    optim::Optimizer,
    shape::Shape,
    tensor::Tensor,
};
use std::panic::Location;

/// In a debug build, every so many runs are compared with the function itself.
const RUNS_BETWEEN_CHECKS: u64 = 64;

/// How many recordings are kept: each has the memory of a whole graph.
const RECORDINGS: usize = 8;

/// A training step: the loss of a module as a function of inputs, its gradients, and the optimizer's move.
///
/// The function is called once for each shape of the inputs, and recorded; from then on the recording runs with other
/// numbers. So it must do the same operations whatever the numbers are: no `if` on a value. A debug build compares a run
/// with the function now and then and says when they differ. The recordings of the eight shapes that were used last are
/// kept; batches of many lengths are better filled up to a few.
///
/// While it runs, the parameters live in the recording; [`module`](Step::module) and dropping the step put them back.
///
/// ```
/// use chainrule::{Mlp, Rng, Step, Tensor, loss::mse, ops::Tanh, optim::Adam};
/// let mut net = Mlp::new(&[1, 8, 1], Tanh, &mut Rng::new(1))?;
/// let x = Tensor::new(vec![-1.0, -0.5, 0.0, 0.5, 1.0], [5, 1])?;
/// let y = Tensor::new(vec![1.0, 0.25, 0.0, 0.25, 1.0], [5, 1])?;
/// let mut step = Step::new(&mut net, Adam::new(0.03), |net: &Mlp, [x, y]| mse(net.forward(x), y));
/// let first = step.run([&x, &y])?;
/// for _ in 0..300 {
///     step.run([&x, &y])?;
/// }
/// assert!(step.run([&x, &y])? < first / 100.0);
/// drop(step); // the trained weights are in `net`
/// assert!((net.predict(&x)?.data()[0] - 1.0).abs() < 0.1);
/// # Ok::<(), chainrule::Error>(())
/// ```
pub struct Step<'m, M, O, F, const N: usize, T: Float = f64>
where
    M: Module<T>,
{
    module: Held<'m, M>,
    optimizer: O,
    loss: F,
    /// The newest last.
    recordings: Vec<Recording<T, N>>,
    /// Whether the last recording holds the newest parameters, not the module.
    lent: bool,
    runs: u64,
    clipped: Option<Clipped<T>>,
}

/// The module of a step: lent by whoever made it, or its own.
enum Held<'m, M> {
    Lent(&'m mut M),
    Own(Box<M>),
}

impl<M> Held<'_, M> {
    fn get(&self) -> &M {
        match self {
            Held::Lent(module) => module,
            Held::Own(module) => module,
        }
    }

    fn get_mut(&mut self) -> &mut M {
        match self {
            Held::Lent(module) => module,
            Held::Own(module) => module,
        }
    }
}

/// The largest norm of all gradients together, and the gradients of a run, each as the number of its parameter, until all
/// are there.
struct Clipped<T> {
    most: f64,
    gradients: Vec<Vec<T>>,
}

/// The recording for inputs of some shapes.
struct Recording<T: Float, const N: usize> {
    shapes: [Shape; N],
    replay: Replay<T>,
    inputs: [u32; N],
    /// The identities of the tensors whose numbers the inputs hold, so that the same ones are not copied again.
    held: [u64; N],
    /// For each parameter, in the order in which the module shows them: its value here, and whether it learns.
    parameters: Vec<Option<(u32, bool)>>,
}

impl<T: Float, const N: usize> Recording<T, N> {
    /// Whether it is for inputs of these shapes.
    fn fits(&self, inputs: [&Tensor<T>; N]) -> bool {
        self.shapes.iter().zip(inputs).all(|(shape, input)| input.is_of(shape))
    }
}

impl<'m, M, O, F, const N: usize, T: Float> Step<'m, M, O, F, N, T>
where
    M: Module<T>,
    O: Optimizer<T>,
    F: for<'g> Fn(&M, [Var<'g, T>; N]) -> Var<'g, T>,
{
    /// The step that moves `module` along the gradient of `loss`.
    pub fn new(module: &'m mut M, optimizer: O, loss: F) -> Self {
        Step::of(Held::Lent(module), optimizer, loss)
    }

    fn of(module: Held<'m, M>, optimizer: O, loss: F) -> Self {
        Step {
            module,
            optimizer,
            loss,
            recordings: vec![],
            lent: false,
            runs: 0,
            clipped: None,
        }
    }

    /// The step of a module that it owns, for a training that is kept somewhere and goes on later.
    ///
    /// ```
    /// use chainrule::{Linear, Rng, Step, Tensor, loss::mse, optim::Sgd};
    /// let line = Linear::new(1, 1, &mut Rng::new(0));
    /// let mut step = Step::owning(line, Sgd::new(0.1), |line: &Linear, [x, y]| mse(line.forward(x), y));
    /// step.module_mut().weight.value.data_mut()[0] = 3.0;
    /// let (x, y) = (Tensor::from([[0.0]]), Tensor::from([[1.0]]));
    /// step.run([&x, &y])?;
    /// assert_eq!(step.module().weight.value.data(), [3.0]);
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    pub fn owning(module: M, optimizer: O, loss: F) -> Step<'static, M, O, F, N, T> {
        Step::of(Held::Own(Box::new(module)), optimizer, loss)
    }

    /// The same with all gradients scaled together before each move, so that their common norm is at most `most`: what
    /// [`clip_norm`](crate::optim::clip_norm) does.
    ///
    /// ```
    /// use chainrule::{Linear, Rng, Step, Tensor, loss::mse, optim::Sgd};
    /// let mut line = Linear::new(1, 1, &mut Rng::new(0));
    /// let before = line.weight.value.data()[0];
    /// let mut step = Step::new(&mut line, Sgd::new(1.0), |line: &Linear, [x, y]| mse(line.forward(x), y)).clip_norm(0.1);
    /// step.run([&Tensor::from([[1.0]]), &Tensor::from([[1000.0]])])?;
    /// drop(step);
    /// assert!((line.weight.value.data()[0] - before).abs() < 0.1); // bias and weight moved by 0.1 together
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    pub fn clip_norm(mut self, most: f64) -> Self {
        let gradients = vec![];
        self.clipped = Some(Clipped { most, gradients });
        self
    }

    /// Moves the parameters one step for these inputs; says the loss before it.
    ///
    /// # Errors
    /// When the function gives a fault or not one number; in a debug build, when a run differs from the function.
    #[track_caller]
    pub fn run(&mut self, inputs: [&Tensor<T>; N]) -> Result<T> {
        let line = Location::caller();
        self.prepare(inputs, line)?;
        if cfg!(debug_assertions) && self.runs % RUNS_BETWEEN_CHECKS == 1 {
            self.compare(inputs, line)?;
        }
        self.runs += 1;
        let Some(Recording { replay, parameters, .. }) = self.recordings.last_mut() else {
            return Err(nothing(line));
        };
        let (loss, optimizer) = (replay.forward(), &mut self.optimizer);
        match &mut self.clipped {
            None => replay.backward(|parameter, weights, gradient| optimizer.update(parameter, weights, gradient)),
            Some(clipped) => {
                clipped.gradients.iter_mut().for_each(Vec::clear);
                replay.backward(|parameter, _, gradient| clipped.keep(parameter, gradient));
                clipped.clip();
                for (number, (parameter, gradient)) in parameters.iter().zip(&clipped.gradients).enumerate() {
                    if let (Some((id, true)), false) = (parameter, gradient.is_empty()) {
                        optimizer.update(number, replay.numbers(*id), gradient);
                    }
                }
            }
        }
        Ok(loss)
    }

    /// The module with its newest parameters.
    pub fn module(&mut self) -> &M {
        self.put_back();
        self.module.get()
    }

    /// The module with its newest parameters, whose numbers may be changed; their shapes stay.
    pub fn module_mut(&mut self) -> &mut M {
        self.put_back();
        self.module.get_mut()
    }

    /// The optimizer, for example to change its learning rate.
    pub fn optimizer(&mut self) -> &mut O {
        &mut self.optimizer
    }

    /// The recorded graph, of the newest parameters and the inputs of the last run: the loss and all gradients, to be
    /// drawn, traced and explained.
    ///
    /// # Errors
    /// When nothing was run yet.
    #[track_caller]
    pub fn open(&mut self) -> Result<(Var<'_, T>, Gradients<T>)> {
        self.lend();
        let Some(Recording { replay, .. }) = self.recordings.last_mut() else {
            return Err(nothing(Location::caller()));
        };
        let loss = replay.result();
        Ok((loss, loss.backward()?))
    }

    /// Finds or makes the recording for these inputs, which becomes the last one, and puts inputs and parameters into it.
    fn prepare(&mut self, inputs: [&Tensor<T>; N], line: &'static Location<'static>) -> Result<()> {
        if !self.recordings.last().is_some_and(|newest| newest.fits(inputs)) {
            self.change_recording(inputs, line)?;
        }
        self.lend();
        let Some(recording) = self.recordings.last_mut() else {
            return Ok(());
        };
        for ((&id, held), input) in recording.inputs.iter().zip(&mut recording.held).zip(inputs) {
            let identity = input.identity();
            if std::mem::replace(held, identity) != identity {
                let to = recording.replay.numbers(id);
                match (to, input.data()) {
                    // A call for a single number would take longer.
                    ([to], [x]) => *to = *x,
                    (to, x) => to.copy_from_slice(x),
                }
            }
        }
        Ok(())
    }

    /// Makes the recording for these inputs the last one: one that there is, or a new one.
    #[inline(never)]
    fn change_recording(&mut self, inputs: [&Tensor<T>; N], line: &'static Location<'static>) -> Result<()> {
        if let Some(known) = self.recordings.iter().position(|recording| recording.fits(inputs)) {
            if !self.hand_over(known) {
                self.put_back();
            }
            self.recordings[known..].rotate_left(1);
            return Ok(());
        }
        self.put_back();
        let recording = self.record(inputs, line)?;
        if self.recordings.len() == RECORDINGS {
            self.recordings.remove(0);
        }
        self.recordings.push(recording);
        Ok(())
    }

    /// Copies the parameters from the last recording to another one, if that one uses all of them: the module's names,
    /// which take memory, are not needed.
    fn hand_over(&mut self, known: usize) -> bool {
        let (Some((last, others)), true) = (self.recordings.split_last_mut(), self.lent) else {
            return false;
        };
        let other = &mut others[known];
        let both = || last.parameters.iter().zip(&other.parameters);
        let fits = both().all(|(from, to)| from.is_none() || to.is_some());
        for (from, to) in both().filter(|_| fits) {
            if let (Some((from, true)), Some((to, _))) = (from, to) {
                other.replay.numbers(*to).copy_from_slice(last.replay.numbers(*from));
            }
        }
        fits
    }

    /// Puts the parameters into the last recording, unless it has them.
    fn lend(&mut self) {
        if let (Some(recording), false) = (self.recordings.last_mut(), self.lent) {
            let mut parameters = recording.parameters.iter();
            self.module.get().visit("", &mut |_, param| {
                if let Some(Some((id, _))) = parameters.next() {
                    recording.replay.numbers(*id).copy_from_slice(param.value.data());
                }
            });
            self.lent = true;
        }
    }

    fn record(&self, inputs: [&Tensor<T>; N], line: &'static Location<'static>) -> Result<Recording<T, N>> {
        let (mut replay, ids) = Replay::record(
            "Step",
            |graph| {
                let inputs = inputs.map(|input| graph.constant(input));
                (inputs.to_vec(), (self.loss)(self.module.get(), inputs))
            },
            line,
        )?;
        let mut parameters = vec![];
        self.module.get().visit("", &mut |_, param| {
            let id = replay.parameter(param.key());
            let same = id.filter(|&id| replay.shape(id) == param.shape());
            if let (Some(id), true) = (same, param.trainable) {
                replay.let_learn(id, parameters.len());
            }
            parameters.push(same.map(|id| (id, param.trainable)));
        });
        let held = inputs.map(Tensor::identity);
        let mut inputs_here = [0; N];
        inputs_here.copy_from_slice(&ids);
        Ok(Recording {
            shapes: inputs.map(Tensor::shape),
            replay,
            inputs: inputs_here,
            held,
            parameters,
        })
    }

    /// Compares the recording with the function itself, which a data-dependent `if` would have changed.
    fn compare(&mut self, inputs: [&Tensor<T>; N], line: &'static Location<'static>) -> Result<()> {
        self.copy_back();
        let Some(recording) = self.recordings.last_mut() else {
            return Ok(());
        };
        let graph = Graph::default();
        let fresh = (self.loss)(self.module.get(), inputs.map(|input| graph.constant(input))).item()?;
        let replayed = recording.replay.forward();
        if fresh.to_f64().to_bits() == replayed.to_f64().to_bits() || (fresh.is_nan() && replayed.is_nan()) {
            return Ok(());
        }
        let fault = Fault::new(format!(
            "the loss of the recording is {replayed}, that of the function {fresh}: it does other operations for other numbers"
        ));
        let fix = "choose with select() instead of `if`, and hand in everything random as an input";
        Err(Error::argument("Step", fault.fix(fix), line))
    }
}

impl<T: Float> Clipped<T> {
    /// Keeps the gradient of a parameter.
    fn keep(&mut self, parameter: usize, gradient: &[T]) {
        if self.gradients.len() <= parameter {
            self.gradients.resize(parameter + 1, vec![]);
        }
        self.gradients[parameter].extend_from_slice(gradient);
    }

    /// Scales all gradients together when their common norm is too large.
    fn clip(&mut self) {
        let square = |g: &T| g.to_f64() * g.to_f64();
        let sums = self
            .gradients
            .iter()
            .map(|gradient| gradient.iter().map(square).sum::<f64>());
        let norm = sums.sum::<f64>().sqrt();
        if norm > self.most {
            let factor = T::from_f64(self.most / norm);
            self.gradients.iter_mut().flatten().for_each(|g| *g *= factor);
        }
    }
}

/// That a step has not run.
fn nothing(line: &'static Location<'static>) -> Error {
    let fault = Fault::new("nothing was recorded yet").fix("call run() first");
    Error::argument("Step", fault, line)
}

impl<M: Module<T>, O, F, const N: usize, T: Float> Step<'_, M, O, F, N, T> {
    /// Leaves the newest parameters with the module alone.
    fn put_back(&mut self) {
        if self.lent {
            self.copy_back();
            self.lent = false;
        }
    }

    /// Copies the parameters of the last recording to the module.
    fn copy_back(&mut self) {
        let Some(Recording { replay, parameters, .. }) = self.recordings.last_mut() else {
            return;
        };
        let mut parameters = parameters.iter();
        self.module.get_mut().visit_mut("", &mut |_, param| {
            if let Some(Some((id, true))) = parameters.next() {
                param.value.data_mut().copy_from_slice(replay.numbers(*id));
            }
        });
    }
}

impl<M: Module<T>, O, F, const N: usize, T: Float> Drop for Step<'_, M, O, F, N, T> {
    fn drop(&mut self) {
        self.put_back();
    }
}
