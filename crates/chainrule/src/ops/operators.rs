//! The operators of `Var`, with numbers on either side.

use crate::{
    float::Float,
    graph::{Operand, Var},
};
use std::{
    iter::Sum,
    ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign},
};

macro_rules! operator {
    ($($Trait:ident $method:ident),*) => {$(
        impl<'g, T: Float, R: Operand<'g, T>> $Trait<R> for Var<'g, T> {
            type Output = Var<'g, T>;
            #[track_caller]
            fn $method(self, right: R) -> Var<'g, T> {
                Var::$method(self, right)
            }
        }
        impl<'g, T: Float> $Trait<Var<'g, T>> for f64 {
            type Output = Var<'g, T>;
            #[track_caller]
            fn $method(self, right: Var<'g, T>) -> Var<'g, T> {
                Var::$method(self.on(right.graph()), right)
            }
        }
    )*};
}
operator!(Add add, Sub sub, Mul mul, Div div);

macro_rules! assign {
    ($($Trait:ident $method:ident $from:ident),*) => {$(
        impl<'g, T: Float, R: Operand<'g, T>> $Trait<R> for Var<'g, T> {
            #[track_caller]
            fn $method(&mut self, right: R) {
                *self = Var::$from(*self, right);
            }
        }
    )*};
}
assign!(AddAssign add_assign add, SubAssign sub_assign sub, MulAssign mul_assign mul, DivAssign div_assign div);

impl<'g, T: Float> Neg for Var<'g, T> {
    type Output = Var<'g, T>;
    #[track_caller]
    fn neg(self) -> Var<'g, T> {
        Var::neg(self)
    }
}

impl<'g, T: Float> Sum for Var<'g, T> {
    /// The sum of at least one value.
    ///
    /// A fault in it names a line of the standard library, which does not pass its caller on; `Graph::sum` names yours.
    ///
    /// # Panics
    /// On an empty iterator, which belongs to no graph: [`Graph::sum`](crate::Graph::sum) takes one.
    #[track_caller]
    fn sum<I: Iterator<Item = Var<'g, T>>>(mut values: I) -> Var<'g, T> {
        match values.next() {
            Some(first) => first.graph().sum([first].into_iter().chain(values)),
            None => panic!("the sum of no values belongs to no graph: use Graph::sum"),
        }
    }
}
