//! Adapters, and the device opened from one.

mod adapters;
#[cfg(feature = "native")]
mod environment;

pub use adapters::{DRIVER_HELP, ListedAdapter, describe, is_software};
#[cfg(feature = "native")]
pub use adapters::{adapters, list};
#[cfg(feature = "native")]
pub use environment::Environment;

use super::device_limits::{DeviceLimits, SubgroupSupport};
use super::gpu_options::GpuOptions;
use super::pipeline_cache::PipelineCache;
use crate::clock::{self, Instant};
use crate::engine::{EngineInfo, EngineKind};
use crate::error::{Error, Result};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

impl DeviceMessages {
    fn note(messages: &Mutex<Self>, error: String, trouble: Option<DeviceFailure>) {
        let mut messages = messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.errors.push(error);
        messages.trouble = messages.trouble.max(trouble);
    }
}

/// Features used if the adapter has them.
const USED_FEATURES: wgpu::Features =
    wgpu::Features::SUBGROUP.union(wgpu::Features::TIMESTAMP_QUERY).union(wgpu::Features::PIPELINE_CACHE);

/// Returns how many invocations keep a device busy: the lanes of all cores on a software adapter; on a large GPU about
/// four warps for each of its some 500 schedulers.
fn saturating_invocations(kind: wgpu::DeviceType, lanes: u32) -> u32 {
    match kind {
        wgpu::DeviceType::Cpu => lanes.max(1) * crate::parallel::cores() as u32,
        wgpu::DeviceType::IntegratedGpu => 1 << 14,
        _ => 1 << 16,
    }
}

/// Longest wait, after an error, for the report that the device is lost.
const LOSS_REPORT_DELAY: Duration = Duration::from_secs(2);

/// Open device, with what planning needs to know about it.
#[derive(Debug)]
pub struct GpuDevice {
    /// wgpu device: creates buffers and kernels.
    pub device: wgpu::Device,
    /// Queue for submissions.
    pub queue: wgpu::Queue,
    /// Engine, device and driver names.
    pub info: EngineInfo,
    /// Limits that kernels must keep, reported or probed.
    pub limits: DeviceLimits,
    /// Whether kernels check bounds at run time.
    checked: bool,
    pipelines: PipelineCache,
    messages: Arc<Mutex<DeviceMessages>>,
}

/// Errors and failures that the device reported.
#[derive(Debug, Default)]
struct DeviceMessages {
    /// Errors since the last wait.
    errors: Vec<String>,
    /// Most severe failure since [`GpuDevice::trouble`] last returned it.
    trouble: Option<DeviceFailure>,
}

/// Failure with a possible remedy, in order of severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceFailure {
    /// Out of memory: a smaller batch may fit.
    OutOfMemory,
    /// Device lost: the adapter may open another.
    Lost,
}

