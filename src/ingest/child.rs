//! The reading process: this program started again with one task and under limits.
//!
//! Comes in: a path. Goes out: the rows the child reads, into a sink, and its verdict, or why there is none.
//! Refuses: to wait for ever, to take a cut-off answer for a whole one. A child that dies is a verdict on the file.

use std::ffi::OsString;
use std::io::{BufReader, BufWriter};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::transport::{self, Sender, Stopped};
use super::{FileFacts, RowSink, read_file};
use crate::error::Problem;
use crate::fsx;

/// Name of the hidden subcommand.
pub const SUBCOMMAND: &str = "__read";
const MEBIBYTE: u64 = 1024 * 1024;

/// How files are read. Larger files get a second more for every 4 MiB.
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

/// Seconds a file of `size_bytes` may take on top of the limits: hostile files are small, honest ones may be large.
fn allowance(size_bytes: u64) -> u64 {
    size_bytes / (4 * MEBIBYTE)
}

/// Reads the file at `path` in a child process.
pub(super) fn read(path: &Path, name: &str, options: &ReaderOptions, sink: &mut dyn RowSink) -> FileFacts {
    let size_bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    let mut options = options.clone();
    options.cpu_seconds += allowance(size_bytes);
    options.wall_seconds += 2 * allowance(size_bytes);
    let problem = match start(path, name, &options) {
        Ok(child) => match talk(child, &options, sink) {
            Ok(facts) => return facts,
            Err(Ended::Sink(problem)) => problem,
            Err(Ended::Died { killed, status }) => died(name, killed, status, &options),
        },
        Err(error) => {
            let hint = "실행 파일의 권한과 시스템의 프로세스 한도를 확인하세요.";
            Problem::new(name, format!("읽기 프로세스를 시작하지 못함: {error}"), "읽기 프로세스", hint)
        }
    };
    let bytes = fsx::read_capped(path, super::limits::FILE_SIZE_MAX).unwrap_or_default();
    FileFacts::refused(&bytes, problem)
}

enum Ended {
    Sink(Problem),
    Died { killed: bool, status: Option<ExitStatus> },
}

/// What the reading thread tells the watching one.
#[derive(PartialEq, Eq)]
enum Talk {
    /// The verdict came, or nobody wants more: nothing is left for the child to do.
    Over,
    /// The pipe was closed or made no sense.
    Closed,
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

/// Takes the child's rows until its verdict. A second thread kills the child when its time is over.
fn talk(mut child: Child, options: &ReaderOptions, sink: &mut dyn RowSink) -> Result<FileFacts, Ended> {
    let Some(stdout) = child.stdout.take() else {
        return Err(Ended::Died { killed: false, status: None });
    };
    let (done, wait) = mpsc::channel::<Talk>();
    let limit = Duration::from_secs(options.wall_seconds);
    let watch = std::thread::spawn(move || {
        let said = wait.recv_timeout(limit);
        // A child whose pipe is closed ends by itself, and how it ended is part of the verdict.
        if said != Ok(Talk::Closed) {
            child.kill().ok();
        }
        (said == Err(mpsc::RecvTimeoutError::Timeout), child.wait().ok())
    });
    let mut stdout = BufReader::with_capacity(1 << 20, stdout);
    let received = transport::receive(&mut stdout, sink);
    drop(stdout);
    let is_closed = matches!(received, Err(Stopped::Damaged));
    done.send(if is_closed { Talk::Closed } else { Talk::Over }).ok();
    let (killed, status) = watch.join().unwrap_or((true, None));
    received.map_err(|stopped| match stopped {
        Stopped::Sink(problem) => Ended::Sink(problem),
        Stopped::Damaged => Ended::Died { killed, status },
    })
}

fn died(name: &str, killed: bool, status: Option<ExitStatus>, options: &ReaderOptions) -> Problem {
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
    // The pipe itself: standard output by its usual name looks for line ends in everything.
    let Ok(pipe) = std::io::stdout().as_fd().try_clone_to_owned() else {
        return ExitCode::FAILURE;
    };
    let out = BufWriter::with_capacity(1 << 20, std::fs::File::from(pipe));
    let Ok(mut sender) = Sender::begin(out) else {
        return ExitCode::FAILURE;
    };
    let facts = read_file(Path::new(path), &name.to_string_lossy(), &mut sender);
    match sender.finish(&facts) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
