//! Features on one scale: centred by the median, scaled by the interquartile range, cut at the ends.
//!
//! Comes in: a `FeatureMatrix`. Goes out: columns of `f32` without the constant ones, and each column's median and spread.
//! Refuses: NaN; a column whose quartiles coincide is scaled by its standard deviation, a constant one is left out.

use rayon::prelude::*;

use crate::features::{Feature, FeatureMatrix, wording};

use super::scale::Scale;
pub use super::scale::quantile;

/// One column on the common scale.
#[derive(Clone, Debug)]
pub struct Column {
    /// The feature.
    pub feature: Feature,
    /// Its median in its own unit.
    pub median: f64,
    /// Its robust standard deviation in its own unit.
    pub spread: f64,
    /// Values on the common scale, by row.
    pub values: Vec<f32>,
}

/// Standardises every column of `matrix` that is not constant.
pub fn columns(matrix: &FeatureMatrix) -> Vec<Column> {
    matrix
        .features
        .par_iter()
        .zip(&matrix.columns)
        .filter_map(|(feature, values)| {
            let scale = Scale::of(values)?;
            let values = values.iter().map(|v| scale.apply(*v)).collect();
            Some(Column { feature: *feature, median: scale.median, spread: scale.spread, values })
        })
        .collect()
}

/// The columns on which row `i` lies farthest from the median, farthest first, at most `n_max`; ties by column.
pub fn farthest(columns: &[Column], i: usize, n_max: usize) -> Vec<&Column> {
    let mut by_distance: Vec<&Column> = columns.iter().filter(|c| c.values[i].abs() >= 1.0).collect();
    by_distance.sort_by(|a, b| b.values[i].abs().total_cmp(&a.values[i].abs()));
    by_distance.truncate(n_max);
    by_distance
}

/// How row `i` differs: `: 거래처 직전 지급 이후 일수 412일(보통 9일)`, the three farthest features; empty where none differs.
pub fn difference_text(columns: &[Column], i: usize, matrix: &FeatureMatrix) -> String {
    let parts: Vec<String> = farthest(columns, i, 3)
        .into_iter()
        .filter_map(|c| {
            let value = wording::value_text(c.feature.id, matrix.column(c.feature.id)?[i]);
            let usual = wording::value_text(c.feature.id, c.median);
            Some(format!("{} {value}(보통 {usual})", c.feature.label_ko))
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_columns_are_left_out_and_sparse_ones_are_scaled() {
        let mut matrix = FeatureMatrix::new(8);
        let feature = |id| Feature { id, label_ko: "특성" };
        matrix.push(feature("same"), vec![4.0; 8]);
        matrix.push(feature("sparse"), vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        matrix.push(feature("even"), (0..8).map(f64::from).collect());
        let columns = columns(&matrix);
        assert_eq!(columns.iter().map(|c| c.feature.id).collect::<Vec<_>>(), ["sparse", "even"]);
        assert!(columns[0].values[7] > 2.0 && columns[0].values[0].abs() < 1e-6);
        assert_eq!(farthest(&columns, 7, 3)[0].feature.id, "sparse");
        assert!(super::columns(&FeatureMatrix::new(0)).is_empty());
    }

    #[test]
    fn a_row_that_differs_nowhere_says_nothing() {
        let mut matrix = FeatureMatrix::new(4);
        let gap = Feature { id: "vendor_gap_days", label_ko: "거래처 직전 지급 이후 일수" };
        matrix.push(gap, [9.0_f64, 10.0, 11.0, 412.0].map(f64::ln_1p).to_vec());
        let columns = columns(&matrix);
        assert_eq!(difference_text(&columns, 3, &matrix), ": 거래처 직전 지급 이후 일수 412일(보통 11일)");
        assert_eq!(difference_text(&columns, 2, &matrix), "");
    }
}
