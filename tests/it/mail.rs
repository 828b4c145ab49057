//! Mail to a real SMTP server: Postfix's `smtp-sink`.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ledgerwatch::deliver::{Attachment, Mailer, MailerOptions, Outgoing};

use crate::support::postgres::which;

struct Sink {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Sink {
    fn start(options: &[&str]) -> Option<Self> {
        let Some(program) = which("smtp-sink") else {
            eprintln!(
                "notice: smtp-sink not found (Debian package postfix); no mail was sent to a real server"
            );
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(program);
        // As root it asks for a user; otherwise it runs as who it is.
        if Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n") {
            command.args(["-u", "root"]);
        }
        command.args(options).args(["-d", "mail.%s."]).arg(format!("127.0.0.1:{port}")).arg("16");
        let quiet = Stdio::null;
        let child = command.current_dir(folder.path()).stdout(quiet()).stderr(quiet()).spawn().unwrap();
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(Self { child, port, folder });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("smtp-sink does not listen");
    }

    fn mailer(&self) -> Mailer {
        let options = MailerOptions {
            mode: "smtp".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: self.port,
            tls: "none".to_owned(),
            from: "ledgerwatch <lw@example.go.kr>".to_owned(),
            ..MailerOptions::default()
        };
        Mailer::new(&options, "test").unwrap()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn mail() -> Outgoing {
    Outgoing {
        id: "m1".to_owned(),
        department: "D001".to_owned(),
        recipients: vec!["chongmu@example.go.kr".to_owned()],
        subject: "월간 위험 보고서".to_owned(),
        text: "본문".to_owned(),
        html: "<p>본문</p>".to_owned(),
        attachments: vec![Attachment {
            name: "2024-12_총무과.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: b"%PDF-1.3".to_vec(),
        }],
        message_id: "m1@example.go.kr".to_owned(),
        date: "2025-01-02T00:00:00Z".parse().unwrap(),
    }
}

#[test]
fn a_server_takes_the_mail_with_the_rows_message_id() {
    let Some(sink) = Sink::start(&[]) else { return };
    sink.mailer().send(&mail()).unwrap();
    let files = std::fs::read_dir(sink.folder.path()).unwrap();
    let text: String = files.map(|f| std::fs::read_to_string(f.unwrap().path()).unwrap()).collect();
    assert!(text.contains("Message-ID: <m1@example.go.kr>"), "{text}");
    assert!(text.contains("<chongmu@example.go.kr>"), "{text}");
}

#[test]
fn refusals_are_told_apart() {
    let Some(soft) = Sink::start(&["-r", "rcpt"]) else { return };
    assert!(!soft.mailer().send(&mail()).unwrap_err().is_permanent);
    let Some(hard) = Sink::start(&["-f", "rcpt"]) else { return };
    assert!(hard.mailer().send(&mail()).unwrap_err().is_permanent);
}
