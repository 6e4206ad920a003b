//! Printing to standard output without panicking when the reader has gone (`failback run … | head`).

use std::io::{self, Write};

use crate::cli::Failure;

/// Writes `text` to standard output, with a line end at its end; colours are dropped where the terminal cannot show them.
///
/// # Errors
/// [`Failure::ReaderGone`] if the other end of a pipe is closed, [`Failure::Running`] if standard output cannot take it (a full disk).
pub fn text(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{end}").and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::ReaderGone),
        Err(error) => Err(Failure::Running(format!("cannot write to standard output: {error}"))),
    }
}

/// Columns of the terminal that standard output is; 100 where it is none.
pub fn width() -> u16 {
    comfy_table::Table::new().width().unwrap_or(100).clamp(60, 160)
}

/// Whether standard output shows colours.
pub fn colour() -> bool {
    !matches!(anstream::AutoStream::choice(&io::stdout()), anstream::ColorChoice::Never)
}

/// Whether standard error shows colours.
pub fn colour_on_stderr() -> bool {
    !matches!(anstream::AutoStream::choice(&io::stderr()), anstream::ColorChoice::Never)
}
