//! The registers of a calculation as figures: each with its value, its local derivatives and its adjoint.

use chainrule::Var;

use crate::{error::Result, figure::Figure};

/// What happens register by register: all values with their local derivatives on the way forward, then all adjoints on the
/// way back. Every register has a name, and the last one is the result.
pub(super) fn table(registers: &[Var<'_>]) -> Result<Vec<Figure>> {
    let name = |register: Var<'_>| register.name().map(|name| name.to_string()).unwrap_or_default();
    let mut figures = vec![];
    for &register in registers {
        figures.push(Figure::new(name(register), register.item()?));
        for partial in register.partials(0)? {
            if let Some(&argument) = registers.iter().find(|argument| argument.id() == partial.argument) {
                let local = partial.derivative.data().iter().sum::<f64>(); // of one number by one number
                figures.push(Figure::new(format!("∂{}/∂{}", name(register), name(argument)), local));
            }
        }
    }
    if let Some(&result) = registers.last() {
        let gradients = result.backward()?;
        let back = registers.iter().rev().filter(|register| register.is_differentiable());
        figures
            .extend(back.map(|&register| Figure::new(format!("adjoint of {}", name(register)), gradients[register])));
    }
    Ok(figures)
}
