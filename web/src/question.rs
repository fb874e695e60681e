//! What the visitor asks: the settings of a link, and the table that they name.

use gpu_sweep::builder::{PreparedSweep, RunOptions, TableText};
use gpu_sweep::engine::cpu::CpuEngine;
use gpu_sweep::sweep::{CurvesKept, DataInMemory, ExtraCurve, TypedValue, link_settings};
use gpu_sweep::{Builder, Device, Error, Result, Sweep};

/// Most models of a page, which keeps all of their curves: about 4 kB each.
const MOST_MODELS: u64 = 20_000;

/// A question.
#[derive(Debug)]
pub struct Question {
    /// As it was asked.
    pub options: RunOptions,
    /// The table that it names.
    pub data: Option<DataInMemory>,
}

impl Question {
    /// Reads the settings of a link's fragment and checks them.
    ///
    /// # Errors
    /// [`Error::Usage`] for an unknown setting, or for a table that is not there; those of the settings.
    pub fn read(fragment: &str, table: Option<&[u8]>) -> Result<Self> {
        let unknown = |key: &str, _| Err(Error::usage(key, "is no setting of gpu-sweep"));
        let mut builder = Sweep::builder().device(Device::Cpu);
        for (setting, value) in link_settings(fragment, unknown)? {
            builder = match (setting.name, value) {
                ("data", TypedValue::Text(name)) => with_table(builder, &name, table)?,
                (_, value) => builder.value(setting, &value),
            };
        }
        let (options, data) = builder.prepared()?;
        Ok(Self { options, data })
    }

    /// Returns the options that the page trains with: they keep every curve, which changes no model.
    ///
    /// # Errors
    /// [`Error::Usage`] for a map, which has a tab of its own.
    pub fn trained(&self) -> Result<RunOptions> {
        let mut options = self.options.clone();
        if options.sweep.map.is_some() {
            return Err(Error::usage("--map", "is drawn in the tab for maps"));
        }
        options.sweep.curves = CurvesKept::All;
        let sweep = &mut options.sweep;
        let tests = sweep.test_fraction > 0.0 || sweep.split_column.is_some() || sweep.folds.is_some();
        sweep.record = [ExtraCurve::Accuracy].into_iter().chain(tests.then_some(ExtraCurve::Test)).collect();
        Ok(options)
    }

    /// Prepares the sweep for the CPU engine of this instance.
    ///
    /// # Errors
    /// As for [`PreparedSweep::on`]; [`Error::Usage`] for more models than a page keeps.
    pub fn prepared(&self, engine: &mut CpuEngine) -> Result<PreparedSweep> {
        let prepared = PreparedSweep::on(engine, &self.trained()?, self.data.as_ref())?;
        let models = prepared.spec.models();
        if models > MOST_MODELS {
            let what =
                format!("has {models} models; a page keeps the curves of up to {MOST_MODELS}. The command trains more");
            return Err(Error::usage("the question", what));
        }
        Ok(prepared)
    }
}

fn with_table(builder: Builder, name: &str, table: Option<&[u8]>) -> Result<Builder> {
    match table {
        Some(bytes) => Ok(builder.data(TableText { name, bytes })),
        None => {
            Err(Error::usage("--data", format!("names the table {name}, which is not in the link; drop its file here")))
        }
    }
}
