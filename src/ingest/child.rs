//! The reading process: this program started again with one task and under limits.
//!
//! Comes in: a path. Goes out: what the child answered, or why there is no answer.
//! Refuses: to wait for ever, to take a cut-off answer for a whole one. A child that dies is a verdict on the file.

use std::ffi::OsString;
use std::io::{BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::transport::{self, Answer};
use super::{RawBook, read_file};
use crate::error::Problem;
use crate::fsx;
use crate::ledger::Digest;

/// Name of the hidden subcommand.
pub const SUBCOMMAND: &str = "__read";
const MEBIBYTE: u64 = 1024 * 1024;

/// How files are read.
#[derive(Clone, Debug)]
pub struct ReaderOptions {
    /// The program to start: this one.
    pub exe: PathBuf,
    /// Address space of the child.
    pub memory_mib: u64,
    /// Processor time of the child.
    pub cpu_seconds: u64,
    /// Time after which the child is killed.
    pub wall_seconds: u64,
}

/// Reads the file at `path` in a child process.
pub(super) fn read(path: &Path, name: &str, options: &ReaderOptions) -> Result<RawBook, Problem> {
    let mut child = start(path, name, options).map_err(|error| {
        let hint = "실행 파일의 권한과 시스템의 프로세스 한도를 확인하세요.";
        Problem::new(name, format!("읽기 프로세스를 시작하지 못함: {error}"), "읽기 프로세스", hint)
    })?;
    let answer = receive(&mut child, Duration::from_secs(options.wall_seconds));
    let killed = answer.is_none();
    if killed {
        child.kill().ok();
    }
    let status = child.wait().ok();
    match answer {
        Some(Ok(Answer::Read(format, encoding, sheets))) => {
            let bytes = fsx::read_capped(path, super::limits::FILE_SIZE_MAX).map_err(|error| {
                Problem::new(name, error.to_string(), "읽을 수 있는 파일", "권한을 확인하세요.")
            })?;
            Ok(RawBook {
                source: name.to_owned(),
                sha256: Digest::of(&bytes),
                size_bytes: bytes.len() as u64,
                format,
                encoding,
                sheets,
            })
        }
        Some(Ok(Answer::Refused(problem))) => Err(problem),
        Some(Err(_)) | None => Err(died(name, killed, status, options)),
    }
}

fn start(path: &Path, name: &str, options: &ReaderOptions) -> std::io::Result<Child> {
    Command::new(&options.exe)
        .arg(SUBCOMMAND)
        .arg(path)
        .arg(name)
        .arg(options.memory_mib.to_string())
        .arg(options.cpu_seconds.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .env("RAYON_NUM_THREADS", "1")
        .spawn()
}

/// The child's answer; `None` when it did not come in time.
fn receive(child: &mut Child, limit: Duration) -> Option<std::io::Result<Answer>> {
    let stdout = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::with_capacity(1 << 20, stdout);
        let answer = transport::read(&mut reader);
        // What follows the answer is not ours; it is read so that the child can end.
        std::io::copy(&mut reader.by_ref().take(MEBIBYTE), &mut std::io::sink()).ok();
        sender.send(answer).ok();
    });
    receiver.recv_timeout(limit).ok()
}

fn died(
    name: &str,
    killed: bool,
    status: Option<std::process::ExitStatus>,
    options: &ReaderOptions,
) -> Problem {
    let how = match (killed, status) {
        (true, _) => format!("{}초 안에 끝나지 않음", options.wall_seconds),
        (false, Some(status)) => status.to_string(),
        (false, None) => "알 수 없는 까닭".to_owned(),
    };
    Problem::new(
        name,
        format!("파일을 읽는 중 중단됨 ({how})"),
        format!("메모리 {}MiB, CPU {}초 안에 읽히는 파일", options.memory_mib, options.cpu_seconds),
        "손상되었거나 지나치게 큰 파일입니다. 엑셀에서 열어 다시 저장하거나 기간을 나누어 내려받으세요.",
    )
}

/// The child: sets its limits, reads one file, writes the answer to standard output.
/// `args` are path, name, memory in MiB, processor seconds.
pub fn child_main(args: &[OsString]) -> ExitCode {
    let [path, name, memory_mib, cpu_seconds] = args else {
        return ExitCode::from(2);
    };
    let number = |text: &OsString| text.to_str().and_then(|t| t.parse::<u64>().ok());
    let (Some(memory_mib), Some(cpu_seconds)) = (number(memory_mib), number(cpu_seconds)) else {
        return ExitCode::from(2);
    };
    let limit = |value| Rlimit { current: Some(value), maximum: Some(value) };
    let limited = setrlimit(Resource::As, limit(memory_mib * MEBIBYTE))
        .and_then(|()| setrlimit(Resource::Cpu, limit(cpu_seconds)))
        .and_then(|()| setrlimit(Resource::Core, limit(0)));
    if limited.is_err() {
        return ExitCode::from(3);
    }
    let answer = match read_file(Path::new(path), &name.to_string_lossy()) {
        Ok(book) => Answer::Read(book.format, book.encoding, book.sheets),
        Err(problem) => Answer::Refused(problem),
    };
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    match transport::write(&mut out, &answer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
