//! Ctrl-C and termination: leave with 130, never with half-replaced output.
//!
//! Simulating may be interrupted at any time. While the finished report is being put into place, which takes a second or two, an interrupt
//! waits: so the output folder holds either the former report or the new one, and nothing is left beside it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held while output is written; an interrupt waits for it.
static WRITING: Mutex<()> = Mutex::new(());

/// Whether a command under way can end early by itself, and keep what it has finished.
static GENTLE: AtomicBool = AtomicBool::new(false);

/// Set by an interrupt of such a command.
static STOP: AtomicBool = AtomicBool::new(false);

/// What to say when an interrupt ends the program: how to go on, where that is possible.
static PARTING: Mutex<Option<String>> = Mutex::new(None);

/// Exit code after Ctrl-C, as shells know it.
pub(super) const INTERRUPTED: u8 = 130;

/// Installs the handler for Ctrl-C (and, on Unix, SIGTERM and SIGHUP).
pub fn watch_for_interrupt() {
    // If no handler can be installed, an interrupt still ends the program, only less tidily.
    let _ = ctrlc::set_handler(|| {
        // The second interrupt means it.
        if GENTLE.load(Ordering::Relaxed) && !STOP.swap(true, Ordering::Relaxed) {
            return;
        }
        let _hold = hold();
        if let Some(parting) = PARTING.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            anstream::eprintln!("{parting}");
        }
        std::process::exit(i32::from(INTERRUPTED));
    });
}

/// From now on the first interrupt only sets the flag returned: the command looks at it, ends early and keeps what it has finished.
pub(super) fn stop_gently() -> &'static AtomicBool {
    GENTLE.store(true, Ordering::Relaxed);
    &STOP
}

/// Keeps interrupts waiting until the guard is dropped.
pub(super) fn hold() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an interrupt says from now on; nothing if there is nothing to say.
pub(super) fn say_on_leaving(parting: Option<String>) {
    *PARTING.lock().unwrap_or_else(PoisonError::into_inner) = parting;
}
