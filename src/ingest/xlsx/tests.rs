//! Whole workbooks through the reader.

mod differential;
mod handmade;
mod hostile;
mod mutants;
mod sheets;
