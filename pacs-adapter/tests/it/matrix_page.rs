//! The table of the matrix as it stands in its page.

use std::{collections::BTreeMap, env, fmt::Write, fs, path::PathBuf};

const BEGIN: &str = "<!-- the table begins -->\n";
const END: &str = "<!-- the table ends -->\n";
/// The columns, as the script of the peers calls them.
const COLUMNS: [&str; 16] = [
    "implicit",
    "explicit",
    "big endian",
    "deflated",
    "RLE",
    "JPEG 8 bit",
    "JPEG 12 bit",
    "JPEG lossless",
    "JPEG-LS",
    "JPEG-LS near",
    "J2K lossless",
    "J2K",
    "HTJ2K",
    "JPEG XL",
    "MPEG-2",
    "H.264",
];

/// Who spoke with the adapter, and by which service.
pub struct Row {
    peer: String,
    service: String,
    way: &'static str,
}

impl Row {
    /// The peer begins.
    pub fn asks(peer: &str, service: &str) -> Self {
        Self { peer: peer.to_owned(), service: service.to_owned(), way: "asks" }
    }

    /// The adapter begins.
    pub fn is_asked(peer: &str, service: &str) -> Self {
        Self { peer: peer.to_owned(), service: service.to_owned(), way: "is asked" }
    }
}

/// The page, and the rows that there are so far.
pub struct Page {
    path: PathBuf,
    rows: Vec<String>,
    /// What is said of cells without a sign of their own, in the order of its first use.
    reasons: Vec<String>,
}

impl Page {
    pub fn new(path: PathBuf) -> Self {
        Self { path, rows: Vec::new(), reasons: Vec::new() }
    }

    pub fn add(&mut self, row: Row, mut cells: BTreeMap<String, String>) {
        let mut line = format!("| {} | {} | {} |", row.peer, row.way, row.service);
        for column in COLUMNS {
            let cell = cells.remove(column).unwrap_or_else(|| panic!("{}: no cell {column}", row.peer));
            let sign = self.sign(cell);
            write!(line, " {sign} |").unwrap();
        }
        assert!(cells.is_empty(), "columns that nobody knows: {cells:?}");
        println!("{line}");
        self.rows.push(line);
    }

    fn sign(&mut self, cell: String) -> String {
        match cell.as_str() {
            "as sent" => "=".to_owned(),
            "explicit" => "E".to_owned(),
            "implicit" => "I".to_owned(),
            "-" => String::new(),
            _ => {
                let at = self.reasons.iter().position(|reason| *reason == cell).unwrap_or_else(|| {
                    self.reasons.push(cell);
                    self.reasons.len() - 1
                });
                (at + 1).to_string()
            }
        }
    }

    fn table(&self) -> String {
        let mut text = format!("| peer | | service | {} |\n", COLUMNS.join(" | "));
        writeln!(text, "|{}", " --- |".repeat(COLUMNS.len() + 3)).unwrap();
        self.rows.iter().for_each(|row| writeln!(text, "{row}").unwrap());
        text.push('\n');
        for (at, reason) in self.reasons.iter().enumerate() {
            writeln!(text, "{}. {reason}", at + 1).unwrap();
        }
        text
    }

    /// The page has this table, or gets it when it is told to.
    pub fn check(&self) {
        let page = fs::read_to_string(&self.path).unwrap();
        let (before, rest) = page.split_once(BEGIN).expect("the page has a place for the table");
        let (there, after) = rest.split_once(END).expect("the place has an end");
        let table = self.table();
        if env::var("WRITE_MATRIX").is_ok_and(|value| value == "1") {
            fs::write(&self.path, [before, BEGIN, &table, END, after].concat()).unwrap();
            return;
        }
        assert_eq!(there, table, "{} is stale: WRITE_MATRIX=1 writes it", self.path.display());
    }
}
