//! Whole workbooks through the reader.
