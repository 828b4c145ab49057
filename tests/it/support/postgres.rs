//! A private PostgreSQL for the tests, with one database for each of them.
//!
//! It is started by `initdb` and `pg_ctl` in a temporary folder and speaks over a socket there. Where its programs are
//! missing the tests say so in one line. PostgreSQL refuses to run as root: then it runs as `nobody`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

pub struct Postgres {
    folder: tempfile::TempDir,
    is_root: bool,
    next: AtomicU32,
}

impl Postgres {
    /// A running server, or `None` with a printed notice.
    pub fn start() -> Option<Self> {
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n");
        if which("initdb").is_none() || which("pg_ctl").is_none() {
            eprintln!("notice: PostgreSQL programs not found; store tests run on SQLite only");
            return None;
        }
        let folder = tempfile::Builder::new().prefix("lwpg").tempdir_in("/tmp").unwrap();
        let server = Self { folder, is_root, next: AtomicU32::new(0) };
        if is_root {
            assert!(Command::new("chown").arg("nobody").arg(server.root()).status().unwrap().success());
        }
        let data = server.root().join("data");
        let socket = server.root().display().to_string();
        let options = format!("-k {socket} -c listen_addresses='' -c fsync=off");
        let log = server.root().join("log").display().to_string();
        let data = data.display().to_string();
        let made = server.program("initdb", &["-D", &data, "-U", "lw", "-A", "trust", "-E", "UTF8"]);
        let started =
            made && server.program("pg_ctl", &["-D", &data, "-o", &options, "-l", &log, "-w", "start"]);
        if !started {
            eprintln!("notice: PostgreSQL could not be started; store tests run on SQLite only");
            return None;
        }
        Some(server)
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    fn program(&self, name: &str, arguments: &[&str]) -> bool {
        let path = which(name).unwrap();
        let mut command = if self.is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        let quiet = std::process::Stdio::null;
        command
            .args(arguments)
            .current_dir("/")
            .stdout(quiet())
            .stderr(quiet())
            .status()
            .is_ok_and(|s| s.success())
    }

    /// The address of a fresh database.
    pub fn database(&self) -> String {
        let name = format!("t{}", self.next.fetch_add(1, Ordering::Relaxed));
        let socket = self.root().display().to_string();
        assert!(self.program("createdb", &["-h", &socket, "-U", "lw", &name]), "createdb {name}");
        format!("postgres:///{name}?host={}&user=lw", socket.replace('/', "%2F"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.root().join("data").display().to_string();
        self.program("pg_ctl", &["-D", &data, "-m", "immediate", "stop"]);
    }
}

/// A program on the path, or where Debian keeps PostgreSQL's.
pub fn which(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for version in (13..20).rev() {
        folders.push(PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    }
    folders.push(PathBuf::from("/usr/sbin"));
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}
