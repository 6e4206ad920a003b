//! Other people's records, one format a file.
