//! What the stages report instead of printing: one list of findings, one gate.
//!
//! A [`Finding`] has a [`Code`], a [`Severity`], a [`Place`], and the named values its sentence needs. The sentences
//! themselves (message and remedy) stand in the locale files under `finding.<code>`; the renderer joins the two.

use std::fmt;
use std::sync::Arc;

mod list;
pub mod system;

pub use list::Findings;

/// How bad a finding is. An error stops the run at the gate; a warning travels with the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing: the result stands.
    Warning,
    /// Nothing is evaluated until it is mended.
    Error,
}

impl Severity {
    /// The stable English word used in CSV and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($variant:ident = $text:literal,)*) => {
        /// What kind of finding it is: a kebab-case phrase, stable from the first release.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the locale files say in two languages what each code means")]
        pub enum Code { $($variant,)* }

        impl Code {
            /// Every code, in the order of declaration.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The kebab-case phrase.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)* }
            }
        }
    };
}

codes! {
    // files and headings
    MissingDirectory = "missing-directory",
    MissingFile = "missing-file",
    UnreadableFile = "unreadable-file",
    NotATable = "not-a-table",
    EncodingMisfit = "encoding-misfit",
    UnknownFile = "unknown-file",
    TooLarge = "too-large",
    AmbiguousSource = "ambiguous-source",
    SameTableTwice = "same-table-twice",
    AmbiguousTable = "ambiguous-table",
    ConfigSyntax = "config-syntax",
    BadConfig = "bad-config",
    HeadingsNotThere = "headings-not-there",
    DataAmongHeadings = "data-among-headings",
    MissingHeading = "missing-heading",
    MissingColumn = "missing-column",
    DuplicateHeading = "duplicate-heading",
    DuplicateColumn = "duplicate-column",
    ColumnLeftOut = "column-left-out",
    EmptyHeading = "empty-heading",
    UnlikelyHeading = "unlikely-heading",
    UnknownUnit = "unknown-unit",
    UnknownUnitLine = "unknown-unit-line",
    ContradictingUnits = "contradicting-units",
    TwoUnits = "two-units",
    UnitBelow = "unit-below",
    HeadingOfAnotherYear = "heading-of-another-year",
    ContradictingYears = "contradicting-years",
    HeadingsInOtherOrder = "headings-in-other-order",
    NoRows = "no-rows",
    // records
    RaggedRow = "ragged-row",
    UnclosedQuote = "unclosed-quote",
    NulByte = "nul-byte",
    NotUtf8 = "not-utf8",
    TwoEncodings = "two-encodings",
    NamedTotal = "named-total",
    // cells
    UnparsableCell = "unparsable-cell",
    FormulaError = "formula-error",
    FormulaWithoutValue = "formula-without-value",
    MergedCells = "merged-cells",
    HiddenRows = "hidden-rows",
    NotFinite = "not-finite",
    NegativeValue = "negative-value",
    OutOfRange = "out-of-range",
    YearOutOfRange = "year-out-of-range",
    DateOutOfRange = "date-out-of-range",
    DatesOutOfOrder = "dates-out-of-order",
    MonthOutsideQuarter = "month-outside-quarter",
    MissingValue = "missing-value",
    ScientificId = "scientific-id",
    BadCreditCode = "bad-credit-code",
    CreditCodeLetter = "credit-code-letter",
    CreditCodeForm = "credit-code-form",
    OldRegistrationNumber = "old-registration-number",
    BadOrganisationCode = "bad-organisation-code",
    BadIndustryCode = "bad-industry-code",
    LostLeadingZero = "lost-leading-zero",
    UnknownIndustry = "unknown-industry",
    IndustryLetter = "industry-letter",
    NotIndustrial = "not-industrial",
    // rows against rows
    DuplicateRow = "duplicate-row",
    UnknownEnterprise = "unknown-enterprise",
    UnknownZone = "unknown-zone",
    UnknownParcel = "unknown-parcel",
    ParcelOfAnother = "parcel-of-another",
    NoLand = "no-land",
    LandNotPositive = "land-not-positive",
    PartsDisagree = "parts-disagree",
    // data sets against each other
    ZoneInTwoDataSets = "zone-in-two-data-sets",
    FigureInTwoDataSets = "figure-in-two-data-sets",
    EnterpriseInTwoDataSets = "enterprise-in-two-data-sets",
    // figures against what they usually are
    UnitSlip = "unit-slip",
    RatioSlip = "ratio-slip",
    MixedPercent = "mixed-percent",
    ImplausibleValue = "implausible-value",
    ImplausibleFigures = "implausible-figures",
    TaxWithoutOutput = "tax-without-output",
    CellSlip = "cell-slip",
    ParcelSlip = "parcel-slip",
    RepeatedYear = "repeated-year",
    LandJump = "land-jump",
    ParcelBeyondArea = "parcel-beyond-area",
    ParcelTwoWritings = "parcel-two-writings",
    CodeOfTwoNames = "code-of-two-names",
    NameOfTwoCodes = "name-of-two-codes",
    Bunching = "bunching",
    // corrections
    BadCorrection = "bad-correction",
    CorrectionStale = "correction-stale",
    CorrectionOtherFile = "correction-other-file",
    // policies
    UnknownPolicy = "unknown-policy",
    PolicySyntax = "policy-syntax",
    UnknownKey = "unknown-key",
    MissingKey = "missing-key",
    BadValue = "bad-value",
    DuplicateId = "duplicate-id",
    ExpressionSyntax = "expression-syntax",
    ExpressionNotAllowed = "expression-not-allowed",
    UnknownColumn = "unknown-column",
    UnknownFunction = "unknown-function",
    TypeMismatch = "type-mismatch",
    NotARatio = "not-a-ratio",
    UnknownSource = "unknown-source",
    WeightsDoNotAddUp = "weights-do-not-add-up",
    SharesDoNotAddUp = "shares-do-not-add-up",
    UnreachableGrade = "unreachable-grade",
    UnusedDefinition = "unused-definition",
    UnusedSource = "unused-source",
    NeverDecides = "never-decides",
    CasesLeaveAGap = "cases-leave-a-gap",
    GroupsCross = "groups-cross",
    PolicyDraft = "policy-draft",
    PolicyRepealed = "policy-repealed",
    PolicyOutOfForce = "policy-out-of-force",
    // a policy against a data set and options
    ColumnAbsent = "column-absent",
    YearAbsent = "year-absent",
    NothingGraded = "nothing-graded",
    PoolTooSmall = "pool-too-small",
    NoPeerGroup = "no-peer-group",
    UnknownOutputColumn = "unknown-output-column",
    AdjustmentNotApplied = "adjustment-not-applied",
    // rule books against a data set and options
    UnknownBook = "unknown-book",
    UnknownPlan = "unknown-plan",
    UnknownRule = "unknown-rule",
    UnknownSetting = "unknown-setting",
    BadOption = "bad-option",
    RuleNeverDecided = "rule-never-decided",
    IdInTwoBooks = "id-in-two-books",
    BookNeedsMethod = "book-needs-method",
    PartAbsent = "part-absent",
    FiguresAfterDate = "figures-after-date",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a finding points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The run as a whole.
    Nowhere,
    /// A file (or directory) as a whole.
    File {
        /// Path as the user would type it.
        file: Arc<str>,
    },
    /// A whole row of a table.
    Row {
        /// Path as the user would type it.
        file: Arc<str>,
        /// Spreadsheet row: the heading is row 1.
        row: u64,
    },
    /// One cell of a table.
    Cell {
        /// Path as the user would type it.
        file: Arc<str>,
        /// Spreadsheet row: the heading is row 1.
        row: u64,
        /// Zero-based column; [`column_letters`] turns it into `A`, `AB`, ….
        column: u32,
        /// The heading as the file writes it.
        heading: Arc<str>,
    },
    /// A span of bytes in a text the user wrote (a policy file, an option).
    Text {
        /// Name of the text: a path, or the option.
        file: Arc<str>,
        /// The whole text.
        text: Arc<str>,
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
}

impl Place {
    /// The file the place is in, if any.
    pub fn file(&self) -> Option<&str> {
        match self {
            Place::Nowhere => None,
            Place::File { file } | Place::Row { file, .. } | Place::Cell { file, .. } | Place::Text { file, .. } => Some(file),
        }
    }

    /// The heading of a cell.
    pub fn heading(&self) -> Option<&str> {
        match self {
            Place::Cell { heading, .. } => Some(heading),
            _ => None,
        }
    }

    /// The row (tables) or line (texts), 1-based.
    pub fn row(&self) -> Option<u64> {
        match self {
            Place::Row { row, .. } | Place::Cell { row, .. } => Some(*row),
            Place::Text { text, start, .. } => Some(line_and_column(text, *start).0),
            Place::Nowhere | Place::File { .. } => None,
        }
    }

    /// The spreadsheet address (`D17`) of a cell, or `line:column` in a text.
    pub fn address(&self) -> Option<String> {
        match self {
            Place::Cell { row, column, .. } => Some(format!("{}{row}", column_letters(*column))),
            Place::Text { text, start, .. } => {
                let (line, column) = line_and_column(text, *start);
                Some(format!("{line}:{column}"))
            }
            Place::Row { row, .. } => Some(format!("{row}:{row}")),
            Place::Nowhere | Place::File { .. } => None,
        }
    }
}

/// Spreadsheet letters of a zero-based column: 0 → `A`, 25 → `Z`, 26 → `AA`.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    letters.reverse();
    String::from_utf8(letters).expect("letters are ASCII")
}

