//! Operators and built-in functions on scalars, given as words.

use wgpu::naga::{BinaryOperator, MathFunction, ScalarKind, UnaryOperator};

/// Applies an operator to two numbers of one kind; a shift's right number is a u32.
pub fn binary(op: BinaryOperator, kind: ScalarKind, [a, b]: [u32; 2]) -> u32 {
    match kind {
        ScalarKind::Float => float(op, [a, b].map(f32::from_bits)),
        ScalarKind::Sint => signed(op, a as i32, b),
        ScalarKind::Uint | ScalarKind::Bool => unsigned(op, a, b),
        other => panic!("{other:?}"),
    }
}

fn float(op: BinaryOperator, [a, b]: [f32; 2]) -> u32 {
    use BinaryOperator::*;
    match op {
        Add => (a + b).to_bits(),
        Subtract => (a - b).to_bits(),
        Multiply => (a * b).to_bits(),
        Divide => (a / b).to_bits(),
        _ => u32::from(compared(op, a, b)),
    }
}

fn signed(op: BinaryOperator, a: i32, b: u32) -> u32 {
    use BinaryOperator::*;
    match op {
        Add => a.wrapping_add(b as i32) as u32,
        Subtract => a.wrapping_sub(b as i32) as u32,
        Multiply => a.wrapping_mul(b as i32) as u32,
        ShiftLeft => (a as u32) << b,
        ShiftRight => (a >> b) as u32,
        _ => u32::from(compared(op, a, b as i32)),
    }
}

fn unsigned(op: BinaryOperator, a: u32, b: u32) -> u32 {
    use BinaryOperator::*;
    match op {
        Add => a.wrapping_add(b),
        Subtract => a.wrapping_sub(b),
        Multiply => a.wrapping_mul(b),
        Divide => a / b,
        Modulo => a % b,
        And | LogicalAnd => a & b,
        InclusiveOr | LogicalOr => a | b,
        ExclusiveOr => a ^ b,
        ShiftLeft => a << b,
        ShiftRight => a >> b,
        _ => u32::from(compared(op, a, b)),
    }
}

fn compared<T: PartialOrd>(op: BinaryOperator, a: T, b: T) -> bool {
    match op {
        BinaryOperator::Equal => a == b,
        BinaryOperator::NotEqual => a != b,
        BinaryOperator::Less => a < b,
        BinaryOperator::LessEqual => a <= b,
        BinaryOperator::Greater => a > b,
        BinaryOperator::GreaterEqual => a >= b,
        other => panic!("{other:?}"),
    }
}

/// Applies an operator to one number.
pub fn unary(op: UnaryOperator, kind: ScalarKind, a: u32) -> u32 {
    match (op, kind) {
        (UnaryOperator::Negate, ScalarKind::Float) => (-f32::from_bits(a)).to_bits(),
        (UnaryOperator::Negate, _) => a.wrapping_neg(),
        (UnaryOperator::LogicalNot, _) => a ^ 1,
        (UnaryOperator::BitwiseNot, _) => !a,
    }
}

/// Applies a function to numbers of one kind; those that it does not take are 0.
pub fn math(function: MathFunction, kind: ScalarKind, [a, b]: [u32; 2]) -> u32 {
    let [x, y] = [a, b].map(f32::from_bits);
    match (function, kind) {
        (MathFunction::Abs, ScalarKind::Float) => x.abs().to_bits(),
        (MathFunction::Sqrt, ScalarKind::Float) => x.sqrt().to_bits(),
        (MathFunction::Sign, ScalarKind::Float) => if x == 0.0 { x } else { x.signum() }.to_bits(),
        (MathFunction::Min, ScalarKind::Float) => x.min(y).to_bits(),
        (MathFunction::Max, ScalarKind::Float) => x.max(y).to_bits(),
        (MathFunction::Min, ScalarKind::Uint) => a.min(b),
        (MathFunction::Max, ScalarKind::Uint) => a.max(b),
        other => panic!("{other:?}"),
    }
}

/// Converts a number from one kind to another.
pub fn converted([from, to]: [ScalarKind; 2], a: u32) -> u32 {
    use ScalarKind::*;
    match [from, to] {
        [Uint, Float] => (a as f32).to_bits(),
        [Sint, Float] => (a as i32 as f32).to_bits(),
        [Bool, Float] => (a as f32).to_bits(),
        [Float, Uint] => f32::from_bits(a) as u32,
        [Float, Sint] => f32::from_bits(a) as i32 as u32,
        [Uint | Sint | Bool, Uint | Sint] => a,
        [Uint | Sint, Bool] => u32::from(a != 0),
        other => panic!("{other:?}"),
    }
}
