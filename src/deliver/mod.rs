//! Deliver: outbox rows to mail.
//!
//! Comes in: a mail as queued, with its attachments. Goes out: the server's reply, or a file in a folder.
//! Refuses: what is not in the outbox, control characters in headers, unencrypted transport to another machine.

pub mod compose;
pub mod mailer;
pub mod message;

pub use compose::{Mail, MailContext, MailTemplates, TopItem};
pub use mailer::{Mailer, MailerOptions, SendError};
pub use message::{Attachment, Outgoing};

/// Whether `text` is an address mail can go to.
pub fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

/// An address for logs: `c*****@e******.go.kr`.
pub fn mask_address(address: &str) -> String {
    let mask = |text: &str| {
        let mut chars = text.chars();
        let first = chars.next().map(String::from).unwrap_or_default();
        format!("{first}{}", "*".repeat(chars.count()))
    };
    match address.split_once('@') {
        Some((local, domain)) => {
            let (host, rest) = domain.split_once('.').unwrap_or((domain, ""));
            format!("{}@{}.{rest}", mask(local), mask(host))
        }
        None => mask(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked_and_checked() {
        assert_eq!(mask_address("chongmu@example.go.kr"), "c******@e******.go.kr");
        assert!(is_address("a@b.kr"));
        for bad in ["a", "a@b.kr\r\nBcc: c@d.kr", "a b@c.kr", "<a@b.kr>", ""] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
