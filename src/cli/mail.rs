//! `mail test --to ADDRESS`: one mail through the configured way.

use std::path::Path;
use std::process::ExitCode;

use super::output::{complain, say};
use super::{Done, load};
use crate::clock::{Clock, SystemClock};
use crate::deliver::{Mailer, Outgoing, mask_address};
use crate::ledger::Digest;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// 시험 메일 한 통 보내기
    Test {
        /// 받을 주소
        #[arg(long)]
        to: String,
    },
}

pub(super) fn run(folder: &Path, arguments: &Arguments) -> Done {
    let Command::Test { to } = &arguments.command;
    let config = load(folder)?;
    let mailer =
        Mailer::new(&config.mailer_options(), &folder.join("ledgerwatch.toml").display().to_string())?;
    let now = SystemClock.now();
    let id = Digest::of_parts([to.as_bytes(), now.to_rfc3339().as_bytes()]).short();
    let mail = Outgoing {
        message_id: format!("{id}@{}", config.spec.mail.domain),
        id,
        department: "test".to_owned(),
        recipients: vec![to.clone()],
        subject: format!("[{}] ledgerwatch 시험 메일", config.spec.institution.name),
        text: "메일 설정이 올바릅니다.\n".to_owned(),
        html: "<p>메일 설정이 올바릅니다.</p>".to_owned(),
        attachments: vec![],
        date: now,
    };
    match mailer.send(&mail) {
        Ok(reply) => {
            say!("{} 보냈습니다: {reply}", crate::ko::josa(&mask_address(to), "으로/로"));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            complain!("보내지 못했습니다: {}", error.reply);
            Ok(ExitCode::FAILURE)
        }
    }
}
