//! Named columns of finite numbers, one row a payment.
//!
//! Comes in: columns. Goes out: a matrix, column by column. Refuses: NaN, infinity, columns of another length.

/// What a feature is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Identifier in `snake_case`.
    pub id: &'static str,
    /// 특성 이름 on screen.
    pub label_ko: &'static str,
}

/// Features by column; every column has `n_rows` finite values.
#[derive(Clone, Debug, Default)]
pub struct FeatureMatrix {
    /// Number of payments.
    pub n_rows: usize,
    /// What each column is.
    pub features: Vec<Feature>,
    /// Values by feature, then by row.
    pub columns: Vec<Vec<f64>>,
    /// Number of the series of each row (department, account, vendor and what the description names); empty where the
    /// matrix was not made from a ledger.
    pub series: Vec<u32>,
}

impl FeatureMatrix {
    /// An empty matrix for `n_rows` payments.
    pub fn new(n_rows: usize) -> Self {
        Self { n_rows, features: Vec::new(), columns: Vec::new(), series: Vec::new() }
    }

    /// Adds a column.
    ///
    /// # Panics
    /// When the column has another length or holds a value that is not finite: both are defects of the caller.
    pub fn push(&mut self, feature: Feature, column: Vec<f64>) {
        assert_eq!(column.len(), self.n_rows, "feature {} has another length", feature.id);
        assert!(
            column.iter().all(|v| v.is_finite()),
            "feature {} holds a value that is not finite",
            feature.id
        );
        self.features.push(feature);
        self.columns.push(column);
    }

    /// The column of feature `id`.
    pub fn column(&self, id: &str) -> Option<&[f64]> {
        let i = self.features.iter().position(|f| f.id == id)?;
        Some(&self.columns[i])
    }
}
