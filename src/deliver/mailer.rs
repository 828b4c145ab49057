//! Where mail goes: a server or a folder.
//!
//! Comes in: a built message. Goes out: a reply worth keeping.
//! Refuses: transport without encryption to any machine but this one.

use std::path::PathBuf;
use std::time::Duration;

use lettre::SmtpTransport;
use lettre::Transport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};

use super::message::{self, Outgoing};
use crate::error::{Problem, Problems};
use crate::fsx;

/// A server may take ten minutes over its last reply (RFC 5321, 4.5.3.2.6); leaving earlier sends the mail twice.
const REPLY_SECONDS_MAX: u64 = 600;
const PASSWORD_SIZE_MAX: u64 = 4096;

/// What can go wrong with one mail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mail was not sent")]
pub struct SendError {
    /// Whether trying again is useless.
    pub is_permanent: bool,
    /// Why, for people.
    pub reply: String,
}

impl SendError {
    /// Trying again is useless.
    pub fn permanent(reply: String) -> Self {
        Self { is_permanent: true, reply }
    }

    /// It may work later.
    pub fn temporary(reply: String) -> Self {
        Self { is_permanent: false, reply }
    }
}

/// What the configuration says about mail.
#[derive(Clone, Debug, Default)]
pub struct MailerOptions {
    /// `folder` or `smtp`.
    pub mode: String,
    /// Folder for `.eml` files.
    pub folder: PathBuf,
    /// Sender.
    pub from: String,
    /// Server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// `implicit`, `starttls` or `none`.
    pub tls: String,
    /// Login, empty for none.
    pub username: String,
    /// File with the password.
    pub password_file: PathBuf,
}

/// A way to send mail.
pub enum Mailer {
    /// To a server.
    Smtp {
        /// The connection.
        transport: Box<SmtpTransport>,
        /// Sender.
        from: String,
    },
    /// To `.eml` files; the same mail is the same file.
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Sender.
        from: String,
    },
}

impl Mailer {
    /// Checks the options and makes the mailer; `place` is where they are written.
    pub fn new(options: &MailerOptions, place: &str) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        if options.from.parse::<lettre::message::Mailbox>().is_err() {
            let hint = "예: from = \"ledgerwatch <ledgerwatch@example.go.kr>\"";
            problems.push(Problem::new(
                format!("{place}: mail.from"),
                options.from.as_str(),
                "메일 주소",
                hint,
            ));
        }
        match options.mode.as_str() {
            "folder" => {
                let mailer = Self::Folder { folder: options.folder.clone(), from: options.from.clone() };
                problems.into_result(mailer)
            }
            "smtp" => {
                let transport = smtp(options, place, &mut problems);
                match (transport, problems.0.is_empty()) {
                    (Some(transport), true) => {
                        Ok(Self::Smtp { transport: Box::new(transport), from: options.from.clone() })
                    }
                    _ => Err(problems),
                }
            }
            other => {
                let hint = "시험은 folder, 실제 발송은 smtp 입니다.";
                problems.push(Problem::new(format!("{place}: mail.mode"), other, "folder 또는 smtp", hint));
                Err(problems)
            }
        }
    }

    /// Sends one mail and says what the other side answered.
    pub fn send(&self, mail: &Outgoing) -> Result<String, SendError> {
        match self {
            Self::Folder { folder, from } => {
                let bytes = message::build(mail, from)?.formatted();
                let name = format!("{}_{}.eml", mail.department, mail.id);
                let safe: String =
                    name.chars().map(|c| if c == '/' || c == '\\' { '_' } else { c }).collect();
                let path = folder.join(safe);
                fsx::write_atomic(&path, &bytes).map_err(|error| SendError::temporary(error.to_string()))?;
                Ok("folder".to_owned())
            }
            Self::Smtp { transport, from } => {
                let message = message::build(mail, from)?;
                match transport.send(&message) {
                    Ok(response) => Ok(response.message().collect::<Vec<_>>().join(" ")),
                    Err(error) => {
                        let reply = format!("{error}{}", cause(&error));
                        Err(SendError { is_permanent: error.is_permanent(), reply })
                    }
                }
            }
        }
    }

    /// Whether the server answers (a folder always does).
    pub fn probe(&self) -> Result<(), String> {
        match self {
            Self::Folder { .. } => Ok(()),
            Self::Smtp { transport, .. } => match transport.test_connection() {
                Ok(true) => Ok(()),
                Ok(false) => Err("서버가 응답을 거절했습니다".to_owned()),
                Err(error) => Err(format!("{error}{}", cause(&error))),
            },
        }
    }
}

