//! `schedule list`: when each job fires next.

use std::path::Path;
use std::process::ExitCode;

use chrono_tz::Tz;

use super::output::{complain, say};
use super::{Done, load};
use crate::clock::{Clock, SystemClock};
use crate::pipeline::{job, schedule};

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// 작업마다 다음 일정
    List,
}

pub(super) fn run(folder: &Path, arguments: &Arguments, json: bool) -> Done {
    let Command::List = arguments.command;
    let config = load(folder)?;
    let zone: Tz = config.spec.schedule.timezone.parse().unwrap_or(chrono_tz::Asia::Seoul);
    let now = SystemClock.now();
    let mut code = ExitCode::SUCCESS;
    let mut listed = Vec::new();
    for file in job::read_all(&config.jobs()) {
        match file.job {
            Ok(job) => {
                let next = schedule::next(&job.cron, zone, now).filter(|_| job.enabled);
                let next = next.map(|at| at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string());
                if !json {
                    let shown = next.clone().unwrap_or_else(|| "꺼짐".to_owned());
                    say!("{}\t{}\t{}\t다음 {shown}", job.name, job.label, job.schedule);
                }
                listed.push(serde_json::json!({ "job": job.name, "schedule": job.schedule, "next": next }));
            }
            Err(problems) => {
                complain!("{problems}");
                code = ExitCode::from(2);
            }
        }
    }
    if json {
        say!("{}", serde_json::Value::Array(listed));
    }
    Ok(code)
}
