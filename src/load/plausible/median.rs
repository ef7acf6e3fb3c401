//! The median of figures: the same in any order, and of any number of threads.

/// Fewer figures than that say nothing of a column.
const FEWEST: usize = 5;

/// The middle of the figures, halfway between the two in the middle if their number is even; `None` if they are too few.
pub fn median(values: &mut [f64]) -> Option<f64> {
    if values.len() < FEWEST {
        return None;
    }
    let middle = values.len() / 2;
    let is_odd = values.len() % 2 == 1;
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| !is_odd).unwrap_or(upper);
    Some(lower / 2.0 + upper / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_same_in_any_order() {
        assert_eq!(median(&mut [5.0, 1.0, 4.0, 2.0, 3.0]), Some(3.0));
        assert_eq!(median(&mut [6.0, 1.0, 5.0, 2.0, 4.0, 3.0]), Some(3.5));
        assert_eq!(median(&mut [1.0, 6.0, 2.0, 4.0, 3.0, 5.0]), Some(3.5));
        assert_eq!(median(&mut [f64::MAX; 6]), Some(f64::MAX));
        assert_eq!(median(&mut [1.0; 4]), None);
    }
}
