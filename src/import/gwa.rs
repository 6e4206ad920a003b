//! A folder of GWA-T-12 files (Bitbrains).
