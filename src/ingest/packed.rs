//! ZIP files: what is in them, and their parts within limits.
//!
//! Comes in: bytes of a ZIP. Goes out: names, parts inflated.
//! Refuses: parts that inflate beyond limits, counted on what really comes out; document type declarations in XML.

use std::io::{Cursor, Read};

use encoding_rs::EUC_KR;
use zip::ZipArchive;

use super::limits;
use crate::error::Problem;

/// First bytes of an XML document type declaration.
const DOCTYPE: &[u8] = b"<!DOCTYPE";

/// An opened ZIP and how much of it was inflated.
pub(super) struct Packed<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    inflated: u64,
}

impl<'a> Packed<'a> {
    /// Opens `bytes`; a directory that makes no sense is a damaged file.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Problem> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e.to_string()))?;
        if zip.len() > limits::ZIP_ENTRIES_MAX {
            return Err(over(&format!("부분이 {}개", zip.len())));
        }
        Ok(Self { zip, inflated: 0 })
    }

    /// Number of parts.
    pub(super) fn len(&self) -> usize {
        self.zip.len()
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// Index of the part of this name.
    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.zip.index_for_name(name)
    }

    /// Name of part `index` as stored: UTF-8, else CP949 as Korean Windows writes it, else with replacements.
    pub(super) fn name(&mut self, index: usize) -> Result<String, Problem> {
        let part = self.zip.by_index_raw(index).map_err(|e| damaged(&e.to_string()))?;
        let raw = part.name_raw();
        Ok(match std::str::from_utf8(raw) {
            Ok(name) => name.to_owned(),
            Err(_) => EUC_KR.decode_without_bom_handling(raw).0.into_owned(),
        })
    }

    /// Whether part `index` needs a password.
    pub(super) fn is_encrypted(&mut self, index: usize) -> bool {
        self.zip.by_index_raw(index).is_ok_and(|part| part.encrypted())
    }

    /// Part `index`, inflated.
    pub(super) fn part(&mut self, index: usize) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        self.inflate(index, |piece| bytes.extend_from_slice(piece))?;
        Ok(bytes)
    }

    /// Inflates every part once, to know that all are within limits and declare no document type.
    pub(super) fn check(&mut self, is_read: impl Fn(&str) -> bool) -> Result<(), Problem> {
        for index in 0..self.len() {
            let mut head = Vec::new();
            self.inflate(index, |piece| {
                let room = 1024_usize.saturating_sub(head.len());
                head.extend_from_slice(&piece[..piece.len().min(room)]);
            })?;
            if memchr::memmem::find(&head, DOCTYPE).is_some() && is_read(&self.name(index)?) {
                return Err(over(&format!("DOCTYPE 선언이 있는 부분 {}", self.name(index)?)));
            }
        }
        self.inflated = 0;
        Ok(())
    }

    fn inflate(&mut self, index: usize, mut take: impl FnMut(&[u8])) -> Result<(), Problem> {
        let name = self.name(index)?;
        let mut part = self.zip.by_index(index).map_err(|e| damaged(&format!("{name}: {e}")))?;
        let packed = part.compressed_size().max(1);
        let mut size: u64 = 0;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let n = part.read(&mut buffer).map_err(|e| damaged(&format!("{name}: {e}")))?;
            if n == 0 {
                break;
            }
            size += n as u64;
            let is_dense = size > limits::ZIP_RATIO_FROM && size / packed > limits::ZIP_RATIO_MAX;
            let is_large =
                size > limits::ZIP_ENTRY_SIZE_MAX || self.inflated + size > limits::ZIP_TOTAL_SIZE_MAX;
            if is_dense || is_large {
                return Err(over(&format!("지나치게 부풀어 오르는 부분 {name}")));
            }
            take(&buffer[..n]);
        }
        self.inflated += size;
        Ok(())
    }
}

/// A file that does not hold together.
pub(super) fn damaged(detail: &str) -> Problem {
    let hint = "원본이 열리는지 확인하고 다시 저장하거나 다시 내려받으세요.";
    Problem::new("", format!("손상된 파일 ({detail})"), "온전한 파일", hint)
}

fn over(found: &str) -> Problem {
    let hint = "정상적인 내보내기 파일이 아닙니다. 출처를 확인하고, 크면 기간을 나누어 내려받으세요.";
    Problem::new("", format!("한도를 넘는 파일: {found}"), "한도 안의 파일", hint)
}
