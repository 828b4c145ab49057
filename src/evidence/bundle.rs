//! Bundles: everything about a run in one ZIP file that checks itself.
//!
//! Comes in: named items with their roles. Goes out: a ZIP with a manifest of SHA-256, equal bytes for equal input.
//! Refuses: two items of one name.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::{EvidenceError, io};
use crate::fsx;
use crate::ledger::Digest;

/// How a third party checks a bundle by hand; stands in every bundle.
const README: &str = "이 묶음은 한 번의 점검 실행에 대한 감사증적입니다.\n\
\n\
확인 방법\n\
1. manifest.json의 items에 적힌 파일마다 SHA-256을 계산해 sha256 값과 비교합니다. 예: sha256sum reports/총무과.pdf\n\
2. manifest.json에 없는 파일이 묶음에 있으면 안 됩니다(manifest.json과 README.txt 제외).\n\
3. 이 ZIP 파일의 SHA-256이 evidence/log/entries.jsonl의 bundle_sha256과 같은지 비교합니다.\n\
4. entries.jsonl의 줄을 RFC 6962 방식(0x00, 0x01 접두어)의 머클 트리로 묶은 값이 checkpoint 파일의 셋째 줄,\n\
   그리고 따로 적어 둔 값과 같은지 비교합니다.\n\
inputs에는 원본 파일의 SHA-256만 있습니다. 원본은 archive 폴더에 그 이름으로 보관되어 있습니다.\n\
\n\
This bundle is the audit evidence of one run. Compare the SHA-256 of every file with manifest.json, the SHA-256 of\n\
this ZIP with evidence/log/entries.jsonl, and the RFC 6962 root over those lines with the checkpoint you hold.\n";

/// One file of a bundle.
#[derive(Clone, Debug)]
pub struct Item {
    /// Path within the bundle.
    pub name: String,
    /// `config`, `job`, `intake`, `model`, `scores`, `findings`, `report`, `deliveries`, `steps`.
    pub role: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What a bundle is made of.
#[derive(Clone, Debug)]
pub struct BundleInput {
    /// Run.
    pub run_id: String,
    /// Job.
    pub job: String,
    /// Month.
    pub period: String,
    /// When the run was created, RFC 3339.
    pub created: String,
    /// Originals by name and digest; their bytes stay in the archive.
    pub inputs: Vec<(String, Digest)>,
    /// Files to pack.
    pub items: Vec<Item>,
}

/// The manifest as stored in `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format: `1`.
    pub version: String,
    /// Program and version that sealed it.
    pub program: String,
    /// Run.
    pub run_id: String,
    /// Job.
    pub job: String,
    /// Month.
    pub period: String,
    /// When the run was created.
    pub created: String,
    /// Originals.
    pub inputs: Vec<ManifestInput>,
    /// Files of the bundle.
    pub items: Vec<ManifestItem>,
}

/// An original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestInput {
    /// Name as delivered.
    pub name: String,
    /// SHA-256.
    pub sha256: Digest,
}

/// A file of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestItem {
    /// Path within the bundle.
    pub name: String,
    /// Role.
    pub role: String,
    /// SHA-256.
    pub sha256: Digest,
    /// Size.
    pub size_bytes: u64,
}

/// A sealed bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// File name below `evidence/bundles`.
    pub name: String,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// Size.
    pub size_bytes: u64,
}

/// Folder of the bundles.
pub fn folder(data: &Path) -> PathBuf {
    data.join("evidence/bundles")
}

/// Packs `input` and writes the bundle; the same input gives the same bytes.
pub fn seal(data: &Path, input: &BundleInput) -> Result<Sealed, EvidenceError> {
    let bytes = pack(input)?;
    let name = format!("{}-{}-{}.zip", input.job, input.period, input.run_id);
    let path = folder(data).join(&name);
    fsx::write_atomic(&path, &bytes).map_err(io(&path))?;
    Ok(Sealed { name, sha256: Digest::of(&bytes), size_bytes: bytes.len() as u64 })
}

fn pack(input: &BundleInput) -> Result<Vec<u8>, EvidenceError> {
    let mut items: Vec<&Item> = input.items.iter().collect();
    items.sort_by(|a, b| a.name.cmp(&b.name));
    if items.windows(2).any(|pair| pair[0].name == pair[1].name) {
        return Err(EvidenceError::Inconsistent("two items of a bundle have one name"));
    }
    let manifest = Manifest {
        version: "1".to_owned(),
        program: concat!("ledgerwatch ", env!("CARGO_PKG_VERSION")).to_owned(),
        run_id: input.run_id.clone(),
        job: input.job.clone(),
        period: input.period.clone(),
        created: input.created.clone(),
        inputs: input
            .inputs
            .iter()
            .map(|(name, sha256)| ManifestInput { name: name.clone(), sha256: *sha256 })
            .collect(),
        items: items
            .iter()
            .map(|item| ManifestItem {
                name: item.name.clone(),
                role: item.role.clone(),
                sha256: Digest::of(&item.bytes),
                size_bytes: item.bytes.len() as u64,
            })
            .collect(),
    };
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o444);
    let mut add = |name: &str, bytes: &[u8]| -> Result<(), EvidenceError> {
        zip.start_file(name, options)?;
        zip.write_all(bytes).map_err(io(Path::new(name)))
    };
    add("README.txt", README.as_bytes())?;
    add("manifest.json", &serde_json::to_vec_pretty(&manifest)?)?;
    for item in items {
        add(&item.name, &item.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> BundleInput {
        let item = |name: &str| Item { name: name.to_owned(), role: "report".to_owned(), bytes: name.into() };
        BundleInput {
            run_id: "r".to_owned(),
            job: "monthly".to_owned(),
            period: "2024-12".to_owned(),
            created: "2025-01-02T00:00:00Z".to_owned(),
            inputs: vec![("a.csv".to_owned(), Digest::of(b"a"))],
            items: vec![item("reports/총무과.pdf"), item("a.json")],
        }
    }

    #[test]
    fn equal_input_gives_equal_bytes_whatever_the_order() {
        let mut turned = input();
        turned.items.reverse();
        assert_eq!(pack(&input()).unwrap(), pack(&turned).unwrap());
    }

    #[test]
    fn two_items_of_one_name_are_refused() {
        let mut twice = input();
        twice.items.push(twice.items[0].clone());
        assert!(pack(&twice).is_err());
    }
}
