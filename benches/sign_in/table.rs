//! What was measured: each line as soon as it is there, and all of them as one table at the end.

/// One line. Columns that say nothing are empty.
#[derive(Default)]
pub struct Row {
    pub name: String,
    pub value: String,
    /// What it is compared with, measured in the same run.
    pub beside: String,
    pub ratio: String,
    pub target: String,
    pub met: Option<bool>,
}

#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub fn add(&mut self, row: Row) {
        let cells = row.cells();
        println!(
            "    {}",
            cells.iter().filter(|cell| !cell.is_empty()).map(|cell| cell.trim()).collect::<Vec<_>>().join(" · ")
        );
        self.rows.push(row);
    }

    /// Whether every target was met.
    pub fn holds(&self) -> bool {
        self.rows.iter().all(|row| row.met != Some(false))
    }

    pub fn print(&self) {
        let head = ["", "value", "beside", "ratio", "target", "met"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(head).chain(self.rows.iter().map(Row::cells)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<_> = (0..6).map(width).collect();
        println!();
        for row in &rows {
            let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            println!("{}", cells.join("  ").trim_end());
        }
    }
}

impl Row {
    fn cells(&self) -> [String; 6] {
        let met = match self.met {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        };
        let Self { name, value, beside, ratio, target, .. } = self;
        [name.as_str(), value, beside, ratio, target, met].map(str::to_owned)
    }
}
