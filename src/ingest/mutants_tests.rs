//! Ten thousand damaged files a format: each gets a verdict, and nothing else happens.

use encoding_rs::EUC_KR;

use super::testing::{Dice, zipped};
use super::*;

/// Mutants of each format.
const MUTANTS: usize = 10_000;

/// A sink that holds readers to what they promise.
#[derive(Default)]
struct Checking {
    n_sheets: usize,
}

impl RowSink for Checking {
    fn sheet(&mut self, _head: SheetHead) -> Result<(), Problem> {
        self.n_sheets += 1;
        Ok(())
    }

    fn row(&mut self, row: &RawRow) -> Result<(), Problem> {
        assert!(self.n_sheets > 0 && row.number > 0, "a row before its sheet");
        assert!(row.damage.is_some() || !row.is_blank(), "a blank row");
        assert!(row.len() <= limits::COLUMNS_MAX);
        assert!(row.formulas.iter().all(|&column| usize::from(column) < limits::COLUMNS_MAX));
        Ok(())
    }

    fn refused(&mut self, name: &str, problem: Problem) -> Result<(), Problem> {
        assert!(!name.is_empty() && !problem.found.is_empty());
        Ok(())
    }
}

/// Reads mutants of `seeds`; the number of those that were read whole.
fn read_mutants(seeds: &[Vec<u8>], n: usize) -> usize {
    let mut dice = Dice::new(5);
    let mut n_whole = 0;
    for round in 0..n {
        let mutant = dice.mutant(&seeds[round % seeds.len()]);
        let facts = read_in_process(&mutant, "m", &mut Checking::default());
        assert_eq!(facts.size_bytes, mutant.len() as u64);
        match facts.refused {
            None => n_whole += 1,
            Some(problem) => assert!(!problem.found.is_empty() && !problem.hint.is_empty()),
        }
    }
    n_whole
}

fn check(format: &str, seeds: &[Vec<u8>]) {
    for seed in seeds {
        let facts = read_in_process(seed, "s", &mut Checking::default());
        assert_eq!((facts.format.as_str(), facts.refused), (format, None));
    }
    let n_whole = read_mutants(seeds, MUTANTS);
    // Damage that always or never shows would say that the mutants test nothing.
    assert!(n_whole > 0 && n_whole < MUTANTS, "{format}: {n_whole} of {MUTANTS} read whole");
}

const CSV: &str = "일자;부서;적요;금액\r\n2024-01-05;총무과;\"사무용품; \"\"급\"\"\n둘째 줄\";\"1,000\"\r\n;재무과;=\"00123\";-500\r\n";

#[test]
fn text() {
    let utf16 = [0xFF, 0xFE].into_iter().chain(CSV.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    check("csv", &[CSV.as_bytes().to_vec(), EUC_KR.encode(CSV).0.into_owned(), utf16]);
}

#[test]
fn html() {
    let page = "<html><meta charset=euc-kr><!--<x:Name>지출</x:Name>--><table><tr><td colspan=2 rowspan=2>총무과<br>1팀<td x:num=\"1.5\">1.5</td></tr><tr style='display:none'><td><table><td>&nbsp;&#44032;</table></td></tr></table></html>";
    check("html", &[page.as_bytes().to_vec(), EUC_KR.encode(page).0.into_owned()]);
}

#[test]
fn spreadsheetml() {
    let text = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"a\"><Table><Column ss:Hidden=\"1\"/><Row ss:Index=\"2\"><Cell ss:MergeDown=\"1\"><Data ss:Type=\"String\">총무과 &amp; &#xAC00;</Data></Cell><Cell ss:Index=\"3\" ss:Formula=\"=A1\"><Data ss:Type=\"Number\">12</Data></Cell></Row></Table></Worksheet></Workbook>";
    check("spreadsheetml", &[text.as_bytes().to_vec()]);
}

/// The XML of an ods is damaged as such: in a damaged ZIP it would hardly be looked at.
#[test]
fn ods() {
    let content = "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"a\"><table:table-column table:visibility=\"collapse\"/><table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-spanned=\"2\" office:value-type=\"string\"><text:p>총무과<text:s text:c=\"3\"/>&amp;</text:p></table:table-cell><table:covered-table-cell/><table:table-cell table:number-columns-repeated=\"3\" office:value-type=\"float\" office:value=\"12\"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
    let mimetype = b"application/vnd.oasis.opendocument.spreadsheet";
    let pack = |content: &[u8]| zipped(&[("mimetype", mimetype), ("content.xml", content)]);
    check("ods", &[pack(content.as_bytes())]);
    let mut dice = Dice::new(9);
    let packed: Vec<Vec<u8>> = (0..MUTANTS / 2).map(|_| pack(&dice.mutant(content.as_bytes()))).collect();
    let n_whole =
        packed.iter().filter(|bytes| read_in_process(bytes, "m", &mut Checking::default()).refused.is_none());
    assert!(n_whole.count() > 100);
}

#[test]
fn zip() {
    let nested = zipped(&[("x.csv", b"a,b\n")]);
    let members: [(&str, &[u8]); 3] =
        [("지출.csv", CSV.as_bytes()), ("하위/b.csv", b"a|b\n1|2\n"), ("c.zip", &nested)];
    check("zip", &[zipped(&members)]);
}

#[test]
fn xlsb() {
    let seed = super::xlsb::tests::small();
    check("xlsb", &[seed]);
}
