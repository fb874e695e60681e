//! Errors, one line each.

/// Printed on standard error; the variant decides the exit code.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Invalid arguments or file.
    #[error("{0}")]
    Input(String),
    /// The library or its device failed.
    #[error("{0}")]
    Library(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// 2 for invalid input, 1 for a library failure.
    pub fn code(&self) -> u8 {
        match self {
            Error::Input(_) => 2,
            Error::Library(_) => 1,
        }
    }

    /// The first line of the message; in libraries' messages a backtrace follows.
    pub fn line(&self) -> String {
        self.to_string().lines().next().unwrap_or("unknown").into()
    }
}

impl From<candle_core::Error> for Error {
    fn from(error: candle_core::Error) -> Error {
        Error::Library(format!("candle: {error}"))
    }
}
