//! A mail as bytes of a message.
//!
//! Comes in: an `Outgoing`. Goes out: a message whose Message-ID, date and MIME boundaries follow from it, so that the
//! same mail is the same bytes.
//! Refuses: control characters in any header, an empty list of recipients.

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};

use super::SendError;
use crate::ledger::Digest;

/// A document sent along.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// MIME type.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A mail to send.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The outbox row's id.
    pub id: String,
    /// Department code, for the file name in a folder.
    pub department: String,
    /// Addresses.
    pub recipients: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// Documents.
    pub attachments: Vec<Attachment>,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// Date of the message.
    pub date: DateTime<Utc>,
}

/// Builds the message from `sender`.
pub fn build(mail: &Outgoing, sender: &str) -> Result<Message, SendError> {
    let refuse = |what: &str| SendError::permanent(format!("{what}에 쓸 수 없는 글자가 있습니다"));
    let has_control = |text: &str| text.chars().any(char::is_control);
    if has_control(&mail.subject) || has_control(&mail.message_id) || has_control(sender) {
        return Err(refuse("메일 머리글"));
    }
    if mail.recipients.is_empty() {
        return Err(SendError::permanent("수신자가 없습니다".to_owned()));
    }
    let sender: Mailbox = sender.parse().map_err(|_| refuse("보내는 사람"))?;
    let mut builder = Message::builder()
        .from(sender)
        .subject(mail.subject.clone())
        .date(mail.date.into())
        .message_id(Some(format!("<{}>", mail.message_id)));
    for address in &mail.recipients {
        builder = builder.to(address.parse().map_err(|_| refuse("수신자 주소"))?);
    }
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let builder = builder.raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
    let boundary = |name: &str| {
        let digest = Digest::of_parts([mail.id.as_bytes(), name.as_bytes()]).short();
        format!("ledgerwatch-{name}-{digest}")
    };
    let words = MultiPart::alternative()
        .boundary(boundary("words"))
        .singlepart(SinglePart::plain(mail.text.clone()))
        .singlepart(SinglePart::html(mail.html.clone()));
    let mut whole = MultiPart::mixed().boundary(boundary("whole")).multipart(words);
    for file in &mail.attachments {
        if has_control(&file.name) {
            return Err(refuse("첨부 파일 이름"));
        }
        let kind = ContentType::parse(&file.media_type).map_err(|_| refuse("첨부 파일 종류"))?;
        whole = whole.singlepart(Part::new(file.name.clone()).body(file.bytes.clone(), kind));
    }
    builder.multipart(whole).map_err(|error| SendError::permanent(error.to_string()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn outgoing() -> Outgoing {
        Outgoing {
            id: "row-1".to_owned(),
            department: "D001".to_owned(),
            recipients: vec!["chongmu@example.go.kr".to_owned()],
            subject: "월간 위험 보고서".to_owned(),
            text: "본문".to_owned(),
            html: "<p>본문</p>".to_owned(),
            attachments: vec![Attachment {
                name: "보고서.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                bytes: b"%PDF-".to_vec(),
            }],
            message_id: "row-1@example.go.kr".to_owned(),
            date: DateTime::from_timestamp(1_735_776_000, 0).unwrap(),
        }
    }

    #[test]
    fn the_same_mail_is_the_same_bytes_with_the_rows_id() {
        let one = build(&outgoing(), "lw <lw@example.go.kr>").unwrap().formatted();
        assert_eq!(one, build(&outgoing(), "lw <lw@example.go.kr>").unwrap().formatted());
        let text = String::from_utf8(one).unwrap();
        assert!(text.contains("Message-ID: <row-1@example.go.kr>"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated"));
    }

    #[test]
    fn headers_cannot_be_bent() {
        let payloads = ["a\r\nBcc: x@y.kr", "a\nX: 1", "a\0"];
        for payload in payloads {
            let bend = |change: fn(&mut Outgoing, &str)| {
                let mut mail = outgoing();
                change(&mut mail, payload);
                build(&mail, "lw@example.go.kr").is_err()
            };
            assert!(bend(|mail, p| mail.subject = p.to_owned()));
            assert!(bend(|mail, p| mail.message_id = p.to_owned()));
            assert!(bend(|mail, p| mail.recipients[0] = p.to_owned()));
            assert!(bend(|mail, p| mail.attachments[0].name = p.to_owned()));
            assert!(build(&outgoing(), payload).is_err());
        }
    }
}
