//! Executes a kernel on the host, for tests: one workgroup of a naga module, with its loop iterations counted.
//!
//! The invocations run in lockstep, statement by statement, like the lanes of a software driver: a loop goes on until
//! its slowest invocation is done, and a barrier has nothing left to do. Only what our kernels use is there; anything
//! else, and any index out of bounds, panics.

mod control;
pub mod dispatch;
mod expressions;
mod operators;
mod values;

use naga::valid::{Capabilities, FunctionInfo, ModuleInfo, ShaderStages, SubgroupOperationSet, ValidationFlags};
use naga::{AddressSpace, BuiltIn, Expression, Function, Handle};
use std::collections::BTreeMap;
use values::{Memory, constant, words};
use wgpu::naga;

/// Most invocations of a workgroup: a set of them is the bits of one u64.
const MOST_LANES: usize = 64;
/// Offset of local variables' numbers in pointers, where global variables have the numbers below.
const LOCAL: u32 = 1 << 31;

/// A valid module.
pub struct Kernel {
    pub module: naga::Module,
    pub info: ModuleInfo,
}

impl Kernel {
    /// Parses and validates a source.
    ///
    /// # Panics
    /// If it is not valid WGSL.
    pub fn new(source: &str) -> Self {
        let module = naga::front::wgsl::parse_str(source).unwrap_or_else(|e| panic!("{}", e.emit_to_string(source)));
        let mut validator = naga::valid::Validator::new(ValidationFlags::all(), Capabilities::SUBGROUP);
        validator.subgroup_stages(ShaderStages::COMPUTE).subgroup_operations(SubgroupOperationSet::all());
        let info = validator.validate(&module).unwrap_or_else(|e| panic!("{e:?}"));
        Self { module, info }
    }

    /// Runs the first workgroup of an entry point. `buffers` has the words of each bound buffer, by binding number, and
    /// receives what the kernel wrote. Returns the loop iterations of the invocations in lockstep, where the test that
    /// ends a loop counts as one more.
    pub fn run(&self, entry: &str, buffers: &mut BTreeMap<u32, Vec<u32>>) -> u64 {
        let at = self.module.entry_points.iter().position(|e| e.name == entry).unwrap();
        let point = &self.module.entry_points[at];
        let lanes = point.workgroup_size[0] as usize;
        assert!(lanes <= MOST_LANES && point.workgroup_size[1..] == [1, 1]);
        let globals = self.globals(lanes, buffers);
        let constants = self.module.constants.iter().map(|(_, c)| constant(&self.module, c.init)).collect();
        let mut workgroup = Workgroup { kernel: self, lanes, globals, constants, iterations: 0 };
        let arguments = point.function.arguments.iter().map(|argument| {
            let Some(naga::Binding::BuiltIn(builtin)) = argument.binding else { panic!("{argument:?}") };
            let of_lane = |lane: u32| match builtin {
                BuiltIn::GlobalInvocationId => vec![lane, 0, 0],
                BuiltIn::WorkGroupId => vec![0, 0, 0],
                BuiltIn::NumWorkGroups => vec![1, 1, 1],
                BuiltIn::LocalInvocationIndex => vec![lane],
                other => panic!("{other:?}"),
            };
            (0..lanes as u32).flat_map(of_lane).collect()
        });
        let arguments = arguments.collect();
        workgroup.call(&point.function, self.info.get_entry_point(at), arguments, u64::MAX >> (MOST_LANES - lanes));
        for ((_, variable), memory) in self.module.global_variables.iter().zip(workgroup.globals) {
            if let Some(binding) = &variable.binding {
                buffers.insert(binding.binding, memory.words);
            }
        }
        workgroup.iterations
    }

    fn globals(&self, lanes: usize, buffers: &BTreeMap<u32, Vec<u32>>) -> Vec<Memory> {
        let of = |variable: &naga::GlobalVariable| {
            let size = words(&self.module.types, &self.module.types[variable.ty].inner);
            match (variable.space, &variable.binding) {
                (AddressSpace::Private, _) => Memory::of_each(lanes, size),
                (AddressSpace::WorkGroup, _) => Memory::shared(vec![0; size]),
                (_, Some(binding)) => Memory::shared(buffers.get(&binding.binding).cloned().unwrap_or_default()),
                other => panic!("{other:?}"),
            }
        };
        self.module.global_variables.iter().map(|(_, variable)| of(variable)).collect()
    }
}

/// A workgroup that runs.
struct Workgroup<'a> {
    kernel: &'a Kernel,
    lanes: usize,
    globals: Vec<Memory>,
    /// Words of each constant of the module.
    constants: Vec<Vec<u32>>,
    iterations: u64,
}

/// A call of a function by all invocations together.
struct Frame<'a> {
    function: &'a Function,
    info: &'a FunctionInfo,
    /// Words of each argument and of each evaluated expression, one invocation after the other; empty before.
    arguments: Vec<Vec<u32>>,
    values: Vec<Vec<u32>>,
    locals: Vec<Memory>,
    result: Vec<u32>,
    /// Invocations that left the current iteration of the innermost loop by `break` and by `continue`.
    broke: u64,
    continued: u64,
}

impl Frame<'_> {
    /// Returns the words of an expression's value in one invocation.
    fn value(&self, lanes: usize, expression: Handle<Expression>, lane: usize) -> &[u32] {
        let all = &self.values[expression.index()];
        let width = all.len() / lanes;
        assert!(width > 0, "{:?} has no value yet", self.function.expressions[expression]);
        &all[lane * width..][..width]
    }
}

#[cfg(test)]
mod tests;
