//! The words of a mail, from templates.
//!
//! Comes in: plain values. Goes out: subject, text and HTML. Refuses: a template that does not render.
//! A file of the same name in the institution's templates folder replaces the embedded one.

use std::path::Path;

use serde::Serialize;
use tera::{Context, Tera};

use crate::error::Problem;
use crate::fsx;

/// One kind of mail: its folder below the templates, and names and embedded text of its templates.
#[derive(Clone, Copy, Debug)]
pub struct MailKind {
    folder: &'static str,
    embedded: [(&'static str, &'static str); 3],
}

/// A department's monthly mail.
pub const DEPARTMENT_MONTHLY: MailKind = MailKind {
    folder: "mail/department_monthly",
    embedded: [
        ("subject.txt", include_str!("../../templates/mail/department_monthly/subject.txt")),
        ("body.txt", include_str!("../../templates/mail/department_monthly/body.txt")),
        ("body.html", include_str!("../../templates/mail/department_monthly/body.html")),
    ],
};
/// What audit learns when a reported month changed.
pub const AUDIT_RESTATEMENT: MailKind = MailKind {
    folder: "mail/audit_restatement",
    embedded: [
        ("subject.txt", include_str!("../../templates/mail/audit_restatement/subject.txt")),
        ("body.txt", include_str!("../../templates/mail/audit_restatement/body.txt")),
        ("body.html", include_str!("../../templates/mail/audit_restatement/body.html")),
    ],
};
/// What audit learns when control tests go to shadow by themselves.
pub const AUDIT_RULE_SHADOW: MailKind = MailKind {
    folder: "mail/audit_rule_shadow",
    embedded: [
        ("subject.txt", include_str!("../../templates/mail/audit_rule_shadow/subject.txt")),
        ("body.txt", include_str!("../../templates/mail/audit_rule_shadow/body.txt")),
        ("body.html", include_str!("../../templates/mail/audit_rule_shadow/body.html")),
    ],
};
const FILE_SIZE_MAX: u64 = 1024 * 1024;

/// One of the payments named in a mail.
#[derive(Clone, Debug, Serialize)]
pub struct TopItem {
    /// Date.
    pub date: String,
    /// Vendor.
    pub vendor: String,
    /// Amount with currency.
    pub amount: String,
    /// How many payments it stands for and their sum; empty where it stands alone.
    pub case: String,
    /// Score with one decimal.
    pub score: String,
    /// 위험도.
    pub severity: String,
    /// Reasons.
    pub reasons: Vec<String>,
}

/// What a mail says.
#[derive(Clone, Debug, Serialize)]
pub struct MailContext {
    /// Institution.
    pub institution: String,
    /// Department.
    pub department: String,
    /// Month in prose.
    pub period: String,
    /// Payments checked, grouped.
    pub n_payments: String,
    /// Their sum with currency.
    pub total: String,
    /// Payments at or above the bar.
    pub n_flagged: u64,
    /// Cases they form.
    pub n_cases: u64,
    /// Both in words: `해당 없음`, `3건`, `9건, 3개 사례`.
    pub flagged: String,
    /// At most three of them.
    pub top: Vec<TopItem>,
    /// What was checked, for a clean month.
    pub checked: String,
    /// Files set aside and the like.
    pub notices: Vec<String>,
    /// Names of attachments.
    pub files: Vec<String>,
    /// Run.
    pub run_id: String,
}

/// A month in the mail to audit.
#[derive(Clone, Debug, Serialize)]
pub struct RestatedMonth {
    /// Month in prose.
    pub month: String,
    /// Sum as reported, with currency.
    pub before: String,
    /// Sum now.
    pub after: String,
    /// Its difference, with sign.
    pub difference: String,
}

/// What the mail to audit says.
#[derive(Clone, Debug, Serialize)]
pub struct RestatementContext {
    /// Institution.
    pub institution: String,
    /// Latest month reported before, in prose.
    pub reported_until: String,
    /// Rows that came, grouped.
    pub n_added: String,
    /// Rows that went, grouped.
    pub n_deleted: String,
    /// Rows restated, grouped.
    pub n_changed: String,
    /// Months whose figures changed.
    pub months: Vec<RestatedMonth>,
    /// Files that brought or took the rows.
    pub sources: Vec<String>,
    /// Names of attachments.
    pub files: Vec<String>,
    /// Run.
    pub run_id: String,
}

