//! Structs and binding numbers shared with `shaders/bindings.wgsl`; the tests below check that both agree.

use bytemuck::{Pod, Zeroable};

/// One dispatch of one batch of models; mirrors `Job` in `shaders/bindings.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Pod, Zeroable)]
pub struct DispatchJob {
    pub models: u32,
    pub first_epoch: u32,
    pub first_tile: u32,
    pub steps: u32,
    pub first_slot: u32,
    pub first_point: u32,
    pub end_point: u32,
    /// Padding, because a uniform buffer's size is a multiple of 16 bytes.
    pub padding: u32,
}

/// Sums of one model over points (for a regression, `correct` and `correct_positive` are the bits of its errors);
/// mirrors `Score` in `shaders/bindings.wgsl`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Pod, Zeroable)]
pub struct ScoreSums {
    pub loss: f32,
    pub correct: u32,
    pub correct_positive: u32,
    pub peak: u32,
}

/// Returns the `vec4`s per point, for its `numbers`: features and those of its target.
pub fn point_vectors(numbers: usize) -> usize {
    numbers.div_ceil(4)
}

/// Returns the bytes of a data set on the device.
pub fn points_bytes(numbers: usize, rows: usize) -> u64 {
    16 * (point_vectors(numbers) * rows) as u64
}

/// Value of `diverged` for a model that has not diverged; mirrors `RUNNING`.
pub const RUNNING: u32 = u32::MAX;

/// Binding numbers in group 0.
pub mod binding {
    pub const JOB: u32 = 0;
    pub const POINTS: u32 = 1;
    pub const SEEDS: u32 = 2;
    pub const HYPER: u32 = 3;
    pub const PARAMETERS: u32 = 4;
    pub const DIVERGED: u32 = 5;
    pub const LOSSES: u32 = 6;
    pub const RECORDED: u32 = 7;
    pub const GRADIENTS: u32 = 8;
    pub const SCORES: u32 = 9;
    pub const OPTIMIZER_STATE: u32 = 10;
    pub const MULTIPLIERS: u32 = 11;
    pub const ORDER: u32 = 12;
    pub const LOGITS: u32 = 13;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::gpu::kernel_spec::KernelSpec;
    use crate::engine::gpu::mapping::GpuMapping;
    use crate::engine::gpu::shader_source::Permutation;
    use crate::model::NetworkShape;
    use crate::sweep::TrainSpec;
    use std::mem::{offset_of, size_of};
    use wgpu::naga;

    fn module() -> naga::Module {
        let shape = NetworkShape::new(2, &[1]).unwrap();
        let mapping = GpuMapping::read("streamed-64-16").unwrap();
        let kernel_spec = KernelSpec { shape: &shape, train_spec: &TrainSpec::plain(), rows: 200, regression: false };
        let source = Permutation { kernel_spec, mapping, uniform_points: true }.source();
        naga::front::wgsl::parse_str(&source.unwrap()).unwrap()
    }

    fn offsets(module: &naga::Module, name: &str) -> (Vec<(String, u32)>, u32) {
        let found = module.types.iter().find(|(_, t)| t.name.as_deref() == Some(name)).unwrap().1;
        let naga::TypeInner::Struct { members, span } = &found.inner else { panic!("{name} is no struct") };
        (members.iter().map(|m| (m.name.clone().unwrap(), m.offset)).collect(), *span)
    }

    #[test]
    fn structs_lie_alike_on_both_sides() {
        macro_rules! fields {
            ($type:ty: $($field:ident),*) => { vec![$((stringify!($field).to_owned(), offset_of!($type, $field) as u32)),*] };
        }
        let module = module();
        let (job, span) = offsets(&module, "Job");
        assert_eq!(
            job,
            fields!(DispatchJob: models, first_epoch, first_tile, steps, first_slot, first_point, end_point)
        );
        assert!(span as usize <= size_of::<DispatchJob>() && size_of::<DispatchJob>().is_multiple_of(16));
        let (score, span) = offsets(&module, "Score");
        assert_eq!(
            (score, span as usize),
            (fields!(ScoreSums: loss, correct, correct_positive, peak), size_of::<ScoreSums>())
        );
    }

    #[test]
    fn binding_numbers_are_the_shaders() {
        let module = module();
        let number = |name: &str| {
            let variable = module.global_variables.iter().find(|(_, v)| v.name.as_deref() == Some(name)).unwrap().1;
            variable.binding.as_ref().map(|b| (b.group, b.binding)).unwrap()
        };
        use binding::*;
        let expected = [
            ("job", JOB),
            ("points", POINTS),
            ("seeds", SEEDS),
            ("hyper", HYPER),
            ("parameters", PARAMETERS),
            ("diverged", DIVERGED),
            ("losses", LOSSES),
            ("recorded", RECORDED),
            ("gradients", GRADIENTS),
            ("scores", SCORES),
            ("optimizer_state", OPTIMIZER_STATE),
            ("multipliers", MULTIPLIERS),
            ("order", ORDER),
            ("logits", LOGITS),
        ];
        for (name, binding) in expected {
            assert_eq!(number(name), (0, binding), "{name}");
        }
    }
}
