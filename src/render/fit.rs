//! Which columns a terminal has room for, and how wide each becomes.
//!
//! In: the wishes of the columns and the width of the terminal. Out: the columns shown with their widths, and those left out.

/// Room on both sides of every column.
pub(super) const PADDING: usize = 2;
/// Texts on a terminal have so much room before other columns are left out for them.
const LONGEST_TEXT: usize = 36;
/// Texts that can never be left out have at least so much.
const SHORTEST_TEXT: usize = 8;
/// The table library counts in 16 bits.
const WIDEST: usize = 60_000;

/// What a column would like to have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    /// Width of its heading.
    pub heading: usize,
    /// Width of its widest value.
    pub values: usize,
    /// [`crate::report::table::Column::rank`].
    pub rank: u8,
    /// May its values have several lines?
    pub text: bool,
}

/// What the columns get.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Number of the column and width of its content, left to right.
    pub shown: Vec<(usize, usize)>,
    /// Numbers of the columns left out, left to right.
    pub left_out: Vec<usize>,
}

impl Layout {
    /// Width of the whole table.
    pub fn width(&self) -> usize {
        self.shown.iter().map(|(_, width)| width + PADDING).sum()
    }
}

/// Fits the columns into a width: those with the largest rank go first, then the rightmost, never those of rank 0. If those alone
/// are too wide, their texts get less room; what is left over goes to texts that are longer than their column.
pub(super) fn fit(wishes: &[Wish], width: Option<usize>) -> Layout {
    let wanted = |wish: &Wish| match width {
        Some(_) if wish.text => wish.values.min(LONGEST_TEXT).max(wish.heading),
        _ => wish.values.max(wish.heading),
    };
    let shown = wishes.iter().map(|wish| wanted(wish).min(WIDEST)).enumerate().collect();
    let mut layout = Layout { shown, left_out: Vec::new() };
    let Some(width) = width else { return layout };
    while layout.width() > width {
        let least = layout.shown.iter().enumerate().map(|(at, (column, _))| (wishes[*column].rank, at)).max();
        match least {
            Some((rank, at)) if rank > 0 => layout.left_out.push(layout.shown.remove(at).0),
            _ => break,
        }
    }
    layout.left_out.sort_unstable();
    while layout.width() > width {
        let texts = layout.shown.iter_mut().filter(|(column, width)| wishes[*column].text && *width > SHORTEST_TEXT);
        let Some(widest) = texts.max_by_key(|(_, width)| *width) else { break };
        widest.1 -= 1;
    }
    let mut left = width.saturating_sub(layout.width());
    for (column, wide) in layout.shown.iter_mut().filter(|(column, _)| wishes[*column].text) {
        let more = wishes[*column].values.saturating_sub(*wide).min(left);
        (*wide, left) = (*wide + more, left - more);
    }
    layout
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(width: usize, rank: u8) -> Wish {
        Wish { heading: width, values: 1, rank, text: false }
    }

    #[test]
    fn the_largest_rank_goes_first_then_the_rightmost() {
        // five columns of 4 + 2
        let wishes = [number(4, 0), number(4, 2), number(4, 3), number(4, 2), number(4, 1)];
        assert!(fit(&wishes, Some(30)).left_out.is_empty());
        assert_eq!(fit(&wishes, Some(29)).left_out, [2]);
        assert_eq!(fit(&wishes, Some(23)).left_out, [2, 3]);
        assert_eq!(fit(&wishes, Some(17)).left_out, [1, 2, 3]);
        assert_eq!(fit(&wishes, Some(1)), Layout { shown: vec![(0, 4)], left_out: vec![1, 2, 3, 4] });
        assert!(fit(&wishes, None).left_out.is_empty());
    }

    #[test]
    fn texts_get_less_room_on_a_terminal_only() {
        let wishes = [Wish { heading: 4, values: 90, rank: 0, text: true }, number(6, 0)];
        assert_eq!(fit(&wishes, None).shown, [(0, 90), (1, 6)]);
        assert_eq!(fit(&wishes, Some(200)).shown, [(0, 90), (1, 6)]);
        assert_eq!(fit(&wishes, Some(60)).shown, [(0, 50), (1, 6)]);
        // A column of numbers is not left out for the rest of a text.
        assert_eq!(fit(&[wishes[0], number(6, 1)], Some(60)).shown, [(0, 50), (1, 6)]);
        assert_eq!(fit(&wishes, Some(30)).shown, [(0, 20), (1, 6)]);
        assert_eq!(fit(&wishes, Some(5)).shown, [(0, 8), (1, 6)]);
    }
}
