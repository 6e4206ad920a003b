//! Sensitivity analyses: the whole chain against closed forms, first on functions, then on a scenario whose response is known; and the program as a user meets it.

mod closed_forms;
mod program;
mod room;
