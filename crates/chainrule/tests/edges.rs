//! Operations on numbers whose memory ends with them: whatever the shapes, and however far from a line of the cache the
//! numbers begin, the results are the same to the bit, and nothing else is touched. `.ci/sanitize` runs it in a build that
//! sees who reads one number too many.
#![allow(clippy::unwrap_used)]

use chainrule::{
    Float, InstructionSet, Moment, Op, Shape, View,
    ops::{
        ArgMax, Axes, Concat, CrossEntropy, Extreme, Layout, LogSoftmax, LogSumExp, MatMul, Mean, Scatter, Softmax,
        Stack, Sum, Variance, keepdims, rows,
    },
};
use proptest::{collection::vec, prelude::*, sample::select};
use std::sync::{Arc, Mutex, MutexGuard};

/// Held while instruction sets are forced, which are the whole process's.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Numbers with some others before them, and nothing behind.
struct Placed<T> {
    memory: Box<[T]>,
    before: usize,
}

impl<T: Float> Placed<T> {
    fn new(numbers: &[T], before: usize) -> Placed<T> {
        let memory = [vec![T::from_f64(7.5); before].as_slice(), numbers].concat();
        Placed {
            memory: memory.into_boxed_slice(),
            before,
        }
    }

    fn numbers(&mut self) -> &mut [T] {
        &mut self.memory[self.before..]
    }

    /// The bits of its numbers, all NaN as one, once it is certain that nobody has changed those before.
    fn bits(&self) -> Vec<u64> {
        let (before, numbers) = self.memory.split_at(self.before);
        assert!(before.iter().all(|&x| x == T::from_f64(7.5)));
        let bits = |x: &T| if x.is_nan() { u64::MAX } else { x.to_f64().to_bits() };
        numbers.iter().map(bits).collect()
    }
}

/// The value and all gradients, computed the way a graph does, with so many numbers before each list.
fn everything<T: Float>(op: &dyn Op<T>, shapes: &[Shape], classes: Option<usize>, before: &[usize]) -> Vec<Vec<u64>> {
    let before = |i: usize| before[i % before.len()];
    let number = |k: usize, i: usize| match classes {
        Some(classes) if k == 1 => (i * 5 % classes) as f64,
        _ => ((i * 37 + k * 101) % 211) as f64 / 97.0 - 1.1,
    };
    let numbers = |shape: &Shape, k: usize| -> Vec<T> { (0..shape.len()).map(|i| T::from_f64(number(k, i))).collect() };
    let placed = shapes.iter().enumerate();
    let mut x: Vec<Placed<T>> = placed
        .map(|(k, shape)| Placed::new(&numbers(shape, k), before(k)))
        .collect();
    let arguments = x.iter_mut().zip(shapes);
    let arguments: Vec<View<T>> = arguments
        .map(|(x, &shape)| View {
            data: x.numbers(),
            shape,
        })
        .collect();
    let shape = op.shape(shapes).unwrap();
    let nothing = vec![T::from_f64(f64::NAN); shape.len()];
    let mut y = Placed::new(&nothing, before(3));
    op.eval(&arguments, y.numbers());
    let mut results = vec![y.bits()];
    let mut gradient_y = Placed::new(&numbers(&shape, 4), before(4));
    for k in (0..shapes.len()).filter(|&k| op.receives_gradient(k)) {
        let at = Moment {
            arguments: &arguments,
            value: View {
                data: y.numbers(),
                shape,
            },
        };
        for first in [false, true] {
            let mut gradient_x = Placed::new(&vec![T::from_f64(0.5); shapes[k].len()], before(5));
            match first {
                true => op.pull_first(k, &at, gradient_y.numbers(), gradient_x.numbers()),
                false => op.pull(k, &at, gradient_y.numbers(), gradient_x.numbers()),
            }
            results.push(gradient_x.bits());
        }
    }
    results
}

fn same_everywhere<T: Float>(op: &dyn Op<T>, shapes: &[Shape], classes: Option<usize>, before: &[usize]) {
    InstructionSet::PORTABLE.force();
    let expected = everything(op, shapes, classes, &[0]);
    for set in InstructionSet::available() {
        set.force();
        for before in [before, &[0]] {
            let found = everything(op, shapes, classes, before);
            assert!(
                found == expected,
                "{op:?} of {shapes:?} on {}, behind {before:?}",
                set.name()
            );
        }
    }
}

/// An operation, the shapes of its arguments, and how many classes the second of them tells apart, if it does.
type Case<T> = (Box<dyn Op<T>>, Vec<Shape>, Option<usize>);