/// A control test that goes to shadow.
#[derive(Clone, Debug, Serialize)]
pub struct ShadowedRule {
    /// Identifier.
    pub id: String,
    /// Name on screen.
    pub label: String,
    /// Why, in sentences.
    pub reason: String,
    /// Alarms of the months looked at.
    pub alarmed: u64,
    /// Those confirmed.
    pub confirmed: u64,
    /// Those in order.
    pub dismissed: u64,
    /// Those put aside without looking.
    pub excluded: u64,
    /// Hours spent on them, one decimal.
    pub hours: String,
}

/// What the mail about tests in shadow says.
#[derive(Clone, Debug, Serialize)]
pub struct RuleShadowContext {
    /// Institution.
    pub institution: String,
    /// First month in shadow, in prose.
    pub from: String,
    /// The tests.
    pub rules: Vec<ShadowedRule>,
    /// Run.
    pub run_id: String,
}

/// A mail in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Subject, one line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
}

/// The three templates, compiled.
pub struct MailTemplates {
    tera: Tera,
}

impl MailTemplates {
    /// Loads the templates of `kind`, those of `folder` first.
    pub fn load(kind: &MailKind, folder: Option<&Path>) -> Result<Self, Problem> {
        let mut tera = Tera::new();
        for (name, embedded) in kind.embedded {
            let path = folder.map(|folder| folder.join(kind.folder).join(name));
            let written = match &path {
                Some(path) if path.is_file() => Some(read(path)?),
                _ => None,
            };
            tera.add_raw_template(name, written.as_deref().unwrap_or(embedded)).map_err(|error| {
                let place = path.map_or_else(|| name.to_owned(), |path| path.display().to_string());
                let hint = "중괄호 {{ }}와 {% %}의 짝을 확인하세요. 파일을 지우면 내장 서식을 씁니다.";
                Problem::new(place, one_line(&error.to_string()), "tera 서식", hint)
            })?;
        }
        tera.autoescape_on(vec![".html"]);
        Ok(Self { tera })
    }

    /// Writes the mail.
    pub fn compose(&self, context: &impl Serialize) -> Result<Mail, Problem> {
        let values = Context::from_serialize(context).map_err(|error| refuse("mail", &error.to_string()))?;
        let render =
            |name: &str| self.tera.render(name, &values).map_err(|error| refuse(name, &error.to_string()));
        Ok(Mail {
            subject: one_line(&render("subject.txt")?),
            text: render("body.txt")?,
            html: render("body.html")?,
        })
    }
}

fn read(path: &Path) -> Result<String, Problem> {
    let bytes = fsx::read_capped(path, FILE_SIZE_MAX)
        .map_err(|e| refuse(&path.display().to_string(), &e.to_string()))?;
    String::from_utf8(bytes).map_err(|_| refuse(&path.display().to_string(), "UTF-8이 아닌 파일"))
}

