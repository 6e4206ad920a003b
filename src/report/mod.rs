//! Terminal, CSV, JSON, plots and HTML, all from the same results record.
