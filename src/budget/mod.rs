//! Budget: what was planned against what was spent.
//!
//! Comes in: budget lines and a `LedgerView`. Goes out: execution rates and a year-end forecast.
//! Refuses: a rate where there is no budget; it says so instead.
