//! The files of a table as one: their columns by meaning, their rows one file after the other.
//!
//! In: the rows of each file, by its own layout. Out: [`Loaded`]. Columns of the dictionary are one column wherever they stand, extra ones
//! where they have the same heading; what a file has not is missing in its rows. Next: the tables, each in its own way.

use crate::dictionary::{ColumnType, normalise};
use crate::load::Options;
use crate::load::cells::cell;
use crate::load::cells::column::{Cells, NO_AMOUNT};
use crate::load::headings::measure::SaidBy;
use crate::load::headings::{FileColumn, Means};
use crate::load::reading::origins::Origin;
use crate::load::reading::part::Part;
use crate::load::reading::reader::Reader;
use crate::load::reading::table::Loaded;

/// Puts the files of a table together; `None` where there is none.
pub fn join<'i>(files: Vec<Loaded<'i>>, options: &Options<'_>) -> Option<Loaded<'i>> {
    let mut files = files.into_iter();
    let mut joined = files.next()?;
    joined.add_given_year(options);
    for file in files {
        joined.add(file, options);
    }
    joined.fill();
    joined.settle_extras();
    Some(joined)
}

impl<'i> Loaded<'i> {
    /// A year that no column says is a column all the same.
    fn add_given_year(&mut self, options: &Options<'_>) {
        let table = self.layout.table;
        let year = table.columns.iter().find(|column| column.kind == ColumnType::Year);
        let Some(year) = year.filter(|year| self.layout.year != 0 && self.position(&year.name).is_none()) else { return };
        let (factor, heading) = (rust_decimal::Decimal::ONE, year.name.as_str().into());
        let file = FileColumn {
            heading,
            means: Means::Known(year),
            factor,
            unit: SaidBy::Nobody,
            year: None,
            twin: None,
            has_twin: false,
            beside: None,
        };
        self.layout.readers.push(Reader::new(table, file, options));
        self.origins.iter_mut().for_each(|origin| origin.columns.push(None));
        self.parts.iter_mut().for_each(Part::add_column);
    }

    /// Adds the rows of another file.
    fn add(&mut self, mut file: Loaded<'i>, options: &Options<'_>) {
        file.add_given_year(options);
        let number = self.origins.len() as u16;
        let Loaded { layout, origins, parts } = file;
        self.layout.within = self.layout.within.or(layout.within);
        self.layout.unheld = self.layout.unheld.or(layout.unheld);
        if self.layout.emission.is_none() {
            self.layout.emission = layout.emission;
        }
        // Where each column of the file stands in the table; those without a heading are in none.
        let places: Vec<Option<usize>> = layout.readers.into_iter().map(|reader| self.place_for(reader)).collect();
        let width = self.layout.readers.len();
        self.origins.extend(origins.into_iter().map(|origin| origin.moved(&places, width)));
        self.parts.extend(parts.into_iter().map(|part| {
            let mut part = part.moved(&places, width);
            part.origin = number;
            part
        }));
    }

    /// The column of the table that a column of a file is; a new one, if there is none.
    fn place_for(&mut self, reader: Reader) -> Option<usize> {
        let is_same = |known: &Reader| match (known.file.means, reader.file.means) {
            (Means::Known(known), Means::Known(column)) => known.name == column.name,
            (Means::Extra, Means::Extra) => normalise(&known.file.heading) == normalise(&reader.file.heading),
            _ => false,
        };
        if !matches!(reader.file.means, Means::Known(_) | Means::Extra) {
            return None;
        }
        if let Some(at) = self.layout.readers.iter().position(is_same) {
            // A file may store what another has no reason to.
            self.layout.readers[at].stored |= reader.stored;
            return Some(at);
        }
        self.layout.readers.push(reader);
        Some(self.layout.readers.len() - 1)
    }

