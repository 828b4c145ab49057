//! Demo: an example institution with five years of ERP exports.