/// Every operation that is no row, for arguments made of these sizes.
fn structural<T: Float>(sizes: &[usize], axis: usize, at: usize) -> Vec<Case<T>> {
    let shape = Shape::new(sizes).unwrap();
    let (size, last, signed) = (sizes[axis], sizes[sizes.len() - 1], axis as isize);
    let position = at % size;
    let mut all: Vec<Case<T>> = vec![];
    let mut add = |op: Box<dyn Op<T>>, shapes: &[Shape]| all.push((op, shapes.to_vec(), None));
    for axes in [Axes::ALL, Axes::from(signed), keepdims(signed)] {
        add(Box::new(Sum { axes: axes.clone() }), &[shape]);
        add(Box::new(Mean { axes: axes.clone() }), &[shape]);
        add(
            Box::new(Extreme {
                axes: axes.clone(),
                largest: at.is_multiple_of(2),
            }),
            &[shape],
        );
        add(
            Box::new(Variance {
                axes: axes.clone(),
                correction: 0.0,
            }),
            &[shape],
        );
        add(Box::new(LogSumExp { axes }), &[shape]);
    }
    add(Box::new(Softmax { axis: signed }), &[shape]);
    add(Box::new(LogSoftmax { axis: signed }), &[shape]);
    add(Box::new(ArgMax { axis: signed }), &[shape]);
    add(Box::new(Concat { axis: signed }), &[shape, shape]);
    add(Box::new(Stack), &[shape, shape, shape]);
    let turned: Vec<isize> = (0..sizes.len()).map(|i| ((i + axis) % sizes.len()) as isize).collect();
    for layout in [
        Layout::Reshape(Shape::from([shape.len()])),
        Layout::Permute(turned),
        Layout::Slice {
            axis: signed,
            range: position..size,
        },
        Layout::At { axis: signed, position },
        Layout::Pick {
            axis: signed,
            positions: Arc::new([position, 0, position]),
        },
        Layout::Broadcast(Shape::new(&[&[3], sizes].concat()).unwrap()),
    ] {
        let to = Op::<T>::shape(&layout, &[shape]).unwrap();
        add(Box::new(layout.clone()), &[shape]);
        add(Box::new(Scatter { layout, into: shape }), &[to]);
    }
    for (transpose_a, transpose_b) in [(false, false), (true, false), (false, true), (true, true)] {
        let (front, rows) = (&sizes[..sizes.len() - 1], 1 + at % 19);
        let matrix = |front: &[usize], rows: usize, columns: usize, turned| {
            let sizes = if turned { [columns, rows] } else { [rows, columns] };
            Shape::new(&[front, &sizes].concat()).unwrap()
        };
        let front = &front[..front.len().min(2)];
        let a = matrix(front, rows, last, transpose_a);
        let b = matrix(&[], last, size + 3, transpose_b);
        add(
            Box::new(MatMul {
                transpose_a,
                transpose_b,
            }),
            &[a, b],
        );
    }
    let one_per_row = Shape::new(&sizes[..sizes.len() - 1]).unwrap();
    for smoothing in [0.0, 0.1] {
        let op = CrossEntropy {
            smoothing,
            weights: None,
        };
        all.push((Box::new(op), vec![shape, one_per_row], Some(last)));
    }
    all
}

/// Sizes of one to four axes, the last of them sometimes longer than a register, a run or a block.
fn any_sizes() -> BoxedStrategy<Vec<usize>> {
    let short = (vec(1usize..5, 0..=3), 1usize..8);
    let middle = (vec(1usize..4, 0..=2), 8usize..40);
    let long = (vec(1usize..3, 0..=1), select(vec![127usize, 129, 255, 257, 300]));
    if cfg!(miri) {
        return Just(vec![2, 3]).boxed(); // ten thousand times as slow
    }
    let sizes = prop_oneof![3 => short.boxed(), 2 => middle.boxed(), 1 => long.boxed()];
    sizes
        .prop_map(|(front, last)| [front.as_slice(), &[last]].concat())
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 1 } else { 6 }, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn structural_operations_touch_nothing_else(
        sizes in any_sizes(), axis in 0usize..4, at in 0usize..100, before in vec(0usize..18, 6),
    ) {
        let _alone = alone();
        let axis = axis % sizes.len();
        for (op, shapes, classes) in structural::<f64>(&sizes, axis, at) {
            same_everywhere(&*op, &shapes, classes, &before);
        }
        for (op, shapes, classes) in structural::<f32>(&sizes, axis, at) {
            same_everywhere(&*op, &shapes, classes, &before);
        }
    }

    #[test]
    fn pointwise_operations_touch_nothing_else(
        sizes in any_sizes(), ones in vec(any::<bool>(), 4), missing in 0usize..4, turn in 0usize..3, before in vec(0usize..18, 6),
    ) {
        let _alone = alone();
        // One of the arguments is repeated along some axes, and lacks leading ones.
        let own = sizes.iter().zip(&ones).map(|(&size, &one)| if one { 1 } else { size });
        let own: Vec<usize> = own.skip(missing.min(sizes.len())).collect();
        let (full, own) = (Shape::new(&sizes).unwrap(), Shape::new(&own).unwrap());
        let shapes = |arity: usize| -> Vec<Shape> { (0..arity).map(|k| if k == turn % arity && arity > 1 { own } else { full }).collect() };
        for row in rows::<f64>() {
            same_everywhere(row.op, &shapes(row.op.arity().unwrap()), None, &before);
        }
        for row in rows::<f32>() {
            same_everywhere(row.op, &shapes(row.op.arity().unwrap()), None, &before);
        }
    }
}
