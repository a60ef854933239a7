//! What a row of the table becomes: its type, its method on `Var` and on `Num`, its place in the list.

use super::pointwise::Row;
use crate::float::{Float, PerFloat};
use std::marker::PhantomData;

/// Every pointwise operation, for the tests, the manual and whoever offers a choice.
///
/// ```
/// let names: Vec<_> = chainrule::ops::rows::<f64>().iter().map(|row| row.op.name()).collect();
/// assert!(names.contains(&"tanh") && names.contains(&"leaky_relu"));
/// ```
pub fn rows<T: Float>() -> &'static [Row<T>] {
    T::of::<Rows>()
}

/// The list of each number type. Whoever uses it finds it compiled: its rules are much code, once for each instruction set.
struct Rows;

impl PerFloat for Rows {
    type Of<T: Float> = &'static [Row<T>];

    #[inline(never)]
    fn wide() -> &'static [Row<f64>] {
        Table::<f64>::ROWS
    }
    #[inline(never)]
    fn narrow() -> &'static [Row<f32>] {
        Table::<f32>::ROWS
    }
}

/// Whether the text of a value calls no function, so that it takes an instruction or two wherever it is computed.
pub(super) const fn is_simple(value: &str) -> bool {
    let (mut k, bytes) = (0, value.as_bytes());
    while k < bytes.len() {
        if bytes[k] == b'(' {
            return false;
        }
        k += 1;
    }
    true
}

/// Holds the list, once for each number type.
pub(super) struct Table<T>(PhantomData<T>);

/// Defines the rows with `pointwise!`, and gives each its method on `Var` and on `Num` and its place
/// in the table.
macro_rules! table {
    ($(
        $(#[doc = $doc:literal])+
        $Op:ident $({ $($parameter:ident = $default:expr),+ })? $method:ident $label:literal
            ($x:ident $(, $other:ident)*) -> $y:ident = $value:expr;
            $g:ident => $($gradient:expr),+;
            at $at:expr; $(kink $kink:expr;)? $(role $role:ident;)?
    )*) => {
        $crate::pointwise! { $(
            $(#[doc = $doc])+
            $Op $({ $($parameter = $default),+ })? $method $label ($x $(, $other)*) -> $y = $value;
                $g => $($gradient),+; at $at; $(kink $kink;)?
        )* }

        /// The place of each row in the table. Rows with parameters are recorded one by one and leave theirs unused.
        #[allow(dead_code)]
        enum Place { $($Op),* }

        #[allow(clippy::should_implement_trait)] // the operators call these
        impl<'g, T: Float> Var<'g, T> { $(
            $(#[doc = $doc])+
            #[doc = ""]
            #[doc = concat!("Backward, for each argument: `", $(stringify!($gradient), "; ",)+ "`")]
            #[track_caller]
            pub fn $method(self $(, $other: impl Operand<'g, T>)* $($(, $parameter: f64)+)?) -> Var<'g, T> {
                let graph = self.graph();
                table!(@record graph [self $(, $other.on(graph))*] [$x $(, $other)*] {$value} $Op $($($parameter)+)?)
            }
        )* }

        #[allow(clippy::should_implement_trait)]
        impl<T: Float> Num<T> { $(
            $(#[doc = $doc])+
            #[inline(always)]
            #[allow(unused_variables)]
            pub fn $method(self $(, $other: impl Into<Num<T>>)* $($(, $parameter: f64)+)?) -> Num<T> {
                let $x = self;
                $(let $other = $other.into();)*
                $value
            }
        )* }

        impl<T: Float> Table<T> {
            pub(super) const ROWS: &'static [Row<T>] = &[$(Row {
                op: &$Op $({ $($parameter: $default),+ })?,
                parameters: &[$($((stringify!($parameter), $default)),+)?],
                role: table!(@role $($role)?),
                of: TypeId::of::<$Op>,
                make: |parameters| {
                    let mut parameters = parameters.iter().copied();
                    let _ = &mut parameters;
                    $($(let $parameter = parameters.next().unwrap_or($default);)+)?
                    table!(@op $Op $($($parameter)+)?)
                },
            }),*];
        }
    };
    (@op $Op:ident) => { Apply::Row(Place::$Op as usize, || &$Op) };
    (@op $Op:ident $($parameter:ident)+) => { Apply::Own(Arc::new($Op { $($parameter),+ })) };
    (@record $graph:ident $arguments:tt $x:tt $value:tt $Op:ident) => {{
        let op = || crate::ops::rows::<T>()[Place::$Op as usize].op;
        if const { is_simple(stringify!($value)) } {
            $graph.record_simple(Place::$Op as usize, op, $arguments, #[inline(always)] |x| {
                pointwise::value(x, #[inline(always)] |$x: [Num<T>; _]| $value)
            })
        } else {
            $graph.record_row(Place::$Op as usize, op, $arguments)
        }
    }};
    (@record $graph:ident $arguments:tt $x:tt $value:tt $Op:ident $($parameter:ident)+) => {
        $graph.record((crate::ops::rows::<T>()[Place::$Op as usize].make)(&[$($parameter),+]), &$arguments)
    };
    (@role) => { None };
    (@role $role:ident) => { Some(Role::$role) };
}
pub(super) use table;
