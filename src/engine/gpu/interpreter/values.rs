//! Values and memory as words: a scalar is one, and a vector, matrix, array or struct has those of its parts, without
//! padding. A pointer is two: the number of its variable, and an offset in words.

use wgpu::naga::{ArraySize, Expression, Handle, Literal, Module, Type, TypeInner, UniqueArena};

/// Words of one variable: all invocations' own ones, or those that they share.
pub struct Memory {
    pub words: Vec<u32>,
    /// Words of each invocation; 0 if they are shared.
    each: usize,
}

impl Memory {
    pub fn shared(words: Vec<u32>) -> Self {
        Self { words, each: 0 }
    }

    pub fn of_each(lanes: usize, each: usize) -> Self {
        Self { words: vec![0; lanes * each], each }
    }

    /// Returns `count` words of an invocation from `offset` on.
    pub fn part(&mut self, lane: usize, offset: u32, count: usize) -> &mut [u32] {
        &mut self.words[lane * self.each + offset as usize..][..count]
    }
}

/// Returns the members of a set of invocations, ascending.
pub fn members(set: u64) -> impl Iterator<Item = usize> {
    (0..u64::BITS as usize).filter(move |lane| set >> lane & 1 == 1)
}

/// Returns the words of a value.
pub fn words(types: &UniqueArena<Type>, inner: &TypeInner) -> usize {
    let of = |ty: Handle<Type>| words(types, &types[ty].inner);
    match *inner {
        TypeInner::Scalar(_) | TypeInner::Atomic(_) => 1,
        TypeInner::Vector { size, .. } => size as usize,
        TypeInner::Matrix { columns, rows, .. } => columns as usize * rows as usize,
        TypeInner::Array { base, size: ArraySize::Constant(count), .. } => count.get() as usize * of(base),
        // As long as its buffer.
        TypeInner::Array { .. } => 0,
        TypeInner::Struct { ref members, .. } => members.iter().map(|member| of(member.ty)).sum(),
        TypeInner::Pointer { .. } | TypeInner::ValuePointer { .. } => 2,
        ref other => panic!("{other:?}"),
    }
}

/// Returns the offset of part `index` in a value, or in what a pointer points to.
pub fn offset(types: &UniqueArena<Type>, inner: &TypeInner, index: usize) -> usize {
    let of = |ty: Handle<Type>| words(types, &types[ty].inner);
    let (each, parts) = match *inner {
        TypeInner::Pointer { base, .. } => return offset(types, &types[base].inner, index),
        TypeInner::Struct { ref members, .. } => return members[..index].iter().map(|member| of(member.ty)).sum(),
        TypeInner::Vector { size, .. } | TypeInner::ValuePointer { size: Some(size), .. } => (1, size as usize),
        TypeInner::Matrix { columns, rows, .. } => (rows as usize, columns as usize),
        TypeInner::Array { base, size: ArraySize::Constant(count), .. } => (of(base), count.get() as usize),
        // The buffer's end is checked by `Memory`.
        TypeInner::Array { base, .. } => (of(base), usize::MAX),
        ref other => panic!("{other:?}"),
    };
    assert!(index < parts, "index {index} in {parts} parts of {inner:?}");
    each * index
}

/// Returns the words of a constant expression of the module.
pub fn constant(module: &Module, expression: Handle<Expression>) -> Vec<u32> {
    match &module.global_expressions[expression] {
        Expression::Literal(literal) => vec![word(*literal)],
        Expression::Constant(handle) => constant(module, module.constants[*handle].init),
        Expression::ZeroValue(ty) => vec![0; words(&module.types, &module.types[*ty].inner)],
        Expression::Compose { components, .. } => components.iter().flat_map(|part| constant(module, *part)).collect(),
        Expression::Splat { size, value } => constant(module, *value).repeat(*size as usize),
        other => panic!("{other:?}"),
    }
}

/// Returns the word of a literal.
pub fn word(literal: Literal) -> u32 {
    match literal {
        Literal::U32(value) => value,
        Literal::I32(value) => value as u32,
        Literal::F32(value) => value.to_bits(),
        Literal::Bool(value) => u32::from(value),
        other => panic!("{other:?}"),
    }
}