/// 1-based line and 1-based column, in characters, of a byte offset.
pub fn line_and_column(text: &str, offset: usize) -> (u64, u64) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|&byte| byte == b'\n').count() as u64 + 1;
    (line, before[line_start..].chars().count() as u64 + 1)
}

/// A value that a sentence names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The same in both languages, or a key of the locale.
    Plain(String),
    /// A row of a table.
    Row(u64),
    /// A label of a table or a column.
    Both {
        /// Chinese.
        zh: String,
        /// English.
        en: String,
    },
}

/// One thing that was found, in data or in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// The cell's or key's own text, as it stands in the file; `None` where there is none.
    pub text: Option<String>,
    /// Named values for the sentences of the locale files.
    pub values: Vec<(&'static str, Value)>,
    /// How many it stands for: more than one only where a file has too many of a kind to be told one by one.
    pub times: u64,
}

impl Finding {
    /// An error at a place.
    pub fn error(code: Code, place: Place) -> Self {
        Finding { code, severity: Severity::Error, place, text: None, values: Vec::new(), times: 1 }
    }

    /// A warning at a place.
    pub fn warning(code: Code, place: Place) -> Self {
        Finding { severity: Severity::Warning, ..Finding::error(code, place) }
    }

    /// Adds the cell's text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Adds a named value for the sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, Value::Plain(value.to_string())));
        self
    }

    /// Adds a named place for the sentence: the address of a cell, or a row.
    #[must_use]
    pub fn with_place(mut self, name: &'static str, place: &Place) -> Self {
        let value = match place {
            Place::Row { row, .. } => Value::Row(*row),
            other => Value::Plain(other.address().unwrap_or_default()),
        };
        self.values.push((name, value));
        self
    }

    /// Adds a named list of words or years, joined as each language does.
    #[must_use]
    pub fn with_list<T: AsRef<str>>(self, name: &'static str, words: &[T]) -> Self {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        self.with_both(name, words.join("、"), words.join(", "))
    }

    /// Adds a named label for the sentence, in both languages.
    #[must_use]
    pub fn with_both(mut self, name: &'static str, zh: impl ToString, en: impl ToString) -> Self {
        self.values.push((name, Value::Both { zh: zh.to_string(), en: en.to_string() }));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_a_spreadsheet_does() {
        let cases = [(0, "A"), (3, "D"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")];
        for (column, letters) in cases {
            assert_eq!(column_letters(column), letters);
        }
    }

    #[test]
    fn lines_and_columns_count_characters() {
        let text = "id = 1\n名称 = \"x\"\n";
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, text.find('=').unwrap_or(0)), (1, 4));
        assert_eq!(line_and_column(text, text.find('"').expect("the text has a quote")), (2, 6));
    }

    #[test]
    fn codes_are_kebab_case_and_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b.is_ascii_digit()), "{code}");
            assert!(seen.insert(code.as_str()), "{code} twice");
        }
    }
}
