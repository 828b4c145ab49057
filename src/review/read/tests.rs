//! Reading labels: every refusal, all at once.
