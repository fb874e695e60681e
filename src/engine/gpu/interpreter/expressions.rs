//! Expressions, evaluated for all invocations of a set.

use super::operators::{binary, converted, math, unary};
use super::values::{members, offset, word, words};
use super::{Frame, LOCAL, Workgroup};
use naga::{BinaryOperator, Expression, Handle, MathFunction, RelationalFunction, ScalarKind, TypeInner};
use wgpu::naga;

/// Whether an expression of this type points to something.
fn is_pointer(inner: &TypeInner) -> bool {
    matches!(inner, TypeInner::Pointer { .. } | TypeInner::ValuePointer { .. })
}

/// Returns component `n` of a vector; of a scalar, which goes with every component, itself.
fn component(of: &[u32], n: usize) -> u32 {
    if of.len() == 1 { of[0] } else { of[n] }
}

impl<'a> Workgroup<'a> {
    /// Evaluates what needs no statement: literals, constants, arguments, addresses of variables, and vectors of them.
    pub fn evaluate_constants(&mut self, frame: &mut Frame<'a>) {
        for (handle, expression) in frame.function.expressions.iter() {
            let known = |part: &Handle<Expression>| !frame.values[part.index()].is_empty();
            let constant = match expression {
                Expression::Compose { components, .. } => components.iter().all(known),
                Expression::Splat { value, .. } => known(value),
                other => matches!(
                    other,
                    Expression::Literal(_)
                        | Expression::Constant(_)
                        | Expression::ZeroValue(_)
                        | Expression::FunctionArgument(_)
                        | Expression::GlobalVariable(_)
                        | Expression::LocalVariable(_)
                ),
            };
            if constant {
                self.evaluate(frame, handle, u64::MAX >> (u64::BITS as usize - self.lanes));
            }
        }
    }

    /// Evaluates an expression for the invocations of `active`; the others keep their value.
    pub fn evaluate(&mut self, frame: &mut Frame<'a>, handle: Handle<Expression>, active: u64) {
        let width = words(&self.kernel.module.types, self.inner(frame, handle));
        let mut all = std::mem::take(&mut frame.values[handle.index()]);
        all.resize(self.lanes * width, 0);
        for lane in members(active) {
            self.evaluate_one(frame, handle, lane, &mut all[lane * width..][..width]);
        }
        frame.values[handle.index()] = all;
    }

    /// Returns the type of an expression.
    fn inner(&self, frame: &Frame<'a>, handle: Handle<Expression>) -> &'a TypeInner {
        frame.info[handle].ty.inner_with(&self.kernel.module.types)
    }

    /// Returns the kind of an expression's numbers.
    fn kind(&self, frame: &Frame<'a>, handle: Handle<Expression>) -> ScalarKind {
        self.inner(frame, handle).scalar_kind().unwrap()
    }

    fn evaluate_one(&mut self, frame: &mut Frame<'a>, handle: Handle<Expression>, lane: usize, to: &mut [u32]) {
        if let Expression::Load { pointer } = frame.function.expressions[handle] {
            let [variable, at] = frame.value(self.lanes, pointer, lane).try_into().unwrap();
            to.copy_from_slice(self.memory(frame, variable).part(lane, at, to.len()));
            return;
        }
        let value = |part: Handle<Expression>| frame.value(self.lanes, part, lane);
        match frame.function.expressions[handle] {
            Expression::Literal(literal) => to[0] = word(literal),
            Expression::Constant(constant) => to.copy_from_slice(&self.constants[constant.index()]),
            Expression::ZeroValue(_) => to.fill(0),
            Expression::FunctionArgument(at) => {
                to.copy_from_slice(&frame.arguments[at as usize][lane * to.len()..][..to.len()]);
            }
            Expression::GlobalVariable(variable) => to.copy_from_slice(&[variable.index() as u32, 0]),
            Expression::LocalVariable(variable) => to.copy_from_slice(&[LOCAL + variable.index() as u32, 0]),
            Expression::Compose { ref components, .. } => {
                let parts = components.iter().flat_map(|part| value(*part));
                to.iter_mut().zip(parts).for_each(|(to, part)| *to = *part);
            }
            Expression::Splat { value: of, .. } => to.fill(value(of)[0]),
            Expression::Swizzle { vector, pattern, .. } => {
                to.iter_mut().zip(pattern).for_each(|(to, which)| *to = value(vector)[which as usize]);
            }
            Expression::Access { base, index } => self.access(frame, base, value(index)[0] as usize, lane, to),
            Expression::AccessIndex { base, index } => self.access(frame, base, index as usize, lane, to),
            Expression::Unary { op, expr } => {
                let kind = self.kind(frame, expr);
                to.iter_mut().zip(value(expr)).for_each(|(to, a)| *to = unary(op, kind, *a));
            }
            Expression::Binary { op, left, right } => {
                let matrix = |part| matches!(self.inner(frame, part), TypeInner::Matrix { .. });
                assert!(op != BinaryOperator::Multiply || !matrix(left) && !matrix(right), "products of matrices");
                let (kind, a, b) = (self.kind(frame, left), value(left), value(right));
                let of = |n| binary(op, kind, [component(a, n), component(b, n)]);
                to.iter_mut().enumerate().for_each(|(n, to)| *to = of(n));
            }
            Expression::Select { condition, accept, reject } => {
                let of = |n| if component(value(condition), n) == 1 { value(accept)[n] } else { value(reject)[n] };
                to.iter_mut().enumerate().for_each(|(n, to)| *to = of(n));
            }
            Expression::Relational { fun: RelationalFunction::All, argument } => {
                to[0] = u32::from(value(argument).iter().all(|a| *a == 1));
            }
            Expression::Math { fun: MathFunction::Transpose, arg, .. } => {
                let TypeInner::Matrix { columns, rows, .. } = *self.inner(frame, arg) else { panic!("{handle:?}") };
                let (columns, rows) = (columns as usize, rows as usize);
                to.iter_mut().enumerate().for_each(|(n, to)| *to = value(arg)[n % columns * rows + n / columns]);
            }
            Expression::Math { fun, arg, arg1, arg2: None, .. } => {
                let kind = self.kind(frame, arg);
                let of = |n| math(fun, kind, [component(value(arg), n), arg1.map_or(0, |b| component(value(b), n))]);
                to.iter_mut().enumerate().for_each(|(n, to)| *to = of(n));
            }
            Expression::As { expr, convert: None, .. } => to.copy_from_slice(value(expr)),
            Expression::As { expr, kind, convert: Some(_) } => {
                let kinds = [self.kind(frame, expr), kind];
                to.iter_mut().zip(value(expr)).for_each(|(to, a)| *to = converted(kinds, *a));
            }
            ref other => panic!("{other:?}"),
        }
    }

    /// Takes part `index` of a value, or its address.
    fn access(&self, frame: &Frame<'a>, base: Handle<Expression>, index: usize, lane: usize, to: &mut [u32]) {
        let inner = self.inner(frame, base);
        let (at, value) = (offset(&self.kernel.module.types, inner, index), frame.value(self.lanes, base, lane));
        match is_pointer(inner) {
            true => to.copy_from_slice(&[value[0], value[1] + at as u32]),
            false => to.copy_from_slice(&value[at..][..to.len()]),
        }
    }
}
