//! Small symmetric matrices, such as covariances of a few parameters: eigenvalues by Jacobi's rotations, and the inverse that follows from them.

/// Eigenvalues, ascending, and the unit eigenvector of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Eigen {
    /// Ascending.
    pub values: Vec<f64>,
    /// In the order of the values.
    pub vectors: Vec<Vec<f64>>,
}

/// Sweeps over all pairs; each squares the rest, so this many leave nothing.
const SWEEPS: usize = 60;

impl Eigen {
    /// Of a symmetric matrix, row by row (Jacobi 1846; Golub and Van Loan, Matrix Computations, 4th ed., section 8.5).
    ///
    /// ```
    /// use failback::stats::Eigen;
    ///
    /// let eigen = Eigen::of(&[vec![2.0, 1.0], vec![1.0, 2.0]]);
    /// assert!((eigen.values[0] - 1.0).abs() < 1e-12 && (eigen.values[1] - 3.0).abs() < 1e-12);
    /// ```
    pub fn of(matrix: &[Vec<f64>]) -> Self {
        let size = matrix.len();
        let mut a = matrix.to_vec();
        let mut v: Vec<Vec<f64>> = (0..size).map(|row| (0..size).map(|column| f64::from(u8::from(row == column))).collect()).collect();
        for _ in 0..SWEEPS {
            let off: f64 = (0..size).flat_map(|p| (p + 1..size).map(move |q| (p, q))).map(|(p, q)| a[p][q].powi(2)).sum();
            if off == 0.0 {
                break;
            }
            for p in 0..size {
                for q in p + 1..size {
                    if a[p][q] != 0.0 {
                        rotate(&mut a, &mut v, p, q);
                    }
                }
            }
        }
        let mut order: Vec<usize> = (0..size).collect();
        order.sort_by(|i, j| a[*i][*i].total_cmp(&a[*j][*j]));
        let vectors = order.iter().map(|column| (0..size).map(|row| v[row][*column]).collect()).collect();
        Eigen { values: order.iter().map(|place| a[*place][*place]).collect(), vectors }
    }

    /// The inverse of the matrix; `None` if an eigenvalue is not positive.
    pub fn inverse(&self) -> Option<Vec<Vec<f64>>> {
        if self.values.iter().any(|value| value.is_nan() || *value <= 0.0) {
            return None;
        }
        let size = self.values.len();
        let cell =
            |row: usize, column: usize| self.values.iter().zip(&self.vectors).map(|(value, vector)| vector[row] * vector[column] / value).sum();
        Some((0..size).map(|row| (0..size).map(|column| cell(row, column)).collect()).collect())
    }
}

/// Turns the plane of `p` and `q` so that the cell between them becomes zero.
fn rotate(a: &mut [Vec<f64>], v: &mut [Vec<f64>], p: usize, q: usize) {
    let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = if tau >= 0.0 { 1.0 / (tau + tau.hypot(1.0)) } else { -1.0 / (-tau + tau.hypot(1.0)) };
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for row in a.iter_mut().chain(v.iter_mut()) {
        let (x, y) = (row[p], row[q]);
        (row[p], row[q]) = (c * x - s * y, s * x + c * y);
    }
    let (above, below) = a.split_at_mut(q);
    for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
    (a[p][q], a[q][p]) = (0.0, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second difference matrix has eigenvalues 2 - 2 cos(k pi / (n + 1)).
    #[test]
    fn second_differences_have_the_known_eigenvalues() {
        let size = 4;
        let cell = |i: usize, j: usize| [2.0, -1.0, 0.0, 0.0][i.abs_diff(j)];
        let matrix: Vec<Vec<f64>> = (0..size).map(|i| (0..size).map(|j| cell(i, j)).collect()).collect();
        let eigen = Eigen::of(&matrix);
        for (k, value) in eigen.values.iter().enumerate() {
            let known = 2.0 - 2.0 * (std::f64::consts::PI * (k + 1) as f64 / 5.0).cos();
            assert!((value - known).abs() < 1e-12, "{value} {known}");
        }
        let inverse = eigen.inverse().unwrap();
        for (i, row) in matrix.iter().enumerate() {
            for (j, known) in (0..size).map(|j| (j, f64::from(u8::from(i == j)))) {
                let product: f64 = row.iter().zip(&inverse).map(|(cell, column)| cell * column[j]).sum();
                assert!((product - known).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_matrix_of_rank_one_has_no_inverse_and_tells_the_direction_that_is_missing() {
        let eigen = Eigen::of(&[vec![4.0, -2.0], vec![-2.0, 1.0]]);
        assert!(eigen.values[0].abs() < 1e-12 && (eigen.values[1] - 5.0).abs() < 1e-12);
        assert!((eigen.vectors[0][0] * 2.0 - eigen.vectors[0][1]).abs() < 1e-9, "{eigen:?}");
        assert_eq!(Eigen { values: vec![0.0, 5.0], ..eigen }.inverse(), None);
    }
}
