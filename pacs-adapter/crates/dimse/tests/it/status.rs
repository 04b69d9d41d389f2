use dimse::{Category, STATUS_TABLE, Status};

#[test]
fn statuses_have_their_category() {
    for (code, category) in [
        (0x0000, Category::Success),
        (0x0107, Category::Warning),
        (0x0110, Category::Failure),
        (0x0122, Category::Failure),
        (0x0124, Category::Failure),
        (0xA700, Category::Failure),
        (0xA7FF, Category::Failure),
        (0xA900, Category::Failure),
        (0xB000, Category::Warning),
        (0xB006, Category::Warning),
        (0xB007, Category::Warning),
        (0xC000, Category::Failure),
        (0xCFFF, Category::Failure),
        (0xFE00, Category::Cancel),
        (0xFF00, Category::Pending),
        (0xFF01, Category::Pending),
        (0x4321, Category::Failure),
    ] {
        assert_eq!(Status::from_code(code).category(), category, "{code:04X}");
    }
}

#[test]
fn no_row_is_hidden_by_an_earlier_one() {
    for row in STATUS_TABLE.iter().filter(|row| row.mask == 0xFFFF) {
        assert_eq!(Status::from_code(row.code).row(), row);
    }
}
