//! `WGPU_BACKEND` and `WGPU_ADAPTER_NAME`: environment variables that restrict the adapters of all programs using wgpu.

use crate::error::{Error, Result, listed};

const BACKEND: &str = "WGPU_BACKEND";
const NAME: &str = "WGPU_ADAPTER_NAME";
/// Names of each backend, its flag, and whether this build has it.
const BACKENDS: [(&[&str], wgpu::Backends, bool); 3] = [
    (&["vulkan", "vk"], wgpu::Backends::VULKAN, true),
    (&["metal", "mtl"], wgpu::Backends::METAL, cfg!(target_vendor = "apple")),
    (&["dx12", "d3d12"], wgpu::Backends::DX12, cfg!(windows)),
];

/// Adapter restrictions from the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    backend: Option<String>,
    name: Option<String>,
}

impl Environment {
    /// Reads this process's environment; an empty variable counts as unset.
    pub fn read() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
        Self { backend: variable(BACKEND), name: variable(NAME) }
    }

    /// Whether an adapter name is requested.
    pub fn names_an_adapter(&self) -> bool {
        self.name.is_some()
    }

    /// Returns the backends to search: those requested, or all in this build.
    ///
    /// # Errors
    /// [`Error::Setting`] for a backend that is unknown or not in this build.
    pub fn backends(&self) -> Result<wgpu::Backends> {
        let built = || BACKENDS.iter().filter(|(_, _, built)| *built);
        let Some(text) = &self.backend else {
            return Ok(built().fold(wgpu::Backends::empty(), |all, one| all | one.1));
        };
        let find = |word: &str| {
            let found = built().find(|(words, ..)| words.contains(&word.trim().to_lowercase().as_str()));
            let allowed = || built().map(|(words, ..)| words[0]).collect::<Vec<_>>().join(", ");
            found.map(|(_, backends, _)| *backends).ok_or_else(|| Error::setting(BACKEND, word.trim(), allowed()))
        };
        text.split(',').map(find).try_fold(wgpu::Backends::empty(), |all, one| Ok(all | one?))
    }

    /// Returns the adapters whose name contains the requested text, ignoring case; all if none is requested.
    ///
    /// # Errors
    /// [`Error::Setting`], listing the names, if there are adapters but none matches.
    pub fn matching<T>(&self, adapters: Vec<T>, name_of: impl Fn(&T) -> String) -> Result<Vec<T>> {
        let Some(wanted) = &self.name else { return Ok(adapters) };
        let names: Vec<String> = adapters.iter().map(&name_of).collect();
        let fits = |adapter: &T| name_of(adapter).to_lowercase().contains(&wanted.trim().to_lowercase());
        let found: Vec<T> = adapters.into_iter().filter(fits).collect();
        if found.is_empty() && !names.is_empty() {
            let allowed = format!("a part of {}", listed(names.iter().map(String::as_str), 10));
            return Err(Error::setting(NAME, format!("{wanted:?}"), allowed));
        }
        Ok(found)
    }

    /// Describes the effect of each variable that is set, one sentence each.
    pub fn effects(&self) -> Vec<String> {
        let backend = self.backend.as_ref().map(|text| format!("{BACKEND}={text}: only adapters of this backend"));
        let name = self.name.as_ref().map(|text| format!("{NAME}={text}: only adapters whose name contains this"));
        backend.into_iter().chain(name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(backend: &str, name: &str) -> Environment {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Environment { backend: text(backend), name: text(name) }
    }

    #[test]
    fn words_of_backends_are_known_or_refused_with_those_that_are() {
        assert_eq!(of("Vulkan", "").backends().unwrap(), wgpu::Backends::VULKAN);
        assert!(of("", "").backends().unwrap().contains(wgpu::Backends::VULKAN));
        for bad in ["gl", "vulkan,cuda", "webgpu"] {
            let error = of(bad, "").backends().unwrap_err();
            assert!(error.exit_code() == 2 && error.to_string().contains("WGPU_BACKEND"), "{error}");
            assert!(error.to_string().contains("vulkan"), "{error}");
        }
    }

    #[test]
    fn a_part_of_a_name_chooses_and_one_of_none_is_refused() {
        let adapters = vec!["NVIDIA H200", "llvmpipe (LLVM 15)"];
        let found = |name| of("", name).matching(adapters.clone(), |name| (*name).to_owned());
        assert_eq!(found("LLVMpipe").unwrap(), ["llvmpipe (LLVM 15)"]);
        assert_eq!(found("").unwrap().len(), 2);
        let error = found("voodoo").unwrap_err().to_string();
        assert!(error.contains("WGPU_ADAPTER_NAME") && error.contains("H200") && error.contains("llvmpipe"), "{error}");
        assert_eq!(of("", "voodoo").matching(Vec::new(), |name: &String| name.clone()).unwrap(), [""; 0]);
    }
}