    /// Cells that a file has not are missing.
    fn fill(&mut self) {
        if self.origins.len() < 2 {
            return;
        }
        let width = self.layout.readers.len();
        for origin in &mut self.origins {
            origin.columns.resize(width, None);
        }
        let sums = self.layout.emission.is_some();
        for part in &mut self.parts {
            part.fill(&self.layout.readers, sums.then_some(self.layout.sums_parts));
        }
    }

    /// Extra columns whose cells are all numbers become numbers.
    fn settle_extras(&mut self) {
        let land = self.layout.table.name == "land";
        for (at, reader) in self.layout.readers.iter_mut().enumerate() {
            if !reader.stored || !matches!(reader.file.means, Means::Extra) {
                continue;
            }
            let numeric = self.parts.iter().all(|part| part.first[at].is_none());
            let settled: Option<Vec<Cells>> = match numeric {
                true => self.parts.iter().map(|part| as_numbers(&part.cells[at], part.rows.len(), land)).collect(),
                false => None,
            };
            match settled {
                Some(cells) => self.parts.iter_mut().zip(cells).for_each(|(part, cells)| part.cells[at] = cells),
                // Text has no sum over parcels.
                None => reader.paneled &= !land,
            }
        }
    }
}

impl Origin {
    /// The same file, its columns where the table has them.
    fn moved(mut self, places: &[Option<usize>], width: usize) -> Origin {
        let mut columns = vec![None; width];
        for (own, place) in self.columns.drain(..).zip(places) {
            if let Some(place) = place {
                columns[*place] = own;
            }
        }
        Origin { columns, ..self }
    }
}

impl Part {
    fn add_column(&mut self) {
        self.cells.push(Cells::Nothing);
        self.missing.push(0);
        self.first.push(None);
    }

    /// The same rows, their cells where the table has them.
    fn moved(mut self, places: &[Option<usize>], width: usize) -> Part {
        let old = (std::mem::take(&mut self.cells), std::mem::take(&mut self.missing), std::mem::take(&mut self.first));
        (0..width).for_each(|_| self.add_column());
        for (((cells, missing), first), place) in old.0.into_iter().zip(old.1).zip(old.2).zip(places) {
            if let Some(place) = *place {
                (self.cells[place], self.missing[place], self.first[place]) = (cells, missing, first);
            }
        }
        self.doubtful.retain_mut(|(_, column)| match places.get(*column as usize).copied().flatten() {
            Some(place) => {
                *column = place as u32;
                true
            }
            None => false,
        });
        self
    }

    /// Missing cells for columns that its file has not. `sums`: there are sums of pollutants, and whether they are exact.
    fn fill(&mut self, readers: &[Reader], sums: Option<bool>) {
        let rows = self.rows.len();
        while self.cells.len() < readers.len() {
            self.add_column();
        }
        for (cells, reader) in self.cells.iter_mut().zip(readers) {
            if let (Cells::Nothing, wanted) = (&*cells, reader.cells(rows))
                && !matches!(wanted, Cells::Nothing)
            {
                *cells = wanted;
                (0..rows).for_each(|_| cells.push_missing());
            }
        }
        if let (Some(is_exact), Cells::Nothing) = (sums, &self.emission) {
            self.emission = Cells::of(ColumnType::Number, is_exact, rows);
            (0..rows).for_each(|_| self.emission.push_missing());
        }
    }
}

fn as_numbers(cells: &Cells, rows: usize, exact: bool) -> Option<Cells> {
    let text = |at: usize| cells.text(at);
    if exact {
        let amounts = (0..rows).map(|at| text(at).map_or(Some(NO_AMOUNT), |text| cell::extra_amount(text).ok()));
        return amounts.collect::<Option<Vec<i128>>>().map(Cells::Amount);
    }
    let values = (0..rows).map(|at| text(at).map_or(Some(f64::NAN), |text| cell::extra_number(text).ok()));
    values.collect::<Option<Vec<f64>>>().map(Cells::Number)
}