impl GpuDevice {
    /// Opens an adapter, with the limits that it reports; those that must be probed have their smallest values.
    ///
    /// # Errors
    /// [`Error::Device`] if the adapter provides no device.
    pub(super) async fn open_unprobed(adapter: &wgpu::Adapter, options: &GpuOptions) -> Result<Self> {
        let listed = describe(0, adapter);
        let required_limits = adapter.limits();
        let limits = DeviceLimits {
            storage_binding: required_limits.max_storage_buffer_binding_size.min(required_limits.max_buffer_size),
            // The minimum that WebGPU guarantees; some drivers slow down beyond it.
            uniform_binding: required_limits.max_uniform_buffer_binding_size.min(65_536),
            workgroup_storage: required_limits.max_compute_workgroup_storage_size,
            invocations_per_workgroup: required_limits.max_compute_invocations_per_workgroup,
            workgroups: required_limits.max_compute_workgroups_per_dimension,
            loop_iterations: 1,
            // 0 if the driver does not report it: then the most of any known device.
            lanes: if listed.subgroup_sizes[1] == 0 { 128 } else { listed.subgroup_sizes[1] },
            subgroups: SubgroupSupport::Missing,
            saturating_invocations: saturating_invocations(adapter.get_info().device_type, listed.subgroup_sizes[1]),
        };
        let required_features = adapter.features() & USED_FEATURES;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("gpu-sweep"),
            required_limits,
            required_features,
            ..Default::default()
        };
        let opened = adapter.request_device(&descriptor).await;
        let (device, queue) = opened.map_err(|e| Error::Device(format!("{}: can't be opened: {e}", listed.name)))?;
        let messages = Arc::new(Mutex::new(DeviceMessages::default()));
        let errors = Arc::clone(&messages);
        device.on_uncaptured_error(Arc::new(move |e: wgpu::Error| {
            let trouble = matches!(e, wgpu::Error::OutOfMemory { .. }).then_some(DeviceFailure::OutOfMemory);
            DeviceMessages::note(&errors, e.to_string(), trouble);
        }));
        let losses = Arc::clone(&messages);
        device.set_device_lost_callback(move |reason, what| {
            DeviceMessages::note(&losses, format!("lost ({reason:?}) {what}"), Some(DeviceFailure::Lost));
        });
        let info = EngineInfo {
            engine: EngineKind::Gpu,
            device: listed.name,
            driver: format!("{} {}", listed.backend, listed.driver),
            threads: None,
            software: listed.software,
        };
        let pipelines = PipelineCache::open(&device, &adapter.get_info(), options.cache.as_deref());
        Ok(Self { device, queue, info, limits, checked: options.checked, pipelines, messages })
    }

    /// Saves the compiled pipelines for later runs.
    pub fn save_pipelines(&mut self) {
        self.pipelines.keep();
    }

    /// Waits until all submitted work is done.
    ///
    /// # Errors
    /// [`Error::Device`] if the device is lost or reported an error since the last call.
    pub async fn wait(&self) -> Result<()> {
        self.wait_for(None).await
    }

    /// Waits for this submission; without one, for all submitted work.
    ///
    /// # Errors
    /// As for [`GpuDevice::wait`].
    pub async fn wait_for(&self, submission_index: Option<wgpu::SubmissionIndex>) -> Result<()> {
        let polled = self.until_done(submission_index).await;
        let reported = std::mem::take(&mut self.messages.lock().unwrap_or_else(PoisonError::into_inner).errors);
        let lines = reported.into_iter().chain(polled.err());
        let message = lines.map(|m| m.replace('\n', " ")).collect::<Vec<_>>().join("; ");
        match message.is_empty() {
            true => Ok(()),
            false => Err(Error::Device(format!("{} failed: {message}", self.info.device))),
        }
    }

    /// Blocks until this submission is done; a system has threads that may block.
    #[cfg(not(target_arch = "wasm32"))]
    async fn until_done(&self, submission_index: Option<wgpu::SubmissionIndex>) -> Result<(), String> {
        let polled = self.device.poll(wgpu::PollType::Wait { submission_index, timeout: None });
        polled.map(|_| ()).map_err(|e| e.to_string())
    }

    /// Waits until all submitted work is done; a page may not block, since the browser's callback could then not run.
    #[cfg(target_arch = "wasm32")]
    async fn until_done(&self, _: Option<wgpu::SubmissionIndex>) -> Result<(), String> {
        let (sender, done) = futures_channel::oneshot::channel();
        // `send` fails only after the wait was abandoned.
        self.queue.on_submitted_work_done(move || _ = sender.send(()));
        done.await.map_err(|e| e.to_string())
    }

    /// Returns and clears the most severe failure that has a remedy. Call it after an error: it waits up to
    /// two seconds, since the report of a lost device follows the errors that the loss causes.
    pub fn take_failure(&self) -> Option<DeviceFailure> {
        let begun = Instant::now();
        loop {
            // The result is ignored: the callbacks record what matters.
            let _ = self.device.poll(wgpu::PollType::Poll);
            let found = self.messages.lock().unwrap_or_else(PoisonError::into_inner).trouble.take();
            if found.is_some() || begun.elapsed() >= LOSS_REPORT_DELAY || cfg!(not(feature = "native")) {
                return found;
            }
            clock::sleep(Duration::from_millis(5));
        }
    }

    /// Returns a function that acts as the driver's callbacks, for tests.
    #[cfg(test)]
    pub fn simulate_failure(&self) -> impl Fn(&str, DeviceFailure) + use<> {
        let messages = Arc::clone(&self.messages);
        move |what, trouble| DeviceMessages::note(&messages, what.into(), Some(trouble))
    }

    /// Parses and validates WGSL, which must be this crate's own: it may run unchecked.
    pub fn module(&self, source: &str) -> wgpu::ShaderModule {
        let source = wgpu::ShaderSource::Wgsl(source.into());
        let descriptor = wgpu::ShaderModuleDescriptor { label: Some("kernels"), source };
        if self.checked {
            return self.device.create_shader_module(descriptor);
        }
        // SAFETY: the kernels are our own. Each loop ends: it counts to a bound fixed before the loop, except the cycle
        // walk in `shuffled`, which ends because a cycle of a permutation returns to its start. Each index is below the
        // length that the host gives its buffer: models are clamped to the batch, points to the data set, and slots of
        // recorded losses end before the entry that no epoch reaches. No divisor is 0: all are sizes. The test suites
        // also run with checks enabled and find the same bits.
        unsafe { self.device.create_shader_module_trusted(descriptor, wgpu::ShaderRuntimeChecks::unchecked()) }
    }

    /// Compiles one entry point.
    pub fn pipeline(&self, module: &wgpu::ShaderModule, entry_point: &str) -> wgpu::ComputePipeline {
        self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(entry_point),
            layout: None,
            module,
            entry_point: Some(entry_point),
            compilation_options: wgpu::PipelineCompilationOptions {
                zero_initialize_workgroup_memory: true,
                ..Default::default()
            },
            cache: self.pipelines.cache(),
        })
    }

    /// Runs `pipeline` once over a grid of workgroups, optionally with timestamps at its start and end.
    pub fn dispatch(
        &self,
        pipeline: &wgpu::ComputePipeline,
        bound: &[(u32, &wgpu::Buffer)],
        groups: [u32; 2],
        timestamp_writes: Option<wgpu::ComputePassTimestampWrites>,
    ) {
        let entries: Vec<_> = bound
            .iter()
            .map(|(binding, buffer)| wgpu::BindGroupEntry { binding: *binding, resource: buffer.as_entire_binding() })
            .collect();
        let layout = pipeline.get_bind_group_layout(0);
        let descriptor = wgpu::BindGroupDescriptor { label: None, layout: &layout, entries: &entries };
        let group = self.device.create_bind_group(&descriptor);
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor { label: None, timestamp_writes });
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups(groups[0], groups[1], 1);
        drop(pass);
        self.queue.submit([encoder.finish()]);
    }
}
