//! Reports of a made-up run: the terminal text, the output folder, the tables, the plots and the page.

mod fake;
mod folder;
mod journey;
mod page;
mod story;
mod text;
