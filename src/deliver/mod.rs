//! Deliver: outbox rows to mail.