/// The likely cause in words, where the error alone does not say it.
fn cause(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_tls() {
        " (암호화 방식이 맞지 않을 수 있습니다: 465번 포트는 tls = \"implicit\", 587번 포트는 \"starttls\")"
    } else if error.is_timeout() {
        " (서버가 제때 답하지 않았습니다: host와 port, 방화벽을 확인하세요)"
    } else {
        ""
    }
}

fn smtp(options: &MailerOptions, place: &str, problems: &mut Problems) -> Option<SmtpTransport> {
    let at = |key: &str| format!("{place}: mail.{key}");
    if options.host.is_empty() {
        let hint = "기관의 메일 중계 서버 이름을 적으세요.";
        problems.push(Problem::new(at("host"), "빈 값", "메일 서버 이름", hint));
        return None;
    }
    let parameters = TlsParameters::new(options.host.clone());
    let is_here = ["localhost", "127.0.0.1", "::1"].contains(&options.host.as_str());
    let tls = match (options.tls.as_str(), parameters) {
        ("implicit", Ok(parameters)) => Tls::Wrapper(parameters),
        ("starttls", Ok(parameters)) => Tls::Required(parameters),
        ("none", _) if is_here => Tls::None,
        ("none", _) => {
            let hint = "암호화하지 않는 발송은 이 컴퓨터 안의 서버(127.0.0.1)에만 할 수 있습니다.";
            problems.push(Problem::new(at("tls"), "none", "implicit", hint));
            return None;
        }
        (_, Err(error)) => {
            let hint = "host에 서버 이름을 정확히 적으세요.";
            problems.push(Problem::new(at("host"), error.to_string(), "인증서와 맞는 서버 이름", hint));
            return None;
        }
        (other, _) => {
            let hint = "465번 포트는 implicit 입니다.";
            problems.push(Problem::new(at("tls"), other, "implicit, starttls, none", hint));
            return None;
        }
    };
    let mut builder = SmtpTransport::builder_dangerous(options.host.clone())
        .port(options.port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(REPLY_SECONDS_MAX)));
    if !options.username.is_empty() {
        match fsx::read_capped(&options.password_file, PASSWORD_SIZE_MAX).map(String::from_utf8) {
            Ok(Ok(password)) => {
                let credentials = Credentials::new(options.username.clone(), password.trim_end().to_owned());
                builder = builder.credentials(credentials);
            }
            _ => {
                let hint = "비밀번호만 든 파일을 만들고 권한을 0600으로 두세요.";
                let found = options.password_file.display().to_string();
                problems.push(Problem::new(at("password_file"), found, "읽을 수 있는 비밀번호 파일", hint));
                return None;
            }
        }
    }
    Some(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::message::tests::outgoing;

    fn options(mode: &str, host: &str, tls: &str) -> MailerOptions {
        MailerOptions {
            mode: mode.to_owned(),
            from: "lw <lw@example.go.kr>".to_owned(),
            host: host.to_owned(),
            tls: tls.to_owned(),
            port: 25,
            ..MailerOptions::default()
        }
    }

    #[test]
    fn the_same_mail_is_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let options = MailerOptions { folder: dir.path().to_owned(), ..options("folder", "", "") };
        let mailer = Mailer::new(&options, "c").unwrap();
        mailer.send(&outgoing()).unwrap();
        mailer.send(&outgoing()).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn unencrypted_mail_stays_on_this_machine() {
        assert!(Mailer::new(&options("smtp", "127.0.0.1", "none"), "c").is_ok());
        for (host, tls) in [("mail.example.go.kr", "none"), ("mail.example.go.kr", "maybe"), ("", "implicit")]
        {
            assert!(Mailer::new(&options("smtp", host, tls), "c").is_err(), "{host} {tls}");
        }
    }

    #[test]
    fn a_server_that_is_not_there_is_tried_again_later() {
        let mailer =
            Mailer::new(&MailerOptions { port: 1, ..options("smtp", "127.0.0.1", "none") }, "c").unwrap();
        assert!(!mailer.send(&outgoing()).unwrap_err().is_permanent);
    }
}
