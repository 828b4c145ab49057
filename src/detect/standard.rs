//! Features on one scale: centred by the median, scaled by the interquartile range, cut at the ends.
//!
//! Comes in: a `FeatureMatrix`. Goes out: columns of `f32` without the constant ones, and each column's median and spread.
//! Refuses: NaN; a column whose quartiles coincide is scaled by its standard deviation, a constant one is left out.

use rayon::prelude::*;

use crate::features::{Feature, FeatureMatrix, wording};

/// Standardised values are cut here, so that one feature cannot drown the others.
pub const CUT: f32 = 8.0;

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
            let (median, spread) = median_and_spread(values)?;
            let values = values.iter().map(|v| on_scale(*v, median, spread)).collect();
            Some(Column { feature: *feature, median, spread, values })
        })
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "cut to a small range first")]
fn on_scale(value: f64, median: f64, spread: f64) -> f32 {
    ((value - median) / spread).clamp(f64::from(-CUT), f64::from(CUT)) as f32
}

/// Median and robust standard deviation; `None` for a constant column or one without rows.
fn median_and_spread(values: &[f64]) -> Option<(f64, f64)> {
    let low = quantile(values, 0.25)?;
    let high = quantile(values, 0.75)?;
    let median = quantile(values, 0.5)?;
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
    if deviation <= 1e-9 * mean.abs().max(1.0) {
        return None;
    }
    let robust = (high - low) / 1.349;
    Some((median, if robust > 1e-3 * deviation { robust } else { deviation }))
}

/// The value below which `share` of `values` lie; `None` without values.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let mut copy = values.to_vec();
    let at = index_of(share, values.len());
    let (_, value, _) = copy.select_nth_unstable_by(at, f64::total_cmp);
    Some(*value)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
fn index_of(share: f64, n: usize) -> usize {
    ((share * (n - 1) as f64).round() as usize).min(n - 1)
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

    #[test]
    fn quantiles_are_values_of_the_column() {
        assert_eq!(quantile(&[], 0.5), None);
        assert!((quantile(&[3.0, 1.0, 2.0], 0.5).unwrap() - 2.0).abs() < 1e-12);
        assert!((quantile(&[3.0, 1.0, 2.0], 1.0).unwrap() - 3.0).abs() < 1e-12);
    }
}