fn refuse(place: &str, found: &str) -> Problem {
    let hint = "서식에 쓴 이름을 docs/delivery.md의 목록과 비교하세요.";
    Problem::new(place, one_line(found), "렌더링되는 메일 서식", hint)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn context() -> MailContext {
        MailContext {
            institution: "한빛공공재단".to_owned(),
            department: "총무과".to_owned(),
            period: "2024년 12월".to_owned(),
            n_payments: "1,234".to_owned(),
            total: "1,234,000원".to_owned(),
            n_flagged: 1,
            n_cases: 1,
            flagged: "1건".to_owned(),
            top: vec![TopItem {
                date: "2024-12-05".to_owned(),
                vendor: "<b>가나</b>상사".to_owned(),
                amount: "1,000원".to_owned(),
                case: "7건 합계 7,000원".to_owned(),
                score: "91.2".to_owned(),
                severity: "높음".to_owned(),
                reasons: vec!["이유".to_owned()],
            }],
            checked: String::new(),
            notices: vec![],
            files: vec!["보고서.pdf".to_owned()],
            run_id: "abc".to_owned(),
        }
    }

    #[test]
    fn a_mail_names_department_month_and_reasons_and_escapes_html() {
        let mail = MailTemplates::load(&DEPARTMENT_MONTHLY, None).unwrap().compose(&context()).unwrap();
        assert_eq!(mail.subject, "[한빛공공재단] 2024년 12월 월간 위험 보고서 - 총무과 (이상 항목 1건)");
        assert!(mail.text.contains("<b>가나</b>상사") && mail.text.contains("이유"));
        assert!(mail.text.contains("1,000원 등 7건 합계 7,000원 ("));
        assert!(mail.html.contains("</strong> 등 7건 합계 7,000원 ("));
        assert!(mail.html.contains("&lt;b&gt;") && !mail.html.contains("<b>가나"));
    }

    #[test]
    fn a_clean_month_says_so_and_what_was_checked() {
        let mut clean = context();
        (clean.n_flagged, clean.n_cases, clean.top) = (0, 0, vec![]);
        (clean.flagged, clean.checked) = ("해당 없음".to_owned(), "중복 지급".to_owned());
        let mail = MailTemplates::load(&DEPARTMENT_MONTHLY, None).unwrap().compose(&clean).unwrap();
        assert!(mail.subject.contains("해당 없음") && mail.text.contains("점검한 내용: 중복 지급"));
    }

    #[test]
    fn the_institutions_template_wins_and_a_bad_one_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(DEPARTMENT_MONTHLY.folder).join("subject.txt");
        fsx::write_atomic(&path, b"{{ department }}").unwrap();
        let templates = MailTemplates::load(&DEPARTMENT_MONTHLY, Some(dir.path())).unwrap();
        assert_eq!(templates.compose(&context()).unwrap().subject, "총무과");
        fsx::write_atomic(&path, b"{{ department").unwrap();
        assert!(
            MailTemplates::load(&DEPARTMENT_MONTHLY, Some(dir.path()))
                .is_err_and(|p| p.place.ends_with("subject.txt"))
        );
    }

    #[test]
    fn audit_reads_months_sums_and_files() {
        let month = RestatedMonth {
            month: "2024년 11월".to_owned(),
            before: "1,000원".to_owned(),
            after: "1,500원".to_owned(),
            difference: "+500원".to_owned(),
        };
        let context = RestatementContext {
            institution: "한빛공공재단".to_owned(),
            reported_until: "2024년 12월".to_owned(),
            n_added: "1".to_owned(),
            n_deleted: "2".to_owned(),
            n_changed: "3".to_owned(),
            months: vec![month],
            sources: vec!["<지출>.xlsx".to_owned()],
            files: vec!["정정내역.xlsx".to_owned()],
            run_id: "abc".to_owned(),
        };
        let mail = MailTemplates::load(&AUDIT_RESTATEMENT, None).unwrap().compose(&context).unwrap();
        assert_eq!(mail.subject, "[한빛공공재단] 이전 월 자료 정정 안내 (추가 1건, 변경 3건, 삭제 2건)");
        assert!(mail.text.contains("2024년 11월: 1,000원 → 1,500원 (+500원)"), "{}", mail.text);
        assert!(mail.html.contains("&lt;지출&gt;.xlsx") && mail.html.contains("정정내역.xlsx"));
    }

    #[test]
    fn audit_reads_which_tests_go_to_shadow_why_and_how_they_come_back() {
        let rule = ShadowedRule {
            id: "off_hours".to_owned(),
            label: "휴일·심야 사용".to_owned(),
            reason: "제외율 <87.5%>".to_owned(),
            alarmed: 40,
            confirmed: 1,
            dismissed: 4,
            excluded: 35,
            hours: "12.5".to_owned(),
        };
        let context = RuleShadowContext {
            institution: "한빛공공재단".to_owned(),
            from: "2024년 12월".to_owned(),
            rules: vec![rule],
            run_id: "abc".to_owned(),
        };
        let mail = MailTemplates::load(&AUDIT_RULE_SHADOW, None).unwrap().compose(&context).unwrap();
        assert_eq!(mail.subject, "[한빛공공재단] 점검 규칙 1개가 2024년 12월부터 시험 운영 상태가 됩니다");
        assert!(mail.text.contains("제외율 <87.5%>") && mail.text.contains("제외 35건, 검토 시간 12.5시간"));
        assert!(mail.text.contains("ledgerwatch rules live off_hours --by"), "{}", mail.text);
        assert!(mail.html.contains("&lt;87.5%&gt;") && mail.html.contains("rules notice off_hours"));
    }
}
