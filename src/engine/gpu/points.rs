//! A data set on the device, with the kernels compiled for its size.

use super::buffers::Buffers;
use super::device::Device;
use super::plan::{Mapping, point_vectors, points_bytes};
use super::shaders::Permutation;
use crate::dataset::Points;
use crate::error::Result;
use crate::model::Shape;

/// Points in device memory and the pipelines that read them.
pub struct DevicePoints {
    pub rows: usize,
    pub buffer: wgpu::Buffer,
    pub initialise: wgpu::ComputePipeline,
    pub train: wgpu::ComputePipeline,
    pub evaluate: wgpu::ComputePipeline,
}

impl DevicePoints {
    /// Uploads `points` and compiles the kernels for `shape` on them.
    ///
    /// # Errors
    /// [`crate::error::Error::Device`] where the device refuses.
    pub fn new(device: &Device, shape: &Shape, points: &Points, mapping: Mapping) -> Result<Self> {
        let uniform_points = points_bytes(points.features, points.len()) <= device.limits.uniform_binding;
        let permutation = Permutation { shape, points: points.len(), mapping, uniform_points };
        let source = permutation.source()?;
        let packed = pack(points);
        let buffers = Buffers { device };
        let this = Self {
            rows: points.len(),
            buffer: if uniform_points { buffers.uniform(&packed) } else { buffers.storage(&packed) },
            initialise: device.pipeline(&source, "initialise"),
            train: device.pipeline(&source, "train"),
            evaluate: device.pipeline(&source, "evaluate"),
        };
        device.wait()?;
        Ok(this)
    }
}

/// Each point's features, rounded to f32, then its label, filled up with zeros to whole `vec4`s.
fn pack(points: &Points) -> Vec<f32> {
    let width = 4 * point_vectors(points.features);
    let mut packed = vec![0.0; width * points.len()];
    for (n, row) in packed.chunks_exact_mut(width).enumerate() {
        row.iter_mut().zip(points.row(n)).for_each(|(to, from)| *to = *from as f32);
        row[points.features] = f32::from(u8::from(points.y[n]));
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_its_features_then_its_label() {
        let points = Points { features: 3, x: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], y: vec![true, false] };
        assert_eq!(pack(&points), [1.0, 2.0, 3.0, 1.0, 4.0, 5.0, 6.0, 0.0]);
        let points = Points { features: 4, x: vec![1.0, 2.0, 3.0, 4.0], y: vec![true] };
        assert_eq!(pack(&points), [1.0, 2.0, 3.0, 4.0, 1.0, 0.0, 0.0, 0.0]);
    }
}
