//! What can go wrong, in one line each.

/// Told on standard error; the kind decides the exit code.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The arguments or the file are not what they should be.
    #[error("{0}")]
    Input(String),
    /// The library or its device failed.
    #[error("{0}")]
    Library(String),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// 2 where another input would help, otherwise 1.
    pub fn code(&self) -> u8 {
        match self {
            Error::Input(_) => 2,
            Error::Library(_) => 1,
        }
    }

    /// The first line of the message: what follows in a library's is a backtrace.
    pub fn line(&self) -> String {
        self.to_string().lines().next().unwrap_or("unknown").into()
    }
}

impl From<candle_core::Error> for Error {
    fn from(error: candle_core::Error) -> Error {
        Error::Library(format!("candle: {error}"))
    }
}
