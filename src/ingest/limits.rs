//! Limits of reading, and why each is where it is.
//!
//! Comes in: nothing. Goes out: constants. Refuses: nothing.

/// A five-year export of a large institution is hundreds of megabytes of text at most.
pub const FILE_SIZE_MAX: u64 = 1024 * 1024 * 1024;
/// Parts of a workbook; real ones have dozens.
pub const ZIP_ENTRIES_MAX: usize = 1_000;
/// Inflated size of one part.
pub const ZIP_ENTRY_SIZE_MAX: u64 = 512 * 1024 * 1024;
/// Inflated size of all parts.
pub const ZIP_TOTAL_SIZE_MAX: u64 = 1024 * 1024 * 1024;
/// Text of spreadsheets packs 10 to 1 or so; beyond 100 to 1 it was made to hurt.
pub const ZIP_RATIO_MAX: u64 = 100;
/// Small parts may pack well without being dangerous.
pub const ZIP_RATIO_FROM: u64 = 10 * 1024 * 1024;
/// Columns of a sheet; wide ERP exports have about a hundred.
pub const COLUMNS_MAX: usize = 1_000;
/// Cells of a file: ten million rows of 20 columns. Rows are streamed, so this bounds time, not memory.
pub const CELLS_MAX: u64 = 200_000_000;
/// Text of one cell; Excel's own limit is 32,767 characters.
pub const CELL_CHARS_MAX: usize = 32_767;
/// Text of one row: a thousand cells of a few hundred characters, or a hundred full ones.
pub const ROW_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Sheets of a file, members of a zipped set included.
pub const SHEETS_MAX: usize = 1_000;
/// Tables within tables; layouts of old web pages have three or four.
pub const TABLES_NESTED_MAX: usize = 32;

/// First bytes of a ZIP.
pub const ZIP_MAGIC: &[u8] = b"PK\x03\x04";
/// First bytes of an OLE compound file.
pub const OLE_MAGIC: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// First bytes that document-security products write, and the product.
pub const DRM_MAGICS: &[(&[u8], &str)] = &[
    (b"\x9b DRMONE", "Fasoo"),
    (b"<DOCUMENT SAFER", "MarkAny"),
    (b"MARKANY", "MarkAny"),
    (b"SCDSA0", "SoftCamp"),
    (b"<## NASCA DRM FILE", "NASCA"),
    (b"<##NASCA", "NASCA"),
    (b"DRMONE", "Fasoo"),
    (b"FSDRM", "Fasoo"),
    (b".pfile", "Microsoft RMS"),
];
