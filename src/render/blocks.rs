//! Rows formatted in parallel and written in order.
//!
//! In: how one row is written. Out: all rows, the same bytes for any number of threads. Next: CSV and JSON.

use std::io::{self, Write};

use rayon::prelude::*;

/// Rows formatted by one thread at a time: a few hundred kilobytes of text.
const BLOCK: usize = 4096;

/// Writes rows `0..rows` to `out`, each by `write_row`.
pub(super) fn write_rows(rows: usize, out: &mut dyn Write, write_row: impl Fn(usize, &mut Vec<u8>) + Sync) -> io::Result<()> {
    let blocks = rows.div_ceil(BLOCK).min(4 * rayon::current_num_threads());
    let mut buffers = vec![Vec::new(); blocks];
    let mut start = 0;
    while start < rows {
        buffers.par_iter_mut().enumerate().for_each(|(number, buffer)| {
            buffer.clear();
            let first = (start + number * BLOCK).min(rows);
            for row in first..(first + BLOCK).min(rows) {
                write_row(row, buffer);
            }
        });
        for buffer in &buffers {
            out.write_all(buffer)?;
        }
        start += blocks * BLOCK;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_out_in_order_however_many() {
        for rows in [0, 1, BLOCK, BLOCK + 1, 40 * BLOCK + 7] {
            let mut written = Vec::new();
            write_rows(rows, &mut written, |row, out| out.extend_from_slice(format!("{row}\n").as_bytes())).expect("a Vec takes all");
            let text = String::from_utf8(written).expect("digits are ASCII");
            assert_eq!(text.lines().count(), rows);
            assert!(text.lines().enumerate().all(|(row, line)| line == row.to_string()), "{rows}");
        }
    }
}
