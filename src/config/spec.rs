//! `ledgerwatch.toml` as typed values, exactly as written (defaults already laid under).
//!
//! Comes in: the merged table. Goes out: one struct a section. Refuses: nothing more than types; meaning is checked in `load`.

use serde::{Deserialize, Serialize};

use crate::detect::health::Limits;

/// The whole file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Version of the file format: `"1"`.
    pub version: String,
    /// Who we watch.
    pub institution: Institution,
    /// Folders.
    pub paths: Paths,
    /// State.
    pub store: StoreSpec,
    /// Time zone of jobs.
    pub schedule: ScheduleSpec,
    /// Limits of reading.
    pub ingest: IngestSpec,
    /// Scoring.
    pub score: ScoreSpec,
    /// Budget.
    pub budget: BudgetSpec,
    /// Documents.
    pub report: ReportSpec,
    /// Mail.
    pub mail: MailSpec,
    /// Evidence.
    pub evidence: EvidenceSpec,
    /// Who learns of restatements.
    pub audit: AuditSpec,
    /// Files that are taken in against the rule.
    pub intake: IntakeSpec,
    /// When a control test goes to shadow by itself.
    pub rule_health: Limits,
}

/// `[institution]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// Name on reports.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Digits of the minor unit, 0 to 4.
    pub minor_digits: u8,
}

/// `[paths]`, relative to the folder that holds `config/`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    /// Drop folder.
    pub inbox: String,
    /// Data folder.
    pub data: String,
    /// Job files.
    pub jobs: String,
    /// Overriding templates.
    pub templates: String,
}

/// `[store]`.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSpec {
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
}

impl std::fmt::Debug for StoreSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = self.database_url.split(':').next().unwrap_or_default();
        write!(f, "StoreSpec({scheme}:…)")
    }
}

/// `[schedule]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSpec {
    /// IANA name.
    pub timezone: String,
}

/// `[ingest]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IngestSpec {
    /// Address space of the reading process.
    pub memory_mib: u64,
    /// Processor time of the reading process.
    pub cpu_seconds: u64,
    /// Wall time of the reading process.
    pub wall_seconds: u64,
    /// How long a delivered file must look the same.
    pub settle_seconds: u64,
    /// How often the daemon scans the drop folder.
    pub scan_seconds: u64,
    /// Whether file events shorten that wait.
    pub file_events: bool,
    /// `keep` or `move`.
    pub after_taking: String,
}

/// `[score]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreSpec {
    /// Seed of every random choice.
    pub seed: u64,
    /// Score from which a payment is shown.
    pub bar: f64,
    /// Threads; 0 = all cores.
    pub threads: usize,
}

/// `[budget]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetSpec {
    /// `current_budget` or `allotment`: what 집행률 is a share of.
    pub execution_base: String,
}

/// `[report]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSpec {
    /// Korean TrueType font.
    pub font_regular: String,
    /// Its bold face.
    pub font_bold: String,
    /// Findings shown for a department.
    pub top_n: usize,
}

/// `[mail]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MailSpec {
    /// `folder` or `smtp`.
    pub mode: String,
    /// Where `.eml` files go.
    pub folder: String,
    /// Sender.
    pub from: String,
    /// Domain of Message-IDs.
    pub domain: String,
    /// Server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// `implicit`, `starttls` or `none`.
    pub tls: String,
    /// Login, empty for none.
    pub username: String,
    /// File that holds the password.
    pub password_file: String,
}

/// `[evidence]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceSpec {
    /// Name of the log.
    pub origin: String,
}

/// `[audit]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuditSpec {
    /// Addresses; nobody is mailed where empty.
    pub recipients: Vec<String>,
}

/// `[intake]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeSpec {
    /// Files that count although another one holds the same rows.
    pub accept_same_rows: Vec<String>,
}
