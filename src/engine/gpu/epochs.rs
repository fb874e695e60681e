//! Tables from the host for the epochs of a dispatch: learning-rate multipliers and row order.

use super::buffers::BufferFactory;
use super::device::GpuDevice;
use super::device_plan::DevicePlan;
use super::kernel_spec::KernelSpec;
use crate::math::rng;
use crate::math::shuffle::{half_bits, order_key, shuffled};
use crate::parallel::*;
use crate::sweep::{RowOrder, TrainSpec};
use std::borrow::Cow;
use std::ops::Range;

/// Tables on the device, rewritten for each dispatch; minimal buffers if the kernels use none.
pub struct EpochTables {
    pub multipliers: wgpu::Buffer,
    pub order: wgpu::Buffer,
}

impl EpochTables {
    /// Allocates tables for the epochs that a dispatch of `plan` may touch, at most `epochs`.
    pub fn new(buffers: &BufferFactory, plan: &DevicePlan, kernel_spec: &KernelSpec, epochs: u32) -> Self {
        let most = u64::from(plan.most_epochs.min(epochs));
        let entries = |used: bool, per_epoch: u64| if used { 4 * most * per_epoch } else { 0 };
        Self {
            multipliers: buffers.zeros(entries(kernel_spec.is_scheduled(), 1)),
            order: buffers.zeros(entries(kernel_spec.order_from_host(), kernel_spec.rows as u64)),
        }
    }

    /// Writes the tables of `epochs`.
    pub fn fill(&self, device: &GpuDevice, kernel_spec: &KernelSpec, epochs: Range<u32>) {
        let write = |buffer: &wgpu::Buffer, bytes: &[u8]| device.queue.write_buffer(buffer, 0, bytes);
        if kernel_spec.is_scheduled() {
            write(&self.multipliers, bytemuck::cast_slice(&multipliers(kernel_spec.train_spec, epochs.clone())));
        }
        if kernel_spec.order_from_host() {
            write(
                &self.order,
                bytemuck::cast_slice(&order(&kernel_spec.train_spec.batches.order, kernel_spec.rows, epochs)),
            );
        }
    }
}

/// Returns the schedule's multipliers, rounded once to f32.
pub(super) fn multipliers(train_spec: &TrainSpec, epochs: Range<u32>) -> Vec<f32> {
    epochs.map(|epoch| train_spec.schedule.multiplier(epoch) as f32).collect()
}

/// Returns the row order of each of `epochs`, `[epochs, rows]`.
///
/// # Panics
/// For [`RowOrder::PerSeed`], which the device generates.
pub(super) fn order(order: &RowOrder, rows: usize, epochs: Range<u32>) -> Cow<'_, [u32]> {
    match order {
        RowOrder::Given(all) => Cow::Borrowed(&all[epochs.start as usize * rows..epochs.end as usize * rows]),
        RowOrder::Shared { seed } => {
            let (key, half) = (rng::key(*seed), half_bits(rows as u32));
            let mut table = vec![0; epochs.len() * rows];
            table.par_chunks_mut(rows).zip(epochs).for_each(|(places, epoch)| {
                let key = order_key(key, epoch);
                let row = |place| shuffled(key, place as u32, rows as u32, half);
                places.iter_mut().enumerate().for_each(|(place, at)| *at = row(place));
            });
            Cow::Owned(table)
        }
        RowOrder::PerSeed => unreachable!("a model's own order is made on the device"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::{Schedule, ScheduleKind};

    #[test]
    fn tables_start_with_the_first_epoch_of_the_dispatch() {
        let shared = RowOrder::Shared { seed: 9 };
        let whole = order(&shared, 10, 0..5);
        assert_eq!(whole.len(), 50);
        assert_eq!(*order(&shared, 10, 2..4), whole[20..40]);
        assert_ne!(whole[..10], whole[10..20]);
        let given = RowOrder::Given(std::sync::Arc::new((0..50).collect()));
        assert_eq!(*order(&given, 10, 1..3), (10..30).collect::<Vec<u32>>());
        let schedule = Schedule::new(ScheduleKind::Step, 9, Some(2), Some(0.5), None).unwrap();
        let train_spec = TrainSpec { schedule, ..TrainSpec::plain() };
        assert_eq!(multipliers(&train_spec, 1..5), [1.0, 0.5, 0.5, 0.25]);
    }
}
